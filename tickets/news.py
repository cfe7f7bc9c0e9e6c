"""What customers hear about their requests."""

from django.utils.translation import gettext_lazy as _

from core.news import News
from customers.states import Topic

TICKET = ("ticket.number", "ticket.subject")

ANSWER = "message.sent"

NEWS = (
    News("ticket.opened", _("A request has arrived"), Topic.ARRIVAL, (*TICKET, "promised")),
    News("ticket.solved", _("A request is solved"), Topic.SOLVED, TICKET),
    News(ANSWER, _("An answer of ours, outside the time to answer"), "", (*TICKET, "answer")),
)

VALUES = {
    "ticket.number": _("ticket number"),
    "ticket.subject": _("subject"),
    "promised": _("when somebody answers"),
    "answer": _("what we wrote"),
}
