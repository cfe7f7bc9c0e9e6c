"""Which sentences the product says, and the catalogues that hold their Chinese.

One catalogue per app: its Python files and templates/<app>/. Shared templates and the wiring belong to core.
English needs no catalogue: the sentences in the code are English.
"""

import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize

LOCALE = "zh_Hans"
ROOT_APP = "core"
WIRING = "aftersales"
TEMPLATE_ENDINGS = {".html", ".txt"}
HEADER = """\
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""

_CONTEXT = (1, "c")
_SINGLE = ("gettext", "_", "gettext_lazy", "gettext_noop", "ugettext")
KEYWORDS: Mapping[str, Any] = {
    **dict.fromkeys(_SINGLE, None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (_CONTEXT, 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (_CONTEXT, 2, 3)),
}

Key = tuple[str, str]
"""(context, msgid); the context is "" where there is none."""


@dataclass
class Found:
    """A sentence of the code: its plural form if it has one, the files that say it, notes for translators."""

    plural: str = ""
    files: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def catalogue_path(app: str) -> Path:
    return Path(settings.BASE_DIR) / "locale" / app / LOCALE / "LC_MESSAGES" / "django.po"


def found_in(app: str) -> dict[Key, Found]:
    """Every sentence that the app's code and templates say."""
    found: dict[Key, Found] = {}
    for path in sorted(_sources(app)):
        for message, notes, context in _sentences(path):
            singular, plural = (message, "") if isinstance(message, str) else (message[0], message[1])
            if not singular:
                continue
            entry = found.setdefault((context or "", singular), Found())
            entry.plural = entry.plural or plural
            entry.files.add(str(path.relative_to(settings.BASE_DIR)))
            entry.notes += [note for note in notes if note not in entry.notes]
    return found


def _sources(app: str) -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    for folder in (app, WIRING) if app == ROOT_APP else (app,):
        yield from (path for path in (base / folder).rglob("*.py") if "migrations" not in path.parts)
    templates = base / "templates"
    if app == ROOT_APP:
        theirs = {templates / other for other in settings.APPS if other != ROOT_APP}
        yield from (path for path in _templates(templates) if not theirs.intersection(path.parents))
    else:
        yield from _templates(templates / app)


def _templates(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in TEMPLATE_ENDINGS)


def _sentences(path: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    source = path.read_text()
    if path.suffix in TEMPLATE_ENDINGS:
        # Inside brackets the tokenizer does not mind the indentation of markup.
        source = f"({templatize(source, origin=str(path))})"
    stream = io.BytesIO(source.encode())
    for _line, message, notes, context in extract(
        "python", stream, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        yield message, notes, context


def stored(app: str) -> Catalog:
    """The catalogue as it is on disk; an empty one where there is none."""
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LOCALE)
    with path.open("rb") as source:
        return read_po(source, locale=LOCALE)


def messages_of(catalogue: Catalog) -> dict[Key, Message]:
    """The entries of a catalogue by context and msgid."""
    return {
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0]): message
        for message in catalogue
        if message.id
    }


def merged(app: str) -> str:
    """The text of the app's catalogue with today's sentences: known translations stay, a sentence that
    another catalogue translates already is taken from there, what nobody says any more is dropped."""
    known = messages_of(stored(app))
    elsewhere = _translations_elsewhere(app)
    catalogue = Catalog(locale=LOCALE)
    for key, entry in sorted(
        found_in(app).items(), key=lambda item: (item[0][1].lower(), item[0][1], item[0][0])
    ):
        old = known.get(key)
        catalogue.add(
            (key[1], entry.plural) if entry.plural else key[1],
            _fitting(old.string if old else "", plural=bool(entry.plural)) or elsewhere.get(key, ""),
            locations=[(name, 0) for name in sorted(entry.files)],
            auto_comments=entry.notes,
            context=key[0] or None,
        )
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, omit_header=True, include_lineno=False)
    return f"{HEADER}\n{buffer.getvalue().decode()}".rstrip() + "\n"


def _fitting(text: Any, *, plural: bool) -> Any:
    """The old translation in the shape the sentence has today: Chinese has one form."""
    first = text if isinstance(text, str) else next(iter(text or [""]), "")
    return ([first] if plural else first) if first else ""


def _translations_elsewhere(app: str) -> dict[Key, Any]:
    others = [other for other in settings.APPS if other != app]
    return {
        key: message.string
        for other in others
        for key, message in messages_of(stored(other)).items()
        if message.string and isinstance(message.id, str)
    }


def missing(app: str) -> list[str]:
    """The sentences of the stored catalogue that have no Chinese, or one nobody has confirmed."""
    return [
        key[1]
        for key, message in messages_of(stored(app)).items()
        if message.fuzzy or not message.string or not all(_forms(message))
    ]


def _forms(message: Message) -> Sequence[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def update(apps: Iterable[str], *, write: bool) -> list[str]:
    """Bring catalogues up to date (`write`) or only look; returns the apps whose catalogue was behind."""
    with _alone():
        return [app for app in apps if _update(app, write=write)]


def _update(app: str, *, write: bool) -> bool:
    path, text = catalogue_path(app), merged(app)
    if (path.read_text() if path.exists() else "") == text:
        return False
    if write:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".po.new")
        fresh.write_text(text)
        fresh.replace(path)
    return True


@contextmanager
def _alone() -> Iterator[None]:
    """One writer at a time, also across processes; the folder itself is what they queue at."""
    folder = Path(settings.BASE_DIR) / "locale"
    folder.mkdir(exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
