"""Write what follows from `openapi.yaml`: the client, its own conditions of `TraceLogFilters`, the bundled data.

    python scripts/generate.py           write it, or nothing
    python scripts/generate.py --check   write nothing; exit 1 naming each file that is not what `openapi.yaml` gives

openapi-python-client parses the document and renders its templates, some of which `templates/` replaces; what stands in
`templates/package/` is rendered as well, to the same place in the package. What the contract does not shape is Python
in `runtime/`, copied as it stands; what the client, the target and the suite have in common is in `shared/`, copied
into each. Of each async module in `SYNC` a sync one is made. Any warning of the generator is an error: it drops what it
cannot parse, says so, and goes on. Everything is made in a temporary folder, and takes its place only when all of it
went well.
"""

import argparse
import contextlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import yaml
from contract.columns import columns_of
from contract.conditions import with_conditions
from contract.facts import facts_of
from contract.filter_rules import filter_rules_of
from contract.plain_types import UnsupportedError, make_plain, without_conditions
from folders import differences, files_of, replace
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from parea_conformance.contract import Contract
from parea_conformance.logs import seed_data
from parea_conformance.operations import ContractError
from unasync import unasync

SCRIPTS = Path(__file__).resolve().parent
TEMPLATES = SCRIPTS / "templates"
RUNTIME = SCRIPTS / "runtime"
SHARED = SCRIPTS / "shared"
PACKAGE = Path("generated/parea_trace_logs")
DATA = Path("tests/parea_target/data")
COPY = "_shared"
SHARING = (Path("tests/parea_conformance") / COPY, Path("tests/parea_target") / COPY)

# The sync modules, each beside the async one that it is made of.
SYNC = {
    "_http/sync_streams.py": "_http/async_streams.py",
    "_http/sync_transport.py": "_http/async_transport.py",
    "_parea.py": "_async_parea.py",
}
# Rules that do not judge the generator's imports and unions; and, once the runtime's own `noqa` have been seen to be
# needed, those that do not judge how many parameters the contract has, and what it describes.
_OURS, _SHAPED = "D205,RUF036,TID252", "D1,PLR0913,PLR0917,RUF100"
_JINJA = re.compile(r"{[{%#]")


class GenerationError(Exception):
    """The client could not be generated; the message says why."""


def generate(document: dict[str, Any], version: str, root: Path, target: Path) -> None:
    """Generate the package into the folder `target`, which must not exist.

    Args:
        document: The contract.
        version: The version of this distribution; the client says it to servers.
        root: The repository; its `pyproject.toml` says how ruff formats and what it finds fault with.
        target: The folder of the package.

    Raises:
        GenerationError: the generator warned, or ruff found fault with its output.
        UnsupportedError: the contract says something that is not supported by the templates.
    """
    config = Config.from_sources(
        ConfigFile.load_from_path(SCRIPTS / "openapi-python-client.yaml"),
        MetaType.NONE,
        document_source=root / "openapi.yaml",
        file_encoding="utf-8",
        overwrite=False,
        output_path=target,
    )
    config.package_version_override = version
    data = GeneratorData.from_dict(without_conditions(document), config=config)
    if isinstance(data, GeneratorError):
        raise GenerationError(_text_of(data))
    # Before anything is made of it: what could not be parsed has already been dropped.
    _refuse([*data.errors, *(e for c in data.endpoint_collections_by_tag.values() for e in c.parse_errors)])
    make_plain(data)
    project = Project(openapi=data, config=config, custom_template_path=TEMPLATES)
    project.env.globals.update(
        contract=facts_of(document, data),
        columns=columns_of(document),
        filter_rules=filter_rules_of(document),
        literal=repr,
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it says where it writes, a folder that is gone a second later
        _refuse(list(project.build()))
    for template in sorted((TEMPLATES / "package").rglob("*.jinja")):
        relative = template.relative_to(TEMPLATES)
        path = target / relative.relative_to("package").with_suffix("")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(project.env.get_template(relative.as_posix()).render(), encoding="utf-8")
    shutil.copytree(RUNTIME, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SHARED, target / COPY, ignore=shutil.ignore_patterns("__pycache__"))
    for made, source in SYNC.items():
        (target / made).write_text(unasync((target / source).read_text(encoding="utf-8")), encoding="utf-8")
    # UP028 writes `yield from`, which only a sync generator has; it means the same, for nothing is sent to these.
    _ruff("check", "--fix-only", "--config", "lint.extend-safe-fixes=['UP028']", root=root, target=target)
    _ruff("format", root=root, target=target)
    _ruff("check", root=root, target=target)
    runtime = files_of(RUNTIME)
    changed = differences(runtime, {path: (target / path).read_bytes() for path in runtime}, PACKAGE)
    if changed:
        raise GenerationError(f"ruff would change what is copied from {RUNTIME.name}:\n" + "\n".join(changed))


def misplaced() -> list[str]:
    """What stands in the wrong folder: a template that holds no Jinja, a runtime module that holds some."""
    plain = (path for path in TEMPLATES.rglob("*.jinja") if not _JINJA.search(path.read_text(encoding="utf-8")))
    shaped = (path for path in RUNTIME.rglob("*.py") if _JINJA.search(path.read_text(encoding="utf-8")))
    return [
        *(f"{path}: no Jinja; what the contract does not shape belongs in {RUNTIME.name}/" for path in sorted(plain)),
        *(f"{path}: Jinja; what the contract shapes belongs in {TEMPLATES.name}/" for path in sorted(shaped)),
    ]


def _text_of(error: GeneratorError) -> str:
    return ": ".join(part for part in (error.header, error.detail) if part)


def _refuse(errors: list[GeneratorError]) -> None:
    if errors:
        raise GenerationError("\n".join(_text_of(error) for error in errors))


def _ruff(*arguments: str, root: Path, target: Path) -> None:
    """Run the ruff beside this Python, whatever PATH says: its version is locked, and the output depends on it."""
    command = [sys.executable, "-m", "ruff", *arguments, "--quiet", "--no-cache"]
    if arguments[0] == "check":
        command += ["--ignore", _OURS if "--fix-only" in arguments else f"{_OURS},{_SHAPED}"]
    command += ["--config", str(root / "pyproject.toml"), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationError(f"ruff {arguments[0]} of what was generated:\n{done.stdout}{done.stderr}")


def main(arguments: list[str] | None = None, root: Path = SCRIPTS.parent) -> int:
    """Generate, or compare; the exit status."""
    parser = argparse.ArgumentParser(description="Generate the Python client from openapi.yaml.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is not current")
    check = parser.parse_args(arguments).check
    if wrong := misplaced():
        print("\n".join(wrong), file=sys.stderr)
        return 1
    contract = root / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    try:
        current = with_conditions(text)
        document = yaml.load(current, yaml.CSafeLoader)
        with tempfile.TemporaryDirectory() as temporary:
            generate(document, version, root, Path(temporary) / PACKAGE.name)
            seed_data.write(Path(temporary) / DATA.name, Contract(document))
            wanted = {folder: files_of(Path(temporary) / folder.name) for folder in (PACKAGE, DATA)}
            wanted |= dict.fromkeys(SHARING, files_of(SHARED))
    except (GenerationError, UnsupportedError, ContractError, ValueError) as error:
        print(f"{contract.name}: {str(error).removeprefix(f'{contract.name}: ')}", file=sys.stderr)
        return 1
    if not check:
        # Everything is made; from here on nothing but the disk can fail.
        if current != text:
            contract.write_text(current, encoding="utf-8")
        for folder, files in wanted.items():
            replace(root / folder, files)
        return 0
    stale = [line for folder, files in wanted.items() for line in differences(files, files_of(root / folder), folder)]
    if current != text:
        stale.insert(0, "differs: openapi.yaml (the conditions of its schema TraceLogFilters)")
    for line in stale:
        print(line, file=sys.stderr)
    if stale:
        print("run `make generate`", file=sys.stderr)
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
