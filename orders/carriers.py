"""Carriers: how their tracking numbers look, which digit proves them, and whose a number is.

Shapes are those that carriers print today; an unusual number is not yet a wrong one, so who asks decides what
follows. Carriers that are not listed take any number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from orders.carrier_names import NAMES


class Verdict(Enum):
    """What a number says about itself."""

    GOOD = "good"
    ODD = "odd"
    """The carrier's numbers look otherwise."""
    MISTYPED = "mistyped"
    """The shape is right and the check digit is wrong."""


@dataclass(frozen=True)
class Shape:
    """One kind of number of a carrier. `telling`: no other carrier's numbers look like this."""

    pattern: re.Pattern[str]
    proves: Callable[[str], bool] = lambda _number: True
    telling: bool = False


def tidy(text: str) -> str:
    """A number as carriers print it: capital letters, without spaces, dashes and dots."""
    return re.sub(r"[\s\-.]+", "", text).upper()


# --- check digits -------------------------------------------------------------------------------------


def _ups(number: str) -> bool:
    """Letters count as (position in the alphabet + 1) mod 10; every second place counts twice."""
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:-1]]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return (10 - total % 10) % 10 == int(number[-1])


def _postal(number: str) -> bool:
    """Universal Postal Union S10: two letters, eight digits, a check digit, the country."""
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(int(char) * weight for char, weight in zip(number[2:10], weights, strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[10])


def _threes_and_ones(number: str) -> bool:
    """GS1: the digits before the last count 3, 1, 3, ... from the right."""
    *digits, check = map(int, number)
    total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return (10 - total % 10) % 10 == check


def _usps(number: str) -> bool:
    """The label's digits may begin with 420 and the postcode, which the check digit does not cover."""
    return _threes_and_ones(re.sub(r"^420\d{5}(?:\d{4})?(?=9)", "", number))


def _fedex_express(number: str) -> bool:
    weights = (3, 1, 7) * 4
    total = sum(int(char) * weight for char, weight in zip(number[:11], weights, strict=False))
    return total % 11 % 10 == int(number[-1])


def _dhl_express(number: str) -> bool:
    return int(number[:-1]) % 7 == int(number[-1])


# --- who prints what ----------------------------------------------------------------------------------


def _shape(pattern: str, proves: Callable[[str], bool] | None = None, *, telling: bool = False) -> Shape:
    compiled = re.compile(pattern)
    return Shape(compiled, proves, telling) if proves else Shape(compiled, telling=telling)


def _post(countries: str, *, letters: str = "[A-Z]{2}", telling: bool = True) -> Shape:
    return _shape(rf"{letters}\d{{9}}(?:{countries})", _postal, telling=telling)


SHAPES: Mapping[str, Sequence[Shape]] = {
    "sf": (_shape(r"SF\d{12,13}", telling=True), _shape(r"\d{12}"), _shape(r"\d{15}")),
    "zto": (
        _shape(r"7[3-8]\d{12}", telling=True),
        _shape(r"ZTO\d{9,12}", telling=True),
        _shape(r"\d{12,15}"),
    ),
    "yto": (_shape(r"YT\d{12,15}", telling=True), _shape(r"[DGV]\d{9,12}"), _shape(r"\d{10,13}|\d{18}")),
    "sto": (_shape(r"77\d{13}", telling=True), _shape(r"\d{12,13}|\d{15}")),
    "yunda": (_shape(r"YD\d{12,15}", telling=True), _shape(r"\d{13}|\d{15}")),
    "jd": (_shape(r"JD[A-Z0-9]{10,16}", telling=True), _shape(r"\d{11,15}")),
    "ems": (_post("CN", letters="E[A-Z]"), _shape(r"1[0-3]\d{11}")),
    "china_post": (_post("CN", letters="[LRCUV][A-Z]"), _shape(r"9\d{12}")),
    "dhl": (
        _shape(r"\d{10}", _dhl_express),
        _shape(r"JJD\d{14,18}|JVGL\d{16}|GM\d{16,20}", telling=True),
        _shape(r"00340\d{15}", _threes_and_ones, telling=True),
        _shape(r"\d{12}"),
        _post("DE", telling=False),
    ),
    "ups": (
        _shape(r"1Z[0-9A-Z]{8}\d{8}", _ups, telling=True),
        _shape(r"T\d{10}", telling=True),
        _shape(r"\d{9}|\d{26}"),
    ),
    "fedex": (
        _shape(r"\d{12}", _fedex_express),
        _shape(r"\d{15}", _threes_and_ones),
        _shape(r"96\d{20}", telling=True),
        _shape(r"\d{20}|\d{34}"),
    ),
    "usps": (
        _shape(r"(?:420\d{5}(?:\d{4})?)?9[1-5]\d{20}", _usps, telling=True),
        _shape(r"(?:420\d{5}(?:\d{4})?)?9[1-5](?:\d{18}|\d{24})", _usps),
        _post("US"),
    ),
    "royal_mail": (_post("GB"), _shape(r"[0-9A-F]{16}")),
    "deutsche_post": (_post("DE", telling=False), _shape(r"A[0-9A-F]{19}", telling=True)),
}
"""Code of a carrier -> its kinds of numbers."""


def named(text: str) -> str:
    """The code of the carrier that somebody means by a name or a service by its code; "" for others."""
    words = re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]+", text.casefold())
    whole = "".join(words)
    for code, names in NAMES.items():
        han = (name for name in names if not name.isascii())
        if names.intersection([*words, whole]) or any(name in whole for name in han):
            return code
        if any(len(name) > 4 and whole.startswith(name) for name in names):
            return code
    return ""


def verdict(carrier: str, number: str) -> Verdict:
    """Whether a tidy number can be one of a carrier, given by code; carriers we do not know take all."""
    shapes = SHAPES.get(carrier)
    if not shapes:
        return Verdict.GOOD
    fitting = [shape for shape in shapes if shape.pattern.fullmatch(number)]
    if not fitting:
        return Verdict.ODD
    return Verdict.GOOD if any(shape.proves(number) for shape in fitting) else Verdict.MISTYPED


def guess(number: str) -> str:
    """The code of the only carrier whose numbers look like this tidy number; "" where several might."""
    found = [
        code
        for code, shapes in SHAPES.items()
        if any(shape.telling and shape.pattern.fullmatch(number) and shape.proves(number) for shape in shapes)
    ]
    return found[0] if len(found) == 1 else ""
