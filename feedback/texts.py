"""What we ask customers."""

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Both, Context, Text, Value, Wording
from tickets.texts import CUSTOMER_NAME, EXAMPLE_LINK, ORDER_NUMBER, SHOP_NAME, TICKET_NUMBER, TICKET_SUBJECT


def _score(score: int) -> Value:
    def address(given: Context) -> str:
        return f"{given['link']}?score={score}"

    example = f"{EXAMPLE_LINK}?score={score}"
    return Value(f"score.{score}", SCORES[score], address, Both(example, example))


SCORES = {
    5: _("address to answer “very satisfied”"),
    4: _("address to answer “satisfied”"),
    3: _("address to answer “neither”"),
    2: _("address to answer “dissatisfied”"),
    1: _("address to answer “very dissatisfied”"),
}

SURVEY = Text(
    key="feedback.survey",
    about=_("Feedback"),
    name=_("Satisfaction survey"),
    when=_("Some time after a request was solved, as the survey form says."),
    values=(
        CUSTOMER_NAME,
        TICKET_NUMBER,
        TICKET_SUBJECT,
        ORDER_NUMBER,
        SHOP_NAME,
        Value(
            "question",
            _("the question of the survey form"),
            lambda given: given["question"],
            Both("How satisfied are you with our service?", "您对我们的服务满意吗？"),
        ),
        *(_score(score) for score in SCORES),
    ),
    required=("question", *(f"score.{score}" for score in SCORES)),
    in_subject=("ticket.number",),
    en=Wording(
        "[{{ ticket.number }}] How did we do?",
        """\
Hello {{ customer.name }},

your request {{ ticket.number }} “{{ ticket.subject }}” has been solved.

{{ question }}

Very satisfied: {{ score.5 }}
Satisfied: {{ score.4 }}
Neither: {{ score.3 }}
Dissatisfied: {{ score.2 }}
Very dissatisfied: {{ score.1 }}

Each link opens a page on which you can add a comment before you send your answer.""",
    ),
    zh=Wording(
        "[{{ ticket.number }}] 您对我们的服务满意吗？",
        """\
{{ customer.name }}，您好：

您的售后申请 {{ ticket.number }}“{{ ticket.subject }}”已经解决。

{{ question }}

非常满意: {{ score.5 }}
满意: {{ score.4 }}
一般: {{ score.3 }}
不满意: {{ score.2 }}
非常不满意: {{ score.1 }}

每个链接都会打开评价页面，提交之前还可以补充说明。""",
    ),
)

TEXTS = (SURVEY,)
