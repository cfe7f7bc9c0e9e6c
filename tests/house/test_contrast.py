"""Words must stay readable on the grounds they stand on, in both themes (WCAG 2.2 AA, measured in sRGB)."""

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

TEXT = 4.5
SHAPE = 3.0

GROUNDS = ["canvas", "sunken", "surface", "raised", "hover"]
MEANINGS = ["good", "attention", "urgent", "info", "neutral"]
READABLE = [
    *(
        (ink, ground)
        for ground in GROUNDS
        for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-hover")
    ),
    *((f"{meaning}-strong", f"{meaning}-soft") for meaning in MEANINGS),
    *((f"{meaning}-strong", ground) for meaning in MEANINGS for ground in ("canvas", "surface")),
    *((ink, "accent-soft") for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong")),
    *((ink, "note-soft") for ink in ("ink", "ink-soft", "ink-faint")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-urgent", "urgent"),
    ("on-urgent", "urgent-hover"),
    ("ink-inverse", "ink"),
    ("ink", "pressed"),
]
VISIBLE = [
    *((f"{meaning}", f"{meaning}-soft") for meaning in MEANINGS),
    *((meaning, "surface") for meaning in MEANINGS),
    *(("line-control", ground) for ground in ("canvas", "surface")),
    *(("focus", ground) for ground in GROUNDS),
    *((f"series-{number}", "surface") for number in range(1, 7) if number != 2),
]


def tokens() -> dict[str, tuple[str, str]]:
    sheet = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
    pairs = re.findall(r"--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)", sheet)
    return {name: (light, dark) for name, light, dark in pairs}


def srgb(colour: str) -> tuple[float, float, float]:
    """Linear sRGB of an oklch() colour (Ottosson's matrices), clipped to what a screen can show."""
    lightness, chroma, hue = map(float, re.findall(r"[\d.]+", colour)[:3])
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(max(value, 0.0), 1.0) for value in linear)
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = srgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("theme", "which"), [("light", 0), ("dark", 1)])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [(*pair, TEXT) for pair in READABLE] + [(*pair, SHAPE) for pair in VISIBLE],
)
def test_tokens_stay_apart(front, back, least, theme, which):
    known = tokens()
    measured = contrast(known[front][which], known[back][which])
    assert measured >= least, f"{front} on {back} in the {theme} theme: {measured:.2f}, needs {least}"


def test_black_on_white_measures_21():
    assert contrast("oklch(0 0 0)", "oklch(1 0 0)") == pytest.approx(21, abs=0.01)
