"""What becomes of a large answer: seconds and memory of each way into a table, and of what people do instead.

    python -m bench.tables [--logs 200000] [--ways stream parquet] [--turns 1]

A server, a process of its own, streams 2,000 different logs of about 2.3 kB over and over. Each way is taken by a fresh
interpreter, whose resident peak is told, the libraries it imports included; a ratio is to the bare stream of the same
run, which makes an object of every log.
"""

import argparse
import json
import multiprocessing
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from bench.logs import body

Way = Callable[[str, str, Path], int]
SELECTIVE = 0.99  # of the latencies, which are between 0 and 1


class NoPandas(MetaPathFinder):
    """Finds no pandas, which pyarrow imports where it is installed; the extra `arrow` does not have it."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse pandas."""
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


def serve(listener: socket.socket) -> None:
    """Answer with as many logs as the experiment is called, or those of them above a latency."""
    content = body(2000)
    logs = [json.dumps(log, ensure_ascii=False).encode() for log in json.loads(content) if log["latency"] > SELECTIVE]
    blocks = {False: content[1:-1], True: b",".join(logs)}
    while True:
        connection, _ = listener.accept()
        with connection:
            received = b""
            while b"\r\n\r\n" not in received:
                received += connection.recv(65536)
            head, _, asked = received.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            while len(asked) < length:
                asked += connection.recv(65536)
            block = blocks[b"latency" in asked]
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[" + block)
                for _ in range(int(head.split(b"/")[5]) // 2000 - 1):
                    connection.sendall(b"," + block)
                connection.sendall(b"]")
            except OSError:  # the reader has seen enough
                continue


def stream(url: str, logs: str, _: Path) -> int:
    """Read to the end, log by log."""
    from parea_trace_logs import Parea

    with Parea("a-key", url) as client:
        return sum(1 for _ in client.iter_experiment_trace_logs(logs))


def whole(url: str, logs: str, _: Path) -> int:
    """The list of all."""
    from parea_trace_logs import Parea

    with Parea("a-key", url) as client:
        return len(client.get_experiment_trace_logs(logs))


def written(extension: str) -> Way:
    """Into a file of this format."""

    def write(url: str, logs: str, folder: Path) -> int:
        from parea_trace_logs import Parea, tables

        with Parea("a-key", url) as client:
            return tables.write(client.iter_experiment_trace_logs(logs), folder / f"logs.{extension}")

    return write


def scanned(pushed: bool) -> Way:
    """Two columns of the slow logs, which the server is asked for or not."""

    def scan(url: str, logs: str, _: Path) -> int:
        import polars as pl
        from parea_trace_logs import Parea, tables

        with Parea("a-key", url) as client:
            frame = tables.scan(client, logs, descendants=not pushed)
            frame.filter(pl.col("latency") > SELECTIVE).select("trace_id", "latency").collect()
        return int(logs)

    return scan


def to_disk(url: str, logs: str, folder: Path) -> Path:
    """The body of the answer in a file, by httpx alone."""
    import httpx

    path = folder / "body.json"
    address = f"{url}/api/parea/v1/experiment/{logs}/trace_logs"
    with httpx.stream("POST", address, content=b"{}", timeout=60) as response, path.open("wb") as file:
        for piece in response.iter_raw():
            file.write(piece)
    return path


def parquet_rows(folder: Path) -> int:
    """How many rows the file has."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(folder / "logs.parquet").num_rows)


def duckdb_copy(url: str, logs: str, folder: Path) -> int:
    """What people do instead: the body to disk, DuckDB reads it and writes Parquet."""
    import duckdb

    path = to_disk(url, logs, folder)
    read = f"read_json('{path}', format='array', maximum_object_size=100000000)"
    duckdb.sql(f"copy (from {read}) to '{folder}/logs.parquet' (compression zstd)")
    return parquet_rows(folder)


def json_normalize(url: str, logs: str, folder: Path) -> int:
    """What others do: orjson, pandas, Parquet."""
    import orjson
    import pandas

    frame = pandas.json_normalize(orjson.loads(to_disk(url, logs, folder).read_bytes()))
    frame.to_parquet(folder / "logs.parquet", compression="zstd")
    return len(frame)


WAYS: dict[str, Way] = {
    "stream": stream,
    "list": whole,
    "parquet": written("parquet"),
    "csv": written("csv"),
    "jsonl": written("jsonl"),
    "scan": scanned(pushed=False),
    "scan_pushed": scanned(pushed=True),
    "duckdb": duckdb_copy,
    "json_normalize": json_normalize,
}


def take(way: str, url: str, logs: str) -> None:
    """Take one way; print the number of logs, the seconds and the resident peak in MB."""
    if way != "json_normalize":
        sys.meta_path.insert(0, NoPandas())
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        count = WAYS[way](url, logs, Path(folder))
        seconds, cpu = time.perf_counter() - began, time.process_time()
        size = sum(path.stat().st_size for path in Path(folder).glob("logs.*")) / 1e6
    print(count, seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, size)


def measure(way: str, url: str, logs: int, turns: int) -> tuple[int, float, float, float, float]:
    """What `take` prints in processes of their own, with the seconds of the best turn."""
    found: list[Any] = []
    for _ in range(turns):
        command = [sys.executable, "-m", "bench.tables", "--take", way, url, str(logs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        count, *figures = done.stdout.split()
        found.append((int(count), *map(float, figures)))
    best: tuple[int, float, float, float, float] = min(found, key=lambda each: each[1])
    return best


def report(ways: Iterable[str], url: str, logs: int, turns: int) -> list[str]:
    """Measure, and print a line for each way; those that broke off, whose processes say why."""
    base, broken = None, []
    for way in ways:
        try:
            count, seconds, cpu, memory, size = measure(way, url, logs, turns)
        except subprocess.CalledProcessError as error:
            print(f"{way:16} {logs:9,} logs broke off with exit status {error.returncode}", flush=True)
            broken.append(way)
            continue
        base = seconds if way == "stream" else base
        ratio = f"{seconds / base:6.2f} x stream" if base else ""
        kept = f"{size:8.1f} MB written" if size else ""
        print(
            f"{way:16} {count:9,} logs {seconds:8.2f} s  {cpu:7.2f} s of CPU  {ratio:15} peak {memory:6.0f} MB {kept}",
            flush=True,
        )
    return broken


def main() -> None:
    """Serve, and measure every way."""
    parser = argparse.ArgumentParser(description="Ways into a table.")
    parser.add_argument("--logs", type=int, default=200_000, help="a multiple of 2,000")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=[*WAYS])
    parser.add_argument("--turns", type=int, default=1, help="of which the best counts")
    parser.add_argument("--take", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.take:
        take(*arguments.take)
        return
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = multiprocessing.Process(target=serve, args=(listener,), daemon=True)
        server.start()
        broken = report(
            arguments.ways, f"http://127.0.0.1:{listener.getsockname()[1]}", arguments.logs, arguments.turns
        )
        server.terminate()
    if broken:
        sys.exit(f"not measured: {', '.join(broken)}")


if __name__ == "__main__":
    main()
