"""What customers are asked."""

from django.utils.translation import gettext_lazy as _

from core.news import News
from customers.states import Topic

SURVEY = "survey.sent"

NEWS = (
    News(
        SURVEY,
        _("Question how satisfied the customer is"),
        Topic.SURVEY,
        ("ticket.number", "ticket.subject", "question"),
    ),
)

VALUES = {"question": _("the question")}
