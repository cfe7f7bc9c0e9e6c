"""When two addresses or numbers are the same, and what is none at all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import rules

CN, US, DE = ["CN"], ["US"], ["DE"]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given_as", "normal"),
    [
        ("Carol@Example.COM", "carol@example.com"),
        ("  carol@example.com\n", "carol@example.com"),
        ("ｃａｒｏｌ＠example.com", "carol@example.com"),
        ("carol+shop@example.com", "carol+shop@example.com"),
        ("c.a.rol@example.com", "c.a.rol@example.com"),
        ("carol@例子.中国", "carol@例子.中国"),
        ("carol", ""),
        ("carol@", ""),
        ("carol@example", ""),
        ("carol @example.com", ""),
        ("", ""),
        ("a" * 250 + "@example.com", ""),
        ("carol@example.com\r\nBcc: all@example.com", ""),
    ],
)
def test_an_address_has_one_form(given_as: str, normal: str) -> None:
    assert rules.normal_email(given_as) == normal


@pytest.mark.parametrize(
    ("given_as", "regions", "normal"),
    [
        ("138 0013 8000", CN, "+8613800138000"),
        ("138-0013-8000", CN, "+8613800138000"),
        ("１３８００１３８０００", CN, "+8613800138000"),
        ("+86 138 0013 8000", US, "+8613800138000"),
        ("0086 13800138000", US, "+8613800138000"),
        ("13800138000", ["US", "CN"], "+8613800138000"),
        ("010-6552 9988", CN, "+861065529988"),
        ("(212) 555-0147", US, "+12125550147"),
        ("030 123456", DE, "+4930123456"),
        ("+49 30 123456", CN, "+4930123456"),
        ("12", CN, ""),
        ("call me", CN, ""),
        ("", CN, ""),
        ("13800138000", [], ""),
        ("9" * 300, CN, ""),
    ],
)
def test_a_number_has_one_form(given_as: str, regions: list[str], normal: str) -> None:
    assert rules.normal_phone(given_as, regions) == normal


def test_a_number_without_country_may_mean_several() -> None:
    assert set(rules.possible_phones("2125550147", ["US", "DE"])) == {"+12125550147", "+492125550147"}


@given(st.text(max_size=60))
def test_normal_forms_stay_as_they_are(text: str) -> None:
    email, phone = rules.normal_email(text), rules.normal_phone(text, CN)
    assert rules.normal_email(email) == email
    assert rules.normal_phone(phone, CN) == phone


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-Hant", "zh-hans"),
        ("en-US", "en"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_a_tag_means_one_of_our_languages(tag: str, language: str) -> None:
    assert rules.normal_language(tag) == language


@pytest.mark.parametrize(
    ("told", "country"), [("cn", "CN"), ("DE", "DE"), ("China", ""), ("", ""), ("C1", "")]
)
def test_a_country_is_two_letters(told: str, country: str) -> None:
    assert rules.normal_country(told) == country


def test_regions_are_asked_from_the_nearest() -> None:
    assert rules.regions_of("", "de", default=["CN", "DE"]) == ["DE", "CN"]


def test_a_phone_is_found_with_and_without_country_code_and_by_its_end() -> None:
    texts = rules.search_text(name="Carol", number="C-1", emails=["c@x.example"], phones=["+8613800138000"])
    assert texts == ("Carol", "C-1 c@x.example", "+8613800138000 13800138000 8000")


def test_codes_are_six_digits_and_differ() -> None:
    codes = {rules.new_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 150


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "１２３４５６", "123-456"])
def test_a_code_is_good_however_it_is_spaced(typed: str) -> None:
    assert rules.is_code(rules.code_digest("carol@example.com", "123456"), "carol@example.com", typed)


@pytest.mark.parametrize("typed", ["123457", "", "12345", "abcdef", "1234567"])
def test_another_code_is_not(typed: str) -> None:
    assert not rules.is_code(rules.code_digest("carol@example.com", "123456"), "carol@example.com", typed)


def test_a_code_is_good_for_its_own_address_only() -> None:
    assert not rules.is_code(
        rules.code_digest("carol@example.com", "123456"), "charlie@example.com", "123456"
    )


@pytest.mark.parametrize(
    ("age", "used", "failures", "open_"),
    [
        (timedelta(), False, 0, True),
        (timedelta(minutes=9, seconds=59), False, 4, True),
        (timedelta(minutes=10), False, 0, False),
        (timedelta(), True, 0, False),
        (timedelta(), False, 5, False),
    ],
)
def test_a_code_is_open_while_unused_fresh_and_not_guessed_at(
    age: timedelta, used: bool, failures: int, open_: bool
) -> None:
    state = rules.may_be_tried(
        expires_at=NOW + rules.CODE_GOOD_FOR, used_at=NOW if used else None, failures=failures, now=NOW + age
    )
    assert state == open_
