"""What a document is made of: plain data, without fonts or measures. Texts are plain, not markup."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title of the page."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph; line breaks are kept."""

    text: str
    soft: bool = False


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and a value, one below the other."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Steps:
    """What to do, numbered from 1."""

    steps: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on every page; `widths` are shares of the page, `numeric` columns."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    numeric: Sequence[int] = ()


@dataclass(frozen=True)
class Label:
    """What is stuck on a parcel: two addresses, and a number as bars for scanners and as QR code.

    `address` is what the QR code holds; `number` must be of ASCII, as Code 128 is.
    """

    sender_head: str
    sender: Sequence[str]
    recipient_head: str
    recipient: Sequence[str]
    number: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Code:
    """A QR code of `address` with `number` below it, for a phone at the counter."""

    number: str
    address: str


@dataclass(frozen=True)
class Picture:
    """The bytes of a picture, at most `height` millimetres high, with a line below it."""

    data: bytes
    caption: str
    height: float = 70


@dataclass(frozen=True)
class NewPage:
    """What follows stands on a page of its own."""


Block = Heading | Text | Facts | Steps | Table | Label | Code | Picture | NewPage


def texts(block: Block) -> Iterator[str]:
    """Every text in a block, so that fonts know which characters they must have."""
    match block:
        case Heading(text=text) | Text(text=text):
            yield text
        case Facts(rows=pairs):
            yield from (text for pair in pairs for text in pair)
        case Steps(steps=steps):
            yield from steps
        case Table(head=head, rows=rows):
            yield from head
            yield from (cell for row in rows for cell in row)
        case Label():
            yield from (block.sender_head, *block.sender, block.recipient_head, *block.recipient)
            yield from (block.number, block.note)
        case Code(number=number):
            yield number
        case Picture(caption=caption):
            yield caption
        case NewPage():
            pass
