"""README's way from an experiment to a table, as it stands."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from checks.client.support import ROOT, SAMPLE
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running


def test_from_an_experiment_to_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, section = (ROOT / "README.md").read_text(encoding="utf-8").partition("### From an experiment to a table")
    [code] = re.findall(r"```python\n(.*?)```", section.partition("\n### ")[0], re.DOTALL)
    experiments = [(name, [RootLog.of(SAMPLE[0])]) for name in ("experiment_uuid", "other_uuid")]
    with Store(load(), experiments) as store, running(create_app(store, {"a-key": None})) as url:
        monkeypatch.setenv("PAREA_API_KEY", "a-key")
        monkeypatch.setenv("PAREA_BASE_URL", url)
        monkeypatch.chdir(tmp_path)
        found: dict[str, object] = {}
        exec(compile(code, "README.md", "exec"), found)  # noqa: S102 - our own
    assert pq.read_table("logs.parquet").num_rows == 1
    assert str(found["slow"]).count("94d6cf08") == 1
    assert found["frame"].columns[2:] == ["metadata.tier", "score:levenshtein", "scores_list"]  # type: ignore[attr-defined]
    printed = capsys.readouterr().out
    assert "0.205882" in printed
    assert "other_uuid" in printed
