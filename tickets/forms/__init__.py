"""Input of the pages about tickets."""

from tickets.forms.automation import RuleForm
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
from tickets.forms.promises import (
    CalendarForm,
    ExternalPromiseForm,
    LadderFormSet,
    LoadHolidaysForm,
    PolicyForm,
    StepForm,
    WorkingTimeField,
)
from tickets.forms.sharing import HandOverForm, RebalanceForm, RoutingRuleForm

__all__ = [
    "BODY_LENGTH",
    "AssignForm",
    "BulkAssignForm",
    "BulkForm",
    "CalendarForm",
    "ContactForm",
    "ExternalPromiseForm",
    "HandOverForm",
    "LadderFormSet",
    "LoadHolidaysForm",
    "MessageForm",
    "NewTicketForm",
    "NoteForm",
    "PolicyForm",
    "PriorityForm",
    "RebalanceForm",
    "ReplyForm",
    "RoutingRuleForm",
    "RuleForm",
    "StepForm",
    "TypeForm",
    "WorkingTimeField",
]
