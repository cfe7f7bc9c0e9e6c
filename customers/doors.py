"""The doors of the portal: what a session remembers of a visitor, and how often one may knock."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import cast

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.translation import get_language

from core import clock, files
from core.limits import Limit
from customers import rules
from customers.access import OrderLike, Portal
from customers.models import Customer
from customers.queries import surviving

HOUR = timedelta(hours=1)

CODES_PER_EMAIL = Limit("codes-per-email", 5, HOUR)
CODES_PER_ADDRESS = Limit("codes-per-address", 30, HOUR)
TRIES_PER_ADDRESS = Limit("code-tries-per-address", 60, HOUR)
FINDS_PER_ADDRESS = Limit("order-finds-per-address", 30, HOUR)
FINDS_PER_ORDER = Limit("order-finds-per-order", 10, HOUR)

GUEST_STAYS = timedelta(hours=24)

CUSTOMER, PENDING = "portal_customer", "portal_sign_in"
EPOCH = "portal_epoch"
ORDERS, TICKETS = "portal_orders", "portal_tickets"
VISITOR = "portal_visitor"


def portal_of(request: HttpRequest) -> Portal:
    """Who the visitor is, by what the session remembers; grants that have run out are not among it."""
    return Portal(
        customer=_signed_in(request),
        orders=frozenset(map(int, _granted(request, ORDERS))),
        tickets=frozenset(map(int, _granted(request, TICKETS))),
        language=rules.normal_language(get_language() or ""),
    )


def _signed_in(request: HttpRequest) -> Customer | None:
    """The customer of the session, or the person they were merged into.

    A merge that is undone ends the sessions of both: nobody stays signed in as somebody they are not.
    """
    pk, epoch = request.session.get(CUSTOMER), request.session.get(EPOCH, 0)
    if not pk:
        return None
    known = Customer.objects.select_related("tier", "merged_into").filter(pk=pk, visits_epoch=epoch).first()
    return surviving(known) if known is not None else None


def sign_in(request: HttpRequest, customer: Customer) -> None:
    """Let the session be the customer's. Another customer's traces on this device go first."""
    if request.session.get(CUSTOMER) not in (None, customer.pk):
        _forget(request)
    request.session[CUSTOMER] = customer.pk
    request.session[EPOCH] = customer.visits_epoch
    request.session.pop(PENDING, None)
    _elevate(request)


def sign_out(request: HttpRequest) -> None:
    """Forget the visitor; a member of staff signed in on the same device stays signed in."""
    _forget(request)
    if request.user.is_authenticated:
        request.session.cycle_key()
    else:
        request.session.flush()


def admit(request: HttpRequest, order: OrderLike) -> None:
    """Let a guest see one order for the next 24 hours."""
    _grant(request, ORDERS, order.pk)


def admit_to_ticket(request: HttpRequest, pk: int) -> None:
    """Let a guest see one ticket for the next 24 hours."""
    _grant(request, TICKETS, pk)


def visitor_of(request: HttpRequest) -> str:
    """The secret by which this browser's own things are known again; "" until it has one."""
    return cast(str, request.session.get(VISITOR, ""))


def know_visitor(request: HttpRequest) -> str:
    """Give the browser its secret, which never leaves the session; the one it has already stays."""
    if not visitor_of(request):
        request.session[VISITOR] = token_urlsafe(32)
    return visitor_of(request)


def _granted(request: HttpRequest, kind: str) -> dict[str, float]:
    """What a session may see, by key, and until when."""
    now = clock.now().timestamp()
    return {key: until for key, until in request.session.get(kind, {}).items() if now < until}


def _grant(request: HttpRequest, kind: str, pk: int) -> None:
    until = (clock.now() + GUEST_STAYS).timestamp()
    request.session[kind] = _granted(request, kind) | {str(pk): until}
    _elevate(request)


def _elevate(request: HttpRequest) -> None:
    """A visitor who may see more gets new keys: whoever had the old ones must not come along."""
    request.session.cycle_key()
    rotate_token(request)


def _forget(request: HttpRequest) -> None:
    for name in (CUSTOMER, EPOCH, ORDERS, TICKETS, PENDING, VISITOR, files.DRAFTS_IN_SESSION):
        request.session.pop(name, None)


def begin(request: HttpRequest, *, email: str, onward: str) -> None:
    """Remember who is about to prove an address, and where they wanted to go."""
    request.session[PENDING] = {"email": email, "next": onward}


def pending(request: HttpRequest) -> tuple[str, str]:
    """The address to be proven and where to go then; ("", "") if nobody asked for a code."""
    waiting = cast(dict[str, str], request.session.get(PENDING, {}))
    return waiting.get("email", ""), waiting.get("next", "")
