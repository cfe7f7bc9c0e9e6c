"""Servers that answer, but so slowly that nobody would live to hear the end of it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def dripping(head: bytes, drop: bytes, *, hears: bool = True) -> Iterator[str]:
    """The address of one that says the beginning of an answer, and then one drop after the other.

    One that does not hear a request starts at once.
    """
    ended = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                if hears:
                    self.request.recv(10_000)
                self.request.sendall(head)
                while not ended.wait(0.05):
                    self.request.sendall(drop)
            except OSError:
                return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
