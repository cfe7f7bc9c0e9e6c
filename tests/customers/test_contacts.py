"""Contact points: added, preferred, removed; each belongs to one person."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from core import events, search
from core.errors import Refused
from customers import actions
from customers.models import ContactPoint, Customer

Together = Callable[..., list[Any]]

EMAIL, PHONE = ContactPoint.Kind.EMAIL, ContactPoint.Kind.PHONE


def kinds(customer: Customer) -> list[str]:
    return [event.kind for event in events.timeline(customer)][1:]


# --- add_contact -------------------------------------------------------------------------------------


def test_an_added_contact_is_kept_told_and_found(carol: Customer, alice: User) -> None:
    point = actions.add_contact(carol, kind=EMAIL, value="Carol@Work.example", by=alice)
    assert (point.value, point.normalized, point.is_primary) == (
        "Carol@Work.example",
        "carol@work.example",
        False,
    )
    assert kinds(carol) == ["customer.contact_added"]
    assert list(Customer.objects.filter(search=search.query("carol@work.example"))) == [carol]


def test_a_number_is_read_as_one_of_the_customers_country(carol: Customer, alice: User) -> None:
    carol = actions.edit(carol, country="DE", by=alice)
    assert actions.add_contact(carol, kind=PHONE, value="030 123456", by=alice).normalized == "+4930123456"


def test_a_contact_the_person_has_is_left_as_it_is(carol: Customer, alice: User) -> None:
    point = actions.add_contact(carol, kind=EMAIL, value="CAROL@example.com", by=alice)
    assert (point.value, point.is_primary) == ("carol@example.com", True)
    assert kinds(carol) == []


def test_a_contact_of_somebody_else_is_refused(carol: Customer, charlie: Customer, alice: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_contact(charlie, kind=EMAIL, value="carol@example.com", by=alice)
    assert refused.value.code == "customer.contact_taken"
    assert refused.value.facts == {"value": "carol@example.com", "number": carol.number}


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [(EMAIL, "carol", "customer.email_invalid"), (PHONE, "12", "customer.phone_invalid")],
)
def test_what_is_no_contact_is_refused(
    carol: Customer, alice: User, kind: str, value: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_contact(carol, kind=kind, value=value, by=alice)
    assert refused.value.code == code


# --- make_primary ------------------------------------------------------------------------------------


def test_another_address_becomes_the_preferred_one(carol: Customer, alice: User) -> None:
    point = actions.add_contact(carol, kind=EMAIL, value="carol@work.example", by=alice)
    actions.make_primary(carol, point=point, by=alice)
    fresh = Customer.objects.get(pk=carol.pk)
    assert (fresh.email, fresh.phone) == ("carol@work.example", "13800138000")
    assert carol.contact_points.filter(is_primary=True, kind=EMAIL).count() == 1
    assert kinds(carol) == ["customer.contact_added", "customer.contact_preferred"]


def test_preferring_twice_changes_nothing(carol: Customer, alice: User) -> None:
    point = carol.contact_points.get(kind=EMAIL)
    actions.make_primary(carol, point=point, by=alice)
    assert kinds(carol) == []


def test_preferring_different_ones_at_once_ends_with_one(
    together: Together, carol: Customer, alice: User
) -> None:
    rivals = [actions.add_contact(carol, kind=EMAIL, value=f"c{n}@x.example", by=alice) for n in range(6)]
    together(*[partial(actions.make_primary, carol, point=rival, by=alice) for rival in rivals])
    assert carol.contact_points.filter(is_primary=True, kind=EMAIL).count() == 1


# --- remove_contact ----------------------------------------------------------------------------------


def test_a_removed_contact_is_gone_told_and_not_found(carol: Customer, alice: User) -> None:
    actions.remove_contact(carol, point=carol.contact_points.get(kind=PHONE), by=alice)
    assert not carol.contact_points.filter(kind=PHONE).exists()
    assert kinds(carol) == ["customer.contact_removed"]
    assert not Customer.objects.filter(search=search.query("13800138000")).exists()


def test_the_next_address_takes_its_place(carol: Customer, alice: User) -> None:
    actions.add_contact(carol, kind=EMAIL, value="carol@work.example", by=alice)
    actions.remove_contact(carol, point=carol.contact_points.get(normalized="carol@example.com"), by=alice)
    assert carol.contact_points.get(kind=EMAIL).is_primary


def test_removing_twice_changes_nothing(carol: Customer, alice: User) -> None:
    point = carol.contact_points.get(kind=PHONE)
    for _ in range(2):
        actions.remove_contact(carol, point=point, by=alice)
    assert kinds(carol) == ["customer.contact_removed"]


def test_the_last_way_to_reach_a_person_stays(charlie: Customer, alice: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.remove_contact(charlie, point=charlie.contact_points.get(), by=alice)
    assert refused.value.code == "customer.last_contact"


def test_two_who_remove_the_last_two_leave_one(together: Together, carol: Customer, alice: User) -> None:
    both = list(carol.contact_points.all())
    results = together(*[partial(actions.remove_contact, carol, point=point, by=alice) for point in both])
    assert carol.contact_points.count() == 1
    assert [type(result) for result in results].count(Refused) == 1
