"""Answers are taken once, through a link nobody can make up."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core import dispatch
from core.errors import Refused
from feedback import actions
from feedback.access import survey_of, survey_token
from feedback.models import FollowUpVisit, Survey
from feedback.states import VisitReason


def page(survey: Survey) -> str:
    return reverse("portal:survey", args=[survey_token(survey)])


def test_an_answer_is_kept(survey: Survey) -> None:
    answered = actions.answer_survey(survey, score=4, comment=" Quick. ", by=survey.customer)
    assert (answered.score, answered.comment, answered.is_late) == (4, "Quick.", False)


def test_the_same_answer_again_changes_nothing(survey: Survey) -> None:
    first = actions.answer_survey(survey, score=4, comment="", by=survey.customer)
    again = actions.answer_survey(survey, score=4, comment="", by=survey.customer)
    assert again.answered_at == first.answered_at


def test_another_answer_is_refused(survey: Survey) -> None:
    actions.answer_survey(survey, score=4, comment="", by=survey.customer)
    with pytest.raises(Refused, match=r"survey\.already_answered"):
        actions.answer_survey(survey, score=1, comment="", by=survey.customer)
    survey.refresh_from_db()
    assert survey.score == 4


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_outside_the_scale_is_refused(survey: Survey, score: int) -> None:
    with pytest.raises(Refused, match=r"survey\.score_out_of_range"):
        actions.answer_survey(survey, score=score, comment="", by=survey.customer)


def test_a_late_answer_is_kept_and_marked(survey: Survey) -> None:
    with time_machine.travel(survey.expires_at + timedelta(minutes=1), tick=False):
        assert actions.answer_survey(survey, score=5, comment="", by=survey.customer).is_late


def test_opening_the_link_of_a_score_does_not_answer(survey: Survey, client: Client) -> None:
    response = client.get(page(survey), {"score": "1"})
    assert response.status_code == 200
    assert b'value="1" checked' in b" ".join(response.content.split()) or b"checked" in response.content
    survey.refresh_from_db()
    assert not survey.is_answered


def test_the_page_speaks_the_customers_language(survey: Survey, client: Client) -> None:
    assert "您对本次售后服务满意吗？" in client.get(page(survey)).content.decode()


def test_sending_the_page_answers_and_thanks(survey: Survey, client: Client) -> None:
    response = client.post(page(survey), {"score": "5", "comment": "谢谢"}, follow=True)
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (5, "谢谢")
    assert "感谢您的评价" in response.content.decode()


def test_without_a_score_the_page_says_so_and_keeps_the_comment(survey: Survey, client: Client) -> None:
    response = client.post(page(survey), {"comment": "Something I typed"})
    assert response.status_code == 422
    assert b"Something I typed" in response.content


def test_a_forged_token_is_not_there(survey: Survey, client: Client) -> None:
    token = survey_token(survey)
    forged = f"{'0' * 32}:{token.partition(':')[2]}"
    assert survey_of(forged) is None
    assert client.get(reverse("portal:survey", args=[forged])).status_code == 404


@pytest.mark.parametrize(("score", "visits"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_a_low_score_plans_one_visit(survey: Survey, score: int, visits: int) -> None:
    actions.answer_survey(survey, score=score, comment="", by=survey.customer)
    dispatch.drain()
    dispatch.drain()
    planned = FollowUpVisit.objects.filter(plan__reason=VisitReason.LOW_SCORE, survey=survey)
    assert planned.count() == visits
