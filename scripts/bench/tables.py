"""How fast logs become a Parquet file, and in how much memory, as their number grows.

    python -m bench.tables [LOGS...]

A server of the machine itself streams the bundled sample over and over; each size is
fetched by a fresh interpreter: once only read, once written to Parquet. pandas counts as missing, as the extra `arrow`
has it: where it is installed, pyarrow imports it with its first array, which takes 40 MB more.
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.abc import MetaPathFinder
from pathlib import Path

from bench.logs import sample


class Handler(BaseHTTPRequestHandler):
    """Answers as many logs as the experiment is called."""

    log = json.dumps(sample()).encode()

    def do_POST(self) -> None:
        """Send them in pieces of a hundred."""
        self.rfile.read(int(self.headers["Content-Length"]))
        count = int(self.path.split("/")[-2])
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(count * (len(self.log) + 1) + 1))
        self.end_headers()
        self.wfile.write(b"[" + self.log)
        for begin in range(1, count, 100):
            self.wfile.write((b"," + self.log) * min(100, count - begin))
        self.wfile.write(b"]")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class NoPandas(MetaPathFinder):
    """Finds no pandas, and leaves every other module to the other finders."""

    def find_spec(self, name: str, *_: object) -> None:
        """Refuse pandas."""
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


def fetch(url: str, count: str, path: str) -> None:
    """Fetch, print seconds and the peak of memory in MB; an empty path is only read to its end."""
    sys.meta_path.insert(0, NoPandas())
    from parea_trace_logs import Parea
    from parea_trace_logs.tables import write

    begin = time.perf_counter()
    with Parea("a-key", url) as client:
        logs: Iterator[object] = client.iter_experiment_trace_logs(count)
        read = write(client.iter_experiment_trace_logs(count), path) if path else sum(1 for _ in logs)
    assert read == int(count), read  # noqa: S101 - a benchmark of something else would be worse than none
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - begin:.1f} {peak:.0f}")


def main() -> None:
    """Serve, and measure each size both ways."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        for count in sys.argv[1:] or ["10000", "100000"]:
            for name, path in (("read", ""), ("parquet", f"{folder}/logs.parquet")):
                command = [sys.executable, __file__, "--fetch", f"http://127.0.0.1:{server.server_port}", count, path]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds, peak = done.stdout.split()
                size = f"   {Path(path).stat().st_size / 1e6:.1f} MB" if path else ""
                print(f"{int(count):>9,} logs   {name:8} {float(seconds):7.1f} s   peak {peak:>5} MB{size}", flush=True)


if __name__ == "__main__":
    fetch(*sys.argv[2:]) if sys.argv[1:2] == ["--fetch"] else main()
