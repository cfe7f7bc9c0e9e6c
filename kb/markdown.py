"""What writers type becomes what readers see: Markdown without HTML, cleaned once more on the way out."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from unicodedata import east_asian_width

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis
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
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    reader.inline.ruler.at("emphasis", _emphasis)
    return reader


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Emphasis as in CommonMark, but beside Chinese the marks need no space: "**注意：**请勿拆机"."""
    start, known = state.pos, len(state.delimiters)
    if not emphasis.tokenize(state, silent):
        return False
    before = state.src[start - 1] if start else " "
    after = state.src[state.pos] if state.pos < state.posMax else " "
    if state.src[start] == "*" and (_is_wide(before) or _is_wide(after)):
        for delimiter in state.delimiters[known:]:
            delimiter.open |= not after.isspace()
            delimiter.close |= not before.isspace()
    return True


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


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


def passages(text: str) -> list[str]:
    """Paragraphs, list items and table rows as plain words; then each heading with what follows it."""
    said: list[str] = []
    headed: list[str] = []
    heading = ""
    for kind, words in _pieces(text):
        if kind == "heading":
            heading = words
            continue
        said.append(words)
        if heading:
            headed.append(f"{heading} – {words}")
            heading = ""
    return said + headed


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Headings and passages in their order, as plain words; the cells of a row come together."""
    cells: list[str] | None = None
    before = ""
    for token in _parsed(text):
        if token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield "passage", " – ".join(cells or [])
            cells = None
        elif token.type == "inline" and (words := _words(token)):
            if cells is not None:
                cells.append(words)
            else:
                yield "heading" if before == "heading_open" else "passage", words
        before = token.type


def _words(token: Token) -> str:
    """What an inline token says, without its marks."""
    words = [part.content or " " * ("break" in part.type) for part in token.children or []]
    return _SPACES.sub(" ", "".join(words)).strip()


def _spaced(drawn: str) -> str:
    """Cells and line breaks keep their words apart when the tags go."""
    return drawn.replace("</", " </").replace("<br", " <br")
