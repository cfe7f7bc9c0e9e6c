"""Narrowing lists of cases and refunds: the same filters for pages and for the API."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.states import Tender
from returns import queries
from returns.models import Case, Reason, Refund
from returns.states import CaseKind, CaseStatus, Fault, RefundStatus


class DeskFilter(filters.FilterSet):
    """The filters above a queue; empty ones leave it whole."""

    q = filters.CharFilter(label=_("Search"), method="by_words")
    reason = filters.ModelChoiceFilter(
        label=_("Reason"), queryset=Reason.objects.all(), to_field_name="code", empty_label=_("All")
    )
    fault = filters.ChoiceFilter(
        label=pgettext_lazy("return", "Caused by"), choices=Fault, empty_label=_("All")
    )

    class Meta:
        model = Case
        fields = ("q", "reason", "fault")

    def by_words(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        return queries.matching(cases, value)


class CaseFilter(filters.FilterSet):
    """The filters of the API."""

    status = filters.MultipleChoiceFilter(choices=CaseStatus)
    kind = filters.MultipleChoiceFilter(choices=CaseKind)
    reason = filters.CharFilter(field_name="reason__code")
    order = filters.CharFilter(field_name="order__reference")
    ticket = filters.CharFilter(field_name="ticket__number")
    requested = filters.IsoDateTimeFromToRangeFilter(field_name="requested_at")
    q = filters.CharFilter(
        method="by_words", help_text="Case, ticket, order or tracking number, e-mail, phone."
    )

    class Meta:
        model = Case
        fields = ("status", "kind", "reason", "order", "ticket", "requested", "q")

    def by_words(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        return queries.matching(cases, value)


class LedgerFilter(filters.FilterSet):
    """The filters above the list of all payments."""

    status = filters.ChoiceFilter(label=_("Status"), choices=RefundStatus, empty_label=_("All"))
    tender = filters.ChoiceFilter(
        label=_("Paid back with"), field_name="payment__tender", choices=Tender, empty_label=_("All")
    )
    method = filters.ChoiceFilter(
        label=pgettext_lazy("refund", "Way"), choices=Refund.Method, empty_label=_("All")
    )

    class Meta:
        model = Refund
        fields = ("status", "tender", "method")


class RefundFilter(filters.FilterSet):
    """The filters of the API."""

    status = filters.MultipleChoiceFilter(choices=RefundStatus)
    case = filters.CharFilter(field_name="case__number")
    currency = filters.CharFilter()
    tender = filters.MultipleChoiceFilter(field_name="payment__tender", choices=Tender)
    created = filters.IsoDateTimeFromToRangeFilter(field_name="created_at")
    paid = filters.IsoDateTimeFromToRangeFilter(field_name="succeeded_at")

    class Meta:
        model = Refund
        fields = ("status", "case", "currency", "tender", "created", "paid")
