"""Placeholders in texts that people write, such as {{ order.number }}: names in a closed table.

A name is looked up in the table and nowhere else. No attribute is followed and nothing is evaluated, so a
text says no more than the table offers, whoever has written it.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

WRITTEN = re.compile(r"\{\{([^{}]*)\}\}")
_BRACES = re.compile(r"\{\{|\}\}")

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Placeholder(Generic[Facts]):
    """A name that may stand in a text. `label` says what it is; `value` is "" where there is none."""

    name: str
    label: str | Promise
    value: Callable[[Facts], str]

    @property
    def written(self) -> str:
        """As it stands in a text."""
        return written(self.name)


def written(name: str) -> str:
    """A name as it stands in a text."""
    return f"{{{{ {name} }}}}"


def names_in(text: str) -> set[str]:
    """The names that stand in a text, known or not."""
    return {found[1].strip() for found in WRITTEN.finditer(text)}


def check(text: str, known: Collection[str], *, example: str) -> None:
    """ValueError with a sentence in the reader's language for a name not in `known` and for stray braces.

    `example` is a placeholder as it is written, to show how it is done.
    """
    for found in WRITTEN.finditer(text):
        if (name := found[1].strip()) not in known:
            raise ValueError(_unknown(found[0], name, known))
    if stray := _BRACES.search(WRITTEN.sub("", text)):
        words = {"braces": stray[0], "example": example}
        raise ValueError(_("“%(braces)s” stands alone. A placeholder is written as %(example)s.") % words)


def _unknown(said: str, name: str, known: Collection[str]) -> str:
    nearest = get_close_matches(name.lower(), known, n=1, cutoff=0)
    if not nearest:
        return _("“%s” is no placeholder; this text has none.") % said
    words = {"name": said, "nearest": written(nearest[0])}
    return _("“%(name)s” is no placeholder. Did you mean “%(nearest)s”?") % words


def replace(text: str, value: Callable[[str], str | None]) -> str:
    """The text with the value of each name; None leaves it as it stands. Values are not read again."""

    def said(found: re.Match[str]) -> str:
        filled = value(found[1].strip())
        return found[0] if filled is None else filled

    return WRITTEN.sub(said, text)
