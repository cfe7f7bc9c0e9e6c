"""Mails made to keep a reader busy: small to send, and read in a moment all the same."""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from channels.actions.mail_landing import fingerprint
from channels.email import bodies, trimming
from channels.email.client_names import ORDER
from channels.email.languages import language_of
from channels.email.parsing import Unreadable, read
from channels.email.states import Reason

PATIENCE = 20
"""Seconds: a hundred times what any of them takes, and a hundredth of what careless reading would."""

HEAD = b"From: carol@example.com\r\nTo: aftersales@localhost\r\nSubject: Lamp\r\n"


@contextmanager
def patience(seconds: int = PATIENCE) -> Iterator[None]:
    """Give up on what takes longer."""

    def give_up(*_facts: Any) -> None:
        pytest.fail(f"still busy after {seconds} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


SPACES = " " * 300_000
TEXTS = {
    "a gap in the last line": f"Hello\nmy{SPACES}lamp",
    "a gap below what may be an attribution": f"On Monday\nmy{SPACES}lamp\n\nHello",
    "lines that may be attributions": "在a\n" * 600_000,
    "heads without end": "From: a\n" * 200_000,
    "quotation marks": ">\n" * 900_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_is_trimmed(text: str) -> None:
    with patience():
        assert trimming.trim(text).kept


def test_a_quotation_below_a_gap_is_still_cut() -> None:
    said = f"Hello\nmy{SPACES}lamp\n\nOn Mon, Nov 23, 2026 at 10:00, Lea <lea@lamps.example> wrote:\n> Hi"
    with patience():
        assert trimming.trim(said).quoted.startswith("On Mon")


PAGES = {
    "styles that never end": "<style " * 140_000,
    "styles that are closed": "<style></style >" * 60_000,
    "titles in titles": "<title>" * 49_000 + "x" * 500_000,
    "pictures that never end": ("<img " + ("src=cid:" + "a" * 190 + " ") * 9 + "x" * 4900) * 140,
    "letters opened and left open": "<p>"
    + "".join(f"<em id={number}>" for number in range(20_000))
    + "x<p>" * 20_000,
    "letters opened in cells": "<p>"
    + "".join(f"<em id={number}><table><td></em></table>" for number in range(5000))
    + "x<p>" * 20_000,
    "a box of many attributes": "<p " + " ".join(f"a{number}=1" for number in range(150_000)) + ">lamp",
    "boxes closed before they are opened": "</div>" * 20_000 + "<div>" * 20_000 + "lamp",
    "boxes of no name": "<x>" * 40_000 + "lamp",
}


@pytest.mark.parametrize("html", PAGES.values(), ids=PAGES)
def test_a_page_is_read_and_cleaned(html: str) -> None:
    with patience():
        bodies.plain(html)
        assert len(bodies.cleaned(html, {})) < 3 * bodies.MOST


def test_a_picture_in_the_text_is_still_found() -> None:
    html = '<p>Look <IMG alt="a > b" width=3 SRC = "cid:one@x" height=4> here</p>'
    assert "[cid:one@x]" in bodies.plain(html.replace(" > ", " "))
    assert bodies.plain("<style>p{}</style><p>a<script>alert(1)</script >b</p>") == "a b"


@pytest.mark.parametrize(
    "text", ["order" + " " * 10_000, ("order" + " " * 1000) * 10, "order" + "#" * 10_000]
)
def test_an_order_is_looked_for(text: str) -> None:
    with patience():
        assert ORDER.search(text) is None


@pytest.mark.parametrize(
    "text", ["my order number is: SO-1001", "Order No. #SO-1001", "订单号：SO-1001", "订单编号是 ＃SO-1001"]
)
def test_an_order_is_still_found(text: str) -> None:
    found = ORDER.search(text)
    assert found is not None
    assert found["number"] == "SO-1001"


def parts_in_parts(written: bytes) -> bytes:
    """Parts in parts by a way of writing the border, and many lines within."""
    levels = (
        b"Content-Type: multipart/mixed; " + written + b'"b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(300)
    )
    return HEAD + b"".join(levels) + b"--x\r\n" * 300_000


@pytest.mark.parametrize("written", [b"boundary=", b"boundary =", b"boundary*0=", b"BOUNDARY\r\n ="])
def test_parts_in_parts_are_no_letter(written: bytes) -> None:
    with patience(5), pytest.raises(Unreadable) as refused:
        read(parts_in_parts(written))
    assert refused.value.reason == Reason.UNREADABLE


def test_short_lines_in_many_borders_are_no_letter() -> None:
    borders = b"".join(b'X: ; boundary="%d"\r\n' % number for number in range(140))
    with patience(5), pytest.raises(Unreadable):
        read(HEAD + borders + b"\r\n" + b"\n" * 10_000_000)


HEADS: dict[str, Callable[[], bytes]] = {
    "recipients that are none": lambda: (b"To: " + b"a" * 99_000 + b"\r\n") * 190 + HEAD + b"\r\nHello",
    "lines to be joined": lambda: (
        HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 660_000
    ),
}


@pytest.mark.parametrize("content", HEADS.values(), ids=HEADS)
def test_a_mail_is_read(content: Callable[[], bytes]) -> None:
    with patience():
        assert read(content()).text.strip()


def test_long_chinese_has_a_language() -> None:
    with patience(2):
        assert [language_of("退货" * 5000, "en") for _time in range(20)] == ["zh-hans"] * 20


def test_a_head_without_end_takes_no_memory_to_be_known() -> None:
    """What a mail is known by is worked out before it is kept: to fail there would lose it."""
    content = b"Message-ID: " + b"a" * 30_000_000 + b"\n\nHello"
    folded = b"Message-ID: <a@b>\nSubject: a" + b"\n a" * 3_000_000 + b"\n\nHello"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with patience():
        assert fingerprint(content) != fingerprint(folded)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000  # kilobytes


def test_a_text_without_end_is_read_as_far_as_anybody_reads() -> None:
    """Guessing the encoding of thirty megabytes would take two thousand."""
    content = HEAD + b"Content-Type: text/plain\r\n\r\n" + b"\xb0" * 34_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with patience():
        assert read(content).text
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700_000  # kilobytes


@pytest.mark.parametrize("charset", ["gb18030", "utf-8", "utf-16-le", "iso-2022-jp"])
def test_what_is_read_of_a_long_text_is_what_was_written(charset: str) -> None:
    line = "退貨の件です hello\n"
    body = (line * 800_000).encode(charset)
    text = read(HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + body).text
    assert text.startswith(line * 100_000)
    assert set(text.splitlines()[:-1]) == {line.strip()}
