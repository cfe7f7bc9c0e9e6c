"""Drawing the HTML of a mail from its text, so that both always say the same."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django import template

register = template.Library()

_LINK = re.compile(r"(?P<label>[^\n]+?)(?:: |：\s*)(?P<url>https?://\S+)")
_QUOTED = re.compile(r"> ?")
_MARK = re.compile(r"-----\s[^\n]+\s-----")


@dataclass(frozen=True)
class Block:
    """A paragraph of a mail: plain text, a quotation, a mark, or links of which each has a label."""

    kind: str
    text: str = ""
    links: Sequence[tuple[str, str]] = field(default_factory=list)


@register.filter
def blocks(text: str) -> Iterator[Block]:
    """The paragraphs of a mail's text; lines "label: https://…" become buttons, lines "> …" a quotation.

    The colon may be a Chinese one.
    """
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        links = [_LINK.fullmatch(line.strip()) for line in lines]
        if all(links):
            yield Block("links", links=[(link["label"], link["url"]) for link in links if link])
        elif _MARK.fullmatch(paragraph):
            yield Block("mark", paragraph)
        elif all(line.startswith(">") for line in lines):
            yield Block("quote", "\n".join(_QUOTED.sub("", line, count=1) for line in lines))
        else:
            yield Block("text", paragraph)
