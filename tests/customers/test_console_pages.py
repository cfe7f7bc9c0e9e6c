"""Customers for staff: found by anything known of them, shown on one page, changed by who may."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.rights import ROLE_RIGHTS, Right, Role
from core.actors import SYSTEM
from customers import actions
from customers.models import Address, Customer, Tier
from tests import build

LIST = "/console/customers/"


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def gold(db: None) -> Tier:
    return Tier.objects.create(code="gold", rank=3, name_en="Gold", name_zh="黄金会员")


def page(customer: Customer, ending: str = "") -> str:
    return f"{LIST}{customer.number}/{ending}"


# --- the list ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["carol", "Che", "carol@example.com", "CAROL@EXAMPLE.COM", "138 0013 8000", "+8613800138000", "8000"],
)
def test_one_box_finds_by_anything(desk: Client, carol: Customer, charlie: Customer, text: str) -> None:
    answer = desk.get(LIST, {"q": text})
    assert [row.number for row in answer.context["page"]] == [carol.number]


def test_the_number_finds_exactly_one(desk: Client, carol: Customer, charlie: Customer) -> None:
    answer = desk.get(LIST, {"q": charlie.number})
    assert [row.number for row in answer.context["page"]] == [charlie.number]


def test_a_chinese_name_is_found_by_a_part(desk: Client, carol: Customer) -> None:
    wang = actions.get_or_create_customer(email="w@example.com", name="王小明", language="zh-hans", by=SYSTEM)
    assert [row.pk for row in desk.get(LIST, {"q": "小明"}).context["page"]] == [wang.pk]


def test_the_list_narrows_to_a_tier(desk: Client, carol: Customer, charlie: Customer, gold: Tier) -> None:
    actions.edit(carol, tier=gold, by=SYSTEM)
    assert [row.pk for row in desk.get(LIST, {"tier": gold.pk}).context["page"]] == [carol.pk]
    assert [row.pk for row in desk.get(LIST, {"tier": "nonsense"}).context["page"]] == [charlie.pk, carol.pk]


def test_the_list_is_paged_newest_first(desk: Client) -> None:
    made = [build.customer(f"Customer {number}").pk for number in range(60)]
    first = desk.get(LIST).context["page"]
    second = desk.get(LIST, {"cursor": first.next}).context["page"]
    assert [row.pk for row in first] + [row.pk for row in second] == made[::-1]


def test_the_cost_of_the_list_does_not_grow(
    desk: Client, carol: Customer, django_assert_max_num_queries: "object"
) -> None:
    for number in range(30):
        build.customer(f"Customer {number}")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        desk.get(LIST)


@pytest.mark.parametrize(("language", "sentence"), [("en", "Nobody found"), ("zh-hans", "没有找到客户")])
def test_nobody_found_is_said(desk: Client, carol: Customer, language: str, sentence: str) -> None:
    desk.cookies["django_language"] = language
    assert sentence in desk.get(LIST, {"q": "nobody of this name"}).text


def test_an_empty_house_says_where_customers_come_from(desk: Client) -> None:
    assert "They come with imported orders" in desk.get(LIST).text


# --- one person --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Germany", "Gold", "preferred", "History"]),
        ("zh-hans", ["德国", "黄金会员", "首选", "历史记录"]),
    ],
)
def test_one_page_tells_everything(
    desk: Client, carol: Customer, gold: Tier, language: str, words: list[str]
) -> None:
    actions.edit(carol, tier=gold, country="DE", by=SYSTEM)
    Address.objects.create(customer=carol, recipient="C. Chen", country="DE", city="Berlin", lines="Allee 1")
    desk.cookies["django_language"] = language
    answer = desk.get(page(carol))
    assert answer.status_code == 200
    for word in [carol.number, "carol@example.com", "13800138000", "Allee 1", *words]:
        assert word in answer.text, word


def test_what_a_customer_calls_themselves_is_escaped(desk: Client) -> None:
    name = "<script>alert(1)</script>"
    mallory = actions.get_or_create_customer(email="m@example.com", name=name, language="en", by=SYSTEM)
    assert name not in desk.get(page(mallory)).text
    assert name not in desk.get(LIST).text


def test_an_unknown_number_is_not_there(desk: Client, carol: Customer) -> None:
    assert desk.get(f"{LIST}C-1/").status_code == 404


# --- changes -----------------------------------------------------------------------------------------


def test_the_form_changes_a_person(desk: Client, carol: Customer, gold: Tier) -> None:
    form = {"name": "Carol Wang", "language": "zh-hans", "country": "CN", "time_zone": "Asia/Shanghai"}
    answer = desk.post(page(carol, "edit/"), {**form, "tier": gold.pk}, follow=True)
    assert answer.redirect_chain == [(page(carol), 302)]
    carol.refresh_from_db()
    assert (carol.name, carol.language, carol.country, carol.tier) == ("Carol Wang", "zh-hans", "CN", gold)


def test_wrong_input_keeps_what_was_typed(desk: Client, carol: Customer) -> None:
    form = {"name": "Carol Wang", "language": "klingon", "time_zone": "Asia/Shanghai"}
    answer = desk.post(page(carol, "edit/"), form)
    assert answer.status_code == 422
    assert 'value="Carol Wang"' in answer.text


def test_a_contact_is_added(desk: Client, carol: Customer) -> None:
    answer = desk.post(
        page(carol, "contacts/add/"), {"kind": "email", "value": "carol@work.example"}, follow=True
    )
    assert "carol@work.example was added." in answer.text


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "already belongs to customer"), ("zh-hans", "已属于客户")]
)
def test_a_contact_of_somebody_else_is_refused_with_their_number(
    desk: Client, carol: Customer, charlie: Customer, language: str, sentence: str
) -> None:
    desk.cookies["django_language"] = language
    answer = desk.post(page(charlie, "contacts/add/"), {"kind": "email", "value": "carol@example.com"})
    assert answer.status_code == 409
    assert sentence in answer.text
    assert carol.number in answer.text
    assert 'value="carol@example.com"' in answer.text


def test_a_contact_is_preferred_and_removed(desk: Client, carol: Customer, alice: User) -> None:
    point = actions.add_contact(carol, kind="email", value="carol@work.example", by=alice)
    desk.post(page(carol, f"contacts/{point.pk}/prefer/"))
    assert Customer.objects.get(pk=carol.pk).email == "carol@work.example"
    desk.post(page(carol, f"contacts/{point.pk}/remove/"))
    assert Customer.objects.get(pk=carol.pk).email == "carol@example.com"


def test_the_last_contact_stays_and_the_page_says_why(desk: Client, charlie: Customer) -> None:
    point = charlie.contact_points.get()
    answer = desk.post(page(charlie, f"contacts/{point.pk}/remove/"), follow=True)
    assert "is the last way to reach this customer" in answer.text
    assert charlie.contact_points.exists()


@pytest.mark.parametrize("verb", ["prefer", "remove"])
def test_a_contact_is_reached_through_its_person_only(
    desk: Client, carol: Customer, charlie: Customer, verb: str
) -> None:
    point = carol.contact_points.get(kind="email")
    assert desk.post(page(charlie, f"contacts/{point.pk}/{verb}/")).status_code == 404


# --- who ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_and_changes_what_it_may(client: Client, carol: Customer, role: Role) -> None:
    client.force_login(build.user(role=role))
    reads = 200 if Right.READ_CUSTOMERS in ROLE_RIGHTS[role] else 403
    edits = 200 if Right.EDIT_CUSTOMERS in ROLE_RIGHTS[role] else 403
    assert client.get(LIST).status_code == reads
    assert client.get(page(carol)).status_code == reads
    assert client.get(page(carol, "edit/")).status_code == edits
    point = carol.contact_points.get(kind="phone")
    posted = client.post(page(carol, f"contacts/{point.pk}/remove/")).status_code
    assert posted == (302 if edits == 200 else 403)


def test_who_may_not_change_sees_no_buttons(client: Client, carol: Customer, mara: User) -> None:
    client.force_login(mara)
    text = client.get(page(carol)).text
    assert "/edit/" not in text
    assert "/contacts/" not in text


@pytest.mark.parametrize("ending", ["", "edit/"])
def test_a_stranger_is_led_to_sign_in(client: Client, carol: Customer, ending: str) -> None:
    assert client.get(page(carol, ending))["Location"].startswith("/accounts/login/")
