"""Signing in to the portal, page by page: alike for all, limited, with new keys afterwards."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.models import OutgoingMail
from customers.models import Customer

SIGN_IN, CODE, OUT = "/sign-in/", "/sign-in/code/", "/sign-out/"
EMAIL = "carol@example.com"


def mailed_code() -> str:
    letter = OutgoingMail.objects.order_by("pk").last()
    assert letter is not None
    found = re.search(r"\b\d{6}\b", letter.text)
    assert found is not None
    return found.group()


def sign_in(client: Client, email: str = EMAIL, **extra: str) -> Any:
    client.post(SIGN_IN, {"email": email, **extra})
    return client.post(CODE, {"code": mailed_code()})


def who(client: Client) -> Customer | None:
    """The customer the session belongs to."""
    return Customer.objects.filter(pk=client.session.get("portal_customer", 0)).first()


def plain(page: str) -> str:
    """A page without what differs from request to request."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"', "", page)


def test_the_way_in(client: Client, carol: Customer) -> None:
    asked = client.post(SIGN_IN, {"email": "Carol@Example.com "})
    assert asked["Location"] == CODE
    assert EMAIL in client.get(CODE).text
    answer = client.post(CODE, {"code": mailed_code()}, follow=True)
    assert who(client) == carol
    assert "You are signed in." in answer.text


def test_a_person_we_do_not_know_comes_in_too(client: Client, db: None) -> None:
    client.cookies["django_language"] = "zh-hans"
    sign_in(client, "new@example.com")
    customer = who(client)
    assert customer is not None
    assert (customer.email, customer.language) == ("new@example.com", "zh-hans")


def test_the_answer_is_the_same_for_everybody(carol: Customer) -> None:
    pages: list[Any] = []
    for email in (EMAIL, "stranger@example.com"):
        client = Client()
        asked = client.post(SIGN_IN, {"email": email})
        pages.append((asked.status_code, asked["Location"], plain(client.get(CODE).text).replace(email, "")))
        pages.append(plain(client.post(CODE, {"code": "none"}).text).replace(email, ""))
    assert pages[:2] == pages[2:]


def test_the_keys_change_with_the_sign_in(client: Client, carol: Customer) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    before, csrf = client.session.session_key, client.cookies.get("csrftoken")
    client.post(CODE, {"code": mailed_code()})
    assert client.session.session_key != before
    assert client.cookies["csrftoken"].value != (csrf.value if csrf else "")


def test_a_wrong_code_is_said_and_can_be_typed_again(client: Client, carol: Customer) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    wrong = f"{(int(mailed_code()) + 1) % 1_000_000:06d}"
    answer = client.post(CODE, {"code": wrong})
    assert answer.status_code == 409
    assert "This is not the code from the latest mail." in answer.text
    assert who(client) is None
    client.post(CODE, {"code": mailed_code()})
    assert who(client) == carol


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This is not an e-mail address."), ("zh-hans", "这不是有效的邮箱地址。")],
)
def test_what_is_no_address_is_said(client: Client, db: None, language: str, sentence: str) -> None:
    client.cookies["django_language"] = language
    answer = client.post(SIGN_IN, {"email": "carol"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not OutgoingMail.objects.exists()


def test_one_address_gets_only_so_many_codes(client: Client, carol: Customer) -> None:
    statuses = [client.post(SIGN_IN, {"email": EMAIL}).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert OutgoingMail.objects.count() == 5
    assert "That was tried too often." in client.post(SIGN_IN, {"email": EMAIL}).text
    assert client.post(SIGN_IN, {"email": "charlie@example.com"}).status_code == 302


def test_one_visitor_asks_for_only_so_many_codes(client: Client, db: None) -> None:
    statuses = [client.post(SIGN_IN, {"email": f"c{n}@example.com"}).status_code for n in range(31)]
    assert statuses.index(429) == 30
    elsewhere = client.post(SIGN_IN, {"email": EMAIL}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


def test_one_visitor_tries_only_so_many_codes(client: Client, carol: Customer) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    statuses = [client.post(CODE, {"code": "none"}).status_code for _ in range(61)]
    assert statuses == [409] * 60 + [429]


def test_without_an_address_there_is_no_code_page(client: Client, db: None) -> None:
    assert client.get(CODE)["Location"] == SIGN_IN
    assert client.post(CODE, {"code": "123456"})["Location"] == SIGN_IN


def test_the_way_leads_back_to_the_page_asked_for(client: Client, carol: Customer) -> None:
    assert client.get("/account/")["Location"] == "/sign-in/?next=%2Faccount%2F"
    assert 'name="next" value="/account/"' in client.get(SIGN_IN, {"next": "/account/"}).text
    assert sign_in(client, next="/account/")["Location"] == "/account/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example", "account"],
)
def test_the_way_never_leads_to_another_house(client: Client, carol: Customer, elsewhere: str) -> None:
    assert sign_in(client, next=elsewhere)["Location"] == "/"


def test_who_is_signed_in_goes_on(client: Client, carol: Customer) -> None:
    sign_in(client)
    assert client.get(SIGN_IN)["Location"] == "/"


def test_a_new_device_speaks_the_customers_language(client: Client, carol: Customer) -> None:
    Customer.objects.update(language="zh-hans")
    sign_in(client)
    assert client.cookies["django_language"].value == "zh-hans"


def test_a_language_chosen_on_the_device_stays(client: Client, carol: Customer) -> None:
    Customer.objects.update(language="zh-hans")
    client.cookies["django_language"] = "en"
    sign_in(client)
    assert client.cookies["django_language"].value == "en"


def test_another_customer_on_the_device_finds_nothing_of_the_first(
    client: Client, carol: Customer, charlie: Customer
) -> None:
    sign_in(client)
    session = client.session
    session["portal_orders"] = {"7": 9e9}
    session["drafts"] = ["d0"]
    session.save()
    client.post(SIGN_IN, {"email": "charlie@example.com"})
    client.post(CODE, {"code": mailed_code()})
    assert who(client) == charlie
    assert "portal_orders" not in client.session
    assert "drafts" not in client.session


def test_signing_out_forgets_everything(client: Client, carol: Customer) -> None:
    sign_in(client)
    before = client.session.session_key
    answer = client.post(OUT, follow=True)
    assert "You are signed out." in answer.text
    assert who(client) is None
    assert client.session.session_key != before


def test_signing_out_takes_a_post(client: Client, carol: Customer) -> None:
    sign_in(client)
    assert client.get(OUT).status_code == 405
    assert who(client) == carol


def test_a_member_of_staff_on_the_device_stays_signed_in(
    client: Client, alice: User, carol: Customer
) -> None:
    client.force_login(alice)
    sign_in(client)
    client.post(OUT)
    assert who(client) is None
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_customer_who_is_gone_is_nobody(client: Client, carol: Customer) -> None:
    sign_in(client)
    carol.delete()
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("path", [SIGN_IN, CODE, "/orders/find/", "/account/"])
def test_pages_with_secrets_are_not_kept_by_caches(client: Client, carol: Customer, path: str) -> None:
    client.post(SIGN_IN, {"email": EMAIL})
    assert "no-store" in client.get(path)["Cache-Control"]
