"""Who sees which survey and visit, and the signed address under which a customer answers."""

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from accounts.models import User
from accounts.rights import Right
from feedback.models import FollowUpVisit, Survey, VisitQuerySet
from tickets.access import tickets_for

_signer = Signer(salt="feedback.survey")


def visits_for(user: User) -> VisitQuerySet:
    """Visits a member of staff may see: those who work visits all, those who read tickets theirs'."""
    visits = FollowUpVisit.objects.all()
    if user.may(Right.WORK_VISITS):
        return visits
    if user.may(Right.READ_TICKETS):
        return visits.filter(ticket__in=tickets_for(user))
    return visits.none()


def survey_token(survey: Survey) -> str:
    """The last part of the address in the customer's mail; nobody can make one up."""
    return _signer.sign(survey.uuid.hex)


def survey_of(token: str) -> Survey | None:
    """The survey behind a token, or None for a forged or broken one."""
    try:
        key = _signer.unsign(token)
    except BadSignature:
        return None
    return Survey.objects.select_related("form", "ticket", "customer").filter(uuid=key).first()


def surveys_for(user: User) -> QuerySet[Survey]:
    """Surveys of the tickets a member of staff may read; all of them for those who read the dashboards."""
    if user.may(Right.READ_DASHBOARDS):
        return Survey.objects.all()
    if user.may(Right.READ_TICKETS):
        return Survey.objects.filter(ticket__in=tickets_for(user))
    return Survey.objects.none()
