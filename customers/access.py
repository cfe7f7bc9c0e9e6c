"""Who a visitor of the portal is, and who sees which customers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.rights import Right
from customers.models import Customer

P = ParamSpec("P")


class OrderLike(Protocol):
    """What the portal has to know of an order; orders themselves live a floor above."""

    @property
    def pk(self) -> Any: ...

    @property
    def customer_id(self) -> Any: ...


@dataclass(frozen=True)
class Portal:
    """A visitor: signed in as `customer`, a guest, or nobody yet.

    `orders` and `tickets` are the keys of those a guest has opened, with an order's number or a mailed link.
    `language` is the one the page is shown in.
    """

    customer: Customer | None = None
    orders: frozenset[int] = frozenset()
    tickets: frozenset[int] = frozenset()
    language: str = "en"

    @property
    def is_known(self) -> bool:
        """Whether there is anything the visitor may see."""
        return self.customer is not None or bool(self.orders) or bool(self.tickets)

    def may_see_order(self, order: OrderLike) -> bool:
        """An order of one's own, or one that was opened with its number."""
        own = self.customer is not None and order.customer_id == self.customer.pk
        return own or order.pk in self.orders


class PortalRequest(HttpRequest):
    """A request on which `PortalIdentity` has told who the visitor is."""

    portal: Portal


PortalView = Callable[Concatenate[PortalRequest, P], HttpResponseBase]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def portal_required(view: PortalView[P]) -> AnyView[P]:
    """Let in customers and guests with an order; others are led to sign-in and back."""
    return _guarded(view, lambda portal: portal.is_known)


def customer_required(view: PortalView[P]) -> AnyView[P]:
    """Let in signed-in customers only; others are led to sign-in and back."""
    return _guarded(view, lambda portal: portal.customer is not None)


def _guarded(view: PortalView[P], lets_in: Callable[[Portal], bool]) -> AnyView[P]:
    @wraps(view)
    def guard(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visit = cast(PortalRequest, request)
        if not lets_in(visit.portal):
            return _to_sign_in(request)
        return view(visit, *args, **kwargs)

    return cast("AnyView[P]", guard)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    back = request.get_full_path() if request.method == "GET" else "/"
    url = f"{reverse('portal:sign-in')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(reverse("portal:sign-in"))
    return redirect(url)


def customers_for(user: User) -> QuerySet[Customer]:
    """Customers a member of staff may see: all of them with the right, none without."""
    return Customer.objects.all() if user.may(Right.READ_CUSTOMERS) else Customer.objects.none()
