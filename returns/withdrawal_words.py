"""Sentences about withdrawals, for refusals and events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import dates, words
from core.errors import Refused
from returns import withdrawal_states
from returns.models import Withdrawal


@dataclass(frozen=True)
class Wording:
    """How a law speaks of it, on buttons and in the acknowledgement."""

    button: Promise
    heading: Promise
    next: Promise
    confirm: Promise
    about_to: Promise
    done: Promise
    title: Promise
    opening: Promise
    whole: Promise
    some: Promise


WORDINGS: Mapping[str, Wording] = {
    withdrawal_states.Wording.WITHDRAW: Wording(
        button=gettext_lazy("Withdraw from contract here"),
        heading=gettext_lazy("Withdraw from the contract"),
        next=gettext_lazy("Go on to confirm"),
        confirm=gettext_lazy("Confirm withdrawal"),
        about_to=gettext_lazy("You are about to withdraw from the contract. It counts once you confirm it."),
        done=gettext_lazy("You have withdrawn from the contract."),
        title=gettext_lazy("Acknowledgement of your withdrawal"),
        opening=gettext_lazy("We have received this declaration of withdrawal from a contract:"),
        whole=gettext_lazy("I withdraw from the contract for the whole order:"),
        some=gettext_lazy("I withdraw from the contract for these goods:"),
    ),
    withdrawal_states.Wording.CANCEL: Wording(
        button=gettext_lazy("Cancel contract here"),
        heading=gettext_lazy("Cancel the contract"),
        next=gettext_lazy("Go on to confirm"),
        confirm=gettext_lazy("Confirm cancellation"),
        about_to=gettext_lazy("You are about to cancel the contract. It counts once you confirm it."),
        done=gettext_lazy("You have cancelled the contract."),
        title=gettext_lazy("Acknowledgement of your cancellation"),
        opening=gettext_lazy("We have received this declaration that you cancel a contract:"),
        whole=gettext_lazy("I cancel the contract for the whole order:"),
        some=gettext_lazy("I cancel the contract for these goods:"),
    ),
}
"""Words by `WithdrawalRight.wording`: the EU withdraws, the United Kingdom cancels."""


def send_back(days: int) -> str:
    """By when goods that have arrived go back."""
    pattern = ngettext(
        "If you have the goods, send them back within %(days)s day of this declaration.",
        "If you have the goods, send them back within %(days)s days of this declaration.",
        days,
    )
    return pattern % {"days": days}


def obstacle_words(withdrawal: Withdrawal) -> str:
    """Why the return is not open yet, "" if nothing is in its way."""
    if not withdrawal.obstacle:
        return ""
    return words.refusal(Refused(withdrawal.obstacle, **withdrawal.obstacle_facts))


Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]


def _item_too_many(facts: Facts) -> str:
    if not facts["left"]:
        return _("“%(title)s” is already part of a return or a withdrawal.") % facts
    pattern = ngettext(
        "You can withdraw from the contract for %(left)s unit of “%(title)s”.",
        "You can withdraw from the contract for %(left)s units of “%(title)s”.",
        facts["left"],
    )
    return pattern % facts


def _confirmed(facts: Facts) -> str:
    return _("%(actor)s withdrew from the contract of order %(order)s (%(number)s)") % facts


def _waits(facts: Facts) -> str:
    why = words.refusal(Refused(facts["obstacle"], **facts["facts"]))
    return _("The return of %(number)s could not be opened yet: %(why)s") % {**facts, "why": why}


def _acknowledged(facts: Facts) -> str:
    return _("The receipt of %(number)s was acknowledged to %(email)s") % facts


def closed_on(facts: Facts) -> str:
    """That the period is over, and since when."""
    moment = facts.get("until")
    if not moment:
        return _("The period to withdraw from this contract is over.")
    return _("The period to withdraw from this contract ended on %(moment)s.") % {
        "moment": dates.exact(datetime.fromisoformat(moment))
    }


REFUSALS: dict[str, Words] = {
    "withdrawal.not_offered": gettext_lazy(
        "There is no right of withdrawal for this order. You may still be able to return it."
    ),
    "withdrawal.window_closed": closed_on,
    "withdrawal.order_cancelled": gettext_lazy(
        "Order %(number)s is cancelled; there is nothing to withdraw from."
    ),
    "withdrawal.nothing_left": gettext_lazy(
        "Everything of order %(number)s is already part of a return or a withdrawal."
    ),
    "withdrawal.item_too_many": _item_too_many,
    "withdrawal.no_items": gettext_lazy("Choose at least one item."),
    "withdrawal.name_missing": gettext_lazy("Please state your name."),
    "withdrawal.not_confirmed": gettext_lazy("%(number)s has not been confirmed by the customer."),
    "withdrawal.note_missing": gettext_lazy("Please say how it was settled."),
    "withdrawal.cannot_settle": gettext_lazy("%(number)s has become a return already."),
}

EVENTS: dict[str, Words] = {
    "withdrawal.declared": gettext_lazy("%(actor)s began to withdraw from the contract of order %(order)s"),
    "withdrawal.confirmed": _confirmed,
    "withdrawal.acknowledged": _acknowledged,
    "withdrawal.waiting": _waits,
    "withdrawal.case_opened": gettext_lazy("%(number)s became the return %(case)s"),
    "withdrawal.settled": gettext_lazy("%(actor)s settled %(number)s: %(note)s"),
}
