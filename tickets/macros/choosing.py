"""Which macros somebody may use, and what each would say and do on a ticket."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from json import dumps
from operator import and_

from django.db.models import Q

from accounts.models import Team, User
from core import bilingual
from core.statements import Given
from tickets.automation.steps import Step, describe_step, parse_steps, steps_of
from tickets.models import Macro, MacroQuerySet, Ticket
from tickets.placeholders import Facts, Filled, fill


@dataclass(frozen=True)
class Offered:
    """A step of a macro as it is offered; `key` names it until the macro is changed."""

    macro: Macro
    step: Step
    key: str

    @property
    def said(self) -> str:
        """The step in the reader's language."""
        return describe_step(self.step)


@dataclass(frozen=True)
class Proposal:
    """A macro on a ticket: its text in the ticket's language, and its steps."""

    macro: Macro
    filled: Filled
    steps: Sequence[Offered]

    @property
    def ticked(self) -> list[tuple[Offered, bool]]:
        """The steps as they stand in a form at first: all of them are to be taken."""
        return [(step, True) for step in self.steps]


def macros_for(user: User | Given) -> MacroQuerySet:
    """Macros a member of staff may use: the active ones of everybody and of the own teams."""
    own = Team.objects.order_by().filter(members=user)
    return Macro.objects.active().filter(Q(team=None) | Q(team__in=own))


def matching(macros: MacroQuerySet, text: str) -> MacroQuerySet:
    """Macros whose code, name or text has every one of the words, in either language."""
    words = text.split()[:10]
    return macros.filter(reduce(and_, map(_has, words))) if words else macros


def _has(word: str) -> Q:
    fields = ("code", "name_en", "name_zh", "body_en", "body_zh")
    return reduce(lambda found, field: found | Q(**{f"{field}__icontains": word}), fields, Q())


def propose(macros: Iterable[Macro], ticket: Ticket, user: User) -> list[Proposal]:
    """What each macro would say and do on the ticket if the member used it."""
    facts = Facts(ticket, user)
    return [
        Proposal(macro, fill(bilingual.pick(macro, "body", ticket.language), facts), offered(macro))
        for macro in macros
    ]


def offered(macro: Macro) -> list[Offered]:
    """The macro's steps with the keys by which a form names them."""
    return [Offered(macro, step, _key(macro, step)) for step in parse_steps(macro.steps, stored=True)]


def _key(macro: Macro, step: Step) -> str:
    """Changes with the step: a form that was drawn before may not do what its reader never saw."""
    digest = sha256(dumps(steps_of([step]), sort_keys=True).encode()).hexdigest()
    return f"{macro.code}:{digest[:12]}"


def chosen(
    codes: Sequence[str], keys: Sequence[str], user: User
) -> list[tuple[Macro, list[tuple[Offered, bool]]]]:
    """Macros that go with a reply, each with its steps and whether they are ticked."""
    known = {macro.code: macro for macro in macros_for(user).filter(code__in=codes)} if codes else {}
    return [
        (known[code], [(one, one.key in keys) for one in offered(known[code])])
        for code in dict.fromkeys(codes)
        if code in known
    ]
