"""Codes by mail: six digits, ten minutes, five tries, one use, the latest only."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from core import events, mail
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers import actions
from customers.actions.sign_in import sweep_codes
from customers.models import Customer, SignInCode

Together = Callable[..., list[Any]]

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EMAIL = "carol@example.com"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def mailed(email: str = EMAIL, *, language: str = "en") -> str:
    """Ask for a code and read it out of the mail."""
    row = actions.send_code(email, language=language, by=SYSTEM)
    text = OutgoingMail.objects.get(key=f"sign-in-code:{row.pk}").text
    found = re.search(r"\b\d{6}\b", text)
    assert found is not None
    return found.group()


def refusal(code: str, email: str = EMAIL) -> str:
    with pytest.raises(Refused) as refused:
        actions.check_code(email, code, language="en")
    return refused.value.code


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# --- sending -----------------------------------------------------------------------------------------


def test_only_a_hash_is_kept(db: None) -> None:
    code = mailed()
    assert code not in str(list(SignInCode.objects.values()))


@pytest.mark.parametrize(
    ("language", "subject"), [("en", "Your sign-in code"), ("zh-hans", "您的登录验证码")]
)
def test_the_mail_speaks_the_language_of_the_page(db: None, language: str, subject: str) -> None:
    mailed(language=language)
    letter = OutgoingMail.objects.get()
    assert letter.subject == subject
    assert (letter.to, letter.language) == (EMAIL, language)


def test_the_code_is_wiped_once_the_mail_is_sent(db: None) -> None:
    code = mailed()
    mail.send_due()
    letter = OutgoingMail.objects.get()
    assert letter.state == OutgoingMail.State.SENT
    assert code not in letter.text + letter.subject


def test_known_and_unknown_addresses_are_treated_alike(carol: Customer) -> None:
    mailed(EMAIL)
    mailed("stranger@example.com")
    one, other = OutgoingMail.objects.order_by("pk")
    assert re.sub(r"\d{6}", "#", one.text) == re.sub(r"\d{6}", "#", other.text)
    assert Customer.objects.count() == 1


def test_what_is_no_address_is_refused(db: None) -> None:
    with pytest.raises(Refused) as refused:
        actions.send_code("carol", language="en", by=SYSTEM)
    assert refused.value.code == "customer.email_invalid"


# --- checking ----------------------------------------------------------------------------------------


def test_the_right_code_proves_the_address(carol: Customer, clock: time_machine.Traveller) -> None:
    assert actions.check_code("CAROL@example.com ", mailed(), language="en") == carol
    point = carol.contact_points.get(kind="email")
    assert point.verified_at == NOW
    event = events.timeline(carol).last()
    assert event is not None
    assert (event.kind, event.actor_kind) == ("customer.signed_in", "customer")


def test_an_unknown_address_makes_a_person_only_when_proven(db: None) -> None:
    code = mailed("new@example.com", language="zh-hans")
    assert not Customer.objects.exists()
    customer = actions.check_code("new@example.com", code, language="zh-hans")
    assert (customer.email, customer.language) == ("new@example.com", "zh-hans")


def test_a_code_is_good_once(carol: Customer) -> None:
    code = mailed()
    actions.check_code(EMAIL, code, language="en")
    assert refusal(code) == "sign_in.code_closed"


def test_a_code_is_good_for_ten_minutes(carol: Customer, clock: time_machine.Traveller) -> None:
    code = mailed()
    clock.move_to(NOW + timedelta(minutes=10))
    assert refusal(code) == "sign_in.code_closed"


def test_only_the_latest_code_counts(carol: Customer) -> None:
    first, second = mailed(), mailed()
    if first != second:
        assert refusal(first) == "sign_in.wrong_code"
    assert actions.check_code(EMAIL, second, language="en") == carol


def test_after_five_wrong_ones_the_right_one_is_worthless(carol: Customer) -> None:
    code = mailed()
    refusals = [refusal(other_than(code)) for _ in range(5)]
    assert refusals == ["sign_in.wrong_code"] * 4 + ["sign_in.code_closed"]
    assert refusal(code) == "sign_in.code_closed"


def test_a_code_is_worthless_for_another_address(carol: Customer, charlie: Customer) -> None:
    code = mailed(EMAIL)
    assert refusal(code, "charlie@example.com") == "sign_in.code_closed"


def test_without_a_code_sent_nothing_is_right(carol: Customer) -> None:
    assert refusal("000000") == "sign_in.code_closed"
    assert refusal("000000", "") == "sign_in.code_closed"


def test_guessing_at_once_counts_every_guess(together: Together, carol: Customer) -> None:
    wrong = other_than(mailed())
    together(*[partial(actions.check_code, EMAIL, wrong, language="en")] * 12)
    assert SignInCode.objects.get().failures == 5


def test_one_code_at_once_signs_in_once(together: Together, carol: Customer) -> None:
    code = mailed()
    results = together(*[partial(actions.check_code, EMAIL, code, language="en")] * 8)
    assert results.count(carol) == 1
    assert events.timeline(carol).filter(kind="customer.signed_in").count() == 1


def test_worthless_codes_are_forgotten_after_a_day(db: None, clock: time_machine.Traveller) -> None:
    mailed()
    clock.move_to(NOW + timedelta(hours=24))
    mailed("charlie@example.com")
    assert sweep_codes() == 0
    clock.move_to(NOW + timedelta(hours=24, minutes=11))
    assert sweep_codes() == 1
    assert SignInCode.objects.get().email == "charlie@example.com"
