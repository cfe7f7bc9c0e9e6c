"""Narrowing lists of tickets: the same filters for the inbox and for the API."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team, User
from tickets import queries
from tickets.access import assignees
from tickets.models import Ticket
from tickets.states import Channel, Priority, TicketStatus, TicketType


class InboxFilter(filters.FilterSet):
    """The filters beside a queue; empty ones leave it whole."""

    type = filters.ChoiceFilter(label=_("Type"), choices=TicketType, empty_label=_("All"))
    priority = filters.ChoiceFilter(label=_("Priority"), choices=Priority, empty_label=_("All"))
    channel = filters.ChoiceFilter(label=_("Channel"), choices=Channel, empty_label=_("All"))
    team = filters.ModelChoiceFilter(
        label=_("Team"), queryset=Team.objects.all(), to_field_name="code", empty_label=_("All")
    )
    assignee = filters.ModelChoiceFilter(
        label=_("Assignee"), queryset=lambda _request: assignees(), empty_label=_("All")
    )
    language = filters.ChoiceFilter(label=_("Language"), choices=Language, empty_label=_("All"))

    class Meta:
        model = Ticket
        fields = ("type", "priority", "channel", "team", "assignee", "language")


class TicketFilter(filters.FilterSet):
    """The filters of the API."""

    status = filters.MultipleChoiceFilter(choices=TicketStatus)
    type = filters.MultipleChoiceFilter(choices=TicketType)
    priority = filters.MultipleChoiceFilter(choices=Priority)
    channel = filters.MultipleChoiceFilter(choices=Channel)
    language = filters.ChoiceFilter(choices=Language)
    team = filters.CharFilter(field_name="team__code")
    assignee = filters.CharFilter(method="by_assignee", help_text='E-mail address, or "none".')
    email = filters.CharFilter(method="by_email", help_text="E-mail address of the customer.")
    created = filters.IsoDateTimeFromToRangeFilter(field_name="created_at")
    q = filters.CharFilter(method="by_words", help_text="Number, order, e-mail, phone or words.")

    class Meta:
        model = Ticket
        fields = (
            "status",
            "type",
            "priority",
            "channel",
            "language",
            "team",
            "assignee",
            "email",
            "created",
            "q",
        )

    def by_assignee(self, tickets: QuerySet[Ticket], _name: str, value: str) -> QuerySet[Ticket]:
        if value == "none":
            return tickets.filter(assignee=None)
        return tickets.filter(assignee__in=User.objects.filter(email=value.lower()))

    def by_email(self, tickets: QuerySet[Ticket], _name: str, value: str) -> QuerySet[Ticket]:
        return tickets.filter(customer__in=queries.customers_reached_by(value))

    def by_words(self, tickets: Any, _name: str, value: str) -> QuerySet[Ticket]:
        return queries.matching(tickets, value)
