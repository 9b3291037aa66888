"""Say who breaks when the contract becomes another: `make diff-contract BASE=<git ref or file>`.

Exit 0: compatible, or of a new major version. 1: it breaks someone without one. 2: the two could not be compared.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import yaml
from contract.diff.changes import Change, IncomparableError, Level, required_version, version_of
from contract.diff.documents import changes

_ROOT = Path(__file__).resolve().parents[3]
CONTRACT = _ROOT / "openapi.yaml"
RELEASED = _ROOT / "scripts/contract/released.yaml"
CORRECTIONS = _ROOT / "scripts/contract/corrections.yaml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, and print; the exit status."""
    parser = argparse.ArgumentParser(prog="contract.diff", description="Say who breaks when the contract changes.")
    parser.add_argument(
        "base", nargs="?", default=str(RELEASED), help="a file, or a git ref (default: the last release)"
    )
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="the newer contract (default: openapi.yaml)")
    parser.add_argument("--corrections", type=Path, default=CORRECTIONS, help="which breaks are corrections, and why")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quiet", action="store_true", help="print what breaks only")
    options = parser.parse_args(arguments)
    try:
        old, new = _parsed(_base_text(options.base), options.base), _parsed(_read(options.contract), options.contract)
        versions = [str(document["info"]["version"]) for document in (old, new)]
        found = corrected(changes(old, new), _corrections(options.corrections), versions[0])
        required = required_version(versions[0], found)
        major = version_of(versions[1])[0] > version_of(versions[0])[0]
    except IncomparableError as error:
        print(f"could not compare: {error}", file=sys.stderr)
        return 2
    breaking = [change for change in found if change.level is Level.MAJOR and not change.correction]
    low = version_of(versions[1]) < version_of(required)
    if options.json:
        print(json.dumps(_report(versions, required, found, compatible=not breaking or major), indent=2))
    else:
        _print(found, versions, required, low=low, quiet=options.quiet)
    return int(bool(breaking) and not (major and not low))


def corrected(found: list[Change], corrections: dict[str, str], version: str) -> list[Change]:
    """The changes, each break that is listed as a correction with its reason.

    Raises:
        IncomparableError: a correction is listed that nothing in the changes is.
    """
    known = {f"{version} {change.place}: {change.what}" for change in found if change.level is Level.MAJOR}
    unknown = sorted(key for key in corrections.keys() - known if key.startswith(f"{version} "))
    if unknown:
        raise IncomparableError(f"corrections: nothing changed so: {unknown[0]}")
    return [
        attrs.evolve(change, correction=corrections.get(f"{version} {change.place}: {change.what}", ""))
        if change.level is Level.MAJOR
        else change
        for change in found
    ]


def _base_text(base: str) -> str:
    if Path(base).is_file():
        return _read(Path(base))
    done = subprocess.run(
        ["git", "show", f"{base}:openapi.yaml"],  # noqa: S607 - as every other tool of a maintainer finds git
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise IncomparableError(f"{base}: neither a file nor a git ref with an openapi.yaml: {done.stderr.strip()}")
    return done.stdout


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IncomparableError(f"{path}: {error}") from error


def _parsed(text: str, name: object) -> dict[str, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise IncomparableError(f"{name}: not YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("info"), dict) or "paths" not in document:
        raise IncomparableError(f"{name}: not an OpenAPI document")
    if "version" not in document["info"]:
        raise IncomparableError(f"{name}: info.version is missing")
    return document


def _corrections(path: Path) -> dict[str, str]:
    loaded = yaml.safe_load(_read(path)) or {}
    if not isinstance(loaded, dict) or not all(isinstance(each, str) and each.strip() for each in loaded.values()):
        raise IncomparableError(f"{path}: each correction needs its reason")
    return loaded


def _report(versions: list[str], required: str, found: list[Change], *, compatible: bool) -> dict[str, Any]:
    return {
        "base_version": versions[0],
        "version": versions[1],
        "required_version": required,
        "compatible": compatible,
        "changes": [{**attrs.asdict(change), "level": change.level.name.lower()} for change in found],
    }


def _print(found: list[Change], versions: list[str], required: str, *, low: bool, quiet: bool) -> None:
    for change in found:
        if change.level is Level.PATCH or (quiet and (change.correction or change.level is not Level.MAJOR)):
            continue
        word = "breaks" if change.level is Level.MAJOR else "new for"
        print(f"{word} {change.who}: {change.place}: {change.what}")
        if change.proof is not None:
            print(f"    {json.dumps(change.proof, ensure_ascii=False)[:300]}")
        if change.correction:
            print(f"    no new major version: {change.correction}")
    counts = Counter(change.level.name.lower() for change in found)
    total = ", ".join(f"{counts[each.name.lower()]} {each.name.lower()}" for each in reversed(Level))
    verdict = "too low" if low else "enough"
    print(f"{total} changes since {versions[0]}; the version must be at least {required}, {versions[1]} is {verdict}")


if __name__ == "__main__":
    sys.exit(main())
