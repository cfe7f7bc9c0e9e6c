"""What customers are asked by mail after their ticket is solved."""

from django.conf import settings
from django.urls import reverse

from core import mail
from core.bilingual import pick
from feedback.access import survey_token
from feedback.models import Survey


def ask_for_score(survey: Survey) -> None:
    """Ask the customer in their language; each score is a link that opens the page with it chosen."""
    link = settings.PUBLIC_URL + reverse("portal:survey", args=[survey_token(survey)])
    mail.queue(
        key=f"survey:{survey.pk}",
        to=survey.customer.email,
        language=survey.language,
        template="feedback/mail/survey.txt",
        context={
            "survey": survey,
            "ticket": survey.ticket,
            "customer": survey.customer,
            "question": pick(survey.form, "question", survey.language),
            "link": link,
        },
        about=survey.ticket,
    )
