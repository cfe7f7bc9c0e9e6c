"""The verbs of those who word texts. Every change is a version; none is ever overwritten."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from core.models import TextVersion
from core.texts import checking, versions
from core.texts.declaring import LANGUAGES, Text, Wording

Kind = TextVersion.Kind


@transaction.atomic
def change_text(
    text: Text, *, wordings: Mapping[str, Wording], version: int, by: Actor
) -> TextVersion | None:
    """Word a text anew, by "en" and "zh"; a language left out stays as it is.

    `version` is the one the writer has seen: refuses with text.changed_meanwhile when another stands by now.
    ValueError with a sentence for what nobody could send. Words that are the built-in ones count as such.
    Returns the version that stands, None while there is none.
    """
    stands = _stands(text, version)
    whole = {**stands.wordings, **{name: _plain(wording) for name, wording in wordings.items()}}
    for wording in whole.values():
        checking.require(text, wording)
    if whole == dict(stands.wordings):
        return stands.row
    return _store(stands, Kind.CHANGED, _stored(text, whole), by)


@transaction.atomic
def reset_text(text: Text, *, version: int, by: Actor) -> TextVersion | None:
    """Go back to the built-in wording in both languages; refuses as `change_text`."""
    stands = _stands(text, version)
    return _store(stands, Kind.RESET, {}, by) if stands.is_changed else stands.row


@transaction.atomic
def restore_text(text: Text, *, number: int, version: int, by: Actor) -> TextVersion | None:
    """Let an earlier version stand again, as a new one; refuses as `change_text`, and for one that is not
    there (text.no_version). ValueError for one that nobody could send any more."""
    stands = _stands(text, version)
    row = versions.history(text).filter(number=number).first()
    if row is None:
        raise Refused("text.no_version", number=number)
    wordings = versions.wordings(text, row)
    for wording in wordings.values():
        checking.require(text, wording)
    if dict(wordings) == dict(stands.wordings):
        return stands.row
    return _store(stands, Kind.RESTORED, _stored(text, wordings), by, restored=number)


def _stands(text: Text, version: int) -> versions.Standing:
    stands = versions.standing(text)
    if stands.number != version:
        raise _changed_meanwhile(stands)
    return stands


def _changed_meanwhile(stands: versions.Standing) -> Refused:
    who = stands.row.actor_name if stands.row else ""
    return Refused("text.changed_meanwhile", text=stands.text.key, who=who, version=stands.number)


def _plain(wording: Wording) -> Wording:
    """Lines as a mail has them, without what nobody sees at the end."""
    parts = {name: _lines(said) for name, said in wording.parts.items()}
    return Wording(wording.subject.strip(), _lines(wording.body), parts)


def _lines(said: str) -> str:
    return "\n".join(line.rstrip() for line in said.splitlines()).strip("\n")


def _stored(text: Text, wordings: Mapping[str, Wording]) -> dict[str, Any]:
    """The languages whose words are not the built-in ones."""
    return {
        name: {"subject": said.subject, "body": said.body, "parts": dict(said.parts)}
        for name in LANGUAGES
        if (said := wordings[name]) != text.built_in(name)
    }


def _store(
    stands: versions.Standing, kind: Kind, wording: dict[str, Any], by: Actor, restored: int | None = None
) -> TextVersion:
    """The next version. Two who write it at once both mean the same number, and one of them has it."""
    row = TextVersion(
        text=stands.text.key,
        number=stands.number + 1,
        kind=kind,
        restored=restored,
        wording=wording,
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        actor_name=by.display_name,
        created_at=clock.now(),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise _changed_meanwhile(versions.standing(stands.text)) from error
    events.record(f"text.{kind}", row, by=by, text=row.text, version=row.number)
    return row
