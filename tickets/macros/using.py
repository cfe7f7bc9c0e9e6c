"""Using a macro: with a reply, or alone. What it does is done with the rights of whoever uses it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import bilingual, clock, events
from core.errors import Refused
from tickets import actions
from tickets.actions.row import locked
from tickets.actions.writing import delivered
from tickets.automation.steps import Step, perform, steps_of
from tickets.macros.choosing import Offered, macros_for, offered
from tickets.models import Macro, Message, Ticket
from tickets.placeholders import Facts, fill


@dataclass(frozen=True)
class Picked:
    """Macros that go with a reply, and those of their steps that are to be taken."""

    macros: Sequence[Macro] = ()
    steps: Sequence[Offered] = ()


def pick(codes: Iterable[str], keys: Sequence[str], *, by: User) -> Picked:
    """What a form names; a step that is not offered any longer, or never was, is refused.

    A text whose macro is gone meanwhile stands in the reply already, so that does no harm.
    """
    known = {macro.code: macro for macro in macros_for(by).filter(code__in=[*codes, *map(_code, keys)])}
    steps: Mapping[str, Offered] = {one.key: one for macro in known.values() for one in offered(macro)}
    for key in keys:
        if key not in steps:
            raise Refused("macro.step_changed", macro=_code(key))
    used = dict.fromkeys([*codes, *map(_code, keys)])
    return Picked([known[code] for code in used if code in known], [steps[key] for key in keys])


def _code(key: str) -> str:
    return key.partition(":")[0]


@transaction.atomic
def reply_with(
    ticket: Ticket, picked: Picked, *, body: str, by: User, external_id: str = "", **how: Any
) -> Message:
    """Send a reply and take the steps after it, all of it or nothing; `how` is for `actions.reply`.

    The same delivery again is one message, and its steps are not taken twice.
    """
    if not picked.macros:
        return actions.reply(ticket, body=body, by=by, external_id=external_id, **how)
    ticket = locked(ticket)
    if (told := delivered(ticket.channel, external_id)) is not None:
        return told
    message = actions.reply(ticket, body=body, by=by, external_id=external_id, **how)
    for macro in picked.macros:
        _use(macro, ticket, [one.step for one in picked.steps if one.macro == macro], by, told_in=message)
    _count(picked.macros)
    return message


@transaction.atomic
def apply(
    macro: Macro,
    ticket: Ticket,
    *,
    by: User,
    keys: Iterable[str] | None = None,
    version: int | None = None,
    with_gaps: bool = False,
) -> tuple[Step, ...]:
    """Use a macro as it stands: its text as a reply, if it has one, then its steps.

    Returns the steps that changed something. `keys` are the steps to take, None for all. Refused when it is
    not the member's to use, when its text has a gap on this ticket and `with_gaps` does not allow it, and by
    whatever its verbs refuse.
    """
    chosen = [one.key for one in offered(macro)] if keys is None else list(keys)
    picked = pick([macro.code], chosen, by=by)
    if macro not in picked.macros:
        raise Refused("macro.not_yours", macro=macro.code)
    ticket = locked(ticket)
    message = None
    if macro.has_text:
        filled = fill(bilingual.pick(macro, "body", ticket.language), Facts(ticket, by))
        if filled.gaps and not with_gaps:
            raise Refused("macro.has_gaps", gaps=" ".join(filled.gaps))
        message = actions.reply(ticket, body=filled.text, by=by, version=version)
    taken = _use(macro, ticket, [one.step for one in picked.steps], by, told_in=message)
    _count([macro])
    return taken


def _use(
    macro: Macro, ticket: Ticket, steps: Sequence[Step], by: User, *, told_in: Message | None
) -> tuple[Step, ...]:
    """Take the steps, and say on the timeline what was used."""
    taken = tuple(step for step in steps if _taken(step, ticket, by, told_in))
    events.record(
        "macro.applied",
        macro,
        by=by,
        thread=ticket,
        number=ticket.number,
        name_en=macro.name_en,
        name_zh=macro.name_zh,
        steps=steps_of(taken),
    )
    return taken


def _count(macros: Iterable[Macro]) -> None:
    """Count a use of each. It comes last and in one order, so that nobody waits for anybody in a circle."""
    for macro in sorted(macros, key=lambda macro: macro.pk):
        Macro.objects.filter(pk=macro.pk).update(uses=F("uses") + 1, last_used_at=clock.now())


def _taken(step: Step, ticket: Ticket, by: User, told_in: Message | None) -> bool:
    """Take one step. The customer who gets the reply gets no second mail that it is solved."""
    if step.action.name != "solve" or told_in is None:
        return bool(perform([step], ticket, by=by))
    was = locked(ticket).status
    return actions.solve(ticket, by=by, told_in=told_in).status != was
