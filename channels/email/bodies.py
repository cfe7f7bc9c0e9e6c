"""The HTML of a mail: what may be shown of it, and what it says as plain text."""

import html as entities
import re
from collections import Counter
from collections.abc import Callable, Mapping

import nh3
from django.utils.safestring import SafeString
from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError, strip_tags
from lxml.html import HTMLParser, document_fromstring, tostring

MOST = 1_000_000
"""Characters of HTML that are read; more is no letter of a person."""

TAGS = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "del",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
]
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

_PICTURE = re.compile(r"(?i)<img\b[^<>]{0,5000}>")
_SHOWN = re.compile(r"(?i)\bsrc\s*=\s*[\"']?cid:([^\"'\s<>]{1,200})")
_NAMED = re.compile(r"\[cid:([^\[\]\s]{1,200})\]", re.IGNORECASE)
_BLOCK_ENDS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|tr|li|h[1-6]|table|blockquote|pre)>")
_TAG = re.compile(r"<[^<>]{0,5000}>")
_SILENT = re.compile(r"(?i)<(script|style|head|title)\b")
_SILENT_ENDS = {name: re.compile(rf"(?i)</{name}\s*>") for name in ("script", "style", "head", "title")}
_BOX = re.compile(r"(?i)<(/?)(div|table|blockquote|span|font|ul|ol|b|i)\b")
_CLOSELY = ParserConfig(display_links=False, display_images=False)


def cleaned(html: str, pictures: Mapping[str, str]) -> str:
    """HTML that can do nothing: no scripts, no styles, and no picture that is not among `pictures`.

    `pictures` has the address of each picture that came inside the mail, by its Content-ID. All others would
    tell their sender that and where the mail is read. HTML made to keep a reader busy comes out empty.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return pictures.get(value.removeprefix("cid:")) if value.startswith("cid:") else None
        return value

    return _clean(_in_order(html[:MOST].replace("\x00", "")), attribute)


def _in_order(html: str) -> str:
    """The same with each element closed where it ends, and no more about it than may be shown.

    By the rules of HTML what is left open is opened anew in every paragraph after it: a page of a thousand
    letters left open and a thousand paragraphs would become one of a million.
    """
    if _is_too_much(html) or not html.strip():
        return ""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(html.encode(), parser=parser)
    except (LxmlError, ValueError):
        return ""
    if any("depth" in error.message for error in parser.error_log):
        return ""
    strip_tags(tree, "noscript", "plaintext")
    for element in tree.iter():
        for name in set(element.attrib) - ATTRIBUTES.get(str(element.tag), set()):
            del element.attrib[name]
    return str(tostring(tree, encoding="unicode"))


def shown(html: str) -> SafeString:
    """Cleaned HTML, cleaned once more on its way to a page; pictures are files of ours."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        return value if (tag, name) != ("img", "src") or value.startswith("/files/") else None

    return SafeString(_clean(html, attribute))  # nh3 has just made it safe


def _clean(html: str, attribute: Callable[[str, str, str], str | None]) -> str:
    return nh3.clean(
        html[:MOST].replace("\x00", ""),
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def plain(html: str) -> str:
    """The words of HTML, laid out as a reader sees them; never fails."""
    html = _PICTURE.sub(_named, html[:MOST].replace("\x00", ""))
    try:
        text = get_text(_only_shown(html), _CLOSELY)
    except Exception:  # a parser of HTML can fail in any way; the words are in it all the same
        text = _roughly(html)
    return _spaced(text)


def _named(picture: re.Match[str]) -> str:
    """What stands in the text for a picture that came inside the mail; others stay as they are."""
    found = _SHOWN.search(picture[0])
    return f" [cid:{found[1]}] " if found else picture[0]


def placed(text: str, marks: Mapping[str, str]) -> str:
    """The words of a mail with its pictures named as ours are: `marks` by Content-ID; others are left out."""
    return _NAMED.sub(lambda found: marks.get(found[1], ""), text)


def _only_shown(html: str) -> str:
    """Without what no reader sees, and shallow enough to be walked through."""
    html = _without_silent(html)
    return _roughly(html) if _is_too_much(html) else html


def _without_silent(html: str) -> str:
    """Without elements that say nothing to a reader; one that never ends is left to the parser."""
    kept, end, endless = list[str](), 0, set[str]()
    for found in _SILENT.finditer(html):
        name = found[1].lower()
        if found.start() < end or name in endless:
            continue
        closed = _SILENT_ENDS[name].search(html, found.end())
        if closed is None:
            endless.add(name)
            continue
        kept += [html[end : found.start()], " "]
        end = closed.end()
    return "".join([*kept, html[end:]])


def _is_too_much(html: str) -> bool:
    """Whether there are so many elements, or elements so deep in each other, that no letter has them."""
    return html.count("<") > 50_000 or _depth(html) > 200


def _depth(html: str) -> int:
    """How deep elements may lie at most, guessed from tables and boxes that are opened and not closed."""
    deepest, opened = 0, Counter[str]()
    for found in _BOX.finditer(html):
        name = found[2].lower()
        opened[name] = max(opened[name] + (-1 if found[1] else 1), 0)
        deepest = max(deepest, opened.total())
    return deepest


def _roughly(html: str) -> str:
    return entities.unescape(_TAG.sub("", _BLOCK_ENDS.sub("\n", html)))


def _spaced(text: str) -> str:
    """Without the indentation of tables and without piles of empty lines."""
    lines = [line.replace("\xa0", " ").strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def as_html(text: str) -> str:
    """Plain text as HTML, for the part of a mail that has none."""
    return "<p>" + entities.escape(text).replace("\n", "<br>") + "</p>" if text.strip() else ""
