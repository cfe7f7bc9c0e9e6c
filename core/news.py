"""What customers can be told by us, gathered from every app's `news.py`.

An app lists its kinds of news as `NEWS` and names the values that stand in them in `VALUES`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock, dates
from core.texts.declaring import Both, declared

EVERYWHERE = ("customer.name", "link", "time")
"""Values that every piece of news has."""


@dataclass(frozen=True)
class News:
    """One kind. `topic` is what a customer may switch it off with; without one it is always told.

    `values` names the facts in it that a template of a messenger can repeat, as paths into its context.
    """

    code: str
    label: str | Promise
    topic: str = ""
    values: tuple[str, ...] = ()

    @property
    def is_optional(self) -> bool:
        """Whether a customer may do without."""
        return bool(self.topic)

    @property
    def all_values(self) -> tuple[str, ...]:
        """Its own values and those that all have."""
        return tuple(dict.fromkeys((*EVERYWHERE, *self.values)))


def _modules() -> Iterator[Any]:
    for config in apps.get_app_configs():
        if config.name != "core" and find_spec(f"{config.name}.news"):
            yield import_module(f"{config.name}.news")


@cache
def known() -> Mapping[str, News]:
    """Every kind of news by its code, in the order of the floors."""
    return {one.code: one for module in _modules() for one in module.NEWS}


@cache
def labels() -> Mapping[str, str | Promise]:
    """What the values are called, for people who choose among them."""
    found: dict[str, str | Promise] = {
        "customer.name": _("customer’s name"),
        "link": _("link to the page"),
        "time": _("time at which it is told"),
    }
    for module in _modules():
        found |= getattr(module, "VALUES", {})
    return found


@cache
def _examples() -> Mapping[str, Both]:
    found = {value.name: value.example for text in declared().values() for value in text.values}
    return found | {"time": found["due"]}


def example(name: str, language: str) -> str:
    """What a value may look like: that of a text of ours which has the same; "" for none of ours."""
    found = _examples().get(name)
    return found.of(language) if found else ""


def facts(news: News, context: Mapping[str, Any], language: str) -> dict[str, str]:
    """The values of one piece of news as texts in a language; what is not there is left out."""
    with translation.override(language):
        told = {"time": dates.exact(clock.now()), **context}
        found = {name: _said(_at(told, name)) for name in news.all_values}
    return {name: text for name, text in found.items() if text}


def _at(context: Mapping[str, Any], path: str) -> Any:
    first, *rest = path.split(".")
    here: Any = context.get(first)
    for step in rest:
        here = getattr(here, step, None)
    return here


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
