"""Input of the pages about tickets."""

from tickets.forms.automation import RuleForm
from tickets.forms.conditions import ConditionRows
from tickets.forms.desk import (
    BODY_LENGTH,
    AssignForm,
    BulkAssignForm,
    BulkForm,
    BulkMacroForm,
    BulkPriorityForm,
    BulkTypeForm,
    ContactForm,
    DraftForm,
    MessageForm,
    NewTicketForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    SavedDraftForm,
    TypeForm,
)
from tickets.forms.external_deadlines import ExternalDeadlineForm, ExternalLadderFormSet
from tickets.forms.macros import MacroForm, MacroStepRows, PreviewForm
from tickets.forms.promises import (
    CalendarForm,
    LadderFormSet,
    LoadHolidaysForm,
    PolicyForm,
    StepForm,
    WorkingTimeField,
)
from tickets.forms.routing import RoutingRuleForm
from tickets.forms.sharing import HandOverForm, RebalanceForm
from tickets.forms.steps import StepRows

__all__ = [
    "BODY_LENGTH",
    "AssignForm",
    "BulkAssignForm",
    "BulkForm",
    "BulkMacroForm",
    "BulkPriorityForm",
    "BulkTypeForm",
    "CalendarForm",
    "ConditionRows",
    "ContactForm",
    "DraftForm",
    "ExternalDeadlineForm",
    "ExternalLadderFormSet",
    "HandOverForm",
    "LadderFormSet",
    "LoadHolidaysForm",
    "MacroForm",
    "MacroStepRows",
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
    "SavedDraftForm",
    "StepForm",
    "StepRows",
    "TypeForm",
    "WorkingTimeField",
]
