"""Write the documentation to look at: one page of the contract, and the reference of the Python client.

    python scripts/docs.py [--output build/docs]

`index.html` is one file that needs no network: Scalar, from its npm package (so this needs Node), with `openapi.yaml`
inside. `python/` is pdoc's reference of every public module. `parea-target --docs` serves the page.
"""

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import pdoc
import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
SCALAR: Final = "@scalar/api-reference@1.46.4"
SCALAR_SHA256: Final = "81b8d2bdab4a42ab81465386441b9a0f928b68631364360f00e8cce620cc1efb"
"""Of the one file that is taken out of the package: what becomes a part of the page is pinned, too."""

# The sidebar of a page that nobody serves has nothing to send a request to, and nothing may be loaded from elsewhere.
CONFIGURATION: Final = {
    "withDefaultFonts": False,
    "telemetry": False,
    "hideTestRequestButton": True,
    "hideClientButton": True,
    "documentDownloadType": "none",
    "showDeveloperTools": "never",
    "defaultOpenAllTags": True,
}

_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'unsafe-inline' data: blob:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%(title)s</title>
</head>
<body>
<div id="app"></div>
<script>%(script)s</script>
<script>Scalar.createApiReference("#app", %(configuration)s)</script>
</body>
</html>
"""


class DocumentationError(Exception):
    """The documentation could not be written; the message says why."""


def scalar() -> str:
    """The script of the page, out of its npm package.

    Raises:
        DocumentationError: There is no npm, it cannot fetch the package, or the package is not the one that is pinned.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", SCALAR]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            raise DocumentationError(f"npm pack {SCALAR}: {error}") from error
        if done.returncode:
            raise DocumentationError(f"npm pack {SCALAR}: {done.stderr.strip()}")
        [package] = Path(folder).glob("*.tgz")
        with tarfile.open(package) as archive:
            member = archive.extractfile("package/dist/browser/standalone.js")
            content = member.read() if member else b""
    if hashlib.sha256(content).hexdigest() != SCALAR_SHA256:
        raise DocumentationError(f"{SCALAR}: dist/browser/standalone.js is not the file that is pinned")
    return content.decode()


def page(document: str, script: str) -> str:
    """The page of a contract, one HTML file that loads nothing.

    Args:
        document: The text of `openapi.yaml`.
        script: Scalar's script, as `scalar` gives it.
    """
    title = yaml.safe_load(document)["info"]["title"]
    configuration = {**CONFIGURATION, "content": document}
    values = {
        "title": title,
        "script": script.replace("</script", "<\\/script"),
        "configuration": json.dumps(configuration).replace("<", "\\u003c"),
    }
    return _PAGE % values


_UNSHOWN = {"parea_trace_logs.spark"}  # it needs pyspark, which is not a dependency of the project


def public_modules(package: Path) -> list[str]:
    """The modules of a package that a user may name: no part of their names begins with an underscore."""
    paths = (path.relative_to(package.parent).with_suffix("").parts for path in package.rglob("*.py"))
    names = {parts[:-1] if parts[-1] == "__init__" else parts for parts in paths}
    return sorted({".".join(parts) for parts in names if not any(part.startswith("_") for part in parts)} - _UNSHOWN)


def reference(package: Path, output: Path) -> list[str]:
    """Write the reference of every public module into a folder; their names."""
    sys.path.insert(0, str(package.parent))
    modules = public_modules(package)
    # pdoc warns of what it cannot import, and leaves it out; this raises.
    found = {name: importlib.import_module(name) for name in modules}
    # A package that lists its public names hides its modules from pdoc; one that does not brings them along.
    named = [name for name in modules if name == package.name or hasattr(found[name.rpartition(".")[0]], "__all__")]
    pdoc.render.configure(docformat="google", search=True)
    pdoc.pdoc(*named, output_directory=output)
    return modules


def main(arguments: list[str] | None = None) -> int:
    """Write both; the exit status."""
    parser = argparse.ArgumentParser(description="Write the page of the contract and the reference of the client.")
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "docs", metavar="FOLDER")
    output: Path = parser.parse_args(arguments).output
    try:
        text = page((ROOT / "openapi.yaml").read_text(encoding="utf-8"), scalar())
    except DocumentationError as error:
        print(error, file=sys.stderr)
        return 1
    output.mkdir(parents=True, exist_ok=True)
    (output / "index.html").write_text(text, encoding="utf-8")
    modules = reference(ROOT / "generated" / "parea_trace_logs", output / "python")
    print(f"{output / 'index.html'}: the contract")
    print(f"{output / 'python' / 'index.html'}: {len(modules)} modules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
