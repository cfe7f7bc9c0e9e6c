"""Keyset paging: the place in a list is the last row seen, so page ten thousand costs what page one costs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

Row = TypeVar("Row")
"""A model, or a named tuple of its values that has every field of the order."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list; `previous` and `next` are cursors, "" at the ends."""

    rows: Sequence[Row]
    previous: str = ""
    next: str = ""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Keyset:
    """An order to walk a list in. The fields together must be unique and never null: end with "pk".

    All fields run the same way, so one index serves them: ("-last_message_at", "-pk").
    """

    order: Sequence[str]
    size: int = 50

    def page(self, rows: QuerySet[Any, Row], parameters: Mapping[str, Any]) -> Page[Row]:
        """The page that `parameters["cursor"]` names; the first one without it or with a broken one."""
        back, place = _read(str(parameters.get("cursor", "")), len(self.order))
        order = self._reversed() if back else self.order
        if place:
            try:
                rows = rows.filter(_beyond(order, place))
            except (ValidationError, ValueError):
                return self.page(rows, {})
        return self._page(list(rows.order_by(*order)[: self.size + 1]), back, bool(place))

    def first(self, found: Sequence[Row]) -> Page[Row]:
        """The first page, made of its rows in their order and the one that follows, if any does."""
        return self._page(list(found), back=False, beyond=False)

    def _page(self, found: list[Row], back: bool, beyond: bool) -> Page[Row]:
        more, found = len(found) > self.size, found[: self.size]
        if back:
            found.reverse()
        before, after = (more, True) if back else (beyond, more)
        return Page(
            found,
            previous=self._cursor("<", found[0]) if found and before else "",
            next=self._cursor(">", found[-1]) if found and after else "",
        )

    def _reversed(self) -> list[str]:
        return [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in self.order]

    def _cursor(self, way: str, row: object) -> str:
        values = [_value(row, field.removeprefix("-")) for field in self.order]
        text = json.dumps([way, *values], default=_text, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _text(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _read(cursor: str, length: int) -> tuple[bool, list[Any]]:
    """Whether to go back, and from where; a cursor somebody typed by hand begins at the start."""
    try:
        way, *place = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        return False, []
    fits = len(place) == length and all(isinstance(value, (str, int, float)) for value in place)
    return (way == "<", place) if fits and way in ("<", ">") else (False, [])


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows after `place`: a plain bound on the first field for the index, then the exact comparison."""
    exact, equal = Q(), Q()
    for field, value in zip(order, place, strict=True):
        name, comparison = field.removeprefix("-"), "lt" if field.startswith("-") else "gt"
        exact |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    first = order[0]
    bound = Q(**{f"{first.removeprefix('-')}__{'lte' if first.startswith('-') else 'gte'}": place[0]})
    return bound & exact
