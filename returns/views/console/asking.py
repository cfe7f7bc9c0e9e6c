"""The frame of a verb's page: ask what it needs, do it, go back to where the reader came from."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import StaffRequest
from core.money import Money, format_money
from core.views.panels import panel
from core.views.verbs import perform
from orders.models import Order
from returns.models import Case
from returns.states import Verb
from returns.views.console.cases import found

GET_OR_POST = require_http_methods(["GET", "POST"])


def back(request: StaffRequest, case: Case) -> str:
    """Where the reader came from: the ticket, the refunds, or the case itself."""
    match request.GET.get("back"):
        case "ticket":
            return reverse("console:ticket", args=[case.ticket.number])
        case "refunds":
            return reverse("console:refunds")
        case _:
            return reverse("console:case", args=[case.number])


def ask(
    request: StaffRequest,
    case: Case,
    verb: Verb,
    form: BaseForm,
    act: Callable[[], Any],
    *,
    said: str,
    facts: dict[str, Any] | None = None,
    danger: bool = False,
) -> HttpResponse:
    """Draw the form of a verb, or do the verb with it."""
    title = f"{verb.label} · {case.number}"
    context = {
        "case": case,
        "verb": verb,
        "form": form,
        "danger": danger,
        "action": request.get_full_path(),
        "back": back(request, case),
        **(facts or {}),
    }

    def page(status: int) -> HttpResponse:
        return panel(request, "returns/console/_verb.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, act, to=back(request, case), said=said, form=form, page=page)


def typed(request: StaffRequest) -> QueryDict | None:
    """What was sent with a form; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def sent(request: StaffRequest) -> tuple[Any, Any]:
    """The same, with files."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def money_of(subject: Case | Order, amount: int) -> str:
    """An amount in the currency of a case or an order."""
    return format_money(Money(amount, subject.currency))


def press(request: StaffRequest, number: str, act: Callable[[Case], Any], *, said: str) -> HttpResponse:
    """A verb that asks nothing."""
    case = found(request, number)
    return perform(request, lambda: act(case), to=back(request, case), said=said)
