"""Which tickets are one, which messages are another concern, what belongs together."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from tickets.access import tickets_for
from tickets.forms.desk import BODY_LENGTH
from tickets.models import Ticket
from tickets.queries import possible_numbers
from tickets.rules import SUBJECT_LENGTH
from tickets.states import LinkKind

CHILD = "child"


class TicketNumberField(forms.CharField):
    """The number of a ticket, however it is typed; `user` is who asks."""

    user: User | None = None

    def clean(self, value: Any) -> Ticket:
        """The ticket itself, if the asker may read it."""
        typed = super().clean(value)
        numbers = possible_numbers(typed)
        found = tickets_for(self.user).filter(number__in=numbers).first() if self.user and numbers else None
        if found is None:
            raise forms.ValidationError(_("There is no ticket %(typed)s."), params={"typed": typed})
        return found


class _AboutTickets(forms.Form):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, TicketNumberField):
                field.user = user


class MergeForm(_AboutTickets):
    """The ticket that goes on, and why."""

    into = TicketNumberField(
        label=gettext_lazy("Ticket that goes on"),
        max_length=20,
        error_messages={"required": gettext_lazy("Choose the ticket that goes on.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SplitForm(forms.Form):
    """The messages that are another concern, and what that is about."""

    subject = forms.CharField(label=gettext_lazy("Subject of the new ticket"), max_length=SUBJECT_LENGTH)
    messages = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Messages"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose the messages that belong to the new ticket."),
            "invalid_choice": gettext_lazy("One of these messages is no longer there. Choose again."),
        },
    )

    def __init__(self, *args: Any, offered: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["messages"].choices = [(pk, pk) for pk in offered]  # type: ignore[attr-defined]


class LinkForm(_AboutTickets):
    """Another ticket, and how it belongs to this one."""

    other = TicketNumberField(label=gettext_lazy("Number of the other ticket"), max_length=20)
    kind = forms.ChoiceField(
        label=gettext_lazy("How they belong together"),
        choices=[
            (LinkKind.RELATED, pgettext_lazy("linked ticket", "Related")),
            (LinkKind.DUPLICATE, pgettext_lazy("linked ticket", "Possibly the same")),
            (CHILD, gettext_lazy("This is the incident, the other belongs to it")),
            (LinkKind.PARENT, gettext_lazy("The other is the incident, this belongs to it")),
        ],
    )


class UnlinkForm(_AboutTickets):
    """The ticket whose link is taken away."""

    other = TicketNumberField(label=gettext_lazy("Number of the other ticket"), max_length=20)
