"""Documents to print and to keep, as PDF: `write` takes blocks of text and draws them in any language."""

from core.paper.blocks import Block, Code, Facts, Heading, Label, NewPage, Picture, Steps, Table, Text
from core.paper.writing import write

__all__ = [
    "Block",
    "Code",
    "Facts",
    "Heading",
    "Label",
    "NewPage",
    "Picture",
    "Steps",
    "Table",
    "Text",
    "write",
]
