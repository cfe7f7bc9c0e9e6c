"""Asking for help with an order: items, what is wrong, what would help, evidence, a last look, sent.

Every step is kept on the server, so that a reload, another device or a restart goes on where it was left.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, files, words
from core.errors import Refused
from core.stepper import Step, StepState
from core.views.panels import panel
from core.views.verbs import CONFLICT, perform
from customers.access import PortalRequest, portal_required
from orders.access import orders_of
from orders.models import Order
from returns import actions, drafts, kinds, offers, policies, remedies
from returns.actions.intake import Plan, check_evidence, plans
from returns.actions.judging import foreseen
from returns.forms import WISHES, EvidenceForm, ItemsForm, ReasonsForm, WishesForm
from returns.models import Case, Reason, ReturnDraft
from returns.offers import Offer


@require_http_methods(["GET", "POST"])
@portal_required
@never_cache
def request_new(request: PortalRequest) -> HttpResponse:
    """The present step of the request for `?order=`; without an order, a choice of them."""
    reference = request.GET.get("order", "")
    if not reference:
        return _choose_order(request)
    order = get_object_or_404(_orders(request), reference=reference)
    draft = drafts.open_draft(order)
    files.open_draft(request.session, str(draft.uuid))
    wizard = Wizard(request, order, draft)
    return wizard.post() if request.method == "POST" else wizard.get()


def _orders(request: PortalRequest) -> QuerySet[Order]:
    return orders_of(request.portal).select_related("shop", "customer__tier")


def _choose_order(request: PortalRequest) -> HttpResponse:
    at = clock.now()
    orders = _orders(request).prefetch_related("lines", "shipments__lines").order_by("-placed_at")[:30]
    active = policies.active_policies()
    rows = [_choice(order, offers.offers(order, at, active)) for order in orders]
    return render(request, "returns/portal/choose_order.html", {"rows": rows})


def _choice(order: Order, found: Sequence[Offer]) -> dict[str, Any]:
    possible = kinds.possibilities(order, found, clock.now())
    return {"order": order, "offers": found, "open": any(one.is_open for one in possible)}


class Wizard:
    """One visit to the wizard: which step is shown, and what a sent step does."""

    def __init__(self, request: PortalRequest, order: Order, draft: ReturnDraft) -> None:
        self.request = request
        self.order = order
        self.draft = draft
        asked, furthest = request.GET.get("step", ""), drafts.reached(draft)
        known = asked in drafts.STEPS and drafts.STEPS.index(asked) <= drafts.STEPS.index(furthest)
        self.step = asked if known else furthest

    def get(self) -> HttpResponse:
        """The step as it was left."""
        shows: Mapping[str, Callable[[], HttpResponse]] = {
            "items": self.show_items,
            "reasons": self.show_reasons,
            "wishes": self.show_wishes,
            "evidence": self.show_evidence,
            "review": self.show_review,
        }
        return shows[self.step]()

    def post(self) -> HttpResponse:
        """Keep the step's answers and go on."""
        keeps: Mapping[str, Callable[[], HttpResponse]] = {
            "items": self.keep_items,
            "reasons": self.keep_reasons,
            "wishes": self.keep_wishes,
            "evidence": self.keep_evidence,
            "review": self.keep_review,
        }
        return keeps[self.step]()

    def address(self, step: str) -> str:
        return f"{reverse('portal:request-new')}?{urlencode({'order': self.order.reference, 'step': step})}"

    # --- items ---------------------------------------------------------------------------------------

    def _items_form(self, data: Any = None) -> ItemsForm:
        at = clock.now()
        possible = kinds.possibilities(self.order, offers.offers(self.order, at), at)
        return ItemsForm(data, possibilities=possible, chosen=drafts.quantities_of(self.draft))

    def show_items(self, form: ItemsForm | None = None, status: int = 200) -> HttpResponse:
        form = form or self._items_form()
        nothing = not any(one.is_open for one in form.possibilities)
        return self.draw("items", {"form": form, "rows": form.rows(), "nothing": nothing}, status)

    def keep_items(self) -> HttpResponse:
        form = self._items_form(self.request.POST)
        return perform(
            self.request,
            lambda: drafts.keep(self.draft, items=form.quantities()),
            to=self.address("reasons"),
            form=form,
            page=lambda status: self.show_items(form, status),
        )

    # --- what is wrong -------------------------------------------------------------------------------

    def _reasons_form(self, data: Any = None) -> ReasonsForm:
        at, lines = clock.now(), {line.pk for line in drafts.chosen_lines(self.draft)}
        possible = kinds.possibilities(self.order, offers.offers(self.order, at), at)
        open_kinds = {kind for one in possible if one.offer.line.pk in lines for kind in one.kinds}
        reasons = [
            reason for reason in Reason.objects.filter(is_active=True) if open_kinds & set(reason.kinds)
        ]
        return ReasonsForm(
            data,
            lines=drafts.chosen_lines(self.draft),
            reasons=reasons,
            chosen=drafts.reasons_of(self.draft),
            initial={"description": self.draft.data.get("description", "")},
        )

    def show_reasons(self, form: ReasonsForm | None = None, status: int = 200) -> HttpResponse:
        return self.draw("reasons", {"form": form or self._reasons_form()}, status)

    def keep_reasons(self) -> HttpResponse:
        form = self._reasons_form(self.request.POST)
        return perform(
            self.request,
            lambda: drafts.keep(
                self.draft, reasons=form.codes(), description=form.cleaned_data["description"]
            ),
            to=self.address("wishes"),
            form=form,
            page=lambda status: self.show_reasons(form, status),
        )

    # --- what would help -----------------------------------------------------------------------------

    def _wishes_form(self, data: Any = None) -> WishesForm:
        return WishesForm(
            data,
            lines=drafts.chosen_lines(self.draft),
            options=drafts.options_of(self.draft),
            chosen=drafts.wishes_of(self.draft),
        )

    def show_wishes(self, form: WishesForm | None = None, status: int = 200) -> HttpResponse:
        stuck = [
            line for line in drafts.chosen_lines(self.draft) if not drafts.options_of(self.draft).get(line.pk)
        ]
        return self.draw("wishes", {"form": form or self._wishes_form(), "stuck": stuck}, status)

    def keep_wishes(self) -> HttpResponse:
        form = self._wishes_form(self.request.POST)
        return perform(
            self.request,
            lambda: drafts.keep(self.draft, wishes=form.wishes()),
            to=self.address("evidence"),
            form=form,
            page=lambda status: self.show_wishes(form, status),
        )

    # --- evidence ------------------------------------------------------------------------------------

    def show_evidence(self, form: EvidenceForm | None = None, status: int = 200) -> HttpResponse:
        context = {
            "form": form or EvidenceForm(needed=self._evidence_lacks()),
            "files": drafts.files_of(self.draft),
            "needed": drafts.wants_evidence(self.draft),
        }
        return self.draw("evidence", context, status)

    def _evidence_lacks(self) -> bool:
        return drafts.wants_evidence(self.draft) and not drafts.files_of(self.draft)

    def keep_evidence(self) -> HttpResponse:
        form = EvidenceForm(self.request.POST, self.request.FILES, needed=self._evidence_lacks())
        removed = self.request.POST.get("remove", "")
        adding = "add" in self.request.POST or bool(removed)

        def act() -> None:
            if removed:
                self._remove(removed)
            for upload in form.cleaned_data["attachments"]:
                files.store(
                    upload, subject=drafts.files_subject(self.draft), by=self.order.customer, public=True
                )
            if not adding:
                asked = drafts.evidence_asked(self.draft)
                check_evidence(drafts.items_of(self.draft), drafts.files_of(self.draft), asked)
                drafts.keep(self.draft, evidence_seen=True)

        return perform(
            self.request,
            act,
            to=self.address("evidence" if adding else "review"),
            form=form,
            page=lambda status: self.show_evidence(form, status),
        )

    def _remove(self, uuid: str) -> None:
        for file in drafts.files_of(self.draft):
            if str(file.uuid) == uuid:
                files.discard(file)

    # --- a look at everything ------------------------------------------------------------------------

    def show_review(self, form: Form | None = None, status: int = 200) -> HttpResponse:
        try:
            planned = plans(self.order, drafts.items_of(self.draft), clock.now())
        except Refused as refused:
            return self.draw("review", {"problem": words.refusal(refused)}, CONFLICT)
        return self.draw("review", {"form": form, **self._summary(planned)}, status)

    def _summary(self, planned: Sequence[Plan]) -> Mapping[str, Any]:
        terms = planned[0].terms
        return {
            "planned": [
                {
                    "plan": one,
                    "wish": WISHES[one.kind],
                    "at_once": self._at_once(one),
                    "sends": one.kind in kinds.GOODS_COME_BACK,
                    "parts": [
                        {"item": item, "value": value}
                        for item, value in zip(one.items, one.quote.goods, strict=True)
                    ],
                }
                for one in planned
            ],
            "description": self.draft.data.get("description", ""),
            "files": drafts.files_of(self.draft),
            "terms": terms,
            "remedies": _remedies(self.order, planned),
            "decided_by": clock.now() + timedelta(hours=terms.review_hours),
        }

    def _at_once(self, planned: Plan) -> bool:
        terms, total = planned.terms, planned.quote.total
        small = terms.approves_unseen(total)
        return small and terms.approves_unseen(total, foreseen(self.order, at=clock.now()))

    def keep_review(self) -> HttpResponse:
        form = Form(self.request.POST)
        return perform(
            self.request,
            self._send,
            to=_sent,
            said=_("Your request is sent."),
            form=form,
            page=lambda status: self.show_review(form, status),
        )

    def _send(self) -> Case:
        case = drafts.send(self.draft, by=self.order.customer)
        actions.tell_remedies(case, language=get_language() or "en", by=self.order.customer)
        return case

    # --- drawing -------------------------------------------------------------------------------------

    def draw(self, step: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        """The page of a step."""
        index = drafts.STEPS.index(step)
        frame = {
            "order": self.order,
            "step": step,
            "steps": self._steps(index),
            "back": self.address(drafts.STEPS[index - 1]) if index else "",
            "here": self.address(step),
            "change": {name: self.address(name) for name in drafts.STEPS},
        }
        return render(self.request, f"returns/portal/wizard_{step}.html", {**frame, **context}, status=status)

    def _steps(self, index: int) -> list[Step]:
        labels = [_("Items"), _("What is wrong"), _("Your wish"), _("Photos"), _("Check and send")]
        states = [
            StepState.DONE if place < index else StepState.NOW if place == index else StepState.NEXT
            for place in range(len(labels))
        ]
        return [Step(label, state) for label, state in zip(labels, states, strict=True)]


def _remedies(order: Order, planned: Sequence[Plan]) -> Sequence[str]:
    """What the law wants said before a remedy for faulty goods."""
    rule = remedies.duty(order, [item.reason for one in planned for item in one.items])
    return remedies.sentences(rule) if rule else ()


def _sent(case: Case) -> str:
    return reverse("portal:request", args=[case.ticket.number])


@require_safe
@portal_required
def order_actions(request: PortalRequest, reference: str) -> HttpResponse:
    """What can be done with each item of an order: a part of the order's page."""
    order = get_object_or_404(_orders(request), reference=reference)
    rows = offers.offers(order, clock.now())
    cases = Case.objects.filter(order=order).select_related("ticket").order_by("-pk")
    context = {
        "order": order,
        "offers": rows,
        "open": any(one.is_open for one in kinds.possibilities(order, rows, clock.now())),
        "cases": cases,
    }
    return panel(
        request, "returns/portal/_order_actions.html", context, title=_("Return items"), surface="portal"
    )
