"""Which papers of a case there are for a reader."""

from django import template

from accounts.models import User
from accounts.rights import Right
from core import bilingual
from returns.customs import crosses_border
from returns.models import Case, ServiceCentre

register = template.Library()


@register.simple_tag
def papers_of(case: Case, user: User) -> dict[str, bool]:
    """The papers to offer by name; empty where there is none."""
    decides = user.may(Right.DECIDE_CASES)
    offered = {
        "label": case.service_centre is not None,
        "customs": decides and not case.finished_at and crosses_border(case),
        "evidence": decides,
    }
    return offered if any(offered.values()) else {}


@register.simple_tag
def centre_hours(centre: ServiceCentre | None) -> str:
    """When a service centre takes goods, in the reader's language."""
    return bilingual.pick(centre, "hours") if centre else ""
