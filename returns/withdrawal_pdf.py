"""The acknowledgement of a withdrawal as a document that can be kept: PDF, in the customer's language.

Latin text is set in Helvetica, letters it lacks (Polish, Czech) in Vera where that has them, Chinese in the
reader's own Song face; a letter that no face has loses its accent, and stands right in the mail beside it.
"""

import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import bilingual, dates
from returns import withdrawals
from returns.models import Withdrawal
from returns.withdrawal_words import WORDINGS, send_back

LATIN, BOLD = "Helvetica", "Helvetica-Bold"
WIDE, WIDE_BOLD, SONG = "Vera", "VeraBd", "STSong-Light"


@dataclass(frozen=True)
class Sheet:
    """What the document says, in the reader's words: a heading, facts by their names, items, sentences."""

    title: str
    opening: str
    facts: Sequence[tuple[str, str]]
    items_title: str
    items: Sequence[str]
    closing: Sequence[str]


def sheet(withdrawal: Withdrawal) -> Sheet:
    """The words of the acknowledgement, in the language and on the clock of the withdrawal."""
    order, said = withdrawal.order, WORDINGS[withdrawal.right.wording]
    assert withdrawal.confirmed_at is not None
    with translation.override(withdrawal.language), timezone.override(withdrawal.zone):
        return Sheet(
            title=str(said.title),
            opening=str(said.opening),
            facts=(
                (_("Number"), withdrawal.number),
                (_("Received"), stamp(withdrawal.confirmed_at, withdrawal.zone)),
                (_("Shop"), order.shop.name),
                (_("Order"), order.number),
                (_("Ordered on"), dates.exact(order.placed_at)),
                (_("Name"), withdrawal.name),
                (_("E-mail for this acknowledgement"), withdrawal.email),
            ),
            items_title=str(said.whole if withdrawals.is_whole(withdrawal) else said.some),
            items=[
                f"{units} × {line.title} ({line.sku})" for line, units in withdrawals.lines_of(withdrawal)
            ],
            closing=(
                _("You need not give a reason. Please keep this document."),
                send_back(withdrawal.right.days),
                _("Basis: %(basis)s") % {"basis": bilingual.pick(withdrawal.right, "basis")},
            ),
        )


def stamp(moment: datetime, zone: str) -> str:
    """Date and time for people, and to the second: "Wednesday, … (Berlin), 2026-08-05T10:00:00+02:00"."""
    return f"{dates.exact(moment)}, {moment.astimezone(ZoneInfo(zone)).isoformat(timespec='seconds')}"


def acknowledgement(withdrawal: Withdrawal) -> bytes:
    """The document. The same withdrawal gives the same bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    said, drawn = sheet(withdrawal), io.BytesIO()
    document = SimpleDocTemplate(
        drawn,
        pagesize=A4,
        title=f"{said.title} {withdrawal.number}",
        author=withdrawal.order.shop.name,
        lang="zh-Hans" if bilingual.is_chinese(withdrawal.language) else "en",
        invariant=1,
        pageCompression=0,
        **{f"{side}Margin": 22 * mm for side in ("left", "right", "top", "bottom")},
    )
    document.build(list(_flow(said, "CJK" if bilingual.is_chinese(withdrawal.language) else None)))
    return drawn.getvalue()


def _flow(said: Sheet, wrap: str | None) -> Iterator[object]:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

    text = ParagraphStyle("text", fontName=LATIN, fontSize=10.5, leading=16, wordWrap=wrap)
    head = ParagraphStyle("head", parent=text, fontName=BOLD, fontSize=17, leading=24)
    strong = ParagraphStyle("strong", parent=text, fontName=BOLD)
    yield Paragraph(_set(said.title, BOLD), head)
    yield Spacer(0, 8)
    yield Paragraph(_set(said.opening), text)
    yield Spacer(0, 10)
    rows = [[Paragraph(_set(name), text), Paragraph(_set(value, BOLD), strong)] for name, value in said.facts]
    style = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)])
    yield Table(rows, colWidths=[150, None], style=style)
    yield Spacer(0, 12)
    yield Paragraph(_set(said.items_title, BOLD), strong)
    yield from (Paragraph(_set(item), text) for item in said.items)
    yield Spacer(0, 14)
    yield from (Paragraph(_set(sentence), text) for sentence in said.closing)


def _set(text: str, face: str = LATIN) -> str:
    """The text as markup, each run in a face that has its letters."""
    _register_faces()
    letters = [_drawable(letter) for letter in unicodedata.normalize("NFC", text)]
    runs = groupby("".join(letters), key=lambda letter: _face(letter, face))
    return "".join(f'<font name="{name}">{escape("".join(run))}</font>' for name, run in runs)


def _face(letter: str, face: str) -> str:
    if _is_western(letter):
        return face
    if ord(letter) not in _wide_letters():
        return SONG
    return WIDE_BOLD if face == BOLD else WIDE


def _drawable(letter: str) -> str:
    """The letter itself; without its accent where no face has it so."""
    if _is_western(letter) or ord(letter) in _wide_letters() or unicodedata.east_asian_width(letter) in "WF":
        return letter
    return unicodedata.normalize("NFKD", letter)[0]


def _is_western(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _wide_letters() -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics

    _register_faces()
    return frozenset(pdfmetrics.getFont(WIDE).face.charToGlyph)


@cache
def _register_faces() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (WIDE, WIDE_BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
