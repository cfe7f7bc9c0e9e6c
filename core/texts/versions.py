"""What stands now, what stood before, and what changed in between."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import QuerySet

from core.models import TextVersion
from core.texts import checking
from core.texts.declaring import LANGUAGES, Text, Wording, declared, short

_TOKEN = re.compile(r"\{\{[^{}]*\}\}|[A-Za-z0-9_’'-]+|\s|.", re.DOTALL)


@dataclass(frozen=True)
class Standing:
    """A text as it stands: its latest version, None while it is as the product brings it along."""

    text: Text
    row: TextVersion | None

    @property
    def number(self) -> int:
        """The version that a change has to name; 0 before the first."""
        return self.row.number if self.row else 0

    @property
    def is_changed(self) -> bool:
        return self.row is not None and bool(self.row.wording)

    @property
    def wordings(self) -> Mapping[str, Wording]:
        """By "en" and "zh"."""
        return wordings(self.text, self.row)

    @property
    def own(self) -> Sequence[str]:
        """The languages ("en", "zh") that have a wording of their own."""
        return [name for name in LANGUAGES if self.row and name in self.row.wording]

    @property
    def trouble(self) -> str:
        """Why the own wording cannot be sent, "" if it can."""
        if self.row is None:
            return ""
        for name in self.own:
            for sentence in checking.problems(self.text, self.wordings[name]).values():
                return sentence
        return self.row.failure


def standing(text: Text) -> Standing:
    return Standing(text, latest(text))


def everywhere() -> Sequence[Standing]:
    """Every declared text as it stands."""
    newest = TextVersion.objects.order_by("text", "-number").distinct("text")
    rows = {row.text: row for row in newest}
    return [Standing(text, rows.get(text.key)) for text in declared().values()]


def found(asked: str, state: str) -> Sequence[Standing]:
    """The texts with certain words in their name or wording; `state` "changed", "built-in" or "trouble"."""
    words = asked.casefold().split()
    return [
        row
        for row in everywhere()
        if _has_state(row, state) and all(word in _searched(row) for word in words)
    ]


def _has_state(row: Standing, state: str) -> bool:
    match state:
        case "changed":
            return row.is_changed
        case "built-in":
            return not row.is_changed
        case "trouble":
            return bool(row.trouble)
    return True


def _searched(row: Standing) -> str:
    said = [words for wording in row.wordings.values() for words in wording.fields.values()]
    return "\n".join([row.text.key, str(row.text.name), str(row.text.when), *said]).casefold()


def latest(text: Text) -> TextVersion | None:
    """The version that stands."""
    return history(text).first()


def history(text: Text) -> QuerySet[TextVersion]:
    """Every version, newest first."""
    return TextVersion.objects.filter(text=text.key).order_by("-number")


def wordings(text: Text, row: TextVersion | None) -> Mapping[str, Wording]:
    """What a version says, by "en" and "zh"; where it has no words of its own, the built-in ones."""
    return {
        name: (own_wording(text, row, name) if row else None) or text.built_in(name) for name in LANGUAGES
    }


def own_wording(text: Text, row: TextVersion, language: str) -> Wording | None:
    """The words of a version in a language, None if they are the built-in ones.

    A part that came to the text later has its built-in words; one that it lost is left out.
    """
    stored = row.wording.get(short(language))
    if not stored:
        return None
    fields = stored if isinstance(stored, dict) else {}
    kept = fields.get("parts")
    parts = {**text.built_in(language).parts, **(kept if isinstance(kept, dict) else {})}
    return Wording(
        str(fields.get("subject", "")),
        str(fields.get("body", "")),
        {name: str(parts[name]) for name in text.part_names},
    )


# --- differences -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: "same", "gone" or "new"."""

    kind: str
    words: str


@dataclass(frozen=True)
class Difference:
    """What became of one field of a wording, for example "body"."""

    field: str
    pieces: Sequence[Piece]

    @property
    def name(self) -> str:
        """The name of the part, for what is no subject and no body."""
        return self.field.removeprefix("part.")


def differences(old: Wording, new: Wording) -> Sequence[Difference]:
    """The fields that differ, and how."""
    before, after = old.fields, new.fields
    return [
        Difference(name, list(pieces(before.get(name, ""), after.get(name, ""))))
        for name in {**before, **after}
        if before.get(name, "") != after.get(name, "")
    ]


def pieces(old: str, new: str) -> Iterator[Piece]:
    """What stayed, went and came; lines first, then words within the lines that differ."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for kind, left, right in _matched(before, after):
        if kind == "replace":
            yield from _within(left, right)
        else:
            yield from _plain(kind, left, right)


def _within(old: str, new: str) -> Iterator[Piece]:
    for kind, left, right in _matched(_TOKEN.findall(old), _TOKEN.findall(new)):
        yield from _plain(kind, left, right)


def _plain(kind: str, left: str, right: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece("same", left)
        return
    if left:
        yield Piece("gone", left)
    if right:
        yield Piece("new", right)


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, "".join(old[a:b]), "".join(new[c:d])
