"""Sentences for refusals and events of tickets."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from django.db.models import Choices
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.states import Strategy
from core import bilingual
from tickets.states import (
    Channel,
    ClockKind,
    LinkKind,
    Priority,
    Suspicion,
    TicketStatus,
    TicketType,
    Unplaced,
)

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]


def _label(choices: type[Choices], value: Any) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    try:
        return str(choices(value).label)
    except ValueError:
        return str(value)


def _with_status(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence that names the status the ticket is in."""

    def say(facts: Facts) -> str:
        return str(text) % {**facts, "status": _label(TicketStatus, facts["status"])}

    return say


def _why(texts: Mapping[str, str | Promise]) -> Callable[[Facts], str]:
    """The sentence that belongs to the reason of a refusal."""

    def say(facts: Facts) -> str:
        return str(texts[facts["why"]]) % facts

    return say


def _picture_too_large(facts: Facts) -> str:
    return _(
        "“%(name)s” is too large to stand in the text (%(size)s). Up to %(limit)s do; attach it as a file."
    ) % {
        "name": facts["name"],
        "size": filesizeformat(facts["size"]),
        "limit": filesizeformat(facts["limit"]),
    }


REFUSALS: dict[str, Words] = {
    "calendar.code_taken": gettext_lazy("There is a calendar with the code %(taken)s."),
    "calendar.cannot_count": gettext_lazy("These hours cannot be counted with: %(reason)s"),
    "calendar.no_draft": gettext_lazy("There is no draft of this calendar."),
    "calendar.in_use": gettext_lazy(
        "Promises that are switched on count with the calendar %(calendar)s: %(promises)s. "
        "Switch them off, or let them count with another."
    ),
    "policy.no_draft": gettext_lazy("There is no draft of this policy."),
    "policy.calendar_not_published": gettext_lazy("The calendar %(calendar)s has to be published first."),
    "policy.calendar_off": gettext_lazy("The calendar %(calendar)s is switched off."),
    "policy.cannot_promise": gettext_lazy("This cannot be promised: %(reason)s"),
    "routing.cannot_ask": gettext_lazy("This cannot be asked: %(reason)s"),
    "ticket.cannot_reply": gettext_lazy(
        "%(number)s is closed. Open a new ticket for the customer to write to them."
    ),
    "note.picture_kind": gettext_lazy(
        "“%(name)s” cannot stand in the text: pages show JPEG, PNG, GIF and WebP there. Attach it as a file."
    ),
    "reply.picture_kind": gettext_lazy(
        "“%(name)s” cannot stand in the text: mails show JPEG, PNG and GIF there. Attach it as a file."
    ),
    "reply.picture_too_large": _picture_too_large,
    "reply.already_sent": gettext_lazy("The reply on %(number)s has left already and cannot be taken back."),
    "view.too_many": gettext_lazy("You have %(most)s views already. Remove one first."),
    "view.changed_meanwhile": gettext_lazy(
        "%(who)s changed this view meanwhile. What you typed is kept. Save again to put it in its place."
    ),
    "view.unreadable": gettext_lazy("These conditions cannot be read: %(problem)s"),
    "view.not_yours": gettext_lazy("This view is somebody else's."),
    "view.cannot_share": gettext_lazy(
        "You share views with your own teams; sharing further takes a team lead."
    ),
    "view.which_team": gettext_lazy("Say which team is to see the view."),
    "bulk.too_many": gettext_lazy("These are more than %(most)s tickets. Narrow the list first."),
    "bulk.nothing": gettext_lazy("No ticket matches any longer."),
    "ticket.cannot_follow": gettext_lazy("%(name)s may not read tickets and cannot follow this one."),
    "ticket.customer_wrote_meanwhile": gettext_lazy(
        "The customer wrote on %(number)s meanwhile. Read it, then decide again."
    ),
    "message.told_otherwise": gettext_lazy(
        "Something else came under this name before; it is on %(number)s. What came now was not taken in. "
        "Send it under a name of its own."
    ),
    "message.sent_elsewhere": gettext_lazy(
        "Something else was sent under this name already, on %(number)s. Nothing was sent now."
    ),
    "ticket.changed_meanwhile": gettext_lazy(
        "Something happened on %(number)s while you were writing. Look at it, then send what you wrote again."
    ),
    "ticket.cannot_wait": _with_status(
        gettext_lazy("%(number)s is %(status)s and cannot be set to waiting.")
    ),
    "ticket.cannot_resume": _with_status(
        gettext_lazy("%(number)s is %(status)s; reopen it to go on with it.")
    ),
    "ticket.cannot_solve": _with_status(gettext_lazy("%(number)s is %(status)s and cannot be solved.")),
    "ticket.cannot_reopen": _with_status(
        gettext_lazy("%(number)s is %(status)s and stays so. A new message opens a follow-up ticket.")
    ),
    "ticket.cannot_close": _with_status(gettext_lazy("%(number)s is %(status)s and cannot be closed.")),
    "ticket.cannot_merge": _why(
        {
            "itself": gettext_lazy("%(number)s cannot be merged into itself."),
            "elsewhere": gettext_lazy("%(number)s is merged already and goes on in %(into)s."),
            "two_people": gettext_lazy(
                "%(number)s and %(into)s are requests of two customers. "
                "If they are the same person, merge the customers first."
            ),
            "closed": gettext_lazy("%(number)s is closed and cannot be merged any more."),
            "into_closed": gettext_lazy("%(into)s is closed; nothing can be merged into it."),
            "into_solved": gettext_lazy(
                "%(into)s is solved and %(number)s is not. "
                "Reopen %(into)s first, or merge it into %(number)s."
            ),
        }
    ),
    "ticket.cannot_unmerge": _why(
        {
            "merged_on": gettext_lazy("%(into)s was merged into another ticket. Take that one apart first."),
            "split": gettext_lazy(
                "%(number)s had been split off from %(into)s and was put back; split it again."
            ),
        }
    ),
    "ticket.cannot_split": _why(
        {
            "closed": gettext_lazy("%(number)s is closed and cannot be split."),
            "not_here": gettext_lazy("Some of these messages are no longer on %(number)s. Choose again."),
            "nothing_asked": gettext_lazy(
                "Choose at least one message of the customer’s: a ticket begins with what they said."
            ),
            "nothing_left": gettext_lazy("At least one message of the customer’s has to stay on %(number)s."),
        }
    ),
    "ticket.cannot_unsplit": _why(
        {
            "not_split": gettext_lazy("%(number)s was not split off from another ticket."),
            "went_on": gettext_lazy(
                "Something has happened on %(number)s since it was split off. "
                "Merge it instead: nothing is lost."
            ),
        }
    ),
    "ticket.cannot_link": gettext_lazy("%(number)s and %(other)s cannot be linked in another way."),
    "ticket.cannot_assign": gettext_lazy("%(number)s is closed; nobody needs to look after it any more."),
    "ticket.cannot_change": gettext_lazy("%(number)s is closed and cannot be changed."),
    "ticket.not_yours": gettext_lazy("%(number)s is somebody else's; giving it away takes a team lead."),
    "ticket.already_taken": gettext_lazy("%(name)s was quicker and looks after %(number)s already."),
    "ticket.hand_over_to_whom": gettext_lazy("Say who is to get it: a colleague or a team."),
    "ticket.hand_over_needs_note": gettext_lazy(
        "Write a note: whoever gets %(number)s needs to know where it stands."
    ),
    "ticket.cannot_spread": gettext_lazy(
        "%(name)s is not out of office. Set them out of office first, or the tickets would come back."
    ),
    "ticket.assignee_cannot_work": gettext_lazy("%(name)s does not work on tickets."),
    "news.no_way": gettext_lazy("There is still no way to tell %(number)s: no e-mail address is known."),
    "macro.code_taken": gettext_lazy("There is a macro with the code %(taken)s."),
    "macro.not_yours": gettext_lazy("There is no macro “%(macro)s” for you any longer."),
    "macro.step_changed": gettext_lazy(
        "The macro “%(macro)s” was changed while you were writing. Look at its steps, then send again."
    ),
    "macro.has_gaps": gettext_lazy("Something is missing here: %(gaps)s"),
    "translation.not_connected": gettext_lazy("No translation service is connected."),
    "translation.too_long": gettext_lazy("Texts of more than %(most)s characters are not translated."),
    "translation.failed": gettext_lazy("The translation service does not answer. Try again in a moment."),
    "step.has_gap": gettext_lazy("The reply would have a gap: %(gap)s."),
    "step.no_such_member": gettext_lazy("%(email)s does not work on tickets any longer."),
    "step.no_such_team": gettext_lazy("There is no team “%(team)s” any longer."),
}


def _opened(facts: Facts) -> str:
    if facts.get("follow_up_of"):
        return _("%(actor)s opened this ticket as a follow-up to %(follow_up_of)s") % facts
    if not facts.get("proven", True):
        return _("Written without signing in: it may not be %(actor)s") % facts
    channel = _label(Channel, facts["channel"])
    return _("%(actor)s opened the ticket (%(channel)s)") % {"actor": facts["actor"], "channel": channel}


def _received(facts: Facts) -> str:
    if facts.get("was") in (TicketStatus.PENDING_CUSTOMER, TicketStatus.PENDING_THIRD_PARTY):
        return _("%(actor)s wrote; the ticket is open again") % facts
    return _("%(actor)s wrote") % facts


def _waiting(facts: Facts) -> str:
    if facts.get("status") == TicketStatus.PENDING_THIRD_PARTY:
        return _("%(actor)s waits for a third party") % facts
    return _("%(actor)s waits for the customer") % facts


def _assigned(facts: Facts) -> str:
    if facts.get("automatic"):
        return _placed(facts)
    if facts.get("shared"):
        return _shared(facts)
    if not facts.get("name"):
        return _("%(actor)s took the ticket from its assignee") % facts
    if facts["name"] == facts["actor"]:
        return _("%(actor)s took the ticket") % facts
    return _("%(actor)s gave the ticket to %(name)s") % facts


def _placed(facts: Facts) -> str:
    why = facts["automatic"]
    in_turn = why["strategy"] == Strategy.ROUND_ROBIN
    text = (
        _("Given to %(name)s, whose turn it was (%(load)s of %(capacity)s)")
        if in_turn
        else _("Given to %(name)s, who had the fewest open (%(load)s of %(capacity)s)")
    )
    told = text % {"name": facts["name"], "load": why["load"], "capacity": why["capacity"]}
    if not why.get("rule_en"):
        return told
    return _("%(told)s, by the rule “%(rule)s”") % {"told": told, "rule": _named(why, "rule")}


def _shared(facts: Facts) -> str:
    if not facts.get("name"):
        return _("%(actor)s shared the ticket out; nobody could take it yet") % facts
    return _("%(actor)s shared the ticket out to %(name)s") % facts


def _queued(facts: Facts) -> str:
    team = _named(facts, "team")
    if not facts.get("reason"):
        return _("Waits in the queue of %(team)s") % {"team": team}
    words = {"team": team, "reason": _label(Unplaced, facts["reason"])}
    return _("Waits in the queue of %(team)s: %(reason)s") % words


def _handed_over(facts: Facts) -> str:
    words = {"actor": facts["actor"], "name": facts.get("name", ""), "team": _named(facts, "team")}
    if not words["name"]:
        return _("%(actor)s handed the ticket over to %(team)s") % words
    if not words["team"]:
        return _("%(actor)s handed the ticket over to %(name)s") % words
    return _("%(actor)s handed the ticket over to %(name)s (%(team)s)") % words


def _named(facts: Facts, what: str) -> str:
    """A name kept in both languages, in the reader's."""
    return bilingual.pick(
        SimpleNamespace(**{f"{what}_{tag}": facts.get(f"{what}_{tag}", "") for tag in ("en", "zh")}), what
    )


def _breached(facts: Facts) -> str:
    return _("Deadline missed: %(clock)s") % {"clock": _clock(facts)}


def _warned(facts: Facts) -> str:
    return _("Deadline near: %(clock)s") % {"clock": _clock(facts)}


def _escalated(facts: Facts) -> str:
    return _("Escalated after a missed deadline: %(clock)s") % {"clock": _clock(facts)}


def _started(facts: Facts) -> str:
    return _("External deadline began: %(clock)s") % {"clock": _clock(facts)}


def _met(facts: Facts) -> str:
    return _("External deadline met: %(clock)s") % {"clock": _clock(facts)}


def _clock(facts: Facts) -> str:
    """The name of a clock; an external one has its own."""
    name = "name_zh" if bilingual.is_chinese(get_language()) else "name_en"
    return str(facts.get(name) or _label(ClockKind, facts.get("clock", ClockKind.EXTERNAL)))


def _priority_set(facts: Facts) -> str:
    words = {"actor": facts["actor"], "priority": _label(Priority, facts["priority"])}
    return _("%(actor)s set the priority to %(priority)s") % words


def _type_set(facts: Facts) -> str:
    words = {"actor": facts["actor"], "type": _label(TicketType, facts["type"])}
    return _("%(actor)s set the type to %(type)s") % words


def _with_name(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence with the name of the rule or macro it is about, in the reader's language."""

    def say(facts: Facts) -> str:
        zh = bilingual.is_chinese(get_language())
        return str(text) % {**facts, "name": facts["name_zh" if zh else "name_en"]}

    return say


def _rule_switched_off(facts: Facts) -> str:
    if "failures" in facts:
        return _with_name(gettext_lazy("The rule “%(name)s” failed too often and was switched off"))(facts)
    return _with_name(gettext_lazy("%(actor)s switched off the rule “%(name)s”"))(facts)


def _linked(facts: Facts) -> str:
    match facts["link"], facts["is_first"]:
        case LinkKind.PARENT, True:
            return _("%(actor)s gathered %(number)s under this ticket") % facts
        case LinkKind.PARENT, False:
            return _("%(actor)s put this ticket under %(number)s") % facts
        case LinkKind.DUPLICATE, _first:
            return _("%(actor)s marked %(number)s as possibly the same request") % facts
    return _("%(actor)s linked %(number)s") % facts


def _suspected(facts: Facts) -> str:
    words = {"number": facts["number"], "reason": _label(Suspicion, facts["reason"])}
    return _("Possibly the same request as %(number)s: %(reason)s") % words


def _split(facts: Facts) -> str:
    words = {"actor": facts["actor"], "other": facts["other"], "count": facts["messages"]}
    text = ngettext(
        "%(actor)s split %(count)s message off into %(other)s",
        "%(actor)s split %(count)s messages off into %(other)s",
        facts["messages"],
    )
    return text % words


def _merged(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence with the note that was left, if there is one."""

    def say(facts: Facts) -> str:
        told = str(text) % facts
        return (
            _("%(told)s: “%(note)s”") % {"told": told, "note": facts["note"]} if facts.get("note") else told
        )

    return say


EVENTS: dict[str, Words] = {
    "message.translated": gettext_lazy("%(actor)s had a message translated"),
    "calendar.created": gettext_lazy("%(actor)s made the calendar"),
    "calendar.drafted": gettext_lazy("%(actor)s wrote the draft of version %(number)s"),
    "calendar.published": gettext_lazy("%(actor)s published version %(number)s"),
    "calendar.switched_on": gettext_lazy("%(actor)s switched the calendar on"),
    "calendar.switched_off": gettext_lazy("%(actor)s switched the calendar off"),
    "policy.created": gettext_lazy("%(actor)s made the policy"),
    "policy.drafted": gettext_lazy("%(actor)s wrote the draft of version %(number)s"),
    "policy.published": gettext_lazy("%(actor)s published version %(number)s"),
    "policy.switched_on": gettext_lazy("%(actor)s switched the policy on"),
    "policy.switched_off": gettext_lazy("%(actor)s switched the policy off"),
    "external.added": _with_name(gettext_lazy("%(actor)s wrote the external deadline “%(name)s”")),
    "external.edited": _with_name(gettext_lazy("%(actor)s changed the external deadline “%(name)s”")),
    "external.switched_on": _with_name(
        gettext_lazy("%(actor)s switched on the external deadline “%(name)s”")
    ),
    "external.switched_off": _with_name(
        gettext_lazy("%(actor)s switched off the external deadline “%(name)s”")
    ),
    "ticket.held_to_policy": gettext_lazy("%(actor)s held the clocks to version %(number)s of the policy"),
    "ticket.opened": _opened,
    "ticket.order_unknown": gettext_lazy(
        "Order “%(order_number)s” was named, but this customer has no such order"
    ),
    "message.sent": gettext_lazy("%(actor)s replied"),
    "reply.held": gettext_lazy("%(actor)s sent a reply, which leaves in a moment"),
    "reply.undone": gettext_lazy("%(actor)s took a reply back before it left"),
    "reply.returned": gettext_lazy("The reply of %(actor)s could not be sent and is a draft again"),
    "message.received": _received,
    "message.noted": gettext_lazy("%(actor)s left a note"),
    "message.called": gettext_lazy("%(actor)s wrote down a call"),
    "ticket.waiting": _waiting,
    "ticket.resumed": gettext_lazy("%(actor)s goes on with the ticket"),
    "ticket.solved": gettext_lazy("%(actor)s solved the ticket"),
    "ticket.reopened": gettext_lazy("%(actor)s reopened the ticket"),
    "ticket.closed": gettext_lazy("%(actor)s closed the ticket"),
    "ticket.merged": _merged(gettext_lazy("%(actor)s merged this ticket into %(into)s")),
    "ticket.took_in": _merged(gettext_lazy("%(actor)s merged %(number)s into this ticket")),
    "ticket.unmerged": gettext_lazy("%(actor)s took this ticket out of %(into)s again"),
    "ticket.gave_back": gettext_lazy("%(actor)s took %(number)s out of this ticket again"),
    "ticket.split": _split,
    "ticket.split_off": gettext_lazy("%(actor)s split this ticket off from %(number)s"),
    "ticket.unsplit": gettext_lazy("%(actor)s put %(other)s back into this ticket"),
    "ticket.put_back": gettext_lazy("%(actor)s put this ticket back into %(number)s"),
    "ticket.linked": _linked,
    "ticket.unlinked": gettext_lazy("%(actor)s took the link to %(number)s away"),
    "ticket.suspected": _suspected,
    "ticket.not_duplicate": gettext_lazy("%(actor)s found that %(number)s is another request"),
    "ticket.assigned": _assigned,
    "ticket.claimed": gettext_lazy("%(actor)s took the ticket"),
    "ticket.handed_over": _handed_over,
    "ticket.queued": _queued,
    "ticket.priority_set": _priority_set,
    "ticket.type_set": _type_set,
    "view.saved": _with_name(gettext_lazy("%(actor)s saved the view “%(name)s”")),
    "view.edited": _with_name(gettext_lazy("%(actor)s changed the view “%(name)s”")),
    "view.removed": _with_name(gettext_lazy("%(actor)s removed the view “%(name)s”")),
    "bulk.begun": gettext_lazy("%(actor)s began work on %(total)s tickets at once"),
    "bulk.done": gettext_lazy("Work on many tickets is done: %(done)s, %(refused)s refused"),
    "ticket.followed": gettext_lazy("%(name)s follows the ticket"),
    "ticket.unfollowed": gettext_lazy("%(name)s follows the ticket no longer"),
    "news.carried": gettext_lazy("Told the customer by %(via)s: %(title)s"),
    "news.told_again": gettext_lazy("%(actor)s had the customer told once more: %(title)s"),
    "news.untold": gettext_lazy("The customer could not be told: %(title)s"),
    "member.mentioned": gettext_lazy("%(actor)s mentioned %(name)s"),
    "ticket.notified": gettext_lazy("%(actor)s told %(name)s by mail"),
    "routing.added": _with_name(gettext_lazy("%(actor)s wrote the rule “%(name)s”")),
    "routing.edited": _with_name(gettext_lazy("%(actor)s changed the rule “%(name)s”")),
    "routing.moved": _with_name(gettext_lazy("%(actor)s moved the rule “%(name)s”")),
    "routing.switched_on": _with_name(gettext_lazy("%(actor)s switched on the rule “%(name)s”")),
    "routing.switched_off": _with_name(gettext_lazy("%(actor)s switched off the rule “%(name)s”")),
    "rule.added": _with_name(gettext_lazy("%(actor)s wrote the rule “%(name)s”")),
    "rule.edited": _with_name(gettext_lazy("%(actor)s changed the rule “%(name)s”")),
    "rule.moved": _with_name(gettext_lazy("%(actor)s moved the rule “%(name)s”")),
    "rule.switched_on": _with_name(gettext_lazy("%(actor)s switched on the rule “%(name)s”")),
    "rule.switched_off": _rule_switched_off,
    "rule.removed": _with_name(gettext_lazy("%(actor)s removed the rule “%(name)s”")),
    "macro.added": _with_name(gettext_lazy("%(actor)s wrote the macro “%(name)s”")),
    "macro.edited": _with_name(gettext_lazy("%(actor)s changed the macro “%(name)s”")),
    "macro.switched_on": _with_name(gettext_lazy("%(actor)s offered the macro “%(name)s” at the desk")),
    "macro.switched_off": _with_name(gettext_lazy("%(actor)s switched off the macro “%(name)s”")),
    "macro.removed": _with_name(gettext_lazy("%(actor)s removed the macro “%(name)s”")),
    "macro.applied": _with_name(gettext_lazy("%(actor)s used the macro “%(name)s”")),
    "clock.breached": _breached,
    "clock.warned": _warned,
    "clock.escalated": _escalated,
    "clock.started": _started,
    "clock.met": _met,
}
