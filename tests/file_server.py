"""A local HTTP server for tests of downloads: byte ranges as a good server gives them, and faults on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """Files by path. cuts: bytes after which each coming answer breaks off; asked: (path, Range) of each request."""

    files: dict[str, bytes]
    url: str = ""
    ranges: bool = True
    etag: str = '"1"'
    cuts: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serve(files: dict[str, bytes]) -> Iterator[FileServer]:
    """A server on a free port of localhost, ended with the block."""
    state = FileServer(dict(files))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    state: FileServer

    def do_GET(self) -> None:
        state = self.state
        asked = self.headers.get("Range", "")
        state.asked.append((self.path, asked))
        content = state.files.get(self.path.lstrip("/"))
        if content is None:
            self.send_error(404)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        partial = bool(asked) and state.ranges and self.headers.get("If-Range") in (None, state.etag)
        if partial and start >= len(content):
            self.send_error(416)
            return
        content = content[start:] if partial else content
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(content)))
        if state.etag:
            self.send_header("ETag", state.etag)
        self.end_headers()
        cut = state.cuts.pop(0) if state.cuts and self.path.endswith(".zip") else None
        self.wfile.write(content[:cut])
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""
