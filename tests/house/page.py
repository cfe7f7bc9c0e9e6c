"""Reading a page of HTML as a careful critic would: its parts, its words, what is wrong with it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "template", "code", "kbd", "pre", "samp", "textarea"}
"""Elements whose text is not a sentence of ours."""

CONTROLS = {"input", "select", "textarea"}
NEED_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
SPOKEN = ("title", "placeholder", "alt", "aria-label", "aria-description", "data-label")


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    inside: tuple["Element", ...]

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def language(self) -> str:
        """The language its text is said to be in."""
        return self.get("lang") or next(
            (each.get("lang") for each in reversed(self.inside) if each.get("lang")), ""
        )

    @property
    def is_silent(self) -> bool:
        return any(each.tag in SILENT or each.get("translate") == "no" for each in (*self.inside, self))


@dataclass
class Page(HTMLParser):
    """A parsed page: its elements in order, and its words with the element they stand in."""

    source: str
    elements: list[Element] = field(default_factory=list)
    words: list[tuple[str, Element]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        spoken = [*SPOKEN, *(["value"] if element.get("type") in {"submit", "button"} else [])]
        self.words += [(element.get(name), element) for name in spoken if element.get(name).strip()]
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].tag == tag:
                del self._open[index:]
                break

    def handle_data(self, data: str) -> None:
        last = self.elements[-1:]
        if self.words and [(each.tag, each.inside) for each in last] == [("wbr", tuple(self._open))]:
            data = self.words.pop()[0] + data
        if data.strip() and self._open:
            self.words.append((" ".join(data.split()), self._open[-1]))

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def text_of(self, tag: str) -> str:
        """Everything said inside the elements of a kind."""
        said = [text for text, place in self.words if any(each.tag == tag for each in (*place.inside, place))]
        return " ".join(said).strip()


def unsafe(page: Page) -> Iterator[str]:
    """What the content security policy would refuse."""
    for element in page.elements:
        if element.tag == "style":
            yield "a style element"
        if element.tag == "script" and not element.get("src") and element.get("type") != "application/json":
            yield "an inline script"
        for name, value in element.attributes.items():
            if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:"):
                yield f"<{element.tag} {name}={value[:40]!r}>"


def incomplete(page: Page, language: str) -> Iterator[str]:
    """Parts every page has, so that people without eyes or mouse find their way."""
    if [element.get("lang") for element in page.all("html")] != [language]:
        yield "<html> does not name its language"
    for tag in ("title", "h1"):
        if not page.text_of(tag):
            yield f"no words in <{tag}>"
    if len(page.all("h1")) > 1:
        yield "more than one <h1>"
    if len(page.all("main")) != 1:
        yield "not one <main>"
    yield from (f"id {name!r} {times} times" for name, times in _ids(page).items() if times > 1)
    yield from (f"no alt: {image.get('src')}" for image in page.all("img") if "alt" not in image.attributes)


def _ids(page: Page) -> Counter[str]:
    return Counter(element.get("id") for element in page.elements if element.get("id"))


def unlabelled(page: Page) -> Iterator[str]:
    """Fields nobody says what they are for, and references to what is not there."""
    ids = _ids(page)
    labels = {label.get("for") for label in page.all("label")}
    for control in page.all(*CONTROLS):
        if control.get("type") in NEED_NO_LABEL or "hidden" in control.attributes:
            continue
        wrapped = any(each.tag == "label" for each in control.inside)
        named = control.get("aria-label") or control.get("aria-labelledby") or control.get("id") in labels
        if not (wrapped or named):
            yield f"no label: <{control.tag} name={control.get('name')!r}>"
    for element in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "list", "form"):
            yield from (
                f"{name}={word!r} leads nowhere" for word in element.get(name).split() if word not in ids
            )
    yield from (f"label for {name!r} leads nowhere" for name in labels if name and name not in ids)


CHINESE = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")
NOT_WORDS = re.compile(
    r"""
      \S+@\S+                          # addresses of mails
    | (https?://|/)\S*                 # addresses of pages
    | \b[\w.-]+\.(csv|jpg|png|pdf)\b   # files
    | \b[A-Z][A-Za-z]+/[A-Z][\w/\ +-]+ # time zones
    | \b[A-Z]{1,3}\$                    # currencies
    | \b[A-Z2-9]{4}(-[A-Z2-9]{4}){3}\b # codes of vouchers
    | \b[A-Z]+[A-Z-]*-?\d[\w-]*        # numbers of tickets, orders, parcels, goods
    | \b\w+[_.:]\w[\w.:]*             # kinds of events, keys of rows, numbers of payments
    | \b[a-z]+-?\d+\b                 # encodings
    """,
    re.VERBOSE,
)


def wordless_choices(page: Page) -> Iterator[str]:
    """Choices of a list without a word: dashes do not say what happens when nothing is chosen."""
    for text, place in page.words:
        if place.tag == "option" and not re.search(r"\w", text):
            chooser = next((each for each in reversed(place.inside) if each.tag == "select"), place)
            yield f"{chooser.get('name')}: {text!r}"


def foreign_words(page: Page, language: str, own_names: set[str]) -> Iterator[str]:
    """Text in the other language, but for `own_names` and for what says that it is in another language."""
    for text, place in page.words:
        if place.is_silent or (place.language and place.language != language):
            continue
        words = CHINESE.findall(text) if language == "en" else LATIN.findall(NOT_WORDS.sub(" ", text))
        found = [word for word in words if word not in own_names]
        if found:
            yield f"{text[:80]!r} ({', '.join(found)[:40]})"
