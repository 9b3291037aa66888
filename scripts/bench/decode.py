"""How long a body takes to become objects, as a multiple of `orjson.loads` on the same bytes (in dicts).

    python -m bench.decode [--repeat 5] [--largest 50000]

All ways take turns on the same bytes in one process, the list is kept while the clock runs and the garbage collector is
on; the best turn of each counts. Peak memory is that of one decoding in a process of its own, the body not counted.
"""

import argparse
import contextlib
import gc
import importlib
import io
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
from bench.logs import DOCUMENT, ROOT, body, sample
from contract.plain_types import without_conditions
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from parea_trace_logs import TraceLog, Unset, models
from parea_trace_logs._json.arrays import decode_array
from parea_trace_logs._json.model import Model

Way = Callable[[bytes], Any]


def refuse(*fault: object) -> None:
    """No log of these is wrong."""
    raise ValueError(fault)


def default_client(folder: Path) -> Way:
    """What openapi-python-client generates with its own templates."""
    sys.path.insert(0, str(folder))
    if not (folder / "default_client").exists():
        _generate_default(folder)
    kind = importlib.import_module("default_client.models").TraceLog
    return lambda content: [kind.from_dict(each) for each in orjson.loads(content)]


def _generate_default(folder: Path) -> None:
    config = Config.from_sources(
        ConfigFile(package_name_override="default_client", post_hooks=[]),
        MetaType.NONE,
        document_source=ROOT / "openapi.yaml",
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / "default_client",
    )
    data = GeneratorData.from_dict(without_conditions(DOCUMENT), config=config)
    if not isinstance(data, GeneratorData):
        raise TypeError(f"{data.header}: {data.detail}")
    with contextlib.redirect_stdout(io.StringIO()):
        Project(openapi=data, config=config).build()


def pydantic_models() -> Way:
    """Models of pydantic with the members of ours, unknown ones allowed."""
    import pydantic

    made: dict[str, Any] = {}

    def typed(kind: Any) -> Any:
        parts = [typed(part) for part in get_args(kind) if part is not Unset]
        if getattr(kind, "__origin__", None) in (list, dict):
            return kind.__origin__[tuple(parts)]
        if parts:
            union = parts[0]
            for part in parts[1:]:
                union = union | part
            return union
        return model(kind) if isinstance(kind, type) and issubclass(kind, Model) else kind

    def model(kind: type[Model]) -> Any:
        if kind.__name__ not in made:
            made[kind.__name__] = list[Any]  # the class itself comes where it refers to itself, below
            hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
            hints.pop("additional_properties", None)
            fields: dict[str, Any] = {
                name: ("list[TraceLog]" if name == "children_logs" else typed(hint), None)
                for name, hint in hints.items()
            }
            config = pydantic.ConfigDict(extra="allow", protected_namespaces=())
            made[kind.__name__] = pydantic.create_model(kind.__name__, __config__=config, **fields)
        return made[kind.__name__]

    model(models.TraceLog).model_rebuild(_types_namespace=made)
    logs: Any = types.GenericAlias(list, (made["TraceLog"],))
    adapter: Any = pydantic.TypeAdapter(logs)
    validate: Way = adapter.validate_json
    return validate


def ways(folder: Path) -> dict[str, Way]:
    """What is measured, by name; those whose library is not installed are left out."""
    found: dict[str, Way] = {
        "orjson.loads": orjson.loads,
        "parea_trace_logs": lambda content: decode_array(content, TraceLog, refuse),
        "default generated client": default_client(folder),
    }
    if importlib.util.find_spec("pydantic"):
        found["pydantic"] = pydantic_models()
    return found


def best_of(turns: int, ways: dict[str, Way], content: bytes) -> dict[str, float]:
    """The seconds of the best turn of each."""
    best = dict.fromkeys(ways, float("inf"))
    times = max(1, 200_000 // len(content))  # a single log is too short for the clock
    for _ in range(turns):
        for name, way in ways.items():
            gc.collect()
            began = time.perf_counter()
            for _ in range(times):
                kept = way(content)
            best[name] = min(best[name], (time.perf_counter() - began) / times)
            del kept
    return best


def peak(name: str, content: bytes, folder: Path) -> float:
    """The MB that decoding adds to a process of its own, at most; Linux only."""
    (folder / "content").write_bytes(content)
    command = [sys.executable, __file__, "--peak", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def measure_peak(name: str, folder: Path) -> None:
    """Print what `peak` asks for."""
    way = ways(folder)[name]
    content = (folder / "content").read_bytes()
    way(b"[]")
    gc.collect()
    before = _high_water()
    kept = way(content)
    print(max(0, _high_water() - before) / 1024)
    del kept


def _high_water() -> int:
    line = next(each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM"))
    return int(line.split()[1])


def main() -> None:
    """Print the times and peaks of every shape of body."""
    parser = argparse.ArgumentParser(description="Decoding times as multiples of orjson.loads.")
    parser.add_argument("--repeat", type=int, default=5, help="turns of each way")
    parser.add_argument("--largest", type=int, default=50_000, help="logs of the largest body")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        measure_peak(arguments.peak[0], Path(arguments.peak[1]))
        return
    shapes = {"sample x 1,000": b"[" + b",".join([orjson.dumps(sample())] * 1000) + b"]"}
    for count in (1, 1000, arguments.largest):
        for name, below in (("flat", 0), ("three deep", 2)):
            shapes[f"{count:,} {name}"] = body(count, below)
    unknown = [{**each, "news": 1} for each in orjson.loads(body(1000))]
    shapes["1,000 flat, each with an unknown member"] = orjson.dumps(unknown)
    with tempfile.TemporaryDirectory() as folder:
        contestants = ways(Path(folder))
        for shape, content in shapes.items():
            best = best_of(arguments.repeat, contestants, content)
            print(f"{shape} ({len(content):,} bytes)")
            for name, seconds in best.items():
                memory = f"{peak(name, content, Path(folder)):7.0f} MB" if sys.platform == "linux" else ""
                ratio = seconds / best["orjson.loads"]
                print(f"  {name:26} {ratio:6.2f} x orjson.loads  {seconds * 1e3:10.3f} ms {memory}")


if __name__ == "__main__":
    main()
