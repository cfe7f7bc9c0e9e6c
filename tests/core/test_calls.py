"""What another system answers us, and how long we listen."""

from datetime import timedelta
from time import monotonic

import pytest

from core import calls
from core.calls import Reply
from tests.channels import wires
from tests.dripping import dripping


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("600", 600), ("", 0), ("Mon, 30 Nov 2026", 0), ("-5", 0), ("²", 0), ("9" * 5000, 7 * 86400)],
)
def test_how_long_it_wants_to_be_left_alone(told: str, seconds: int) -> None:
    assert Reply(429, b"", retry_after=told).wait == timedelta(seconds=seconds)


def _ask(url: str, *, whole: float = 0.4, public_only: bool = False) -> Reply:
    """Each step may take ten times as long as the whole."""
    near = ["127.0.0.1"] if public_only else []
    return calls.call(
        "POST",
        url,
        body=b"{}",
        headers={},
        longest=10_000,
        timeout=4,
        whole=whole,
        public_only=public_only,
        private_hosts=near,
    )


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("public_only", [False, True])
@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-One-More: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["body", "endless body", "chunks", "headers", "one header", "first line", "patience"],
)
def test_a_server_that_drips_holds_nobody_for_longer_than_the_whole(
    head: bytes, drop: bytes, public_only: bool
) -> None:
    began = monotonic()
    with dripping(head, drop) as url, pytest.raises(TimeoutError, match="too slow"):
        _ask(url, public_only=public_only)
    assert monotonic() - began < 3


def test_a_handshake_that_drips_counts_as_well() -> None:
    """The head of a TLS record that promises much, and then a byte of it at a time."""
    record = b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb"
    began = monotonic()
    with dripping(record, b"\x00") as url, pytest.raises(TimeoutError, match="too slow"):
        _ask(url.replace("http://", "https://"))
    assert monotonic() - began < 3


def test_what_comes_in_time_is_taken_whole() -> None:
    with wires.other_side(lambda asked: wires.told({"heard": asked.body.decode()})) as side:
        assert _ask(side.url, whole=4).content == b'{"heard": "{}"}'


def test_a_server_that_hangs_up_is_not_one_that_is_too_slow() -> None:
    with wires.other_side(lambda asked: (0, {}, b"")) as side, pytest.raises(ConnectionError):
        _ask(side.url, whole=4)
