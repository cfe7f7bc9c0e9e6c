"""What customers are asked after their ticket is solved."""

from django.conf import settings
from django.urls import reverse

from core.bilingual import pick
from feedback.access import survey_token
from feedback.models import Survey
from feedback.news import SURVEY
from tickets import telling


def ask_for_score(survey: Survey) -> None:
    """Ask the customer in their language; each score is a link that opens the page with it chosen."""
    link = settings.PUBLIC_URL + reverse("portal:survey", args=[survey_token(survey)])
    telling.tell(
        survey.customer,
        ticket=survey.ticket,
        news_code=SURVEY,
        key=f"survey:{survey.pk}",
        language=survey.language,
        template="feedback.survey",
        context={
            "survey": survey,
            "question": pick(survey.form, "question", survey.language),
            "link": link,
        },
    )
