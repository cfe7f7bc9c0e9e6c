"""Which chats another system asks for."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from channels.chat.states import ChatState
from channels.models import ChatSession


class ChatFilter(filters.FilterSet):
    """By state, by who talks, by ticket."""

    state = filters.ChoiceFilter(label=_("State"), choices=ChatState.choices)
    agent = filters.CharFilter(label=_("Agent"), field_name="agent__email", lookup_expr="iexact")
    offered_to = filters.CharFilter(
        label=_("Rings for"), field_name="offered_to__email", lookup_expr="iexact"
    )
    ticket = filters.CharFilter(label=_("Ticket"), field_name="ticket__number")

    class Meta:
        model = ChatSession
        fields = ("state", "agent", "offered_to", "ticket")
