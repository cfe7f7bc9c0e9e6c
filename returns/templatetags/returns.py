"""Small parts of the pages about returns."""

import io
from datetime import timedelta

import segno
from babel.numbers import get_currency_name
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import bilingual, clock, countries, dates, durations
from core.money import Money, format_money
from core.templatetags import ui
from returns import policy_words, risk_words, steps
from returns.models import (
    Case,
    CaseRisk,
    GatewayAnswer,
    Refund,
    ReturnPolicy,
    StatutoryRule,
    Timer,
)
from returns.offers import Offer
from returns.states import CaseKind, CaseStatus
from returns.steps import STANDINGS
from returns.terms import Terms

register = template.Library()


@register.simple_tag
def case_status(case: Case) -> SafeString:
    """The status of a case as word, shape and colour."""
    return ui.status(case.get_status_display(), steps.tone(case))


@register.simple_tag
def refund_status(refund: Refund) -> SafeString:
    """The status of a refund; one that a second person has to release says so."""
    if refund.waits_for_release:
        return ui.status(_("Waits for release"), "attention")
    return ui.status(refund.get_status_display(), steps.REFUND_TONES.get(refund.status, "neutral"))


@register.simple_tag
def offer_words(offer: Offer) -> str:
    """What can be done with an item: "Return until 8 March", or why not."""
    match offer.blocked:
        case "" if _only_faulty(offer):
            return _("Faulty or wrong: return until %(day)s") % {"day": _last_day(offer, faulty=True)}
        case "":
            return _("Return until %(day)s") % {"day": _last_day(offer)}
        case "not_delivered":
            return _("Not delivered yet")
        case "in_return":
            return _("Already in a return")
        case "already_returned":
            return _("Already returned")
        case "window_closed":
            return _("The time to return ended on %(day)s") % {"day": _last_day(offer)}
        case _:
            return _("Cannot be returned")


def _only_faulty(offer: Offer) -> bool:
    """Whether the time for those who changed their mind is over, but not for faulty goods."""
    return offer.faulty_until is not None and offer.until is not None and offer.until <= clock.now()


def _last_day(offer: Offer, *, faulty: bool = False) -> str:
    """The last day on which the customer can act, as their wall calendar has it."""
    end = offer.faulty_until if faulty else offer.until
    if end is None or offer.terms is None:
        return "–"
    with timezone.override(offer.terms.zone):
        last = timezone.localtime(end - timedelta(seconds=1)).date()
    return dates.day(last, clock.now())


@register.simple_tag
def amount_words(case: Case) -> str:
    """What the amount of a case is: money for the customer, or what the goods are worth."""
    if case.kind == CaseKind.COMPENSATION:
        return case.get_kind_display()
    return _("Refund") if case.pays_back else _("Value of the goods")


@register.simple_tag
def case_promise(case: Case) -> str:
    """By when the next step is promised or asked for, to the minute."""
    if case.due_at is None:
        return ""
    when = {"moment": dates.exact(case.due_at)}
    asked = case.status in STANDINGS and steps.acts(case) == steps.CUSTOMER
    if case.status == CaseStatus.REJECTED:
        return _("You can object until %(moment)s") % when
    return _("Please by %(moment)s") % when if asked else _("Promised by %(moment)s") % when


@register.simple_tag
def promise_review(terms: Terms) -> str:
    """The promise of a review, and what happens if it is broken."""
    hours = terms.review_hours
    promise = ngettext("We decide within %(hours)s hour.", "We decide within %(hours)s hours.", hours)
    promise %= {"hours": hours}
    if not terms.approve_on_timeout:
        return promise
    otherwise = _("If we do not, your request is approved.")
    return f"{promise} {otherwise}"


@register.simple_tag
def promise_days(days: int, what: str) -> str:
    """The promise of the refund, or the time to send the goods."""
    if what == "ship_back":
        pattern = ngettext(
            "Once it is approved you have %(days)s day to send the goods.",
            "Once it is approved you have %(days)s days to send the goods.",
            days,
        )
    else:
        pattern = ngettext(
            "You get your money within %(days)s day after the goods have arrived in order.",
            "You get your money within %(days)s days after the goods have arrived in order.",
            days,
        )
    return pattern % {"days": days}


@register.simple_tag
def policy_sentence(terms: Terms, shop_pays: bool) -> str:
    """The terms of a case in one sentence."""
    window = ngettext("%(days)s day to return", "%(days)s days to return", terms.window_days) % {
        "days": terms.window_days
    }
    postage = (
        _("the shop pays the return postage") if shop_pays else _("the customer pays the return postage")
    )
    parts = [window, postage]
    if terms.restocking_basis_points and not shop_pays:
        percent = f"{terms.restocking_basis_points / 100:g}"
        parts.append(_("restocking fee %(percent)s %%") % {"percent": percent})
    return pgettext("list", ", ").join(parts) + pgettext("end of sentence", ".")


@register.simple_tag
def return_code(number: str) -> SafeString:
    """A QR code that opens the return on the bench, on any phone; a hand scanner types it into the box."""
    drawing = io.BytesIO()
    address = settings.PUBLIC_URL + reverse("console:warehouse-case", args=[number])
    segno.make(address, error="m", micro=False).save(
        drawing,
        kind="svg",
        xmldecl=False,
        svgns=False,
        scale=4,
        border=2,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    return SafeString(drawing.getvalue().decode())


@register.simple_tag
def policy_name(terms: Terms) -> str:
    """The name of the policy as it was."""
    return bilingual.pick(terms, "name")


@register.simple_tag
def why_policy(case: Case) -> str:
    """Why this policy holds: what it was chosen for."""
    chosen = case.policy
    if chosen.sku or chosen.tier_id or chosen.shop_id or chosen.reason_id:
        parts = pgettext("list", ", ").join(policy_words.scope(chosen))
        return _("It holds for: %(scope)s.") % {"scope": parts}
    if chosen.category and chosen.country:
        return _("It holds for “%(category)s” in %(country)s.") % {
            "category": chosen.category,
            "country": countries.name(chosen.country),
        }
    if chosen.category:
        return _("It holds for “%(category)s”.") % {"category": chosen.category}
    if chosen.country:
        return _("It holds in %(country)s.") % {"country": countries.name(chosen.country)}
    return _("It holds wherever no other one does.")


@register.simple_tag
def timer_state(timer: Timer) -> SafeString:
    """A deadline of a case: running, standing still, kept, or missed."""
    if timer.fired_at:
        return ui.deadline(timer.due_at, at=timer.fired_at)
    if timer.stopped_at:
        return ui.deadline(timer.due_at, "fulfilled")
    return ui.deadline(timer.due_at, "paused" if timer.paused_at else "running")


@register.simple_tag
def by_law(terms: Terms) -> str:
    """Which laws changed the frozen terms; "" where none did."""
    names = pgettext("list", ", ").join(policy_words.lifted(terms))
    return _("Lifted by law: %(names)s.") % {"names": names} if names else ""


@register.filter
def currency_name(code: str) -> str:
    """A currency as the reader calls it."""
    return str(get_currency_name(code, locale=dates.locale()))


@register.simple_tag
def day_count(count: int) -> str:
    """So many days."""
    return durations.day_pattern(count) % {"count": count}


@register.simple_tag
def days_to_return(policy: ReturnPolicy) -> str:
    """The time to return of a policy as it stands, before any law."""
    return day_count(policy.window_days) if policy.window_days else _("Cannot be returned")


@register.simple_tag
def validity(law: StatutoryRule) -> str:
    """The orders a law holds for."""
    since, until = (dates.day(day, clock.now()) if day else "" for day in (law.valid_from, law.valid_to))
    if since and until:
        return _("from %(since)s to %(until)s") % {"since": since, "until": until}
    if since or until:
        return (_("from %(day)s") if since else _("until %(day)s")) % {"day": since or until}
    return _("all")


@register.simple_tag
def risk_sentence(sign: CaseRisk) -> str:
    """A sign of risk with its figures."""
    return risk_words.sentence(sign)


@register.simple_tag
def gateway_outcome(outcome: str | None) -> str:
    """What a gateway said last, in words."""
    return str(GatewayAnswer.Outcome(outcome).label) if outcome else "–"


@register.filter
def minor(amount: int, currency: str) -> str:
    """Minor units as money, for use inside a sentence."""
    return format_money(Money(amount, currency))
