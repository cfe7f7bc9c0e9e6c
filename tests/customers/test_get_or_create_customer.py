"""One person per contact point, however often and in whatever form they turn up."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from core import events, search
from core.actors import SYSTEM
from core.errors import Refused
from customers import actions
from customers.models import ContactPoint, Customer

Together = Callable[..., list[Any]]


def known(**given: Any) -> Customer:
    return actions.get_or_create_customer(**{"language": "en", "by": SYSTEM, **given})


def points(customer: Customer) -> set[tuple[str, str, bool]]:
    return set(customer.contact_points.values_list("kind", "normalized", "is_primary"))


def test_a_new_person_has_number_language_zone_and_contacts(db: None) -> None:
    customer = known(
        email="Li@Example.com", phone="138 0013 8000", name=" 李雷 ", language="zh-CN", country="cn"
    )
    assert customer.number.startswith("C-")
    assert (customer.name, customer.language, customer.country) == ("李雷", "zh-hans", "CN")
    assert customer.time_zone == "Asia/Shanghai"
    assert points(customer) == {("email", "li@example.com", True), ("phone", "+8613800138000", True)}
    assert (customer.email, customer.phone) == ("Li@Example.com", "138 0013 8000")
    assert [event.kind for event in events.timeline(customer)] == ["customer.created"]


@pytest.mark.parametrize(
    "again",
    [
        {"email": "CAROL@example.com"},
        {"email": " carol@example.com "},
        {"phone": "+86 13800138000"},
        {"phone": "13800138000", "country": "CN"},
        {"external": "shop:77"},
        {"email": "carol@example.com", "phone": "0086-138-0013-8000", "external": "shop:77"},
    ],
)
def test_any_contact_point_finds_the_same_person(db: None, again: dict[str, str]) -> None:
    carol = known(email="carol@example.com", phone="13800138000", external="shop:77", name="Carol")
    assert known(**again) == carol
    assert Customer.objects.count() == 1
    assert carol.contact_points.count() == 3


def test_what_was_not_known_is_added(db: None) -> None:
    carol = known(email="carol@example.com")
    found = known(email="carol@example.com", phone="13800138000", name="Carol")
    assert (found, found.name) == (carol, "Carol")
    assert points(found) == {("email", "carol@example.com", True), ("phone", "+8613800138000", True)}
    assert [event.kind for event in events.timeline(carol)] == [
        "customer.created",
        "customer.edited",
        "customer.contact_added",
    ]


def test_a_known_name_and_language_stay(db: None) -> None:
    known(email="carol@example.com", name="Carol", language="zh-hans")
    found = known(email="carol@example.com", name="Somebody else", language="en")
    assert (found.name, found.language) == ("Carol", "zh-hans")


def test_a_second_address_is_not_the_preferred_one(db: None) -> None:
    known(email="carol@example.com", external="shop:77")
    found = known(external="shop:77", email="carol@work.example")
    assert ("email", "carol@work.example", False) in points(found)
    assert found.email == "carol@example.com"


def test_a_contact_of_somebody_else_stays_theirs(db: None) -> None:
    charlie = known(phone="13800138000")
    carol = known(email="carol@example.com")
    assert known(email="carol@example.com", phone="13800138000") == carol
    assert points(charlie) == {("phone", "+8613800138000", True)}
    assert points(carol) == {("email", "carol@example.com", True)}


def test_the_shop_account_tells_more_than_the_address(db: None) -> None:
    family = known(email="family@example.com")
    son = known(external="shop:5")
    assert known(email="family@example.com", external="shop:5") == son != family


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "customer.no_contact"),
        ({"email": "  "}, "customer.no_contact"),
        ({"email": "carol"}, "customer.email_invalid"),
        ({"phone": "n/a"}, "customer.phone_invalid"),
        ({"email": "carol@example.com", "phone": "n/a"}, "customer.phone_invalid"),
    ],
)
def test_without_a_good_contact_nobody_is_made(db: None, given: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        known(name="Carol", **given)
    assert refused.value.code == code
    assert not Customer.objects.exists()


def test_a_new_person_is_found_by_search(db: None) -> None:
    carol = known(email="carol@example.com", phone="13800138000", name="王小明 Carol")
    for text in ("小明", "carol", "car", carol.number, "carol@example.com", "13800138000", "1380", "8000"):
        query = search.query(text)
        assert list(Customer.objects.filter(search=query)) == [carol], text


def test_twenty_at_once_with_one_address_make_one_person(together: Together) -> None:
    spellings = ["carol@example.com", "Carol@Example.com", " CAROL@EXAMPLE.COM "]
    found = together(*[partial(known, email=spellings[number % 3], name="Carol") for number in range(20)])
    assert len({customer.pk for customer in found}) == 1
    assert Customer.objects.count() == ContactPoint.objects.count() == 1
    assert events.timeline(Customer.objects.get()).count() == 1


def test_twenty_at_once_with_overlapping_contacts_lose_nothing(together: Together) -> None:
    """Half come with the address, half with the number and the address; one person has both."""
    less = partial(known, email="carol@example.com")
    found = together(*[less, partial(less, phone="13800138000")] * 10)
    assert len({customer.pk for customer in found}) == 1
    carol = Customer.objects.get()
    assert points(carol) == {("email", "carol@example.com", True), ("phone", "+8613800138000", True)}


def test_contacts_in_crossed_order_do_not_block_each_other(together: Together) -> None:
    with_phone = partial(known, phone="13800138000")
    both = [partial(with_phone, email="a@example.com"), partial(with_phone, email="b@example.com")]
    assert all(isinstance(found, Customer) for found in together(*both * 5))
    assert ContactPoint.objects.filter(kind="phone").count() == 1
    assert ContactPoint.objects.filter(kind="email").count() == 2
