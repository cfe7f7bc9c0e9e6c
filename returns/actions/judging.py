"""Looking for signs of risk when a case comes in. They make a person look; they refuse nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from core.actors import SYSTEM
from orders.models import Order
from returns import risk
from returns.actions.steps import record
from returns.histories import history_of
from returns.models import Case, CaseRisk, RiskRule


@transaction.atomic
def judge(case: Case, *, at: datetime) -> int:
    """Keep the signs of a case that was just requested, and return what they weigh (0 to 100).

    A case is judged once; asked again, it keeps what was seen at first.
    """
    if CaseRisk.objects.filter(case=case).exists():
        return risk_of(case)
    found = _signs(case.order, at)
    CaseRisk.objects.bulk_create(
        CaseRisk(case=case, flag=sign.flag, facts=dict(sign.facts), points=sign.points, at=at)
        for sign in found
    )
    if found:
        flags = [sign.flag for sign in found]
        record("case.flagged", case, by=SYSTEM, at=at, public=False, flags=flags, score=risk.score(found))
    return risk.score(found)


def foreseen(order: Order, *, at: datetime) -> int:
    """What the signs would weigh before a request of this order is made. Writes nothing."""
    return risk.score(_signs(order, at))


def _signs(order: Order, at: datetime) -> list[risk.Sign]:
    rules = list(RiskRule.objects.filter(is_active=True))
    return risk.signs(history_of(order, rules, at), rules)


def risk_of(case: Case) -> int:
    """What the signs seen at the request weigh together, at most 100."""
    points = CaseRisk.objects.filter(case=case).aggregate(sum=Sum("points"))["sum"] or 0
    return min(risk.HIGHEST, points)
