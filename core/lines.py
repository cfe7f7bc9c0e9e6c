"""Lines to other systems for one errand, which ends in time however slowly the other side goes about it.

A limit for each step lets a server that says one byte now and then keep a worker for hours. So there is one
for all of it together: finding an address that answers, the handshake, what is sent and what is read,
redirections included. Only the look-up of a name takes as long as the resolver allows.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock, Timer
from time import monotonic

TOO_SLOW = "the other side is too slow"


class Errand:
    """What is asked of another system: `patience` seconds for each step, `whole` for all of them."""

    def __init__(self, *, patience: float, whole: float) -> None:
        self.patience = patience
        self.is_over = False
        self._ends_at = monotonic() + whole
        self._kept: list[socket.socket] = []
        self._lock = Lock()

    def line(self, scheme: str, host: str, port: int | None, *, address: str = "") -> HTTPConnection:
        """A line to a host, made when it is used; to `address` where somebody has looked the name up."""
        made = _Tls if scheme == "https" else _Plain
        return made(self, host, port or made.default_port, address or host)

    def reach(self, address: str, port: int) -> socket.socket:
        """A socket to the first address that answers. Raises `OSError`."""
        failed: OSError = TimeoutError("there was no time left")
        for *_kind, found in socket.getaddrinfo(address, port, type=socket.SOCK_STREAM):
            patience = min(self.patience, self._ends_at - monotonic())
            if patience <= 0:
                break
            try:
                reached = socket.create_connection((str(found[0]), port), patience)
            except OSError as error:
                failed = error
            else:
                reached.settimeout(self.patience)
                return self._keep(reached)
        raise failed

    def _keep(self, sock: socket.socket) -> socket.socket:
        """Remember the line by a name of our own: TLS takes a socket over, and it could not be hung up."""
        with self._lock:
            self._kept.append(sock.dup())
            is_late = self.is_over
        if is_late:
            self.hang_up()
        return sock

    def hang_up(self) -> None:
        """The time is over: whoever waits for the other side hears that there is nothing more."""
        with self._lock:
            self.is_over = True
            for sock in self._kept:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            while self._kept:
                self._kept.pop().close()


@contextmanager
def errand(*, patience: float, whole: float) -> Iterator[Errand]:
    """An errand that raises `TimeoutError` once a step has taken `patience` seconds, or all of it `whole`.

    Also where everything seems well: what came until then looks whole if nobody said how much it is.
    """
    found = Errand(patience=patience, whole=whole)
    timer = Timer(whole, found.hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield found
    except (OSError, HTTPException) as error:
        if found.is_over or isinstance(error, TimeoutError):
            raise TimeoutError(TOO_SLOW) from error
        raise
    finally:
        timer.cancel()
        found.close()
    if found.is_over:
        raise TimeoutError(TOO_SLOW)


class _Plain(HTTPConnection):
    """A line to an address, which hears the name that was asked for."""

    def __init__(self, run: Errand, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=run.patience)
        self.run, self.address = run, address

    def connect(self) -> None:
        self.sock = self.run.reach(self.address, self.port)


class _Tls(HTTPSConnection):
    """The same with TLS; the certificate is that of the name."""

    def __init__(self, run: Errand, host: str, port: int, address: str) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(host, port, timeout=run.patience, context=self.tls)
        self.run, self.address = run, address

    def connect(self) -> None:
        self.sock = self.tls.wrap_socket(self.run.reach(self.address, self.port), server_hostname=self.host)
