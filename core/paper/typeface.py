"""Fonts for documents. Latin text needs none of its own; Chinese is embedded, just the characters used.

Noto Sans SC comes with a package as one variable font of 30,000 characters. What a document needs of it is
cut out when the document is made: nothing has to be prepared, and no name is too rare to be written.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

PACKAGE = "justmytype_intl_cjk"
FILE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
REGULAR, BOLD = 400, 650
NEEDLESS = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "STAT", "HVAR", "VVAR", "MVAR"]
"""Tables for typesetting that a PDF has no use for."""

ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "…–·"


@dataclass(frozen=True)
class Family:
    """Names of fonts that are registered while a document is drawn."""

    regular: str
    bold: str


LATIN = Family("Helvetica", "Helvetica-Bold")
"""Every reader of PDF has these; they know the letters of western Europe."""

UNEMBEDDED = Family("STSong-Light", "STSong-Light")
"""Chinese that the reader's own machine draws, for an installation without the package."""


@contextmanager
def family_for(text: str) -> Iterator[Family]:
    """Fonts that have every character of `text`, as long as the context lasts."""
    if _is_latin(text):
        yield LATIN
    elif _source() is None:
        pdfmetrics.registerFont(UnicodeCIDFont(UNEMBEDDED.regular))
        yield UNEMBEDDED
    else:
        family = Family(*(f"noto-{weight}-{get_ident()}" for weight in (REGULAR, BOLD)))
        try:
            for name, data in zip((family.regular, family.bold), cut_out(text), strict=True):
                pdfmetrics.registerFont(TTFont(name, io.BytesIO(data)))
            yield family
        finally:
            _forget(family)


def _forget(family: Family) -> None:
    """Take fonts out of the register, which has no door for that; else they would pile up."""
    for name in (family.regular, family.bold):
        font = pdfmetrics._fonts.pop(name, None)  # noqa: SLF001
        if font is not None:
            pdfmetrics._dynFaceNames.pop(font.face.name, None)  # noqa: SLF001


def _is_latin(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _source() -> Path | None:
    """The variable font of the package; None where the package is not installed."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = [Path(place) / FILE for place in places or ()]
    return next((path for path in found if path.is_file()), None)


def cut_out(text: str) -> tuple[bytes, bytes]:
    """The characters of `text` in regular and bold, two TrueType fonts; the same text, the same bytes."""
    return _cut_out("".join(sorted({*text, *ALWAYS})))


@lru_cache(maxsize=64)
def _cut_out(characters: str) -> tuple[bytes, bytes]:
    """A second seems little, but the same label is looked at, printed and sent along."""
    variable = _subset(characters)
    return _instance(variable, REGULAR), _instance(variable, BOLD)


def _subset(characters: str) -> bytes:
    """The variable font with these characters alone."""
    from fontTools import subset

    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, recalc_timestamp=False, lazy=True
    )
    options.drop_tables += NEEDLESS
    with subset.load_font(str(_source()), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        return _saved(font)


def _instance(variable: bytes, weight: int) -> bytes:
    """The variable font at one weight."""
    from fontTools.ttLib import TTFont as OpenFont
    from fontTools.varLib import instancer

    font = OpenFont(io.BytesIO(variable), recalcTimestamp=False)
    still = instancer.instantiateVariableFont(font, {"wght": weight})
    _rename(still, f"NotoSansSC-{weight}-{sha256(variable).hexdigest()[:8]}")
    return _saved(still)


def _saved(font: Any) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _rename(font: Any, name: str) -> None:
    """No two fonts may bear one name: the writer takes them for the same."""
    for record in font["name"].names:
        if record.nameID in (4, 6):
            record.string = name
