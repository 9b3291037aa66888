"""What `make bench-target` prints, and that it does not measure wrong answers."""

import asyncio
import math
import sys
from pathlib import Path

import pytest
from bench import servers, target
from bench.clients import Connection, Figures, Question, WrongAnswerError

pytestmark = pytest.mark.slow

QUICK = ["--seconds", "0.2", "--connections", "2", "--logs", "100"]

# A target whose answers have the right logs, and so the right length, in a wrong order.
WRONG = """
import sys
from dataclasses import replace
from functools import partial
from parea_target import Parts, cli, service

def order(tables):
    return [tables.member("trace_id").desc()]

service.create_app = partial(service.create_app, parts=replace(Parts(), order=order))
cli.main(sys.argv[1:])
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = Path(target.__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{scripts}:{scripts.parent / 'tests'}")
    monkeypatch.setenv("TARGET_DATABASE", "sqlite")


def test_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Each figure beside the plain route's; then memory, idle connections, slow readers, a soak."""
    assert target.main([*QUICK, "--idle", "20", "--slow", "3", "--soak", "0.02"]) == 0
    load, head, *lines = capsys.readouterr().out.splitlines()
    assert load.startswith("load of the machine at the beginning: ")
    columns = head.split()
    rows = [line.split() for line in lines if not line.startswith("sqlite:")]
    assert [row[:3] for row in rows] == [
        ["sqlite", "short", "2"],
        ["sqlite", "long", "2"],
        ["sqlite", "short", "1+20"],
        ["sqlite", "short", "1+3"],
    ]
    for row in rows:
        figures = [float(cell.replace(",", "")) for cell in row[3:]]
        assert len(figures) == 9, columns
        assert all(figure > 0 for figure in figures)
        rate, p50, p99 = figures[0], figures[3], figures[6]
        assert p50 <= p99
        # Half of the answers took p50 at least, and two at most were waited for at once; with room for rounding.
        assert rate * p50 / 2 <= 2 * 1_000 * 1.05, row
    said = "\n".join(line for line in lines if line.startswith("sqlite:"))
    assert "sqlite: memory " in said
    assert "of 20 idle connections 20 stayed open" in said
    assert " 0 were left; meanwhile 0 short requests" in said
    assert "right answers; slope of the second half " in said


def test_a_wrong_answer_ends_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong.py").write_text(WRONG)
    monkeypatch.setattr(servers, "TARGET", [sys.executable, str(tmp_path / "wrong.py")])
    assert target.main([*QUICK, "--idle", "0", "--slow", "0"]) == 1
    out, err = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines() if line.startswith("sqlite ")] == ["short"]
    assert err.startswith("wrong answer: status 200 with ")


REFUSAL = b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\nretry-after: 2\r\n\r\n[]"


def asked(sent: bytes, *, may_refuse: bool) -> bool:
    """Whether a server that sends this has answered `[]`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        writer.close()

    async def ask() -> bool:
        question = Question(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n", b"[]")
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            connection = await Connection.open(server.sockets[0].getsockname())
            try:
                return await connection.ask(question, may_refuse=may_refuse)
            finally:
                connection.close()

    return asyncio.run(ask())


def test_right_answers_and_refusals() -> None:
    assert asked(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", may_refuse=False)
    assert not asked(REFUSAL, may_refuse=True)


@pytest.mark.parametrize(
    ("sent", "may_refuse", "message"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", True, "status 200 with 2 bytes"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[]", True, "ended before the answer did"),
        (b"HTTP/1.1 201 OK\r\ncontent-length: 2\r\n\r\n[]", True, "status 201"),
        (b"HTTP/1.1 200 OK\r\n\r\n[]", True, "without its length"),
        (b"", True, "ended before the answer did"),
        (REFUSAL, False, "status 503"),
        (REFUSAL.replace(b"retry-after", b"x-after"), True, "status 503"),
    ],
)
def test_wrong_answers_are_told(sent: bytes, may_refuse: bool, message: str) -> None:
    with pytest.raises(WrongAnswerError, match=message):
        asked(sent, may_refuse=may_refuse)


def test_quantiles() -> None:
    figures = Figures(2.0, [index / 1000 for index in range(1, 101)])
    assert (figures.rate, figures.quantile(0.5), figures.quantile(0.99), figures.quantile(1)) == (50, 50, 99, 100)
    assert math.isnan(Figures(1.0, []).quantile(0.5))
