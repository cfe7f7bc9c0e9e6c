"""Who sees what of the channels."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.rights import Right
from channels.models import Connection, PhoneCall


def connections_for(user: User) -> QuerySet[Connection]:
    """Connections a member of staff may see and change: those of administrators."""
    return Connection.objects.all() if user.may(Right.CONFIGURE) else Connection.objects.none()


def calls_for(user: User) -> QuerySet[PhoneCall]:
    """Calls a member of staff may see: all of them at the desk, none elsewhere."""
    return PhoneCall.objects.all() if user.may(Right.READ_TICKETS) else PhoneCall.objects.none()


def may_see_health(user: User) -> bool:
    """Leads see how the channels are doing, administrators too."""
    return user.may(Right.ASSIGN_TICKETS) or user.may(Right.CONFIGURE)
