"""What applies and why, on pages for customers and staff and by API; policies tried out and edited."""

from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.actions import issue_token
from accounts.models import User
from accounts.rights import Role
from core.errors import Refused
from core.models import Event
from customers.models import Customer
from orders.models import Order
from returns.actions import save_policy
from returns.models import PolicyAmounts, ReturnPolicy
from tests import build
from tests.returns import shop
from tests.returns.test_portal import guest, visitor


@pytest.fixture
def ada(desk: Traveller) -> User:
    return build.user("Ada", role=Role.ADMINISTRATOR)


@pytest.fixture
def german(desk: Traveller) -> Order:
    return shop.order(
        shop.line("Slip", category="Underwear"),
        shop.line("Lamp", flags=["custom_made"]),
        customer=build.customer("Carol", country="DE"),
        ship_to={"country": "DE"},
    )


def staff(user: User, language: str = "en") -> Client:
    client = Client()
    user.language = language
    user.save()
    client.force_login(user)
    return client


def page(client: Client, address: str, **asked: Any) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the customer's page -----------------------------------------------------------------------------


def test_a_customer_reads_what_applies_and_why(german: Order) -> None:
    shop.policy(window_days=10, restocking_percent=15)
    told = page(visitor(german.customer), f"/orders/{german.reference}/policy/")
    assert "It can be returned until 16 Mar." in told  # 15 March is a Sunday
    assert "15 Mar is a weekend: the end moves on." in told
    assert "European Union: 14 days to withdraw" in told
    assert "by law; the policy says: 10 days" in told
    assert "Does not hold for these goods: Made to order." in told
    assert "Approved without review" not in told
    assert "looked at" not in told


def test_a_chinese_reader_reads_it_in_chinese(german: Order) -> None:
    client = visitor(german.customer)
    client.cookies["django_language"] = "zh-hans"
    told = page(client, f"/orders/{german.reference}/policy/")
    assert "欧盟：十四天撤回权" in told
    assert "退货期限" in told


def test_a_guest_reads_it_and_a_stranger_does_not(german: Order, carol: Customer) -> None:
    assert guest(german).get(f"/orders/{german.reference}/policy/").status_code == 200
    assert visitor(carol).get(f"/orders/{german.reference}/policy/").status_code == 404


# --- the staff's page --------------------------------------------------------------------------------


def test_staff_see_every_policy_that_was_looked_at(german: Order, alice: User) -> None:
    told = page(staff(alice), f"/console/orders/{german.reference}/policy/")
    assert "China: 7 days, no reason needed" in told
    assert "Only in China, not in Germany." in told
    assert "It is the only policy that fits." in told
    assert "Approved without review up to" in told


def test_staff_ask_for_a_reason_and_a_kind(german: Order, alice: User) -> None:
    shop.policy(freight_payer="customer")
    client = staff(alice)
    address = f"/console/orders/{german.reference}/policy/"
    conformity = "European Union: two years of conformity"
    assert conformity in page(client, address)
    asked = page(client, address, reason="defective", kind="repair")
    assert "Holds: at least 730 days." in asked


def test_the_way_leads_there(german: Order, alice: User) -> None:
    address = f"/orders/{german.reference}/policy/"
    assert address in page(visitor(german.customer), f"/orders/{german.reference}/actions/")
    assert f"/console{address}" in page(staff(alice), f"/console/orders/{german.reference}/cases/")


# --- the API -----------------------------------------------------------------------------------------


def test_other_systems_ask_too(german: Order, alice: User) -> None:
    _row, token = issue_token(alice, name="shop", by=alice)
    client = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    slip, lamp = client.get(f"/api/v1/orders/{german.reference}/policy/").json()
    assert (slip["blocked"], slip["decided_by"], slip["terms"]["window_days"]) == ("", "only", 30)
    assert [miss["field"] for row in slip["candidates"] for miss in row["misses"]] == ["country"]
    law = next(row for row in lamp["law"] if row["code"] == "eu-withdrawal")
    assert (law["applies"], law["exempt"]) == (False, "custom_made")
    asked = {"reason": "defective", "kind": "repair"}
    (slip, _lamp) = client.get(f"/api/v1/orders/{german.reference}/policy/", asked).json()
    assert slip["deadline"]["days"] == 730
    assert client.get(f"/api/v1/orders/{german.reference}/policy/", {"reason": "x"}).status_code == 400


# --- trying them out ---------------------------------------------------------------------------------

MADE_UP = {"country": "DE", "ordered": "2026-03-01", "delivered": "2026-03-20", "asked_on": "2026-03-21"}


def test_an_administrator_makes_an_item_up(ada: User) -> None:
    ReturnPolicy.objects.create(name_en="Final sale", name_zh="清仓", category="Outlet", window_days=0)
    client, address = staff(ada), "/console/return-policies/test/"
    assert "Make up an item" in page(client, address)
    told = page(client, address, **MADE_UP, category="outlet")
    assert "Final sale" in told
    assert "by law; the policy says: 0 days" in told
    assert "3 Apr is a public holiday: the end moves on." in told
    exempt = page(client, address, **MADE_UP, category="outlet", flags=["perishable"])
    assert "It cannot be returned." in exempt


def test_odd_days_are_said_so(ada: User) -> None:
    told = page(staff(ada), "/console/return-policies/test/", **{**MADE_UP, "delivered": "2026-02-01"})
    assert "This is before the day of the order." in told


# --- editing -----------------------------------------------------------------------------------------


def written(row: ReturnPolicy | None = None, /, **fields: Any) -> dict[str, Any]:
    names = [field.name for field in ReturnPolicy._meta.fields if field.name != "id"]
    row = row or ReturnPolicy(name_en="New", name_zh="新政策")
    told = {name: getattr(row, name) for name in names}
    plain = {
        name: value for name, value in told.items() if not (value is None or value is False or value == [])
    }
    frame = {"amounts-TOTAL_FORMS": 1, "amounts-INITIAL_FORMS": 0, "amounts-0-currency": "cny"}
    return {**plain, **frame, "amounts-0-auto_approve_limit": "99.50", **fields}


def test_a_policy_is_made_and_changed(ada: User) -> None:
    client = staff(ada)
    answer = client.post("/console/return-policies/new/", written(country="DE", valid_from="2026-01-01"))
    assert answer.status_code == 302
    made = ReturnPolicy.objects.latest("pk")
    assert (made.country, made.amounts.get().auto_approve_limit) == ("DE", 99_50)
    shown = page(client, f"/console/return-policies/{made.pk}/")
    assert 'value="99.50"' in shown
    changed = {**written(made, window_days=21), "amounts-0-keep_item_below": "10"}
    assert client.post(f"/console/return-policies/{made.pk}/", changed).status_code == 302
    made.refresh_from_db()
    assert (made.window_days, made.amounts.get().keep_item_below) == (21, 10_00)
    kinds = Event.objects.filter(kind__startswith="policy.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["policy.created", "policy.changed"]


def test_what_was_typed_is_kept_when_it_is_wrong(ada: User) -> None:
    client = staff(ada)
    wrong = written(name_en="Half", valid_from="2026-02-01", valid_to="2026-01-01")
    answer = client.post("/console/return-policies/new/", wrong)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert 'value="Half"' in told
    assert "The last day lies before the first." in told
    odd = {**written(), "amounts-0-agent_limit": "x"}
    answer = client.post("/console/return-policies/new/", odd)
    assert answer.status_code == 422
    assert not ReturnPolicy.objects.filter(name_en__in=["Half", "New"]).exists()


def test_a_currency_stands_once(ada: User) -> None:
    twice = {**written(), "amounts-TOTAL_FORMS": 2, "amounts-1-currency": "CNY"}
    assert staff(ada).post("/console/return-policies/new/", twice).status_code == 422


def test_only_who_configures_may_change_them(alice: User) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        save_policy(ReturnPolicy(name_en="x", name_zh="x"), amounts=[], by=alice)
    assert staff(alice).get("/console/return-policies/").status_code == 403


def test_the_list_shows_the_winners_first(ada: User) -> None:
    ReturnPolicy.objects.create(name_en="First of all", name_zh="优先", priority=9, category="Lamps")
    told = page(staff(ada), "/console/return-policies/")
    assert told.index("First of all") < told.index("China: 7 days") < told.index("Standard: 30 days")
    assert "European Union: 14 days to withdraw" in told


def test_open_cases_keep_their_terms(ada: User, order: Order) -> None:
    case = shop.case(order)
    row = case.policy
    row.window_days = 1
    save_policy(row, amounts=[{"currency": "USD", "agent_limit": 1}], by=ada)
    case.refresh_from_db()
    assert case.terms.window_days == 30
    assert PolicyAmounts.objects.get(policy=row).agent_limit == 1
