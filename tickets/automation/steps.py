"""Steps: what an automation rule, a ladder or a macro may do to a ticket. Each one is a verb of the desk.

Stored as a JSON list of objects: [{"do": "set_priority", "priority": 4}, {"do": "solve"}]. What a step
needs beside "do" is told by its parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Language, Team, User
from core import events, mail
from core.actors import System
from core.errors import Refused
from tickets import actions, addressing, placeholders
from tickets.access import assignees, may_assign
from tickets.models import Ticket
from tickets.rules import plain
from tickets.states import Priority, TicketType

MOST_STEPS = 20
LONGEST_TEXT = 20_000

Values = Mapping[str, Any]
Doer = User | System


class StepBroken(Refused):
    """A step that no ticket can take until somebody mends it: whom or what it names is gone."""


class Kind(StrEnum):
    """What a parameter is; it decides how it is checked and how it is asked for."""

    MEMBER = "member"
    TEAM = "team"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Parameter:
    """Something a step needs to know. `choices` are values and labels, for a number as for a word.

    In a text placeholders are filled when the step is taken.
    """

    name: str
    label: str | Promise
    kind: Kind
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True)
class Action:
    """A kind of step. `act` does it; `said` is its sentence with the parameters' words in it."""

    name: str
    label: str | Promise
    act: Callable[[Ticket, Values, Doer], Any]
    parameters: tuple[Parameter, ...] = ()
    said: str | Promise = ""


@dataclass(frozen=True)
class Step:
    """One thing to do, checked."""

    action: Action
    values: Values = field(default_factory=dict)


def parse_steps(given: Any, *, stored: bool = False) -> tuple[Step, ...]:
    """Steps from JSON; ValueError with a sentence in the reader's language, naming the step that is wrong.

    Members and teams must be there when steps are written; `stored` ones may name somebody who has left
    since, and taking such a step is then refused with StepBroken.
    """
    if not isinstance(given, list):
        raise ValueError(_("Steps are written as a list [{…}, …]."))  # noqa: TRY004 - wrong input, not a bug
    if len(given) > MOST_STEPS:
        raise ValueError(_("At most %s steps can follow each other.") % MOST_STEPS)
    return tuple(_step(number, one, stored) for number, one in enumerate(given, start=1))


def steps_of(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The JSON of steps; `parse_steps` makes the same steps of it."""
    return [{"do": step.action.name, **step.values} for step in steps]


def describe_step(step: Step) -> str:
    """A step in the reader's language: "Set the priority to Urgent"."""
    words = {one.name: _in_words(one, step.values[one.name]) for one in step.action.parameters}
    return str(step.action.said or step.action.label) % words


@transaction.atomic
def perform(steps: Sequence[Step], ticket: Ticket, *, by: Doer) -> tuple[Step, ...]:
    """Take the steps in their order, all of them or none; returns those that changed something.

    Raises Refused when a verb refuses, StepBroken when what a step names is gone. A member of staff needs
    the rights the verb needs by hand.
    """
    return tuple(step for step in steps if _changed(step, ticket, by))


def _changed(step: Step, ticket: Ticket, by: Doer) -> bool:
    before = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
    fresh = Ticket.objects.select_related("customer", "team", "assignee").get(pk=ticket.pk)
    step.action.act(fresh, step.values, by)
    after = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
    return after != before or step.action.name == "notify"


# --- what can be done --------------------------------------------------------------------------------


def _assign(ticket: Ticket, values: Values, by: Doer) -> None:
    _give(ticket, _member(values["member"]), by)


def _take_away(ticket: Ticket, values: Values, by: Doer) -> None:
    _give(ticket, None, by)


def _give_to_team(ticket: Ticket, values: Values, by: Doer) -> None:
    """To the team, and to nobody in it: its own way of sharing out work finds the person."""
    team = Team.objects.filter(code=values["team"]).first()
    if team is None:
        raise StepBroken("step.no_such_team", team=values["team"])
    if ticket.team_id != team.pk:
        _give(ticket, None, by, team)


def _give(ticket: Ticket, to: User | None, by: Doer, team: Team | None = None) -> None:
    if isinstance(by, User) and not may_assign(by, ticket, to):
        raise Refused("ticket.not_yours", number=ticket.number)
    actions.assign(ticket, to=to, team=team, by=by)


def _reply(ticket: Ticket, values: Values, by: Doer) -> None:
    """In the ticket's language; with a gap it is refused, as nobody looks at it before it goes out."""
    text = values["zh" if ticket.language == Language.CHINESE else "en"]
    filled = _filled(text, ticket, by)
    if filled.gaps:
        raise Refused("step.has_gap", gap=filled.gaps[0])
    actions.reply(ticket, body=filled.text, by=by)


def _note(ticket: Ticket, values: Values, by: Doer) -> None:
    """Colleagues see a gap as a gap."""
    actions.add_note(ticket, body=_filled(values["text"], ticket, by).text, by=by)


def _filled(text: str, ticket: Ticket, by: Doer, language: str | None = None) -> placeholders.Filled:
    """The text with its placeholders filled; in the name of the assignee where no person takes the step."""
    agent = by if isinstance(by, User) else ticket.assignee
    return placeholders.fill(text, placeholders.Facts(ticket, agent, language))


def _notify(ticket: Ticket, values: Values, by: Doer) -> None:
    """Tell a member of staff by mail, in their language; on the timeline it shows who was told."""
    reader = _member(values["member"])
    told = events.record("ticket.notified", ticket, by=by, number=ticket.number, name=reader.display_name)
    language = reader.language or Language.ENGLISH
    text = _filled(values["text"], ticket, by, language).text
    key = f"ticket.notified:{told.pk}"
    mail.queue(
        key=key,
        to=reader.email,
        language=language,
        template="tickets/mail/notified.txt",
        context={"ticket": ticket, "reader": reader, "text": text},
        about=ticket,
        headers=addressing.headers(ticket, key, staff=reader),
    )


def _member(email: str) -> User:
    found = assignees().filter(email__iexact=email).first()
    if found is None:
        raise StepBroken("step.no_such_member", email=email)
    return User.objects.get(pk=found.pk)


def _members() -> list[tuple[str, str]]:
    return [(user.email, user.display_name) for user in assignees().order_by("name", "email")]


def _teams() -> list[tuple[str, str]]:
    return [(team.code, str(team)) for team in Team.objects.all()]


def _labels(choices: type[Choices]) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(str(value), str(label)) for value, label in choices.choices]


def _waited_for() -> list[tuple[str, str]]:
    return [("customer", _("the customer")), ("third_party", _("a third party"))]


_MEMBER = Parameter("member", gettext_lazy("Member of staff"), Kind.MEMBER, _members)

ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action(
            "assign",
            gettext_lazy("Assign to a member"),
            _assign,
            (_MEMBER,),
            gettext_lazy("Assign to %(member)s"),
        ),
        Action(
            "give_to_team",
            gettext_lazy("Give to a team"),
            _give_to_team,
            (Parameter("team", gettext_lazy("Team"), Kind.TEAM, _teams),),
            gettext_lazy("Give to the team %(team)s"),
        ),
        Action("unassign", gettext_lazy("Take from its assignee"), _take_away),
        Action(
            "set_priority",
            gettext_lazy("Set the priority"),
            lambda ticket, values, by: actions.set_priority(ticket, priority=values["priority"], by=by),
            (Parameter("priority", gettext_lazy("Priority"), Kind.NUMBER, _labels(Priority)),),
            gettext_lazy("Set the priority to %(priority)s"),
        ),
        Action(
            "set_type",
            gettext_lazy("Set the type"),
            lambda ticket, values, by: actions.set_type(ticket, type=values["type"], by=by),
            (Parameter("type", gettext_lazy("Type"), Kind.CHOICE, _labels(TicketType)),),
            gettext_lazy("Set the type to %(type)s"),
        ),
        Action(
            "add_note",
            gettext_lazy("Leave a note"),
            _note,
            (Parameter("text", gettext_lazy("Text"), Kind.TEXT),),
            gettext_lazy("Leave the note %(text)s"),
        ),
        Action(
            "reply",
            gettext_lazy("Reply to the customer"),
            _reply,
            (
                Parameter("en", gettext_lazy("Text (English)"), Kind.TEXT),
                Parameter("zh", gettext_lazy("Text (Chinese)"), Kind.TEXT),
            ),
            gettext_lazy("Reply %(en)s or %(zh)s"),
        ),
        Action(
            "wait",
            gettext_lazy("Wait"),
            lambda ticket, values, by: actions.wait(
                ticket, third_party=values["for"] == "third_party", by=by
            ),
            (Parameter("for", pgettext_lazy("whom a ticket waits for", "For"), Kind.CHOICE, _waited_for),),
            gettext_lazy("Wait for %(for)s"),
        ),
        Action(
            "resume",
            gettext_lazy("Go on with it"),
            lambda ticket, values, by: actions.resume(ticket, by=by),
        ),
        Action(
            "solve", pgettext_lazy("step", "Solve"), lambda ticket, values, by: actions.solve(ticket, by=by)
        ),
        Action(
            "close", pgettext_lazy("step", "Close"), lambda ticket, values, by: actions.close(ticket, by=by)
        ),
        Action(
            "notify",
            gettext_lazy("Tell a member by mail"),
            _notify,
            (_MEMBER, Parameter("text", gettext_lazy("Text"), Kind.TEXT)),
            gettext_lazy("Tell %(member)s by mail: %(text)s"),
        ),
    )
}


# --- checking ----------------------------------------------------------------------------------------


def _step(number: int, given: Any, stored: bool) -> Step:
    if not isinstance(given, dict):
        raise ValueError(_("Step %s is written as {…}.") % number)  # noqa: TRY004 - wrong input, not a bug
    action = ACTIONS.get(given["do"]) if isinstance(given.get("do"), str) else None
    if action is None:
        raise ValueError(
            _("Step %(number)s: “do” is one of: %(known)s.") % {"number": number, "known": ", ".join(ACTIONS)}
        )
    names = {parameter.name for parameter in action.parameters}
    if unknown := sorted(set(given) - names - {"do"}):
        raise ValueError(
            _("Step %(number)s: “%(action)s” has no “%(name)s”.")
            % {"number": number, "action": action.name, "name": unknown[0]}
        )
    return Step(
        action, {one.name: _checked(number, one, given.get(one.name), stored) for one in action.parameters}
    )


def _checked(number: int, parameter: Parameter, given: Any, stored: bool) -> Any:
    words = {"number": number, "name": parameter.name}
    if given is None or given == "":
        raise ValueError(_("Step %(number)s: “%(name)s” is missing.") % words)
    if parameter.choices is not None and not (stored and parameter.kind in (Kind.MEMBER, Kind.TEAM)):
        return _chosen(parameter, parameter.choices(), given, words)
    if not isinstance(given, str) or not plain(given).strip() or "\x00" in given:
        raise ValueError(_("Step %(number)s: “%(name)s” is a text.") % words)
    if len(given) > LONGEST_TEXT:
        raise ValueError(
            _("Step %(number)s: “%(name)s” has at most %(most)s letters.") % {**words, "most": LONGEST_TEXT}
        )
    if parameter.kind == Kind.TEXT and not stored:
        _check_placeholders(given, words)
    return given


def _check_placeholders(text: str, words: Mapping[str, Any]) -> None:
    try:
        placeholders.check(text)
    except ValueError as error:
        raise ValueError(_("Step %(number)s: %(wrong)s") % {**words, "wrong": error}) from error


def _chosen(
    parameter: Parameter, choices: Sequence[tuple[str, str]], given: Any, words: Mapping[str, Any]
) -> Any:
    known = {_typed(parameter, value): value for value, _label in choices}
    key = given.lower() if parameter.kind == Kind.MEMBER and isinstance(given, str) else given
    if isinstance(key, bool) or not isinstance(key, str | int) or key not in known:
        raise ValueError(
            _("Step %(number)s: “%(name)s” is one of: %(known)s.")
            % {**words, "known": ", ".join(known.values()) or "—"}
        )
    return key


def _typed(parameter: Parameter, value: str) -> str | int:
    return int(value) if parameter.kind == Kind.NUMBER else value


def _in_words(parameter: Parameter, value: Any) -> str:
    if parameter.choices is not None:
        return dict(parameter.choices()).get(str(value), str(value))
    return pgettext("quoted", "“%s”") % (value if len(value) <= 80 else f"{value[:79]}…")
