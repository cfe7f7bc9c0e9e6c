"""Objections and rulings, and cases that go on in another way."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.views.panels import panel
from core.views.verbs import perform
from orders.models import Order
from returns import actions
from returns.actions import Ask, Item
from returns.actions.conversion import kinds_open_to
from returns.compensations import compensation_left
from returns.forms.kinds import CompensationForm, ConvertForm, ObjectionForm, ResubmitForm, RulingForm
from returns.models import Case
from returns.states import CaseKind, Verb
from returns.views.console.asking import GET_OR_POST, ask, money_of, sent, typed
from returns.views.console.cases import found
from tickets.access import tickets_for
from tickets.models import Ticket


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def resubmit(request: StaffRequest, number: str) -> HttpResponse:
    """The customer asks once more, on the phone or by mail."""
    case = found(request, number)
    form = ResubmitForm(*sent(request), initial={"version": case.version})

    def act() -> Case:
        files, given = form.keep_files(request.session, by=request.user), form.cleaned_data
        return actions.resubmit(
            case, text=given["text"], attachments=files, by=request.user, version=given["version"]
        )

    return ask(request, case, Verb.RESUBMIT, form, act, said=_("A new review has begun."))


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def escalate(request: StaffRequest, number: str) -> HttpResponse:
    """The customer does not agree: a team lead decides."""
    case = found(request, number)
    form = ObjectionForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.ESCALATE,
        form,
        lambda: actions.escalate(case, by=request.user, **form.cleaned_data),
        said=_("A team lead decides now."),
    )


@GET_OR_POST
@staff_required(Right.OVERRULE_CASES)
def rule_for_customer(request: StaffRequest, number: str) -> HttpResponse:
    """Grant what was refused, or take what was disputed in full."""
    case = found(request, number)
    form = RulingForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.RULE_FOR_CUSTOMER,
        form,
        lambda: actions.rule_for_customer(case, by=request.user, **form.cleaned_data),
        said=_("Decided for the customer."),
        facts={"hints": [case.escalation] if case.escalation else []},
    )


@GET_OR_POST
@staff_required(Right.OVERRULE_CASES)
def rule_for_merchant(request: StaffRequest, number: str) -> HttpResponse:
    """Let the refusal, or what the inspection found, stand."""
    case = found(request, number)
    form = RulingForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.RULE_FOR_MERCHANT,
        form,
        lambda: actions.rule_for_merchant(case, by=request.user, **form.cleaned_data),
        said=_("Decided for the shop."),
        facts={"hints": [case.escalation] if case.escalation else []},
        danger=True,
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def convert(request: StaffRequest, number: str) -> HttpResponse:
    """Go on as a case of another kind."""
    case = found(request, number)
    kinds = kinds_open_to(case, request.user)
    form = ConvertForm(typed(request), kinds=kinds, initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.CONVERT,
        form,
        lambda: actions.convert(case, by=request.user, **form.cleaned_data),
        said=_("The case goes on under a new number."),
        facts={"hints": [_("The customer has to agree first; say so below.")]},
    )


@GET_OR_POST
@staff_required(Right.DECIDE_CASES)
def compensation_new(request: StaffRequest, number: str) -> HttpResponse:
    """Ask for a compensation on a ticket with an order."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    order = Order.objects.select_related("shop", "customer").filter(tickets=ticket).first()
    title = _("Request a compensation")
    if order is None:
        return panel(request, "returns/console/_no_order.html", {"ticket": ticket}, title=title)
    post, files = sent(request)
    form = CompensationForm(post, files, currency=order.currency, lines=list(order.lines.all()))
    to = reverse("console:ticket", args=[number])
    left = money_of(order, compensation_left(order))
    context = {
        "form": form,
        "action": request.path,
        "back": to,
        "title": title,
        "hints": [_("At most %(left)s can still be given for this order.") % {"left": left}],
    }

    def page(status: int) -> HttpResponse:
        return panel(request, "returns/console/_request.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)

    def act() -> Case:
        return _requested(request, form, order, ticket)

    return perform(request, act, to=to, said=_("The compensation is requested."), form=form, page=page)


def _requested(request: StaffRequest, form: CompensationForm, order: Order, ticket: Ticket) -> Case:
    given = form.cleaned_data
    reason = given["reason"]
    return actions.request_compensation(
        order,
        amount=given["amount"],
        compensation_type=given["compensation_type"],
        reason=reason,
        by=request.user,
        items=[Item(line, line.quantity, reason, kind=CaseKind.COMPENSATION) for line in form.chosen()],
        ask=Ask(
            description=given["description"],
            attachments=form.keep_files(request.session, by=request.user),
            channel=ticket.channel,
            ticket=ticket,
        ),
    )
