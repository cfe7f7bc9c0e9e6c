"""Which policy applies to an item and why, what the law adds, and the terms frozen for a case."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from core.hours import Mode
from core.money import exponent
from customers.models import Tier
from orders.models import Order, OrderLine
from returns import rules
from returns.holidays import public_holidays
from returns.models import PolicyAmounts, Reason, ReturnPolicy, StatutoryRule
from returns.rules import Period
from returns.situations import Situation, country_of, situation_of, zone_of
from returns.states import CaseKind
from returns.statutes import Floor, floors
from returns.terms import Terms

__all__ = [
    "Book",
    "Candidate",
    "Explanation",
    "Miss",
    "active_policies",
    "country_of",
    "explain",
    "explained",
    "freeze",
    "policy_for",
    "zone_of",
]

SKU_WEIGHT, CATEGORY_WEIGHT, TIER_WEIGHT, COUNTRY_WEIGHT = 8, 4, 2, 1


@dataclass(frozen=True)
class Book:
    """All policies that are switched on, and all statutory rights, read once for a page or a request."""

    policies: Sequence[ReturnPolicy]
    statutes: Sequence[StatutoryRule]

    def __iter__(self) -> Iterator[ReturnPolicy]:
        return iter(self.policies)


def active_policies() -> Book:
    """The policies in use with their amounts, and the laws."""
    rows = ReturnPolicy.objects.filter(is_active=True).select_related("tier", "shop", "reason")
    return Book(list(rows.prefetch_related("amounts")), list(StatutoryRule.objects.all()))


# --- the choice --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Miss:
    """A condition of a policy that a situation does not meet: what it asks for, and what there is."""

    field: str
    wanted: Any
    got: Any


@dataclass(frozen=True)
class Candidate:
    """A policy looked at: what speaks against it, and how much weight it has if nothing does."""

    policy: ReturnPolicy
    misses: tuple[Miss, ...]

    @property
    def matches(self) -> bool:
        return not self.misses

    @property
    def specificity(self) -> int:
        """SKU 8, category 4, tier 2, country 1 (domain 5.4)."""
        policy = self.policy
        return (
            SKU_WEIGHT * bool(policy.sku)
            + CATEGORY_WEIGHT * bool(policy.category)
            + TIER_WEIGHT * (policy.tier_id is not None)
            + COUNTRY_WEIGHT * bool(policy.country)
        )

    @property
    def rank(self) -> tuple[int, int, int]:
        """The highest wins: priority, then specificity, then the newest."""
        return self.policy.priority, self.specificity, self.policy.pk


def candidates(situation: Situation, policies: Iterable[ReturnPolicy]) -> list[Candidate]:
    """Every policy with what speaks against it; those that match first, the winner at the head."""
    looked_at = [Candidate(policy, tuple(_misses(policy, situation))) for policy in policies]
    return sorted(looked_at, key=lambda each: (each.matches, *each.rank), reverse=True)


def _misses(policy: ReturnPolicy, situation: Situation) -> Iterator[Miss]:
    wanted_and_got: tuple[tuple[str, Any, Any], ...] = (
        ("country", policy.country.upper(), situation.country),
        ("category", policy.category, situation.category),
        ("sku", policy.sku, situation.sku),
        ("tier", policy.tier, situation.tier),
        ("shop", policy.shop, situation.shop),
        ("reason", policy.reason, situation.reason),
    )
    for field, wanted, got in wanted_and_got:
        if wanted and _folded(wanted) != _folded(got):
            yield Miss(field, wanted, got)
    if policy.valid_from and situation.day < policy.valid_from:
        yield Miss("valid_from", policy.valid_from, situation.day)
    if policy.valid_to and situation.day > policy.valid_to:
        yield Miss("valid_to", policy.valid_to, situation.day)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def policy_for(line: OrderLine, order: Order, policies: Iterable[ReturnPolicy]) -> ReturnPolicy | None:
    """The matching policy with the highest priority; then the most specific, then the newest (domain 5.4)."""
    found = candidates(situation_of(order, line, order.placed_at), policies)
    return found[0].policy if found and found[0].matches else None


def _decided_by(found: Sequence[Candidate]) -> str:
    """What tipped the scale: "only", "priority", "specificity" or "newest"; "" where nothing matches."""
    matching = [each for each in found if each.matches]
    if len(matching) < 2:
        return "only" if matching else ""
    first, second = matching[0], matching[1]
    if first.policy.priority != second.policy.priority:
        return "priority"
    return "specificity" if first.specificity != second.specificity else "newest"


# --- the terms ---------------------------------------------------------------------------------------


def freeze(
    policy: ReturnPolicy, order: Order, line: OrderLine | None = None, statutes: Sequence[StatutoryRule] = ()
) -> Terms:
    """The terms of a policy for an order, in its currency; for a line, with what the law adds.

    Amounts the policy does not tell in the currency of the order are taken from those in the currency of
    the shop, at the rate of the order; without a rate there are none: limits of 0.
    """
    situation = _of_order(order) if line is None else situation_of(order, line, order.placed_at)
    return terms_of(policy, situation, floors(situation, statutes) if line else ())


def _of_order(order: Order) -> Situation:
    return Situation(
        placed_at=order.placed_at,
        at=order.placed_at,
        country=country_of(order),
        zone=zone_of(order),
        tier=order.customer.tier,
        currency=order.currency,
        shop_currency=order.shop.currency,
        fx_rate=order.fx_rate,
        last_parcel_at=order.delivered_at,
    )


def terms_of(policy: ReturnPolicy, situation: Situation, law: Sequence[Floor] = ()) -> Terms:
    """A policy frozen for a situation, lifted to what the law asks for."""
    terms = _plain(policy, situation)
    for floor in law:
        if floor.applies:
            terms = _lifted(terms, floor, situation)
    return terms


def _plain(policy: ReturnPolicy, situation: Situation) -> Terms:
    tier, bonus = _giving(policy, situation), _bonus(policy, situation)
    excluded = situation.flags & set(policy.excluded_flags)
    gift = bool(tier and tier.free_returns)
    return Terms(
        policy=policy.pk,
        name_en=policy.name_en,
        name_zh=policy.name_zh,
        currency=situation.currency,
        zone=situation.zone,
        country=situation.country,
        window_days=0 if excluded else policy.window_days + bonus,
        window_mode=cast(Mode, policy.window_mode),
        window_anchor=policy.window_anchor,
        bonus_days=0 if excluded else bonus,
        kinds=tuple(policy.kinds),
        evidence=policy.evidence,
        freight_payer=ReturnPolicy.Payer.SHOP.value if gift else policy.freight_payer,
        restocking_basis_points=int(policy.restocking_percent * 100),
        **{name: getattr(policy, name) for name in COPIED},
        **_raised(_amounts(policy, situation), tier),
    )


COPIED = (
    "review_hours",
    "approve_on_timeout",
    "info_days",
    "ship_back_days",
    "receipt_days",
    "refund_days",
    "quote_days",
    "acceptance_days",
    "escalate_days",
    "dispatch_days",
    "offer_days",
    "refunds_shipping",
    "proration_method",
    "auto_approve_risk_below",
)
"""What terms have of a policy as it stands there."""

AMOUNTS = (
    "auto_approve_limit",
    "agent_limit",
    "one_payer_limit",
    "label_fee",
    "standard_shipping",
    "free_shipping_from",
    "keep_item_below",
)


def _giving(policy: ReturnPolicy, situation: Situation) -> Tier | None:
    """The tier whose benefits count; a policy made for a tier says itself what the tier gets."""
    return situation.tier if policy.tier_id is None else None


def _bonus(policy: ReturnPolicy, situation: Situation) -> int:
    """The days the tier adds; what cannot be returned at all stays so."""
    tier = _giving(policy, situation)
    return tier.window_bonus_days if tier and policy.window_days else 0


def _raised(amounts: dict[str, Any], tier: Tier | None) -> dict[str, Any]:
    """The amounts, with more approved unseen where the tier says so."""
    if tier is None or not tier.auto_approve_bonus:
        return amounts
    limit = amounts["auto_approve_limit"] * (100 + tier.auto_approve_bonus) // 100
    return amounts | {"auto_approve_limit": limit}


def _amounts(policy: ReturnPolicy, situation: Situation) -> dict[str, Any]:
    known = {row.currency: row for row in policy.amounts.all()}
    own = known.get(situation.currency)
    if own is not None:
        return {name: getattr(own, name) for name in AMOUNTS}
    theirs, rate = known.get(situation.shop_currency), situation.fx_rate
    if theirs is None or not rate:
        return {name: getattr(PolicyAmounts(), name) for name in AMOUNTS}
    places = exponent(situation.shop_currency) - exponent(situation.currency)
    return {name: rules.exchanged(getattr(theirs, name), rate, places) for name in AMOUNTS}


# --- what the law changes ----------------------------------------------------------------------------


def _lifted(terms: Terms, floor: Floor, situation: Situation) -> Terms:
    """The terms after one statutory right: nothing in them may fall short of it."""
    law, changes = floor.rule, dict[str, Any]()
    if _is_longer(terms, floor, situation):
        changes |= {"window_days": law.min_days, "window_mode": law.mode, "window_anchor": law.anchor}
    if terms.kinds and situation.kind not in terms.kinds and law.min_days:
        changes["kinds"] = (*terms.kinds, situation.kind)
    if floor.holds_now:
        if terms.restocking_basis_points and not law.fee_allowed:
            changes["restocking_basis_points"] = 0
        if law.freight:
            changes["freight_payer"] = law.freight
        if law.refunds_shipping:
            changes["refunds_shipping"] = True
        if law.refund_days:
            changes["refund_days"] = min(terms.refund_days, law.refund_days)
    noted = [
        {**_named(law), "what": name, "before": getattr(terms, name), "after": value}
        for name, value in changes.items()
        if getattr(terms, name) != value
    ]
    return replace(terms, **changes, lifted=(*terms.lifted, *noted)) if noted else terms


def _named(law: StatutoryRule) -> dict[str, Any]:
    names = ("name_en", "name_zh", "source_en", "source_zh")
    return {"rule": law.pk, "code": law.code, **{name: getattr(law, name) for name in names}}


STRICTNESS: dict[str, int] = {"elapsed": 0, "cn_next_day": 1, "eu": 2}
"""Of as many days, the way of counting that lasts longest is the last one."""


def _is_longer(terms: Terms, floor: Floor, situation: Situation) -> bool:
    """Whether the law's period ends after the policy's; before it begins, by its days."""
    own = deadline(terms, situation)
    if own is not None and floor.until is not None:
        return floor.until > own.until
    law = floor.rule
    return (law.min_days, STRICTNESS[law.mode]) > (terms.window_days, STRICTNESS[terms.window_mode])


def deadline(terms: Terms, situation: Situation) -> Period | None:
    """How the end of the period to return comes about; None before the goods are there."""
    start = situation.starts_at(terms.window_anchor)
    if start is None:
        return None
    return rules.period(
        start,
        terms.window_days,
        terms.window_mode,
        terms.zone,
        lambda *years: public_holidays(situation.country, *years),
    )


# --- the explanation ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """What holds for an item and why. `blocked` is "" or why nothing can be returned now.

    `decided_by` says what made the first of several matching candidates win. `faulty_until` is how long
    faulty or wrong goods can be returned, where that is longer and the reason is not known yet.
    """

    situation: Situation
    candidates: tuple[Candidate, ...]
    decided_by: str
    floors: tuple[Floor, ...]
    excluded_by: tuple[str, ...] = ()
    terms: Terms | None = None
    deadline: Period | None = None
    faulty_until: datetime | None = None
    blocked: str = ""

    @property
    def policy(self) -> ReturnPolicy | None:
        """The policy that won."""
        first = next(iter(self.candidates), None)
        return first.policy if first and first.matches else None

    @property
    def until(self) -> datetime | None:
        return self.deadline.until if self.deadline else None


def explain(
    order: Order,
    line: OrderLine,
    at: datetime,
    *,
    reason: Reason | None = None,
    kind: str = CaseKind.RETURN_REFUND,
    book: Book | None = None,
) -> Explanation:
    """What holds for a line of an order at a moment, and why; what of it is still there is not asked."""
    return explained(situation_of(order, line, at, reason=reason, kind=kind), book or active_policies())


def explained(situation: Situation, book: Book) -> Explanation:
    """What holds in a situation, and why."""
    found = tuple(candidates(situation, book.policies))
    law = floors(situation, book.statutes)
    if not found or not found[0].matches:
        return Explanation(situation, found, "", law, blocked="not_returnable")
    policy = found[0].policy
    terms = terms_of(policy, situation, law)
    period = deadline(terms, situation)
    faulty = _faulty_until(law, period)
    return Explanation(
        situation,
        found,
        _decided_by(found),
        law,
        excluded_by=tuple(sorted(situation.flags & set(policy.excluded_flags))),
        terms=terms,
        deadline=period,
        faulty_until=faulty,
        blocked=_blocked(terms, situation, period, faulty),
    )


def _faulty_until(law: Sequence[Floor], period: Period | None) -> datetime | None:
    """How long faulty goods can go back by law, where nobody knows yet whether these are."""
    ends = [floor.until for floor in law if floor.would_apply_to_faults and floor.until]
    latest = max(ends, default=None)
    return latest if latest and period and latest > period.until else None


def _blocked(terms: Terms, situation: Situation, period: Period | None, faulty_until: datetime | None) -> str:
    if terms.kinds and situation.kind not in terms.kinds:
        return "kind_not_allowed"
    if terms.window_days == 0 and faulty_until is None:
        return "not_returnable"
    if period is None:
        return "not_delivered"
    return "window_closed" if situation.at >= (faulty_until or period.until) else ""
