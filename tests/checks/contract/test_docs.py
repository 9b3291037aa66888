"""`scripts/docs.py`: pages that need no network, and leave nothing out."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import docs
import pytest
from checks.browser import dom_of
from checks.contract.conftest import ROOT

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "openapi.yaml").read_text(encoding="utf-8")


def test_the_contract_stands_in_the_page_and_cannot_leave_its_script() -> None:
    document = DOCUMENT.replace("description: |\n", "description: |\n    </script><script>alert(1)</script>\n", 1)
    page = docs.page(document, "const end = '</script>'")
    assert page.count("<script>") == page.count("</script>") == 2
    found = re.search(r'createApiReference\("#app", (.*)\)</script>', page)
    assert found is not None
    assert json.loads(found[1])["content"] == document


def test_every_public_module_has_a_page(tmp_path: Path) -> None:
    modules = docs.reference(ROOT / "generated" / "parea_trace_logs", tmp_path)
    assert {"parea_trace_logs", "parea_trace_logs.tables", "parea_trace_logs.models.trace_log"} <= set(modules)
    pages = {path.relative_to(tmp_path).with_suffix("").as_posix() for path in tmp_path.rglob("*.html")}
    assert pages - {"index"} == {module.replace(".", "/") for module in modules}


@pytest.mark.parametrize("status", [0, 1])
def test_what_is_not_the_pinned_script_is_refused(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    monkeypatch.setattr(docs, "SCALAR_SHA256", "0" * 64)
    if status:
        monkeypatch.setattr(docs, "SCALAR", "@scalar/api-reference@0.0.0-none")
    if shutil.which("npm") is None:
        pytest.skip("no npm here")
    with pytest.raises(docs.DocumentationError, match="not the file that is pinned" if not status else "npm pack"):
        docs.scalar()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("npm") is None:
        pytest.skip("no npm here")
    folder = tmp_path_factory.mktemp("docs")
    assert docs.main(["--output", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("width", [500, 1280])
def test_the_contract_in_a_browser(built: Path, contract: dict[str, Any], tmp_path: Path, width: int) -> None:
    probe = "<script>setTimeout(() => document.title = document.documentElement.scrollWidth + ' ' + innerWidth, 5000)"
    page = tmp_path / "page.html"
    text = (built / "index.html").read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"{probe}</script></body>"), encoding="utf-8")
    dom = dom_of(page, width, tmp_path / "profile")
    needed, given = map(int, dom.partition("<title>")[2].partition("</title>")[0].split())
    assert needed <= given
    assert contract["info"]["title"] in dom
    assert "Get the trace logs of an experiment" in dom


def test_the_reference_in_a_browser(built: Path, tmp_path: Path) -> None:
    dom = dom_of(built / "python" / "parea_trace_logs.html", 1280, tmp_path)
    assert "get_experiment_trace_logs" in dom


def test_a_missing_npm_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError("npm")

    monkeypatch.setattr(subprocess, "run", missing)
    assert docs.main([]) == 1
    assert "npm" in capsys.readouterr().err
