"""Customers choose how they hear from us, and what of it: signed in, by a mailed link, through staff."""

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core import events
from customers import doors
from customers.actions import choose_news
from customers.models import Customer
from customers.states import NewsWay, Topic
from tests import build
from tickets.access import link_token

pytestmark = pytest.mark.django_db

EVERYTHING = list(Topic.values)


@pytest.fixture
def signed_in(client: Client, carol: Customer) -> Client:
    remembered = client.session
    remembered[doors.CUSTOMER] = carol.pk
    remembered.save()
    return client


def now(customer: Customer) -> tuple[str, list[str]]:
    customer.refresh_from_db()
    return customer.news_way, customer.news_off


def test_everything_is_told_the_way_one_writes_unless_said_otherwise(carol: Customer) -> None:
    assert now(carol) == (NewsWay.AS_I_WRITE, [])


def test_a_customer_chooses_in_the_portal(signed_in: Client, carol: Customer) -> None:
    assert signed_in.get("/account/news/").status_code == 200
    topics = [topic for topic in EVERYTHING if topic != Topic.SURVEY]
    assert signed_in.post("/account/news/", {"way": "mail", "topics": topics}).status_code == 302
    assert now(carol) == (NewsWay.MAIL, [Topic.SURVEY])
    assert events.timeline(carol).filter(kind="customer.news_chosen").count() == 1


def test_the_same_choice_again_records_nothing(carol: Customer) -> None:
    for _time in range(2):
        choose_news(carol, way=NewsWay.MAIL, off=[Topic.SURVEY], by=carol)
    assert events.timeline(carol).filter(kind="customer.news_chosen").count() == 1


def test_what_must_be_told_cannot_be_switched_off(carol: Customer) -> None:
    assert choose_news(carol, way=NewsWay.MAIL, off=["case.refused", "survey"], by=carol).news_off == [
        "survey"
    ]


def test_a_wrong_way_is_answered_with_a_sentence(signed_in: Client, carol: Customer) -> None:
    answer = signed_in.post("/account/news/", {"way": "pigeon", "topics": [Topic.SURVEY]})
    assert answer.status_code == 422
    assert "pigeon" in answer.content.decode()
    assert now(carol) == (NewsWay.AS_I_WRITE, [])


def test_a_mailed_link_opens_the_choice_and_nothing_else(client: Client, carol: Customer) -> None:
    ticket = build.ticket(customer=carol)
    url = f"/requests/news/{link_token(ticket)}/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"way": "as_i_write", "topics": []}).status_code == 302
    assert now(carol) == (NewsWay.AS_I_WRITE, EVERYTHING)
    assert client.get(f"/requests/{ticket.number}/").status_code == 302


def test_a_forged_link_opens_nothing(client: Client) -> None:
    assert client.get("/requests/news/T-10001:abc:def/").status_code == 410


def test_strangers_are_led_to_the_sign_in(client: Client) -> None:
    assert client.get("/account/news/").headers["Location"].startswith("/sign-in/")


def test_staff_choose_for_a_customer_and_see_it(client: Client, alice: User, carol: Customer) -> None:
    client.force_login(alice)
    url = f"/console/customers/{carol.number}/news/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"way": "mail", "topics": []}).status_code == 302
    page = client.get(f"/console/customers/{carol.number}/").content.decode()
    assert "As an e-mail" in page
    assert "Questions about how satisfied I am" in page


def test_other_systems_read_and_choose(client: Client, alice: User, carol: Customer) -> None:
    headers = {"Authorization": f"Token {issue_token(alice, name='t', by=alice)[1]}"}
    url, plain = f"/api/v1/customers/{carol.number}/news/", "application/json"
    assert client.get(url, headers=headers).json() == {"way": "as_i_write", "off": []}
    given = {"way": "mail", "off": ["survey"]}
    assert client.put(url, given, content_type=plain, headers=headers).json() == given
    wrong = client.put(url, {"way": "mail", "off": ["money"]}, content_type=plain, headers=headers)
    assert wrong.status_code == 400
