"""How a fact becomes a word: labels of stored values, and sentences that name amounts."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Choices
from django.utils.functional import Promise

from core.money import Money, format_money

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]


def label_of(choices: type[Choices], value: Any) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)


def money_of(facts: Facts, name: str) -> str:
    return format_money(Money(int(facts[name] or 0), str(facts["currency"])))


def with_money(text: str | Promise, *names: str) -> Callable[[Facts], str]:
    """A sentence that names amounts."""

    def say(facts: Facts) -> str:
        return str(text) % {**facts, **{name: money_of(facts, name) for name in names}}

    return say
