"""What the command is told for loading on a schedule: `--since` and `--resume`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from checks.client.support import LocalServer
from parea_trace_logs._cli.command import main
from parea_trace_logs._filters.where_text import parse_where

LOG = {"trace_id": "1", "start_timestamp": "2024-04-15T22:19:13Z"}


@pytest.fixture(autouse=True)
def settings(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "a-key")
    monkeypatch.setenv("PAREA_BASE_URL", server.url)
    server.answer(200, [LOG])


def asked(server: LocalServer, *arguments: str) -> dict[str, Any]:
    assert main(["fetch", "e", "-q", *arguments]) == 0
    body: dict[str, Any] = server.received[-1].body
    return body


@pytest.mark.parametrize("time", ["2024-04-15T22:19:13.381503+00:00", "2024-04-15T22:19:13Z", "2024-04-15"])
@pytest.mark.parametrize("more", [[], ["--raw"]])
def test_a_time_is_a_filter(server: LocalServer, time: str, more: list[str]) -> None:
    assert asked(server, "--since", time, *more) == parse_where(f"start_timestamp >= {time}").to_dict()


@pytest.mark.parametrize(
    ("age", "length"), [("90m", timedelta(minutes=90)), ("36h", timedelta(hours=36)), ("7d", timedelta(days=7))]
)
def test_an_age_is_reckoned_from_now(server: LocalServer, age: str, length: timedelta) -> None:
    before = datetime.now(UTC)
    body = asked(server, "--since", age)
    assert (body["filter_field"], body["filter_operator"]) == ("start_timestamp", "greater_than_or_equal")
    assert before <= datetime.fromisoformat(body["filter_value"]) + length <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "argument --since: 'yesterday' is not a time such as"),
        (["--since", "2024-02-30"], "'2024-02-30' is not a time"),
        (["--since", "999999d"], "'999999d' is not a time"),
        (["--since", ""], "'' is not a time"),
        (["--since", "1h", "--where", "latency > 1"], "--since is a filter, and one filter is all"),
        (["--resume"], "--resume is for several experiments"),
    ],
)
def test_what_is_wrong(
    server: LocalServer, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fetch", "e", *arguments])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
    assert server.received == []


@pytest.mark.parametrize("raw", [[], ["--raw"]])
def test_what_is_there_is_not_fetched_again(server: LocalServer, tmp_path: Path, raw: list[str]) -> None:
    folder = str(tmp_path / "logs")
    assert main(["fetch", "a", "b", "-q", "-o", folder, *raw]) == 0
    server.received.clear()
    assert main(["fetch", "a", "b", "c", "-q", "-o", folder, "--resume", *raw]) == 0
    assert [each.path.split("/")[-2] for each in server.received] == ["c"]
    assert main(["fetch", "a", "b", "-q", "-o", folder, *raw]) == 0
    assert len(server.received) == 3
