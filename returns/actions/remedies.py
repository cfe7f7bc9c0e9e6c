"""Keeping what the customer was told before a remedy."""

from django.db import transaction
from django.utils import translation

from core import clock, events
from core.actors import Actor
from core.models import Event
from returns import remedies
from returns.actions.steps import locked, record
from returns.models import Case, Reason

TOLD = "case.remedies_told"


@transaction.atomic
def tell_remedies(case: Case, *, language: str, by: Actor) -> Event | None:
    """Record with the case what was shown with the request, word for word; twice is once.

    None where the law asks for nothing: no fault, another country, an older contract.
    """
    case = locked(case)
    if told := events.history(case, kinds=[TOLD]).first():
        return told
    rule = remedies.duty(case.order, Reason.objects.filter(case_lines__case=case).distinct())
    if rule is None:
        return None
    with translation.override(language):
        text = " ".join(remedies.sentences(rule))
    return record(
        "case.remedies_told", case, by=by, at=clock.now(), text=text, language=language, rule=rule.code
    )
