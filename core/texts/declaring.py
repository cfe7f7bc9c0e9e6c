"""What a text is, and which there are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.utils.functional import Promise

from core import bilingual, placeholders

Context = Mapping[str, Any]
Label = str | Promise

LANGUAGES: Mapping[str, str] = {"en": bilingual.ENGLISH, "zh": bilingual.CHINESE}
"""By the short name that ends the names of stored columns and fields: the language as Django names it."""


def short(language: str) -> str:
    """ "en" or "zh" for any tag of a language."""
    return "zh" if bilingual.is_chinese(language) else "en"


@dataclass(frozen=True)
class Both:
    """The same in both languages."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        return self.zh if short(language) == "zh" else self.en


@dataclass(frozen=True)
class Value(placeholders.Placeholder[Context]):
    """What a sender fills in. `value` gets the sender's context, and reads it in the language of the text.

    `example` stands in previews. What is `secret` may not stand in a subject, which is kept after sending.
    """

    example: Both
    is_secret: bool = False


@dataclass(frozen=True)
class Part:
    """Words of a text that come only sometimes, with a wording of their own.

    `label` says when they come, `present` decides. `shown` says whether a preview has them at first.
    """

    name: str
    label: Label
    present: Callable[[Context], bool]
    shown: bool = True

    @property
    def written(self) -> str:
        """As it stands in a text."""
        return placeholders.written(self.name)


@dataclass(frozen=True)
class Wording:
    """The words of a text in one language; a text without subject has "" there."""

    subject: str
    body: str
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, str]:
        """Every field by name: "subject", "body", and "part.<name>" for each part."""
        return {
            "subject": self.subject,
            "body": self.body,
            **{f"part.{name}": said for name, said in self.parts.items()},
        }


@dataclass(frozen=True)
class Text:
    """A text that the product sends to customers.

    `key` is "<app>.<name>"; `about` groups texts in lists. `required` are the values without which the body
    is of no use, `in_subject` those by which answers and people find it again. What `is_mail` has a subject;
    anything else is a few words in a window.
    """

    key: str
    about: Label
    name: Label
    when: Label
    en: Wording
    zh: Wording
    values: Sequence[Value]
    parts: Sequence[Part] = ()
    required: Collection[str] = ()
    in_subject: Collection[str] = ()
    is_mail: bool = True

    def built_in(self, language: str) -> Wording:
        """The wording that the product brings along."""
        return self.zh if short(language) == "zh" else self.en

    @property
    def names(self) -> Mapping[str, Value]:
        return {value.name: value for value in self.values}

    @property
    def part_names(self) -> Mapping[str, Part]:
        return {part.name: part for part in self.parts}

    def __str__(self) -> str:
        return str(self.name)


@cache
def declared() -> Mapping[str, Text]:
    """Every text by its key, the lowest floor first, each app's in its own order."""
    return {text.key: text for module in _modules() for text in module.TEXTS}


def _modules() -> Iterator[Any]:
    yield import_module("core.texts.own")
    for app in settings.APPS:
        if app != "core" and find_spec(f"{app}.texts"):
            yield import_module(f"{app}.texts")
