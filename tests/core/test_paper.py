"""Documents: their text can be read and copied in any script, and the same text gives the same bytes."""

import pytest

from core import paper
from core.paper import Block, Facts, Heading, Label, NewPage, Steps, Table, Text, typeface
from tests.returns.papers import pages

LABEL = Label(
    sender_head="From",
    sender=["Carol", "Larch Road 1"],
    recipient_head="To",
    recipient=["Returns desk", "18 Wensan Road"],
    number="R-10001",
    address="https://service.example.com/console/warehouse/R-10001/",
)


def test_a_document_says_what_it_was_given() -> None:
    blocks: list[Block] = [
        Heading("Return guide", 1),
        Text("Pack it <well> & send it.\nToday."),
        Facts([("Order", "S-1")]),
        Steps(["Pack", "Send"]),
        Table(("Item", "Units"), [("Lamp", "2")], (0.8, 0.2), numeric=(1,)),
        NewPage(),
        LABEL,
    ]
    first, second = pages(paper.write(blocks, title="Guide", foot="Lamps & More"))
    for said in ("Return guide", "Pack it <well> & send it.", "S-1", "2. Send", "Lamp 2", "Lamps & More 1"):
        assert said in first
    for said in ("Carol", "18 Wensan Road", "R-10001"):
        assert said in second


@pytest.mark.parametrize("name", ["王芳", "朱镕基", "赵喆", "李堃", "陳先生", "やまだ", "Đặng"])
def test_every_name_can_be_written(name: str) -> None:
    assert name in pages(paper.write([Heading(f"{name} 收"), Text("退货单")], title="退货单"))[0]


def test_the_same_text_is_the_same_document() -> None:
    blocks: list[Block] = [Heading("退货单", 1), LABEL]
    assert paper.write(blocks, title="退货单") == paper.write(blocks, title="退货单")


def test_fonts_do_not_pile_up() -> None:
    from reportlab.pdfbase import pdfmetrics

    paper.write([Text("退货单")], title="退货单")
    assert not [name for name in pdfmetrics._fonts if name.startswith("noto-")]
    assert not [name for name in pdfmetrics._dynFaceNames if "NotoSans" in str(name)]


def test_without_the_package_the_reader_s_own_font_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typeface, "_source", lambda: None)
    document = paper.write([Text("退货单")], title="退货单")
    assert b"STSong-Light" in document
    assert "退货单" in pages(document)[0]
