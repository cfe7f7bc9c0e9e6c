"""Blocks drawn on A4."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from core.paper.blocks import Block, Code, Facts, Heading, Label, NewPage, Picture, Steps, Table, Text, texts
from core.paper.typeface import Family, family_for

INK, SOFT, LINE = HexColor("#1c1f24"), HexColor("#5a6270"), HexColor("#c9ced6")
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
PADDING = 6
"""What the frame of a page keeps free inside its margins."""

SPACED = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
"""Scripts that are written without spaces and may break between any two characters."""

HEADING_SIZE = {1: 19.0, 2: 12.0}


def write(blocks: Sequence[Block], *, title: str, foot: str = "") -> bytes:
    """A PDF of these blocks; `foot` stands at the bottom of every page beside the page number.

    The same blocks give the same bytes.
    """
    said = "".join(text for block in blocks for text in texts(block)) + title + foot
    with family_for(said) as family:
        pen = Pen(family)
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN - PADDING,
            rightMargin=MARGIN - PADDING,
            topMargin=MARGIN,
            bottomMargin=MARGIN,
            title=title,
            invariant=1,
        )
        story = [part for block in blocks for part in pen.draw(block)]
        mark = _foot(family, foot)
        document.build(story, onFirstPage=mark, onLaterPages=mark)
    return out.getvalue()


def _foot(family: Family, foot: str) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(family.regular, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 10 * mm, foot)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))

    return draw


class QrCode(Flowable):
    """A QR code as squares, sharp at any size."""

    def __init__(self, content: str, side: float) -> None:
        super().__init__()
        self.matrix = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
        self.width = self.height = side

    def draw(self) -> None:
        """One square for each dark module, with the quiet zone that readers need."""
        quiet = 2
        module = self.width / (len(self.matrix) + 2 * quiet)
        self.canv.setFillColor(INK)
        for y, row in enumerate(self.matrix):
            for x, dark in enumerate(row):
                if dark:
                    left, top = (x + quiet) * module, self.height - (y + quiet + 1) * module
                    self.canv.rect(left, top, module, module, stroke=0, fill=1)


class Pen:
    """Draws blocks in one family of fonts."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.ways: dict[type, Callable[[Any], list[Any]]] = {
            Heading: self._heading,
            Text: self._text,
            Facts: self._facts,
            Steps: self._steps,
            Table: self._table,
            Label: self._label,
            Code: self._code,
            Picture: self._picture,
            NewPage: lambda _block: [PageBreak()],
        }

    def draw(self, block: Block) -> list[Any]:
        """What stands for a block in the story of a document."""
        return self.ways[type(block)](block)

    def _line(self, text: str, size: float = 10, *, bold: bool = False, **look: Any) -> Paragraph:
        style = ParagraphStyle(
            "line",
            fontName=self.family.bold if bold else self.family.regular,
            fontSize=size,
            leading=size * 1.45,
            wordWrap="CJK" if SPACED.search(text) else None,
            **{"textColor": INK, **look},
        )
        return Paragraph(escape(text).replace("\n", "<br/>"), style)

    def _heading(self, block: Heading) -> list[Any]:
        space = 0 if block.level == 1 else 10
        return [Spacer(0, space), self._line(block.text, HEADING_SIZE[block.level], bold=True), Spacer(0, 4)]

    def _text(self, block: Text) -> list[Any]:
        return [self._line(block.text, textColor=SOFT if block.soft else INK), Spacer(0, 5)]

    def _facts(self, block: Facts) -> list[Any]:
        rows = [[self._line(name, textColor=SOFT), self._line(value)] for name, value in block.rows]
        if not rows:
            return []
        close = [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]
        return [self._grid(rows, (0.28, 0.72), close), Spacer(0, 6)]

    def _steps(self, block: Steps) -> list[Any]:
        rows = [
            [self._line(f"{number}.", bold=True), self._line(step)]
            for number, step in enumerate(block.steps, start=1)
        ]
        return [self._grid(rows, (0.05, 0.95), []), Spacer(0, 6)]

    def _table(self, block: Table) -> list[Any]:
        def cells(row: Sequence[str], *, bold: bool) -> list[Paragraph]:
            return [
                self._line(text, 9, bold=bold, **({"alignment": TA_RIGHT} if n in block.numeric else {}))
                for n, text in enumerate(row)
            ]

        rows = [cells(block.head, bold=True), *(cells(row, bold=False) for row in block.rows)]
        ruled = [("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE), ("LINEBELOW", (0, 0), (-1, 0), 1, INK)]
        return [self._grid(rows, block.widths, ruled, repeatRows=1), Spacer(0, 8)]

    def _grid(self, rows: list[list[Any]], widths: Sequence[float], look: list[Any], **options: Any) -> Grid:
        base = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ]
        return Grid(rows, [share * WIDTH for share in widths], style=[*base, *look], **options)

    def _label(self, block: Label) -> list[Any]:
        """The recipient large, the sender small, both codes below."""
        sender = [self._line(block.sender_head, 8, textColor=SOFT)]
        sender += [self._line(line, 9) for line in block.sender]
        recipient = [self._line(block.recipient_head, 8, textColor=SOFT)]
        recipient += [self._line(line, 15, bold=True) for line in block.recipient]
        bars = Code128(block.number, barHeight=20 * mm, barWidth=0.42 * mm, quiet=True)
        number = self._line(block.number, 20, bold=True)
        rows = [
            [sender, ""],
            [recipient, ""],
            [[bars, Spacer(0, 6), number], QrCode(block.address, 38 * mm)],
            [self._line(block.note, 9), ""],
        ]
        look = [
            ("BOX", (0, 0), (-1, -1), 1.2, INK),
            ("LINEBELOW", (0, 0), (-1, 1), 0.6, INK),
            *(("SPAN", (0, row), (1, row)) for row in (0, 1, 3)),
            *((f"{side}PADDING", (0, 0), (-1, -1), 8) for side in ("TOP", "BOTTOM", "LEFT", "RIGHT")),
            ("ALIGN", (1, 2), (1, 2), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        return [Grid(rows, [0.72 * WIDTH, 0.28 * WIDTH], style=look), Spacer(0, 8)]

    def _code(self, block: Code) -> list[Any]:
        code = QrCode(block.address, 32 * mm)
        code.hAlign = "LEFT"
        return [KeepTogether([code, self._line(block.number, bold=True)]), Spacer(0, 8)]

    def _picture(self, block: Picture) -> list[Any]:
        drawing = Image(io.BytesIO(block.data), width=WIDTH, height=block.height * mm, kind="proportional")
        drawing.hAlign = "LEFT"
        return [KeepTogether([drawing, self._line(block.caption, 8, textColor=SOFT), Spacer(0, 8)])]
