"""What writers type becomes what readers see: Markdown without HTML, cleaned once more on the way out."""

import html
import re
from dataclasses import dataclass
from functools import cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

BLOCKS = {"blockquote", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
TAGS = {"a", "br", "code", "del", "em", "s", "strong"} | BLOCKS | TABLES
ATTRIBUTES = {"a": {"href"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
LEVELS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Heading:
    """A section of a text, for its table of contents."""

    anchor: str
    title: str


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def _parsed(text: str) -> list[Token]:
    """Tokens with headings one step below the title of the page, each with an anchor."""
    tokens = _reader().parse(text.replace("\x00", ""))
    count = 0
    for token in tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        token.tag = LEVELS[token.tag]
        if token.type == "heading_open":
            count += 1
            token.attrSet("id", f"part-{count}")
    return tokens


def render(text: str) -> SafeString:
    """Safe HTML of a Markdown text. HTML in it is shown as typed, pictures and odd links are left out."""
    drawn = _reader().renderer.render(_parsed(text), _reader().options, {})
    cleaned = nh3.clean(
        drawn, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return SafeString(cleaned)  # nh3 has just made it safe


def contents(text: str) -> list[Heading]:
    """The headings of the first level, with the anchors that `render` gives them."""
    tokens = _parsed(text)
    return [
        Heading(str(token.attrGet("id")), plain(tokens[place + 1].content))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]


def plain(text: str) -> str:
    """The words of a Markdown text on one line, for search and excerpts."""
    return _SPACES.sub(" ", html.unescape(nh3.clean(_spaced(render(text)), tags=set()))).strip()


def _spaced(drawn: str) -> str:
    """Cells and line breaks keep their words apart when the tags go."""
    return drawn.replace("</", " </").replace("<br", " <br")
