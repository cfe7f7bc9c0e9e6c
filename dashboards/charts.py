"""Where the marks of a chart stand, as plain numbers: what draws them knows no figures.

A drawing is WIDTH by HEIGHT units and stretched to its place; lines keep their weight when it is stretched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 1000
HEIGHT = 100
GAP = Decimal("0.28")
"""This part of a step stays empty between bars."""

HEADROOM = Decimal("0.12")
CLOSEST = Decimal(4)
"""Shares are never drawn nearer than so many points, or noise would look like news."""

NICE = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
FULL = Decimal(100)


@dataclass(frozen=True)
class Scale:
    """A range of values with round marks, lowest first."""

    low: Decimal
    high: Decimal
    marks: tuple[Decimal, ...]

    def y(self, value: Decimal) -> Decimal:
        """How far down a value stands: 0 is the top."""
        reach = self.high - self.low
        return HEIGHT - HEIGHT * (min(max(value, self.low), self.high) - self.low) / reach


@dataclass(frozen=True)
class Mark:
    """One value in its place; a bar also has a width and a height."""

    x: str
    y: str
    width: str = "0"
    height: str = "0"


@dataclass(frozen=True)
class Line:
    """Values as a line with gaps where there is no data, the ground below it, the target as steps.

    A value without neighbours is one of the `dots`.
    """

    path: str
    dots: str
    area: str
    target: str
    last: str
    scale: Scale


def scale_of_shares(values: Sequence[Decimal]) -> Scale:
    """A range that holds shares and targets close enough to tell them apart, within 0 and 100."""
    if not values:
        return scale(Decimal(0), FULL)
    low, high = min(values), max(values)
    room = max((high - low) * HEADROOM, (CLOSEST - (high - low)) / 2)
    return scale(max(low - room, Decimal(0)), min(high + room, FULL), most=FULL)


def scale_of_counts(values: Sequence[int]) -> Scale:
    """From nought to above the highest count."""
    return scale(Decimal(0), Decimal(max(values, default=0) or 1))


def scale(low: Decimal, high: Decimal, most: Decimal | None = None, steps: int = 4) -> Scale:
    """The smallest range of round marks around two values, in about so many steps; none above `most`."""
    wanted = max((high - low) / steps, Decimal("0.01"))
    power = Decimal(10) ** wanted.adjusted()
    step = next(nice * power for nice in NICE if nice * power >= wanted)
    first = (low / step).to_integral_value("ROUND_FLOOR") * step
    last = (high / step).to_integral_value("ROUND_CEILING") * step
    last = min(last, most) if most is not None else last
    marks, mark = [first], first
    while mark < last:
        mark = min(mark + step, last)
        marks.append(mark)
    return (
        Scale(first, last, tuple(marks))
        if last > first
        else Scale(first, first + step, (first, first + step))
    )


def line(values: Sequence[Decimal | None], targets: Sequence[Decimal], within: Scale | None = None) -> Line:
    """A line through the middle of its steps."""
    known = [value for value in values if value is not None]
    place = within or scale_of_shares([*known, *targets])
    stretches = list(_stretches(values))
    long = [stretch for stretch in stretches if len(stretch) > 1]
    drawn = "".join(_stroke(stretch, len(values), place) for stretch in long)
    dots = "".join(f"{_stroke(stretch, len(values), place)}h0" for stretch in stretches if len(stretch) == 1)
    area = "".join(_ground(stretch, len(values), place) for stretch in long)
    at = max((index for index, value in enumerate(values) if value is not None), default=None)
    last = "" if at is None else f"M{_middle(at, len(values))} {_short(place.y(known[-1]))}h0"
    return Line(drawn, dots, area, _stairs(targets, place), last, place)


def _stretches(values: Sequence[Decimal | None]) -> Iterator[list[tuple[int, Decimal]]]:
    stretch: list[tuple[int, Decimal]] = []
    for index, value in enumerate(values):
        if value is not None:
            stretch.append((index, value))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _stroke(stretch: list[tuple[int, Decimal]], steps: int, place: Scale) -> str:
    spots = [f"{_middle(index, steps)} {_short(place.y(value))}" for index, value in stretch]
    return f"M{'L'.join(spots)}"


def _ground(stretch: list[tuple[int, Decimal]], steps: int, place: Scale) -> str:
    first, last = _middle(stretch[0][0], steps), _middle(stretch[-1][0], steps)
    return f"{_stroke(stretch, steps, place)}L{last} {HEIGHT}L{first} {HEIGHT}Z"


def _stairs(targets: Sequence[Decimal], place: Scale) -> str:
    path, width = "", Decimal(WIDTH) / max(len(targets), 1)
    for index, target in enumerate(targets):
        height = _short(place.y(target))
        path += f"{'L' if path else 'M'}{_short(index * width)} {height}H{_short((index + 1) * width)}"
    return path


def bars(values: Sequence[int], place: Scale, side: int = 0, sides: int = 1) -> list[Mark]:
    """Bars from the ground up; with `sides` several stand beside each other in a step."""
    step = Decimal(WIDTH) / max(len(values), 1)
    width = step * (1 - GAP) / sides
    marks = []
    for index, value in enumerate(values):
        top = place.y(Decimal(value))
        left = step * index + step * GAP / 2 + width * side
        marks.append(Mark(_short(left), _short(top), _short(width), _short(HEIGHT - top)))
    return marks


def columns(steps: int) -> list[Mark]:
    """The whole height of each step: what a pointer hits."""
    width = Decimal(WIDTH) / max(steps, 1)
    return [Mark(_short(width * index), "0", _short(width), str(HEIGHT)) for index in range(steps)]


def _middle(index: int, steps: int) -> str:
    return _short(Decimal(WIDTH) * (2 * index + 1) / (2 * steps))


def _short(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
