"""A tiny data set in MNIST's format, and a server on this machine that sends its archives, well or badly.

    python -m tests.archives URL tutor data mnist

is ``tutor data mnist`` with the tiny set in MNIST's place, downloaded from URL.
"""

import dataclasses
import gzip
import hashlib
import struct
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lessons import fullsets


def _tiny():
    files = {}
    for part, rows in (("train", 20), ("t10k", 10)):
        pixels = bytes((7 * i) % 251 for i in range(rows * 28 * 28))
        files[f"{part}-images-idx3-ubyte"] = struct.pack(">4i", 0x803, rows, 28, 28) + pixels
        files[f"{part}-labels-idx1-ubyte"] = struct.pack(">2i", 0x801, rows) + bytes(i % 10 for i in range(rows))
    return files


RAW = _tiny()
ARCHIVES = {f"{name}.gz": gzip.compress(raw, mtime=0) for name, raw in RAW.items()}
RESOURCES = [(name, hashlib.md5(archive).hexdigest()) for name, archive in ARCHIVES.items()]


def tiny(name):
    """The row of the table for the tiny set."""
    full = fullsets.FULL[name]
    files = tuple(
        fullsets.RawFile(f"{full.class_name}/raw/{file}", len(raw), hashlib.sha256(raw).hexdigest())
        for file, raw in RAW.items()
    )
    return dataclasses.replace(full, files=files)


def put(folder, class_name="MNIST"):
    """The tiny set in a folder, as torchvision leaves it."""
    for file, raw in RAW.items():
        path = folder / class_name / "raw" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


class Server(ThreadingHTTPServer):
    """``way``: ``whole``, ``wrong`` (a byte is another), ``half`` (breaks off) or ``stall`` (says no more)."""

    daemon_threads = True

    def __init__(self, way):
        super().__init__(("127.0.0.1", 0), Handler)
        self.way = way
        self.asked = []
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"

    def handle_error(self, request, client_address):
        pass  # a client that goes away is what some tests are about


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name, way = self.path.strip("/"), self.server.way
        self.server.asked.append(name)
        body = ARCHIVES[name]
        if way == "wrong":
            body = body[:-1] + bytes([body[-1] ^ 1])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if way in ("half", "stall"):
            self.wfile.write(body[: len(body) // 2])
            if way == "stall":
                self.server.over.wait(60)
            return
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@contextmanager
def serve(way="whole"):
    server = Server(way)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


def main(url, what, *arguments):
    fullsets.FULL["mnist"] = tiny("mnist")
    if what == "tutor":
        from tutor import cli, datasets

        datasets.downloader[:] = [sys.executable, "-m", "tests.archives", url, "download"]
        return cli.run(list(arguments))
    from torchvision.datasets import MNIST

    from lessons.lab import download

    MNIST.mirrors, MNIST.resources = [url], RESOURCES
    return download.main(list(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
