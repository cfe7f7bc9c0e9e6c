"""What WeChat takes in the fields of a template message. Their names begin with their kind: thing1, time2.

One value that is not of its kind, and WeChat refuses the whole message (47003). Its table of kinds does not
name short_thing; five characters are what others found that it takes.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from channels.connection_states import FieldKind
from channels.reading import Field
from core import dates

NAME = re.compile(r"([a-z_]+?)\d*")
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
PHRASE = re.compile(f"[{HAN}]{{1,5}}")
PLATE = re.compile(f"[{HAN}A-Z0-9][A-Z0-9]{{1,6}}[{HAN}A-Z0-9]?", re.IGNORECASE)
PHONE = re.compile(r"[\d+\-() ]{1,17}")
AMOUNT = re.compile(r"(?:CN|US)?([^\w\s.,+-]?)([\d,]+(?:\.\d+)?)(\u5143?)")
DAY = r"(?P<year>\d{4})(?:\u5e74|[-/.])(?P<month>\d{1,2})(?:\u6708|[-/.])(?P<day>\d{1,2})\u65e5?"
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
MOMENT = re.compile(f"(?:{DAY})?\\s*(?:{CLOCK})?")
MOST_DIGITS = 12


def _line(text: str) -> str:
    """A text in one line, without what cannot be seen."""
    seen = "".join(" " if unicodedata.category(one)[0] == "Z" else one for one in text)
    return " ".join("".join(one for one in seen if one in "\n\t" or one.isprintable()).split())


def _cut(longest: int, mark: str = "…") -> Callable[[str], str]:
    def fit(text: str) -> str:
        line = _line(text) or "–"
        return line if len(line) <= longest else line[: longest - len(mark)].rstrip() + mark

    return fit


def _whole(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def fit(text: str) -> str:
        line = _line(text)
        return line if pattern.fullmatch(line) else ""

    return fit


def _character_string(text: str) -> str:
    """Printable ASCII; spaces within numbers say nothing."""
    line = _line(text).replace(" ", "") or "-"
    return _cut(32, "...")(line) if line.isascii() else ""


def _amount(text: str) -> str:
    """One symbol and digits. A dollar of another country than the usual one would be a false amount."""
    found = AMOUNT.fullmatch(_line(text))
    digits = found[2].replace(",", "") if found else ""
    if found is None or len(digits.replace(".", "")) > MOST_DIGITS:
        return ""
    return f"{found[1]}{digits}{found[3]}" if digits[:1].isdecimal() else ""


def _time(text: str) -> str:
    """A moment as our texts write it, or a day or a time of day that exists."""
    line = _line(text)
    if (moment := dates.written(line)) is not None:
        return f"{moment:%Y-%m-%d %H:%M}"
    found = MOMENT.fullmatch(line)
    if found is None or not line:
        return ""
    given = {name: int(number) for name, number in found.groupdict().items() if number}
    try:
        datetime(**{"year": 2000, "month": 1, "day": 1, **given}, tzinfo=UTC)
    except ValueError:
        return ""
    return line


def _person(text: str) -> str:
    """A name; the mark of a cut would make it one of mixed letters, so it has none."""
    line = _line(text)
    if not line or any(one.isdecimal() for one in line):
        return ""
    return line[: 20 if line.isascii() else 10].rstrip()


def _const(text: str) -> str:
    line = _line(text)
    return line if len(line) <= 20 else ""


def _kind(kind: FieldKind, fit: Callable[[str], str], longest: int | None, *, fixed: bool = False) -> Field:
    return Field(kind, fit, longest, is_fixed=fixed)


TIME = _kind(FieldKind.TIME, _time, None)
CONST = _kind(FieldKind.CONST, _const, 20, fixed=True)
KINDS: Mapping[str, Field] = {
    "thing": _kind(FieldKind.THING, _cut(20), 20),
    "short_thing": _kind(FieldKind.SHORT_THING, _cut(5), 5),
    "character_string": _kind(FieldKind.CHARACTER_STRING, _character_string, 32),
    "letter": _kind(FieldKind.LETTER, _whole(re.compile("[A-Za-z]{1,32}")), 32),
    "number": _kind(FieldKind.NUMBER, _whole(re.compile(r"(?=.{1,32}$)\d+(\.\d+)?", re.ASCII)), 32),
    "symbol": _kind(FieldKind.SYMBOL, _whole(re.compile(r"[^\w\s]{1,5}")), 5),
    "time": TIME,
    "date": TIME,
    "amount": _kind(FieldKind.AMOUNT, _amount, None),
    "phone_number": _kind(FieldKind.PHONE_NUMBER, _whole(PHONE), 17),
    "car_number": _kind(FieldKind.CAR_NUMBER, _whole(PLATE), 8),
    "name": _kind(FieldKind.PERSON, _person, 20),
    "phrase": _kind(FieldKind.PHRASE, _whole(PHRASE), 5),
    "const": CONST,
    "enum": CONST,
    "enum_string": CONST,
}
KEYWORD = _kind(FieldKind.KEYWORD, _cut(200), 200)
"""Fields of templates of the old kind, which some accounts still have, go by any name: first, keyword1."""


def field(name: str) -> Field:
    """What the field of a name takes."""
    found = NAME.fullmatch(name)
    return KINDS.get(found[1], KEYWORD) if found else KEYWORD
