"""Decisions about texts and addresses. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from django.utils.text import slugify

MAX_SLUG = 80
RESERVED_SLUGS = frozenset({"search", "suggest", "popular", "new", "preview", "suggestions"})


@dataclass(frozen=True)
class Text:
    """A text as a writer types it; an empty one means that there is none in its language."""

    title: str = ""
    summary: str = ""
    body: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.summary or self.body)

    @property
    def is_complete(self) -> bool:
        return bool(self.title and self.body)


Texts = Mapping[str, Text]


def title_of(texts: Texts) -> str:
    """The title to call an article by where only one can stand: the English one if there is one."""
    titles = [texts[language].title for language in sorted(texts)]
    return next(filter(None, titles), "")


def slugs(title: str) -> Iterator[str]:
    """Addresses for a title, the best first: "return-an-item", "return-an-item-2", ..."""
    stem = slugify(title)[: MAX_SLUG - 6].strip("-") or "article"
    if stem not in RESERVED_SLUGS:
        yield stem
    for number in count(2):
        yield f"{stem}-{number}"
