"""Words for refusals and events, gathered from every app's `words.py`, in the reader's language.

The foundation's own stand in `own_words.py`.

An entry is a lazy text with %(fact)s placeholders, or a function of the facts where a fact
itself needs a word (a status, an amount).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from core import own_words
from core.errors import Refused
from core.models import Event


@cache
def _gathered(table: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in _word_modules():
        entries: Mapping[str, Any] = getattr(module, table, {})
        found.update(entries)
    return found


def _word_modules() -> Iterator[Any]:
    yield own_words
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.words") and config.name != "core":
            yield import_module(f"{config.name}.words")


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _say(words: Any, facts: _Facts) -> str:
    return str(words(facts)) if callable(words) else str(words) % facts


def refusal(refused: Refused) -> str:
    """The sentence for a refusal in the active language."""
    words = _gathered("REFUSALS").get(refused.code)
    if words is None:
        return _("This cannot be done now.")
    return _say(words, _Facts(refused.facts))


def event(happened: Event) -> str:
    """The sentence for an event in the active language; an unknown kind shows its name."""
    words = _gathered("EVENTS").get(happened.kind)
    if words is None:
        return happened.kind
    return _say(words, _Facts(happened.data, actor=actor(happened)))


def actor(happened: Event) -> str:
    """Who did it, as a name to print."""
    return happened.actor_name or _("System")
