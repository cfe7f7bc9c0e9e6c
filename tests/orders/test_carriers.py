"""Whose number it is, whether it can be right, and what a slip of the finger does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.carriers import SHAPES, Verdict, guess, named, tidy, verdict

PROVEN = {
    "ups": "1Z999AA10123456784",
    "royal_mail": "RB123456785GB",
    "fedex": "986578788855",
    "dhl": "3318810025",
    "usps": "9405511899223197428490",
}
"""Numbers that carriers and their documentation give as examples, each with a check digit."""


@pytest.mark.parametrize(
    ("carrier", "number"),
    [
        *PROVEN.items(),
        ("fedex", "041441760228964"),
        ("usps", "420941059405511899223197428490"),
        ("dhl", "00340434161094042557"),
        ("dhl", "JJD000390007882823461"),
        ("sf", "SF1234567890123"),
        ("zto", "75312345678901"),
        ("yto", "YT8812345678901"),
        ("sto", "773123456789012"),
        ("yunda", "4312345678901"),
        ("jd", "JDVA12345678901"),
        ("ems", "EA123456785CN"),
        ("china_post", "RB123456785CN"),
        ("deutsche_post", "RB123456785DE"),
    ],
)
def test_numbers_as_carriers_print_them(carrier: str, number: str) -> None:
    assert verdict(carrier, number) == Verdict.GOOD


@pytest.mark.parametrize(("carrier", "number"), PROVEN.items())
def test_any_wrong_digit_is_noticed(carrier: str, number: str) -> None:
    """In the last digit, which is the proof of the others (a country may follow it)."""
    place = max(n for n, char in enumerate(number) if char.isdigit())
    for digit in set("0123456789") - {number[place]}:
        wrong = number[:place] + digit + number[place + 1 :]
        assert verdict(carrier, wrong) == Verdict.MISTYPED, wrong


@pytest.mark.parametrize(
    ("carrier", "number"),
    [("sf", "RT123456789012"), ("ups", "SF1234567890123"), ("fedex", "ABC123"), ("ems", "EA123456785DE")],
)
def test_numbers_of_other_carriers_are_odd(carrier: str, number: str) -> None:
    assert verdict(carrier, number) == Verdict.ODD


@given(st.from_regex(r"[A-Z0-9]{6,40}", fullmatch=True))
def test_a_carrier_we_do_not_know_takes_any_number(number: str) -> None:
    assert verdict("", number) == Verdict.GOOD


@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_whatever_is_guessed_fits(carrier: str, data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES[carrier]))
    number = data.draw(st.from_regex(shape.pattern, fullmatch=True).filter(str.isascii))
    found = guess(number)
    assert not found or verdict(found, number) == Verdict.GOOD


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z999AA10123456784", "ups"),
        ("SF1234567890123", "sf"),
        ("YT8812345678901", "yto"),
        ("JDVA12345678901", "jd"),
        ("RB123456785GB", "royal_mail"),
        ("9405511899223197428490", "usps"),
        ("1Z999AA10123456785", ""),
        ("123456789012", ""),
    ],
)
def test_a_number_that_tells_its_carrier(number: str, carrier: str) -> None:
    assert guess(number) == carrier


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SF Express 顺丰", "sf"),
        ("顺丰速运", "sf"),
        ("shunfeng", "sf"),
        ("圆通速递", "yto"),
        ("China Post 中国邮政", "china_post"),
        ("dhl-germany", "dhl"),
        ("UPS Standard", "ups"),
        ("Deutsche Post", "deutsche_post"),
        ("Hermes", ""),
        ("", ""),
    ],
)
def test_carriers_go_by_many_names(text: str, code: str) -> None:
    assert named(text) == code


def test_a_number_is_tidied_as_it_is_copied() -> None:
    assert tidy(" 1z 999-aa1 0123.456784 ") == "1Z999AA10123456784"
