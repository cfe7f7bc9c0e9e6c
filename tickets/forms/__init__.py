"""Input of the pages about tickets."""

from tickets.forms.automation import RuleForm
from tickets.forms.desk import (
    BODY_LENGTH,
    AssignForm,
    BulkAssignForm,
    BulkForm,
    BulkMacroForm,
    ContactForm,
    DraftForm,
    MessageForm,
    NewTicketForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    TypeForm,
)
from tickets.forms.macros import MacroForm, PreviewForm, StepRows
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
    "BulkMacroForm",
    "CalendarForm",
    "ContactForm",
    "DraftForm",
    "ExternalPromiseForm",
    "HandOverForm",
    "LadderFormSet",
    "LoadHolidaysForm",
    "MacroForm",
    "MessageForm",
    "NewTicketForm",
    "NoteForm",
    "PolicyForm",
    "PreviewForm",
    "PriorityForm",
    "RebalanceForm",
    "ReplyForm",
    "RoutingRuleForm",
    "RuleForm",
    "StepForm",
    "StepRows",
    "TypeForm",
    "WorkingTimeField",
]
