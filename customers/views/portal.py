"""The portal's front door: home, sign-in by mailed code, the way of guests to their order, the account."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import events, limits
from core.actors import SYSTEM
from core.errors import Refused
from core.views.preferences import remember_language
from core.views.verbs import perform
from customers import actions, doors, rules
from customers.access import OrderLike, PortalRequest, customer_required
from customers.forms import AccountForm, CodeForm, FindOrderForm, NewsForm, SignInForm
from customers.models import Customer


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search help, find the order, see one's requests."""
    return render(request, "customers/portal/home.html", {"find_form": FindOrderForm(auto_id="find_%s")})


# --- sign-in -----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address and mail a code to it, whoever it belongs to."""
    onward = _onward(request)
    form = SignInForm(
        request.POST if request.method == "POST" else None, initial={"email": doors.pending(request)[0]}
    )
    if request.method != "POST":
        if cast(PortalRequest, request).portal.customer is not None:
            return redirect(onward)
        return _sign_in_page(request, form, onward)

    def send() -> None:
        email = form.cleaned_data["email"]
        limits.spend(doors.CODES_PER_ADDRESS, limits.client_address(request))
        limits.spend(doors.CODES_PER_EMAIL, email)
        code = actions.send_code(email, language=get_language() or "en", by=SYSTEM)
        doors.begin(request, email=code.email, onward=onward)

    return perform(
        request,
        send,
        to="portal:sign-in-code",
        form=form,
        page=lambda status: _sign_in_page(request, form, onward, status),
    )


def _sign_in_page(request: HttpRequest, form: SignInForm, onward: str, status: int = 200) -> HttpResponse:
    return render(request, "customers/portal/sign_in.html", {"form": form, "onward": onward}, status=status)


def _onward(request: HttpRequest) -> str:
    """Where to go after signing in: the page asked for, if it is ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") else reverse("portal:home")


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code from the mail; the right one signs in."""
    email, onward = doors.pending(request)
    if not email:
        return redirect("portal:sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        context = {"form": form, "email": email, "onward": onward, "minutes": _minutes()}
        return render(request, "customers/portal/sign_in_code.html", context, status=status)

    if request.method != "POST":
        return page()

    def check() -> Customer:
        limits.spend(doors.TRIES_PER_ADDRESS, limits.client_address(request))
        customer = actions.check_code(email, form.cleaned_data["code"], language=get_language() or "en")
        doors.sign_in(request, customer)
        return customer

    response = perform(request, check, to=onward, said=_("You are signed in."), form=form, page=page)
    return _greeted(request, response)


def _minutes() -> int:
    return int(rules.CODE_GOOD_FOR.total_seconds()) // 60


def _greeted(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Speak the customer's language on this device, unless another was chosen on it."""
    customer = doors.portal_of(request).customer
    if customer is not None and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, customer.language)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the visitor on this device."""
    doors.sign_out(request)
    messages.success(request, _("You are signed out."))
    return redirect("portal:home")


# --- guests ------------------------------------------------------------------------------------------


class FoundOrder(OrderLike, Protocol):
    """An order as far as its door is concerned."""

    @property
    def reference(self) -> str: ...


@never_cache
@require_http_methods(["GET", "POST"])
def find_order(request: HttpRequest) -> HttpResponse:
    """Open one order with its number and a contact of its customer, for a day, on this device."""
    form = FindOrderForm(request.POST if request.method == "POST" else None)

    def page(status: int = 200) -> HttpResponse:
        return render(request, "customers/portal/find_order.html", {"form": form}, status=status)

    if request.method != "POST":
        return page()
    return perform(
        request,
        lambda: _opened(request, form.cleaned_data["number"], form.cleaned_data["contact"]),
        to=lambda order: reverse("portal:order", args=[order.reference]),
        form=form,
        page=page,
    )


def _opened(request: HttpRequest, number: str, contact: str) -> FoundOrder:
    """The order, opened for this visitor. Refuses alike whichever half was wrong."""
    limits.spend(doors.FINDS_PER_ADDRESS, limits.client_address(request))
    limits.spend(doors.FINDS_PER_ORDER, rules.number_key(number))
    find: Callable[[str, str], Any] = import_string(settings.ORDER_FINDER)
    order = find(number.strip(), contact.strip())
    if order is None:
        raise Refused("guest.no_match")
    doors.admit(request, order)
    events.record("guest.admitted", order, by=SYSTEM, number=number.strip())
    return cast(FoundOrder, order)


# --- the account -------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@customer_required
def account(request: PortalRequest) -> HttpResponse:
    """What we know of the reader, and what they may change of it."""
    customer = cast(Customer, request.portal.customer)
    now = {"name": customer.name, "language": customer.language}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=now)

    def page(status: int = 200) -> HttpResponse:
        return render(
            request, "customers/portal/account.html", {"form": form, "customer": customer}, status=status
        )

    if request.method != "POST":
        return page()
    response = perform(
        request,
        lambda: actions.edit(customer, by=customer, **form.cleaned_data),
        to="portal:account",
        form=form,
        page=page,
    )
    if response.status_code in (204, 302):
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your account was saved."))
        remember_language(response, form.cleaned_data["language"])
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@customer_required
def news(request: PortalRequest) -> HttpResponse:
    """How the reader hears from us, and what of it."""
    return news_page(request, cast(Customer, request.portal.customer), here=reverse("portal:news"))


def news_page(request: HttpRequest, customer: Customer, *, here: str) -> HttpResponse:
    """The choices of a customer who has shown who they are, by a sign-in or by a link that was mailed."""
    form = NewsForm(request.POST if request.method == "POST" else None, customer=customer)

    def page(status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": customer, "here": here, "has_mail": bool(customer.email)}
        return render(request, "customers/portal/news.html", context, status=status)

    if request.method != "POST":
        return page()
    return perform(
        request,
        lambda: actions.choose_news(customer, way=form.cleaned_data["way"], off=form.off, by=customer),
        to=here,
        said=_("Your choice is kept."),
        form=form,
        page=page,
    )
