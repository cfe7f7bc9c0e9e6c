"""Input of the pages about tickets."""

from tickets.forms.desk import (
    BODY_LENGTH,
    AssignForm,
    BulkAssignForm,
    BulkForm,
    ContactForm,
    MessageForm,
    NewTicketForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    TypeForm,
)
from tickets.forms.promises import ServiceCalendarForm, SlaPolicyForm, WorkingTimeField

__all__ = [
    "BODY_LENGTH",
    "AssignForm",
    "BulkAssignForm",
    "BulkForm",
    "ContactForm",
    "MessageForm",
    "NewTicketForm",
    "NoteForm",
    "PriorityForm",
    "ReplyForm",
    "ServiceCalendarForm",
    "SlaPolicyForm",
    "TypeForm",
    "WorkingTimeField",
]
