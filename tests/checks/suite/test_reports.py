"""The reports: their schema, what changed between two, and the page in a real browser."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from checks.browser import dom_of
from checks.suite.support import keyless
from parea_conformance import cli
from parea_conformance.engine import judge
from parea_conformance.options import Options
from parea_conformance.report import as_data, as_html, compare
from parea_conformance.report.data import report_schema
from parea_target.server import running
from starlette.types import ASGIApp

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]


@pytest.fixture(scope="module")
def data(target: ASGIApp, options: Callable[..., Options]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The data of a right report, and of one with failures."""
    with running(target) as right, running(keyless(target)) as wrong:
        yield tuple(json.loads(json.dumps(as_data(judge(options(url))))) for url in (right, wrong))


def test_reports_fit_their_published_schema(data: tuple[dict[str, Any], ...]) -> None:
    validator = jsonschema_rs.Draft202012Validator(report_schema())
    for report in data:
        assert [error.message for error in validator.iter_errors(report)] == []
    broken = {**data[0], "requirements": [{**data[0]["requirements"][0], "verdict": "maybe"}]}
    assert not validator.is_valid(broken)


def test_what_changed(data: tuple[dict[str, Any], ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = data
    lines, worse = compare(right, wrong)
    assert worse
    assert any(line.startswith("worse     auth.key-missing: pass -> fail") for line in lines)
    lines, worse = compare(wrong, right)
    assert not worse
    assert any(line.startswith("better    auth.key-missing: fail -> pass") for line in lines)
    assert compare(right, right) == (["nothing changed"], False)
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(right), encoding="utf-8")
    new.write_text(json.dumps(wrong), encoding="utf-8")
    assert cli.main(["diff", str(old), str(new)]) == 1
    assert cli.main(["diff", str(new), str(old)]) == 0
    new.write_text("{}", encoding="utf-8")
    assert cli.main(["diff", str(old), str(new)]) == 2
    assert cli.main(["diff", str(old), str(tmp_path / "none.json")]) == 2
    assert "not a report" in capsys.readouterr().err


def test_the_page_needs_no_network_and_escapes_what_servers_say(data: tuple[dict[str, Any], ...]) -> None:
    hostile = json.loads(json.dumps(data[1]))
    failing = next(entry for entry in hostile["requirements"] if entry["failures"])
    failing["failures"][0]["received"] = "<script>alert(1)</script>"
    page = as_html(hostile)
    assert page.count("<script") == 1
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in page
    assert not any(word in page for word in ("src=", "@import", "url("))
    assert all(link.startswith('href="#') for link in re.findall(r"href=\S+", page))
    assert all(f"<code>{entry['id']}</code>" in page for entry in hostile["requirements"])


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_in_a_browser(data: tuple[dict[str, Any], ...], tmp_path: Path, width: int) -> None:
    # The page is as wide as its window, and says so to the probe below: nothing sticks out to the right.
    probe = "<script>document.title = document.documentElement.scrollWidth + ' ' + innerWidth</script>"
    file = tmp_path / "report.html"
    page = re.sub("<meta http-equiv.*?>", "", as_html(data[1]))  # which allows no script but the page's own
    file.write_text(page.replace("</body>", f"{probe}</body>"), encoding="utf-8")
    dom = dom_of(file, width, tmp_path / "profile")
    title = dom.partition("<title>")[2].partition("</title>")[0]
    needed, given = map(int, title.split())
    assert needed <= given
    assert dom.count("<details") == len(data[1]["requirements"])
    assert "NOT CONFORMANT" in dom


def test_the_page_leads_from_the_matrix_filters_copies_and_shows_the_run(data: tuple[dict[str, Any], ...]) -> None:
    page = as_html(data[1])
    ids = set(re.findall(r'<details class="\w+" id="([^"]+)"', page))
    links = re.findall(r'<a href="#([^"]+)"', page)
    assert set(links) == {name for name in ids if name.startswith("filter.")}
    assert ids == {entry["id"] for entry in data[1]["requirements"]}
    for verdict in {entry["verdict"] for entry in data[1]["requirements"]}:
        assert f'id="show-{verdict}" checked' in page
        assert f"body:has(#show-{verdict}:not(:checked)) details.{verdict} {{ display: none; }}" in page
    commands = sum(min(len(entry["failures"]), 5) for entry in data[1]["requirements"])
    assert page.count("<button>copy</button>") == commands > 0
    assert page.count("<i style=") == len(data[1]["run"]["timeline"])


def test_the_script_of_the_page_is_the_only_one_that_may_run(data: tuple[dict[str, Any], ...], tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    allowed = as_html(data[1]).replace("document.addEventListener", "document.title = 'ran'; document.addEventListener")
    file.write_text(allowed, encoding="utf-8")
    assert "<title>ran</title>" not in dom_of(file, 800, tmp_path / "changed")
