"""What an edit changed, line by line. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal


@dataclass(frozen=True)
class Line:
    """A line of a text that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(before: str, after: str, *, around: int = 2) -> list[list[Line]]:
    """The changed places of a text, each with up to `around` unchanged lines on both sides."""
    old, new = before.splitlines(), after.splitlines()
    places = SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(around)
    return [list(_lines(place, old, new)) for place in places]


def _lines(place: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[Line]:
    for tag, old_from, old_to, new_from, new_to in place:
        if tag == "equal":
            yield from (Line("same", text) for text in old[old_from:old_to])
        else:
            yield from (Line("gone", text) for text in old[old_from:old_to])
            yield from (Line("new", text) for text in new[new_from:new_to])
