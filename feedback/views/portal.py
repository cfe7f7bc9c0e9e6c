"""The survey as the customer sees it.

A link from the mail only opens the page; sending is a click of its own, because mail scanners follow links.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.bilingual import pick
from core.views.verbs import perform
from feedback import actions
from feedback.access import survey_of
from feedback.forms import SCORE_WORDS, AnswerSurveyForm
from feedback.models import Survey


@never_cache
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The question with its five answers; afterwards the thanks. A forged token is not there (404)."""
    asked = survey_of(token)
    if asked is None:
        raise Http404
    if "django_language" not in request.COOKIES:
        translation.activate(asked.language)
    if request.method == "POST":
        return _answer(request, asked, token)
    form = AnswerSurveyForm(initial={"score": request.GET.get("score", "")})
    return _page(request, asked, form)


def _answer(request: HttpRequest, asked: Survey, token: str) -> HttpResponse:
    form = AnswerSurveyForm(request.POST)
    return perform(
        request,
        lambda: actions.answer_survey(asked, **form.cleaned_data, by=asked.customer),
        form=form,
        to=reverse("portal:survey", args=[token]),
        page=lambda status: _page(request, asked, form, status),
    )


def _page(request: HttpRequest, asked: Survey, form: AnswerSurveyForm, status: int = 200) -> HttpResponse:
    if asked.is_answered and not form.is_bound:
        given = {
            "survey": asked,
            "given": SCORE_WORDS[asked.score or 1],
            "thanks": pick(asked.form, "thanks"),
        }
        return render(request, "feedback/portal/thanks.html", given)
    context = {"survey": asked, "form": form, "question": pick(asked.form, "question")}
    return render(request, "feedback/portal/survey.html", context, status=status)
