"""The verbs of those who write macros. Every event keeps what stood there before."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import Refused
from tickets import placeholders
from tickets.automation.steps import parse_steps, steps_of
from tickets.models import Macro
from tickets.rules import plain

FIELDS = ("code", "name_en", "name_zh", "body_en", "body_zh", "team", "steps", "is_active")
NOT_BY_HAND = "reply"
"""The one step that is none of a macro: its text is what the macro says."""


@transaction.atomic
def add_macro(*, by: User, **fields: Any) -> Macro:
    """A new macro of FIELDS. ValueError with a sentence for text or steps that nobody could use."""
    macro = Macro(**_checked(Macro(), fields))
    _store(macro)
    _record("macro.added", macro, by, now=_facts(macro))
    return macro


@transaction.atomic
def edit_macro(macro: Macro, *, by: User, **fields: Any) -> Macro:
    """Change some of FIELDS; with nothing changed nothing happens. ValueError as for `add_macro`."""
    macro = Macro.objects.select_for_update(of=("self",), no_key=True).get(pk=macro.pk)
    was = _facts(macro)
    for name, value in _checked(macro, fields).items():
        setattr(macro, name, value)
    if _facts(macro) == was:
        return macro
    _store(macro, update_fields=FIELDS)
    _record("macro.edited", macro, by, was=was, now=_facts(macro))
    return macro


@transaction.atomic
def switch_macro(macro: Macro, *, on: bool, by: User) -> Macro:
    """Offer it at the desk, or not."""
    macro = Macro.objects.select_for_update(of=("self",), no_key=True).get(pk=macro.pk)
    if macro.is_active == on:
        return macro
    macro.is_active = on
    macro.save(update_fields=["is_active"])
    _record("macro.switched_on" if on else "macro.switched_off", macro, by)
    return macro


@transaction.atomic
def remove_macro(macro: Macro, *, by: User) -> None:
    """Take it away for good; the event keeps what it said."""
    found = Macro.objects.select_for_update(of=("self",)).filter(pk=macro.pk).first()
    if found is not None:
        _record("macro.removed", found, by, was=_facts(found))
        found.delete()


def check_text(text: str) -> str:
    """The text as it is stored; ValueError with a sentence for a placeholder that nobody could fill."""
    written = plain(text)
    placeholders.check(written)
    return written


def check_steps(given: Any) -> list[dict[str, Any]]:
    """Steps as they are stored; ValueError with a sentence for what is none of a macro's."""
    steps = parse_steps(given)
    if any(step.action.name == NOT_BY_HAND for step in steps):
        raise ValueError(_("What the customer reads is the text of the macro, not a step."))
    return steps_of(steps)


def require_whole(body_en: str, body_zh: str, steps: Any) -> None:
    """ValueError with a sentence unless it says something in both languages, or does something."""
    if bool(body_en) != bool(body_zh):
        raise ValueError(_("The text has to be there in both languages."))
    if not body_en and not steps:
        raise ValueError(_("A macro says something or does something: write a text or add a step."))


def _checked(macro: Macro, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields in the form in which they are stored; the others are those of `macro`."""
    checked = {name: fields[name] for name in FIELDS if name in fields}
    for name in ("body_en", "body_zh"):
        if name in checked:
            checked[name] = check_text(checked[name])
    if "steps" in checked:
        checked["steps"] = check_steps(checked["steps"])
    body_en, body_zh, steps = (
        checked.get(name, getattr(macro, name)) for name in ("body_en", "body_zh", "steps")
    )
    require_whole(body_en, body_zh, steps)
    return checked


def _store(macro: Macro, **how: Any) -> None:
    try:
        with transaction.atomic():
            macro.save(**how)
    except IntegrityError as error:
        if not Macro.objects.filter(code=macro.code).exclude(pk=macro.pk).exists():
            raise
        raise Refused("macro.code_taken", taken=macro.code) from error


def _facts(macro: Macro) -> dict[str, Any]:
    facts = {name: getattr(macro, name) for name in FIELDS if name != "team"}
    return facts | {"team": macro.team.code if macro.team else ""}


def _record(kind: str, macro: Macro, by: User, **facts: Any) -> None:
    events.record(kind, macro, by=by, name_en=macro.name_en, name_zh=macro.name_zh, **facts)
