"""One person with several numbers: everything is theirs, and every bit of it can be given back."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import dispatch, events
from core.errors import Refused
from core.models import Event
from customers import actions, queries
from customers.models import Address, ContactPoint, Customer, MovedRows, Tier
from customers.states import Resemblance
from orders.models import Order
from tests import build
from tests.returns import shop
from tickets import actions as desk
from tickets.models import Ticket


@pytest.fixture
def both(db: None) -> tuple[Customer, Customer]:
    """Carol as she shops and Carol as she writes."""
    one = build.customer("Carol", email="carol@example.com")
    other = build.customer("C. Miller", email="carol.private@example.com")
    ContactPoint.objects.create(
        customer=other, kind="phone", value="030 1", normalized="+49301234567", is_primary=True
    )
    Address.objects.create(customer=other, recipient="Carol", country="DE", lines="Larch Road 1")
    return one, other


def fresh(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def picture(*people: Customer) -> list[Any]:
    """All that undoing has to restore."""
    return [
        (
            fresh(one).name,
            fresh(one).tier_id,
            fresh(one).merged_into_id,
            sorted(one.contact_points.values_list("normalized", "is_primary")),
            sorted(one.addresses.values_list("pk", flat=True)),
            sorted(Order.objects.filter(customer=one).values_list("pk", flat=True)),
            sorted(Ticket.objects.filter(customer=one).values_list("pk", flat=True)),
            sorted(one.cases.values_list("pk", flat=True)),
        )
        for one in people
    ]


def belongings(customer: Customer) -> tuple[Order, Ticket]:
    order = build.order(customer=customer)
    return order, build.ticket(customer=customer, order=order)


@time_machine.travel(shop.DELIVERED, tick=False)
def test_everything_of_the_one_is_the_others(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    order, ticket = belongings(other)
    case = shop.case(shop.order(shop.line("Lamp"), customer=other))
    assert actions.merge_customers(other, into=one, by=lea, note="She called") == one
    dispatch.drain()
    assert {row.customer for row in (fresh_row(order), fresh_row(ticket), fresh_row(case))} == {one}
    kept = dict(one.contact_points.values_list("normalized", "is_primary"))
    assert kept == {"carol@example.com": True, "carol.private@example.com": False, "+49301234567": True}
    assert one.addresses.count() == 1
    assert list(queries.matching(Customer.objects.all(), "carol.private@example.com")) == [one]
    assert events.timeline(one).last().kind == "customer.took_in"  # type: ignore[union-attr]


def fresh_row(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_undone_everything_is_where_it_was(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    belongings(one)
    belongings(other)
    gold = Tier.objects.create(code="gold", rank=3, name_en="Gold", name_zh="金卡")
    Customer.objects.filter(pk=other.pk).update(tier=gold)
    before = picture(one, other)
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    assert fresh(one).tier == gold
    actions.unmerge_customers(other, by=lea)
    dispatch.drain()
    assert picture(one, other) == before
    assert actions.unmerge_customers(other, by=lea) == other


def test_undone_before_anything_followed_nothing_follows(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    belongings(other)
    before = picture(one, other)
    actions.merge_customers(other, into=one, by=lea)
    actions.unmerge_customers(other, by=lea)
    dispatch.drain()
    assert picture(one, other) == before


def test_what_came_since_stays_with_the_person_it_came_to(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    came = actions.get_or_create_customer(email="carol.private@example.com", language="en", by=lea)
    order, _ticket = belongings(came)
    actions.unmerge_customers(other, by=lea)
    dispatch.drain()
    assert fresh_row(order).customer == one
    found = actions.get_or_create_customer(email="carol.private@example.com", language="en", by=lea)
    assert found == other


def test_tickets_merged_across_both_are_taken_apart_with_them(
    both: tuple[Customer, Customer], lea: User
) -> None:
    one, other = both
    mine, theirs = build.ticket(customer=one), build.ticket(customer=other)
    third = build.ticket(customer=one)
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    desk.merge(theirs, into=mine, by=lea)
    desk.merge(mine, into=third, by=lea)
    actions.unmerge_customers(other, by=lea)
    dispatch.drain()
    assert fresh_row(theirs).merged_into is None
    assert fresh_row(theirs).customer == other


def test_every_table_that_knows_a_customer_follows(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    knowing = {
        model._meta.label_lower
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Customer and model._meta.app_label != "customers"
    }
    assert set(MovedRows.objects.values_list("table", flat=True)) == knowing


def test_twice_and_crossed_change_nothing(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    actions.merge_customers(other, into=one, by=lea)
    before = picture(one, other)
    assert actions.merge_customers(other, into=one, by=lea) == one
    assert actions.merge_customers(one, into=other, by=lea) == one
    assert picture(one, other) == before
    with pytest.raises(Refused, match="cannot_merge"):
        actions.merge_customers(one, into=one, by=lea)
    with pytest.raises(Refused, match="cannot_merge"):
        actions.merge_customers(other, into=build.customer("Dora"), by=lea)


def test_a_chain_is_undone_from_its_end(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    last = build.customer("Carol M.")
    belongings(other)
    before = picture(one, other, last)
    actions.merge_customers(other, into=one, by=lea)
    actions.merge_customers(one, into=last, by=lea)
    dispatch.drain()
    assert Order.objects.get().customer == last
    with pytest.raises(Refused, match="cannot_unmerge"):
        actions.unmerge_customers(other, by=lea)
    actions.unmerge_customers(one, by=lea)
    actions.unmerge_customers(other, by=lea)
    dispatch.drain()
    assert picture(one, other, last) == before


def test_merges_in_a_circle_leave_one_person(together: Callable[..., list[Any]], db: None) -> None:
    lea = build.user("Lea", role="lead")
    people = [build.customer(name) for name in ("Ann", "Ben", "Cid")]
    circle = list(zip(people, [*people[1:], people[0]], strict=True))
    outcomes = together(
        *(lambda a=a, b=b: actions.merge_customers(a, into=b, by=lea) for a, b in circle),
        *(lambda p=p: build.ticket(customer=p) for p in people),
    )
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)]
    (left,) = Customer.objects.filter(merged_into=None)
    dispatch.drain()
    assert left.contact_points.count() == 3
    assert left.tickets.count() == 3


# --- the portal --------------------------------------------------------------------------------------


def sign_in(client: Client, customer: Customer) -> None:
    session = client.session
    session["portal_customer"] = customer.pk
    session["portal_epoch"] = fresh(customer).visits_epoch
    session.save()


def seen(client: Client) -> str:
    return client.get(reverse("portal:requests")).content.decode()


def test_under_either_address_a_person_sees_all_of_it_and_nobody_elses(
    both: tuple[Customer, Customer], lea: User, charlie: Customer
) -> None:
    one, other = both
    strange = build.ticket(customer=charlie)
    mine, theirs = build.ticket(customer=one), build.ticket(customer=other)
    early, late = Client(), Client()
    sign_in(early, other)
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    sign_in(late, one)
    for client in (early, late):
        page = seen(client)
        assert mine.number in page
        assert theirs.number in page
        assert strange.number not in page


def test_told_apart_nobody_stays_signed_in_as_the_other(both: tuple[Customer, Customer], lea: User) -> None:
    one, other = both
    mine = build.ticket(customer=one)
    client = Client()
    actions.merge_customers(other, into=one, by=lea)
    dispatch.drain()
    sign_in(client, one)  # with the address of the other, which was hers then
    assert mine.number in seen(client)
    actions.unmerge_customers(other, by=lea)
    assert client.get(reverse("portal:requests")).status_code == 302


# --- who may be the same -----------------------------------------------------------------------------


def test_who_may_be_the_same_person_is_proposed_with_the_reason(both: tuple[Customer, Customer]) -> None:
    one, other = both
    tagged = build.customer("Caro", email="carol+shop@example.com")
    called = build.customer("Called", email="")
    ContactPoint.objects.create(customer=called, kind="phone", value="1", normalized="+4930998877")
    Address.objects.create(
        customer=one,
        recipient="Carol",
        country="DE",
        postcode="10115",
        lines="Larch Road 1",
        phone="+49 30 998877",
    )
    Address.objects.create(
        customer=other, recipient="Carol", country="DE", postcode="10115", lines="larch road, 1"
    )
    build.customer("Carola", email="carola@example.com")
    found = dict(queries.same_person(one))
    assert found == {
        tagged: Resemblance.MAILBOX,
        called: Resemblance.PHONE,
        other: Resemblance.ADDRESS,
    }


def test_two_persons_are_told_apart_once_and_that_can_be_taken_back(
    both: tuple[Customer, Customer], lea: User
) -> None:
    one, other = both
    tagged = build.customer("Caro", email="carol+shop@example.com")
    actions.tell_apart(one, other=tagged, by=lea)
    actions.tell_apart(tagged, other=one, by=lea)
    assert tagged not in dict(queries.same_person(one))
    assert one not in dict(queries.same_person(tagged))
    assert queries.told_apart(tagged) == [one]
    assert Event.objects.filter(kind="customer.told_apart").count() == 2
    actions.suspect_again(tagged, other=one, by=lea)
    actions.suspect_again(tagged, other=one, by=lea)
    assert tagged in dict(queries.same_person(one))
    assert Event.objects.filter(kind="customer.suspected_again").count() == 2
    with pytest.raises(Refused, match=r"customer\.cannot_tell_apart"):
        actions.tell_apart(one, other=one, by=lea)
    actions.merge_customers(other, into=one, by=lea)
    with pytest.raises(Refused, match=r"customer\.cannot_tell_apart"):
        actions.tell_apart(tagged, other=other, by=lea)


def test_many_at_once_tell_a_pair_apart_once(together: Callable[..., list[Any]]) -> None:
    one, other, lea = build.customer("A"), build.customer("B"), build.user("Lea", role="lead")
    rows = together(
        lambda: actions.tell_apart(one, other=other, by=lea),
        lambda: actions.tell_apart(other, other=one, by=lea),
        lambda: actions.tell_apart(one, other=other, by=lea),
    )
    assert len({row.pk for row in rows}) == 1


def test_telling_apart_on_the_page_and_by_api(
    both: tuple[Customer, Customer], lea: User, client: Client
) -> None:
    one, _other = both
    tagged = build.customer("Caro", email="carol+shop@example.com")
    client.force_login(lea)
    page = reverse("console:customer", args=[one.number])
    assert "Possibly the same person" in client.get(page).content.decode()
    client.post(reverse("console:customer-tell-apart", args=[one.number]), {"other": tagged.number})
    shown = client.get(page).content.decode()
    assert "Possibly the same person" not in shown
    assert "looks alike and is another person" in shown
    client.post(reverse("console:customer-suspect-again", args=[one.number]), {"other": tagged.number})
    assert "Possibly the same person" in client.get(page).content.decode()
    for verb, pairs in (("tell-apart", 1), ("tell-apart", 1), ("suspect-again", 0)):
        path = f"/api/v1/customers/{one.number}/{verb}/"
        assert client.post(path, {"other": tagged.number}, content_type="application/json").status_code == 200
        assert len(queries.told_apart(one)) == pairs
    unknown = client.post(
        f"/api/v1/customers/{one.number}/tell-apart/", {"other": "C-0"}, content_type="application/json"
    )
    assert unknown.status_code == 400


# --- the edges ---------------------------------------------------------------------------------------


def test_the_page_compares_warns_merges_and_undoes(
    both: tuple[Customer, Customer], lea: User, client: Client
) -> None:
    one, other = both
    client.force_login(lea)
    url = reverse("console:customer-merge", args=[other.number])
    assert one.number in client.get(url, {"q": "carol@example.com"}).content.decode()
    shown = client.get(url, {"into": one.number}).content.decode()
    assert "Nobody has ever proven that carol.private@example.com is theirs." in shown
    assert client.post(url, {"into": "C-1"}).status_code == 422
    onward = client.post(url, {"into": one.number}).headers["Location"]
    assert onward == reverse("console:customer", args=[one.number])
    listed = client.get(reverse("console:customers")).content.decode()
    assert other.number not in listed
    assert one.number in client.get(reverse("console:customer", args=[other.number])).content.decode()
    client.post(reverse("console:customer-unmerge", args=[other.number]))
    assert fresh(other).merged_into is None


def test_an_agent_may_not_merge_people(both: tuple[Customer, Customer], alice: User, client: Client) -> None:
    client.force_login(alice)
    url = reverse("console:customer-merge", args=[both[1].number])
    assert [client.get(url).status_code, client.post(url).status_code] == [403, 403]


def test_the_api_merges_and_tells_apart(both: tuple[Customer, Customer], lea: User, client: Client) -> None:
    from accounts.actions import issue_token

    one, other = both
    _row, text = issue_token(lea, name="crm", by=lea)
    headers = {"Authorization": f"Token {text}"}
    url = f"/api/v1/customers/{other.number}"
    wrong = client.post(f"{url}/merge/", {"into": "C-1"}, content_type="application/json", headers=headers)
    assert wrong.status_code == 400
    done = client.post(
        f"{url}/merge/", {"into": one.number}, content_type="application/json", headers=headers
    )
    assert (done.status_code, done.json()["number"]) == (200, one.number)
    assert client.get(f"{url}/", headers=headers).json()["merged_into"] == one.number
    assert client.post(f"{url}/unmerge/", headers=headers).json()["merged_into"] is None
