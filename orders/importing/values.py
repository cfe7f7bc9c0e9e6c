"""What a cell means: amounts, dates, counts and texts, the way shops in many countries write them.

Nothing is guessed in silence. Where one spelling has two readings (3/4/2026, 1,234), the other cells of
the same file decide for the whole file; where they do not, the cell is refused as ambiguous.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal

from babel import Locale
from django.utils import translation

from accounts.models import Language
from core.money import exponent
from orders.importing.files import Cell
from orders.states import LineFlag

DateOrder = Literal["", "dmy", "mdy", "mixed"]
DecimalMark = Literal["", "point", "comma", "mixed"]


def date_order(told: str) -> DateOrder:
    """A habit of dates from what was written down; "" for anything unknown."""
    return "dmy" if told == "dmy" else "mdy" if told == "mdy" else ""


def decimal_mark(told: str) -> DecimalMark:
    """A habit of decimals from what was written down; "" for anything unknown."""
    return "point" if told == "point" else "comma" if told == "comma" else ""


class BadValue(Exception):
    """A cell cannot be what its column asks for; `code` and `facts` make the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Habits:
    """How a file writes what can be read in two ways; "" where it shows neither."""

    dates: DateOrder = ""
    decimals: DecimalMark = ""


# --- texts ------------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_AS_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
EXACT_UP_TO = 10**15
"""Spreadsheets keep 15 digits of a number; longer order numbers come out changed."""


def text_of(cell: Cell, *, most: int) -> str:
    """The cell as one line of text without the wrappings of spreadsheets (="00123", a leading tab)."""
    text = " ".join(_plain(cell).replace("\ufeff", "").replace("\xa0", " ").split())
    if wrapped := _AS_FORMULA.fullmatch(text):
        text = wrapped[1].strip()
    if _CONTROL.search(text):
        raise BadValue("row.control_characters")
    if _SURROGATE.search(text):
        raise BadValue("row.unreadable_characters")
    if len(text) > most:
        raise BadValue("row.too_long", most=most, length=len(text))
    return text


def _plain(cell: Cell) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def name_of(cell: Cell, *, most: int) -> str:
    """A text whose every digit matters: order, tracking and phone numbers, SKU."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXACT_UP_TO:
        raise BadValue("row.digits_lost")
    text = text_of(cell, most=most)
    if _SHORTENED.fullmatch(text):
        raise BadValue("row.digits_lost")
    return text


_QUOTED = re.compile(r"'((?:[^']|'')+)'")


def without_quotes(text: str) -> str:
    """What another program put between single quotation marks: 'Sean O''Donnell' -> Sean O'Donnell."""
    quoted = _QUOTED.fullmatch(text)
    return quoted[1].replace("''", "'").strip() if quoted else text


# --- amounts ----------------------------------------------------------------------------------------

_SIGNS = {"€": {"EUR"}, "£": {"GBP"}, "¥": {"CNY", "JPY"}, "₩": {"KRW"}, "₹": {"INR"}, "元": {"CNY"}}
_DOLLARS = re.compile(r"(?:US|HK|NT|CA|AU|NZ|S|A|C)?\$")
_GROUPED = {",": re.compile(r"\d{1,3}(?:,\d{3})+"), ".": re.compile(r"\d{1,3}(?:\.\d{3})+")}


def _numeral(cell: Cell, currency: str) -> str:
    """The digits and marks of a number, without currency, spaces and the Swiss apostrophe."""
    text = unicodedata.normalize("NFKC", _plain(cell)).strip()
    text = re.sub(r"[\s'’_]", "", text.replace("−", "-"))
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    for sign, currencies in _SIGNS.items():
        if sign in text:
            if currency and currency not in currencies:
                raise BadValue("row.other_currency", sign=sign, currency=currency)
            text = text.replace(sign, "")
    if _DOLLARS.search(text):
        if currency and not currency.endswith("D"):
            raise BadValue("row.other_currency", sign="$", currency=currency)
        text = _DOLLARS.sub("", text)
    if currency:
        text = re.sub(rf"^{currency}|{currency}$", "", text, flags=re.IGNORECASE)
    return re.sub(r"^RMB", "", text, flags=re.IGNORECASE) if currency in {"", "CNY"} else text


def decimal_habit(cells: Iterable[Cell]) -> DecimalMark:
    """Which mark a file puts before the decimals, from amounts that can be read in one way only."""
    seen = {mark for cell in cells if isinstance(cell, str) and (mark := _shown_mark(cell))}
    if len(seen) > 1:
        return "mixed"
    return "comma" if "," in seen else "point" if "." in seen else ""


def _shown_mark(cell: str) -> str:
    text = re.sub(r"[^\d.,]", "", unicodedata.normalize("NFKC", cell))
    if "," in text and "." in text:
        return max(",", ".", key=text.rfind)
    for mark in ",.":
        if text.count(mark) == 1 and len(text) - text.index(mark) - 1 != 3:
            return mark
    return ""


def decimal_of(cell: Cell, *, decimals: DecimalMark, currency: str = "") -> Decimal:
    """The number in a cell. Numbers of a workbook are taken with the 15 digits it shows."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise BadValue("row.not_a_number")
    text = format(cell, ".15g") if isinstance(cell, float) else _numeral(cell, currency)
    text = _with_point(text, decimals) if isinstance(cell, str) else text
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?", text):
        raise BadValue("row.not_a_number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadValue("row.not_a_number") from None
    if abs(number) >= EXACT_UP_TO:
        raise BadValue("row.number_too_large")
    return number


def _with_point(text: str, decimals: DecimalMark) -> str:
    """The numeral with a point before its decimals and no marks between thousands."""
    if "," not in text and "." not in text:
        return text
    unsigned = text.lstrip("+-")
    if "," in text and "." in text:
        mark, group = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        whole, _, rest = unsigned.rpartition(mark)
        if not (_GROUPED[group].fullmatch(whole) or whole.isdigit()):
            raise BadValue("row.not_a_number")
        return text.replace(group, "").replace(mark, ".") if rest.isdigit() else text
    mark = "," if "," in text else "."
    if unsigned.count(mark) > 1:
        if not _GROUPED[mark].fullmatch(unsigned):
            raise BadValue("row.not_a_number")
        return text.replace(mark, "")
    return _with_one_mark(text, unsigned, mark, decimals)


def _with_one_mark(text: str, unsigned: str, mark: str, decimals: DecimalMark) -> str:
    if _GROUPED[mark].fullmatch(unsigned):  # "1,234": a thousand or a fraction
        if decimals == "mixed":
            raise BadValue("row.amount_ambiguous")
        decimal_mark = "," if decimals == "comma" else "."
        return text.replace(mark, "." if mark == decimal_mark else "")
    return text.replace(mark, ".")


def amount_of(cell: Cell, currency: str, *, decimals: DecimalMark) -> int:
    """An amount in minor units, exactly: more decimals than the currency has are refused, not rounded."""
    number = decimal_of(cell, decimals=decimals, currency=currency)
    if number < 0:
        raise BadValue("row.negative")
    minor = number.scaleb(exponent(currency))
    if minor != int(minor):
        raise BadValue("row.too_many_decimals", currency=currency, decimals=exponent(currency))
    return int(minor)


def count_of(cell: Cell, *, most: int) -> int:
    """A number of units, at least one."""
    number = decimal_of(cell, decimals="point")
    if number != int(number):
        raise BadValue("row.not_whole")
    if number < 1:
        raise BadValue("row.not_positive")
    if number > most:
        raise BadValue("row.number_too_large")
    return int(number)


def ratio_of(cell: Cell, *, decimals: DecimalMark) -> Decimal:
    """A share between 0 and 1, also written in per cent."""
    text = unicodedata.normalize("NFKC", cell).strip() if isinstance(cell, str) else ""
    number = decimal_of(text.removesuffix("%") if text else cell, decimals=decimals)
    number = number / 100 if text.endswith("%") else number
    if not 0 <= number <= 1:
        raise BadValue("row.not_a_ratio")
    return number


# --- dates ------------------------------------------------------------------------------------------

EARLIEST = date(1990, 1, 1)
SERIAL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a calendar day, not an instant
FIRST_SERIAL, LAST_SERIAL = 20_000, 100_000
_TIME = r"(?:[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME)
_NAMED = re.compile(r"(?:(\d{1,2})[ -])?([A-Za-z]{3})[a-z]*\.?[ -](?:(\d{1,2}),?[ -])?(\d{4})" + _TIME)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def date_habit(cells: Iterable[Cell]) -> DateOrder:
    """Whether a file writes the day or the month first, from dates that can be read in one way only."""
    seen = {order for cell in cells if isinstance(cell, str) and (order := _shown_order(cell))}
    if len(seen) > 1:
        return "mixed"
    return next(iter(seen), "")


def _shown_order(cell: str) -> DateOrder:
    found = _YEAR_LAST.fullmatch(_tidy(cell))
    if not found:
        return ""
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else ""


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def moment_of(cell: Cell, *, order: DateOrder) -> datetime:
    """A date, or a date with a time; naive where no zone is told, midnight where no time is.

    Serial numbers of spreadsheets are read too. Raises `BadValue`, "row.date_ambiguous" for a day and
    month that could be swapped.
    """
    if isinstance(cell, datetime):
        return _in_range(cell)
    if isinstance(cell, date):
        return _in_range(datetime.combine(cell, time()))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_serial(cell)
    if not isinstance(cell, str):
        raise BadValue("row.not_a_date")
    text = _tidy(cell)
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text))
    year, month, day, rest = _parts(text, order)
    return _in_range(_built(year, month, day, rest))


def _from_serial(serial: float) -> datetime:
    if not FIRST_SERIAL <= serial < LAST_SERIAL:  # false for nan, too
        raise BadValue("row.not_a_date")
    return _in_range(SERIAL_DAY_ZERO + timedelta(seconds=round(serial * 86400)))


def _parts(text: str, order: DateOrder) -> tuple[int, int, int, tuple[str | None, ...]]:
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3]), found.groups()[3:]
    if found := _YEAR_LAST.fullmatch(text):
        day, month = _day_and_month(int(found[1]), int(found[2]), order)
        return int(found[3]), month, day, found.groups()[3:]
    if (found := _NAMED.fullmatch(text)) and (found[1] is None) != (found[3] is None):
        name = found[2].lower()
        if name in _MONTHS:
            return int(found[4]), _MONTHS.index(name) + 1, int(found[1] or found[3]), found.groups()[4:]
    raise BadValue("row.not_a_date")


def _day_and_month(first: int, second: int, order: DateOrder) -> tuple[int, int]:
    if order == "dmy":
        return first, second
    if order == "mdy":
        return second, first
    if first == second or first > 12:
        return first, second
    if second > 12:
        return second, first
    raise BadValue("row.date_ambiguous")


def _built(year: int, month: int, day: int, rest: tuple[str | None, ...]) -> datetime:
    hour, minute, second, zone = rest
    try:
        moment = datetime(year, month, day, int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
        if zone is None:
            return moment
        if zone == "Z":
            return moment.replace(tzinfo=UTC)
        return datetime.fromisoformat(f"{moment.isoformat()}{zone[:3]}:{zone[-2:]}")
    except ValueError:
        raise BadValue("row.no_such_day") from None


def _in_range(moment: datetime) -> datetime:
    if moment.date() < EARLIEST:
        raise BadValue("row.date_too_early", earliest=EARLIEST.isoformat())
    return moment


# --- countries --------------------------------------------------------------------------------------

_ALSO = {"usa": "US", "uk": "GB", "greatbritain": "GB", "中国大陆": "CN", "美国": "US", "英国": "GB"}


@cache
def _countries() -> dict[str, str]:
    """ISO codes by code and by English and Chinese name."""
    codes = dict(_ALSO)
    for language in ("en", "zh_Hans"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes |= {code.casefold(): code, _letters(name): code}
    return codes


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())


def country_of(text: str) -> str:
    """A country as ISO 3166 writes it, from its code or its English or Chinese name."""
    code = _countries().get(_letters(text))
    if code is None:
        raise BadValue("row.unknown_country")
    return code


# --- marks of goods ---------------------------------------------------------------------------------


@cache
def _flags() -> dict[str, str]:
    """Marks by code and by English and Chinese name."""
    known = {_letters(code): code for code in LineFlag.values}
    for language in Language.values:
        with translation.override(language):
            known |= {_letters(str(flag.label)): flag.value for flag in LineFlag}
    return known


def flags_of(cell: Cell) -> tuple[str, ...]:
    """The marks of goods in a cell, separated by commas, semicolons or the Chinese enumeration comma."""
    told = [part for part in re.split(r"[,;|，；、]", str(cell)) if part.strip()]
    unknown = next((part.strip() for part in told if _letters(part) not in _flags()), None)
    if unknown is not None:
        raise BadValue("row.unknown_flag", flag=unknown)
    return tuple(sorted({_flags()[_letters(part)] for part in told}))
