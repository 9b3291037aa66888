"""A large answer over loopback: how fast, and in how much memory, as a list and as a stream.

    python -m bench.stream [--logs 1000000] [--list-logs 100000]

The server is a process of its own. The stream's memory is the resident peak of a process that does nothing else, the
libraries it imports included. The list is shorter, for it must fit into memory: throughputs are compared per log.
"""

import argparse
import resource
import socket
import subprocess
import sys
import threading
import time

from bench.logs import body
from parea_trace_logs import Parea


def serve(listener: socket.socket, block: bytes, logs: int) -> None:
    """Answer every request with so many logs; they repeat."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            received = connection.recv(65536)
            while not received.endswith(b"\r\n\r\n{}"):  # what is left unread would reset the connection
                received += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[" + block)
            for _ in range(logs // 1000 - 1):
                connection.sendall(b"," + block)
            connection.sendall(b"]")


def fetch(way: str, url: str) -> None:
    """Fetch once; print the number of logs, the seconds, and the peak of resident memory in MB."""
    with Parea("a-key", url) as client:
        began = time.perf_counter()
        if way == "list":
            count = len(client.get_experiment_trace_logs("e"))
        else:
            count = sum(1 for _ in client.iter_experiment_trace_logs("e"))
        seconds = time.perf_counter() - began
    print(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure(way: str, logs: int) -> tuple[int, float, float]:
    """What `fetch` prints, in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener, body(1000)[1:-1], logs), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, __file__, "--fetch", way, url], capture_output=True, text=True, check=True
        )
    count, seconds, memory = done.stdout.split()
    return int(count), float(seconds), float(memory)


def main() -> None:
    """Print both rates and peaks, and how they compare."""
    parser = argparse.ArgumentParser(description="A large answer as a stream and as a list.")
    parser.add_argument("--logs", type=int, default=1_000_000)
    parser.add_argument("--list-logs", type=int, default=100_000)
    parser.add_argument("--stream-only", action="store_true", help="leave the list, and the comparison, out")
    parser.add_argument("--fetch", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.fetch:
        fetch(*arguments.fetch)
        return
    rates = {}
    compared = [("list", arguments.list_logs), ("stream", arguments.list_logs)]
    for way, logs in [*([] if arguments.stream_only else compared), ("stream", arguments.logs)]:
        count, seconds, memory = measure(way, logs)
        rates[way, logs] = count / seconds
        print(
            f"{way:6} {count:9,} logs  {seconds:7.2f} s  {count / seconds:9,.0f} logs/s  peak {memory:6.0f} MB resident"
        )
    if arguments.stream_only:
        return
    ratio = rates["stream", arguments.list_logs] / rates["list", arguments.list_logs]
    print(f"stream / list, of {arguments.list_logs:,} logs each: {ratio:.2f}")


if __name__ == "__main__":
    main()
