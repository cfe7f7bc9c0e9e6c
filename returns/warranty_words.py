"""Sentences about warranties: for refusals, for events, and for the answer whether something is covered."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import dates
from core.clock import now
from core.money import Money, format_money
from returns.cover import Cover
from returns.models import Warranty
from returns.warranty_states import VoidReason

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]


def _day(facts: Facts) -> str:
    return dates.day(date.fromisoformat(facts["ends_on"]), now())


def _until(text: str | Promise) -> Callable[[Facts], str]:
    """A sentence that names the last covered day."""
    return lambda facts: str(text) % {**facts, "day": _day(facts)}


def _line_full(facts: Facts) -> str:
    pattern = ngettext(
        "“%(title)s” was ordered once, and a device is registered for it already.",
        "“%(title)s” was ordered %(units)s times, and as many devices are registered for it already.",
        facts["units"],
    )
    return pattern % facts


def _registered(facts: Facts) -> str:
    if facts["verified"]:
        return _("%(actor)s registered “%(title)s” (%(number)s): covered until %(day)s") % {
            **facts,
            "day": _day(facts),
        }
    return _("%(actor)s registered “%(title)s” (%(number)s); the proof has to be looked at") % facts


def _voided(facts: Facts) -> str:
    return _("%(actor)s ended the warranty %(number)s: %(reason)s") % {
        **facts,
        "reason": VoidReason(facts["reason"]).label,
    }


def _suspended(facts: Facts) -> str:
    pattern = ngettext(
        "%(days)s day in repair was added to the warranty %(number)s: covered until %(day)s",
        "%(days)s days in repair were added to the warranty %(number)s: covered until %(day)s",
        facts["days"],
    )
    return pattern % {**facts, "day": _day(facts)}


def _sold(facts: Facts) -> str:
    return _("%(actor)s sold the extension %(number)s of %(base)s for %(price)s: covered until %(day)s") % {
        **facts,
        "day": _day(facts),
        "price": format_money(Money(facts["price"], facts["currency"])),
    }


REFUSALS: dict[str, Words] = {
    "warranty.serial_odd": gettext_lazy(
        "“%(serial_no)s” does not look like a serial number. It has 4 to 60 letters and digits."
    ),
    "warranty.serial_taken": gettext_lazy(
        "The serial number %(serial_no)s is registered already. If the device is yours, please write to us."
    ),
    "warranty.line_full": _line_full,
    "warranty.not_delivered": gettext_lazy("“%(title)s” has not been delivered yet."),
    "warranty.not_yours": gettext_lazy("This item belongs to another customer's order."),
    "warranty.no_rule": gettext_lazy("There is no manufacturer's warranty for these goods in this country."),
    "warranty.title_missing": gettext_lazy("Please say what it is."),
    "warranty.start_odd": gettext_lazy("Please state the day of purchase; it cannot be in the future."),
    "warranty.proof_missing": gettext_lazy(
        "Please add the proof of purchase: a photo or scan of the invoice."
    ),
    "warranty.cannot_verify": gettext_lazy("%(number)s is void; this cannot be undone."),
    "warranty.cannot_extend": gettext_lazy("%(number)s cannot be extended: it is not valid, or it is over."),
    "warranty.plan_not_sold": gettext_lazy("This plan is not sold for these goods in %(currency)s."),
    "warranty.days_odd": gettext_lazy("A repair takes from 0 to %(most)s days."),
}

EVENTS: dict[str, Words] = {
    "warranty.registered": _registered,
    "warranty.verified": _until(
        gettext_lazy("%(actor)s verified the warranty %(number)s: covered until %(day)s")
    ),
    "warranty.voided": _voided,
    "warranty.suspended": _suspended,
    "warranty.extended": _until(
        gettext_lazy("%(months)s months were added to the warranty %(number)s after a repair: until %(day)s")
    ),
    "warranty.sold": _sold,
}


def cover_words(answer: Cover[Warranty]) -> str:
    """The answer in one sentence: until when, or why not."""
    day = dates.day(answer.until, now()) if answer.until else ""
    match answer.why:
        case "covered":
            return _("In warranty until %(day)s") % {"day": day}
        case "pending":
            return _("Registered; the proof of purchase is being looked at")
        case "not_begun":
            begins = dates.day(answer.warranty.starts_on, now()) if answer.warranty else ""
            return _("In warranty from %(day)s") % {"day": begins}
        case "ended":
            return _("The warranty ended on %(day)s") % {"day": day}
        case "void":
            return _("The warranty is void")
        case _:
            return _("No warranty is known")
