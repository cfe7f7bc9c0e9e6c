"""What customers are asked by mail after their ticket is solved."""

from django.conf import settings
from django.urls import reverse

from core.bilingual import pick
from feedback.access import survey_token
from feedback.models import Survey
from tickets import emails


def ask_for_score(survey: Survey) -> None:
    """Ask the customer in their language; each score is a link that opens the page with it chosen."""
    link = settings.PUBLIC_URL + reverse("portal:survey", args=[survey_token(survey)])
    emails.write_to_customer(
        survey.ticket,
        key=f"survey:{survey.pk}",
        to=survey.customer.email,
        language=survey.language,
        template="feedback.survey",
        context={
            "survey": survey,
            "customer": survey.customer,
            "question": pick(survey.form, "question", survey.language),
            "link": link,
        },
    )
