"""An explanation of what holds for an item, as people read it in their language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import bilingual, clock, countries, dates, durations
from core.money import Money, format_money
from orders.states import LineFlag
from returns.models import Reason, ReturnPolicy
from returns.policies import Candidate, Explanation, Miss
from returns.rules import Period
from returns.situations import Situation
from returns.states import CaseKind
from returns.statutes import Floor
from returns.terms import Terms

Payer, Anchor, Window = ReturnPolicy.Payer, ReturnPolicy.Anchor, ReturnPolicy.Window


@dataclass(frozen=True)
class Fact:
    """A term with its name, and what it was before a law changed it ("" where none did)."""

    label: str
    value: str
    before: str = ""


@dataclass(frozen=True)
class Law:
    """A statutory right: whether it holds here, why or why not, and where it stands."""

    name: str
    holds: bool
    why: str
    source: str


@dataclass(frozen=True)
class Looked:
    """A policy that was looked at, how heavy it weighs, and what speaks against it."""

    policy: ReturnPolicy
    priority: int
    specificity: int
    misses: Sequence[str]


@dataclass(frozen=True)
class Reading:
    """The answer in a sentence, then the way to it. `tone` colours the answer like a status.

    `inner` are terms that only staff should read; `candidates` begin with the policy that won.
    """

    answer: str
    tone: str
    policy: str
    because: str
    period: Sequence[str]
    facts: Sequence[Fact]
    inner: Sequence[Fact]
    laws: Sequence[Law]
    candidates: Sequence[Looked]


def read(why: Explanation, blocked: str | None = None) -> Reading:
    """An explanation in the active language, its dates on the wall of the customer.

    `blocked` stands in for the explanation's own where more is known, such as that everything came back.
    """
    with timezone.override(why.situation.zone):
        blocked = why.blocked if blocked is None else blocked
        return Reading(
            answer=_answer(why, blocked),
            tone="neutral" if blocked else "good",
            policy=str(why.policy or ""),
            because=_because(why),
            period=_period(why.deadline, why.terms) if why.deadline and why.terms else (),
            facts=_facts(why.terms) if why.terms else (),
            inner=_inner(why.terms) if why.terms else (),
            laws=[_law(floor, why.situation) for floor in why.floors],
            candidates=[_looked(each) for each in why.candidates],
        )


# --- the answer --------------------------------------------------------------------------------------


def _answer(why: Explanation, blocked: str) -> str:
    match blocked:
        case "":
            return _possible(why)
        case "not_delivered":
            return _("The time to return begins once it is delivered.")
        case "in_return":
            return _("Already in a return")
        case "already_returned":
            return _("Already returned")
        case "window_closed" if why.deadline:
            return _("The time to return ended on %(day)s.") % {"day": _last_day(why.deadline)}
        case "kind_not_allowed":
            return _("It cannot be returned in this way.")
        case _:
            return _("It cannot be returned.")


def _possible(why: Explanation) -> str:
    if why.deadline is None:
        return _("It can be returned.")
    sentence = _("It can be returned until %(day)s.") % {"day": _last_day(why.deadline)}
    if why.faulty_until is None:
        return sentence
    later = _("If it is faulty or wrong, until %(day)s.") % {"day": _day(_before(why.faulty_until))}
    return later if why.situation.at >= why.deadline.until else f"{sentence} {later}"


def _before(moment: Any) -> date:
    """The last day of a period that ends at `moment`."""
    return timezone.localtime(moment - timedelta(microseconds=1)).date()


def _last_day(period: Period) -> str:
    return _day(period.last_day)


def _day(day: date) -> str:
    return dates.day(day, clock.now())


def _because(why: Explanation) -> str:
    if why.policy is None:
        return _("No policy fits.")
    first = why.candidates[0]
    facts = {"priority": first.policy.priority, "weight": first.specificity}
    match why.decided_by:
        case "priority":
            return _("Of the policies that fit it has the highest priority (%(priority)s).") % facts
        case "specificity":
            return _("Of the policies that fit it is the most specific one (weight %(weight)s).") % facts
        case "newest":
            return _("Of the policies that fit equally well it is the newest.")
        case _:
            return _("It is the only policy that fits.")


# --- the period --------------------------------------------------------------------------------------


def _period(period: Period, terms: Terms) -> list[str]:
    """How the end comes about, step by step."""
    said = [
        _("%(anchor)s: %(moment)s")
        % {"anchor": _label(Anchor, terms.window_anchor), "moment": dates.exact(period.start)},
        _("%(days)s (%(mode)s)") % {"days": _days(period.days), "mode": _label(Window, period.mode)},
    ]
    if period.mode != "elapsed" and period.days:
        said.append(_("The first day that counts is %(day)s.") % {"day": _day(period.first_day)})
    for day, reason in period.moved_over:
        pattern = (
            _("%(day)s is a public holiday: the end moves on.")
            if reason == "holiday"
            else _("%(day)s is a weekend: the end moves on.")
        )
        said.append(pattern % {"day": _day(day)})
    if period.mode == "elapsed":
        said.append(_("It ends on %(moment)s.") % {"moment": dates.exact(period.until)})
    else:
        said.append(_("It ends with %(day)s, at midnight.") % {"day": _day(period.last_day)})
    return said


def _days(count: int) -> str:
    return durations.day_pattern(count) % {"count": count}


def _label(choices: Any, value: str) -> str:
    """The word of a stored value; one that is not known any longer is shown as it is."""
    return str(choices(value).label) if value in choices.values else value


# --- the terms ---------------------------------------------------------------------------------------


def _facts(terms: Terms) -> list[Fact]:
    """What the customer may read of the terms."""
    was = {row["what"]: row["before"] for row in terms.lifted}
    rows: list[tuple[str, str, Any]] = [
        ("window_days", _("Time to return"), terms.window_days),
        ("window_anchor", _("Counted from"), terms.window_anchor),
        ("freight_payer", _("Return postage paid by"), terms.freight_payer),
        ("restocking_basis_points", _("Restocking fee"), terms.restocking_basis_points),
        ("refunds_shipping", _("Standard postage given back"), terms.refunds_shipping),
        ("ship_back_days", _("Time to send it back"), terms.ship_back_days),
        ("refund_days", _("Refund after it is back"), terms.refund_days),
    ]
    facts = [
        Fact(label, _term(name, value), _term(name, was[name]) if name in was else "")
        for name, label, value in rows
    ]
    if terms.bonus_days:
        facts.insert(1, Fact(_("of it for your membership level"), _days(terms.bonus_days)))
    if terms.label_fee:
        facts.append(Fact(_("Fee for our label"), _money(terms.label_fee, terms)))
    if terms.evidence:
        facts.append(Fact(_("To be shown"), _label(Reason.Evidence, terms.evidence)))
    return facts


def _inner(terms: Terms) -> list[Fact]:
    """What staff read besides."""
    kinds = [_label(CaseKind, kind) for kind in terms.kinds] or [_("Every kind")]
    return [
        Fact(_("Kinds of case"), pgettext("list", ", ").join(kinds)),
        Fact(_("Partial returns"), _label(ReturnPolicy.Proration, terms.proration_method)),
        Fact(_("Approved without review up to"), _money(terms.auto_approve_limit, terms)),
        Fact(_("and below a risk of"), str(terms.auto_approve_risk_below)),
        Fact(_("Goods stay below"), _money(terms.keep_item_below, terms)),
        Fact(_("Approved by any agent up to"), _money(terms.agent_limit, terms)),
    ]


def _money(amount: int, terms: Terms) -> str:
    return format_money(Money(amount, terms.currency)) if terms.currency and amount else "–"


def _term(name: str, value: Any) -> str:
    return TERMS[name](value)


def _yes(value: Any) -> str:
    return _("Yes") if value else _("No")


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %" if basis_points else pgettext("fee", "None")


TERMS: Mapping[str, Callable[[Any], str]] = {
    "window_days": _days,
    "window_anchor": lambda value: _label(Anchor, value),
    "freight_payer": lambda value: _label(Payer, value),
    "restocking_basis_points": _percent,
    "refunds_shipping": _yes,
    "ship_back_days": _days,
    "refund_days": _days,
}


# --- the law -----------------------------------------------------------------------------------------


def _law(floor: Floor, situation: Situation) -> Law:
    return Law(str(floor.rule), floor.applies, _why_law(floor, situation), floor.rule.source)


def _why_law(floor: Floor, situation: Situation) -> str:
    match floor.why_not:
        case "":
            return _holds(floor)
        case "exempt":
            mark = _label(LineFlag, floor.exempt)
            return _("Does not hold for these goods: %(mark)s.") % {"mark": mark}
        case "no_right":
            return _("The policy alone decides.")
        case "other_kind":
            return _("Does not open the way to this: %(kind)s.") % {"kind": _label(CaseKind, situation.kind)}
        case "reason_open":
            return _("Holds if the goods are faulty or wrong.") + _until(floor)
        case _:
            return _("Holds for faulty or wrong goods only.")


def _holds(floor: Floor) -> str:
    if not floor.holds_now:
        return _("Its time is over.") + _until(floor)
    days = _("Holds: at least %(days)s.") % {"days": _days(floor.rule.min_days)}
    return days + _until(floor)


def _until(floor: Floor) -> str:
    if floor.until is None:
        return ""
    return " " + _("Its last day: %(day)s.") % {"day": _day(_before(floor.until))}


# --- the candidates ----------------------------------------------------------------------------------


def _looked(candidate: Candidate) -> Looked:
    misses = [miss_sentence(miss) for miss in candidate.misses]
    return Looked(candidate.policy, candidate.policy.priority, candidate.specificity, misses)


def miss_sentence(miss: Miss) -> str:
    """Why a policy does not fit."""
    wanted, got = _told(miss.field, miss.wanted), _told(miss.field, miss.got)
    facts = {"wanted": wanted, "got": got or pgettext("condition", "none")}
    match miss.field:
        case "country":
            return _("Only in %(wanted)s, not in %(got)s.") % facts
        case "category":
            return _("Only for “%(wanted)s”; the category here: %(got)s.") % facts
        case "sku":
            return _("Only for item %(wanted)s; here: %(got)s.") % facts
        case "tier":
            return _("Only for members of the level %(wanted)s; the customer's: %(got)s.") % facts
        case "shop":
            return _("Only in the shop %(wanted)s; here: %(got)s.") % facts
        case "reason":
            return _("Only for the reason “%(wanted)s”; here: %(got)s.") % facts
        case "valid_from":
            return _("Only for orders from %(wanted)s; this one is of %(got)s.") % facts
        case _:
            return _("Only for orders until %(wanted)s; this one is of %(got)s.") % facts


def _told(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return _day(value)
    return countries.name(value) if field == "country" else str(value)


def scope(policy: ReturnPolicy) -> list[str]:
    """What a policy is for, condition by condition; empty for one that holds everywhere."""
    return list(_scope(policy))


def _scope(policy: ReturnPolicy) -> Iterator[str]:
    if policy.country:
        yield countries.name(policy.country)
    yield from filter(None, (policy.category, policy.sku))
    for row in (policy.tier, policy.shop, policy.reason):
        if row is not None:
            yield str(row)
    if policy.valid_from:
        yield _("Orders from %(day)s") % {"day": _day(policy.valid_from)}
    if policy.valid_to:
        yield _("Orders until %(day)s") % {"day": _day(policy.valid_to)}


def lifted(terms: Terms) -> list[str]:
    """Which laws changed the frozen terms of a case."""
    names = [bilingual.pick(_Named(row), "name") for row in terms.lifted]
    return list(dict.fromkeys(names))


class _Named:
    def __init__(self, row: Mapping[str, Any]) -> None:
        self.name_en, self.name_zh = row["name_en"], row["name_zh"]
