"""What of the client is not shaped by the contract: copied as it stands, in its own place, sync made of async."""

import shutil
from pathlib import Path

import folders
import generate
import pytest
from unasync import unasync

ROOT = Path(__file__).resolve().parents[3]


def test_the_runtime_is_copied_byte_for_byte() -> None:
    runtime = folders.files_of(generate.RUNTIME)
    generated = folders.files_of(ROOT / generate.PACKAGE)
    assert Path("_http/async_transport.py") in runtime
    assert {path: generated.get(path) for path in runtime} == runtime


def test_what_is_shared_is_the_same_everywhere() -> None:
    shared = folders.files_of(generate.SHARED)
    assert Path("arguments.py") in shared
    for folder in (*generate.SHARING, generate.PACKAGE / "_shared"):
        assert folders.files_of(ROOT / folder) == shared


def test_a_copy_that_differs_is_named(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = repository / generate.SHARING[0] / "arguments.py"
    copy.write_text("x = 1\n", encoding="utf-8")
    assert generate.main(["--check"], repository) == 1
    assert f"differs: {generate.SHARING[0]}/arguments.py" in capsys.readouterr().err
    assert generate.main([], repository) == 0
    assert copy.read_bytes() == (generate.SHARED / "arguments.py").read_bytes()


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Templates and runtime to change at will."""
    for name in ("TEMPLATES", "RUNTIME"):
        folder = tmp_path / name.lower()
        shutil.copytree(getattr(generate, name), folder)
        monkeypatch.setattr(generate, name, folder)
    assert generate.misplaced() == []
    return tmp_path


def test_a_template_without_jinja_fails_the_check(scripts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = scripts / "templates" / "package" / "_more.py.jinja"
    path.write_text('"""Plain Python."""\n', encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == f"{path}: no Jinja; what the contract does not shape belongs in runtime/\n"


@pytest.mark.parametrize("jinja", ["{% if x %}", "{{ x }}", "{# x #}"])
def test_a_runtime_module_with_jinja_fails_the_check(
    scripts: Path, capsys: pytest.CaptureFixture[str], jinja: str
) -> None:
    path = scripts / "runtime" / "_json" / "text.py"
    path.write_text(f"# {jinja}\n", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err == f"{path}: Jinja; what the contract shapes belongs in templates/\n"


def test_a_runtime_module_that_ruff_would_change_is_an_error(
    scripts: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (scripts / "runtime" / "types.py").open("a", encoding="utf-8") as file:
        file.write("x   =  1\n")
    before = folders.files_of(repository / generate.PACKAGE)
    assert generate.main([], repository) == 1
    assert "differs: generated/parea_trace_logs/types.py" in capsys.readouterr().err
    assert folders.files_of(repository / generate.PACKAGE) == before


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("async def f() -> None:\n    await g()\n", "def f() -> None:\n    g()\n"),
        ("async with aclosing(x) as y:\n    async for z in y:", "with closing(x) as y:\n    for z in y:"),
        ("AsyncGenerator[Any, None]", "Generator[Any, None, None]"),
        ("class AsyncLogStream(AsyncIterator[T]):", "class LogStream(Iterator[T]):"),
        ("async def __aenter__(self)", "def __enter__(self)"),
        ("async def __anext__(self): return await anext(x)", "def __next__(self): return next(x)"),
        ("await self._http.aclose()", "self._http.close()"),
        ("from a._http.async_transport import AsyncTransport", "from a._http.sync_transport import SyncTransport"),
        ("An `httpx.AsyncClient`", "An `httpx.Client`"),
        ("get.asyncio(e, timeout=1)", "get.sync(e, timeout=1)"),
        ("import asyncio\nawait asyncio.sleep(1)", "import time\ntime.sleep(1)"),
        ("self.astream(make_async_name)", None),
        ("an awaited answer, manext, relaunch", "an awaited answer, manext, relaunch"),
        ("await\n(x)", None),
        ("AsyncThing", None),
        ("x.__aexit__", "x.__exit__"),
    ],
)
def test_a_sync_module_is_the_async_one_rewritten(source: str, made: str | None) -> None:
    if made is None:
        with pytest.raises(ValueError, match="no sync counterpart"):
            unasync(source)
    else:
        assert unasync(source) == made
