"""Registering, verifying, ending and lengthening warranties; what covers an item of an order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events, words
from core.errors import Refused
from core.models import OutgoingMail
from customers.models import Customer
from orders.models import Order
from returns import actions, warranties
from returns.models import Warranty, WarrantyRule
from returns.warranty_states import PlanStart, VoidReason, WarrantyKind, WarrantyStatus
from tests import build
from tests.returns import law, shop
from tests.returns.conftest import NOW


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


@pytest.fixture(autouse=True)
def rules(desk: Traveller) -> None:
    law.furnish()


def register(order: Order, serial: str = "SN-1001", **more: Any) -> Warranty:
    line = more.pop("line", None) or order.lines.get()
    return actions.register_warranty(order.customer, serial_no=serial, line=line, by=order.customer, **more)


def told(customer: Customer, serial: str = "SN-1001", **more: Any) -> Warranty:
    """Bought elsewhere, as the customer says."""
    facts = {"title": "Kettle", "started_on": date(2026, 2, 10), "attachments": [shop.photo()], **more}
    return actions.register_warranty(customer, serial_no=serial, by=customer, **facts)


# --- registering -------------------------------------------------------------------------------------


def test_a_device_of_one_s_own_order_is_valid_at_once(order: Order, carol: Customer) -> None:
    row = register(order)
    assert (row.status, row.kind, row.customer) == (WarrantyStatus.ACTIVE, WarrantyKind.MANUFACTURER, carol)
    assert (row.starts_on, row.ends_on) == (date(2026, 2, 28), date(2027, 2, 28))
    assert (row.serial_key, row.title, row.sku) == ("SN1001", "Desk lamp", "SKU-1")
    event = events.history(row).get()
    assert words.event(event) == f"Carol registered “Desk lamp” ({row.number}): covered until 28 Feb 2027"
    assert event.thread == f"order:{order.pk}"


def test_registering_twice_is_once_however_the_number_is_written(order: Order) -> None:
    assert register(order) == register(order, "sn 1001")
    assert Warranty.objects.count() == 1
    assert events.history(Warranty.objects.get()).count() == 1


def test_a_device_of_somebody_else_is_taken_and_says_not_whose(order: Order) -> None:
    register(order)
    with refused_with("warranty.serial_taken") as refused:
        told(build.customer("Charlie", country="US"))
    assert "Carol" not in words.refusal(refused.value)


def test_no_more_devices_than_were_ordered(carol: Customer) -> None:
    order = shop.order(shop.line(quantity=2), customer=carol)
    register(order, "SN-1001")
    register(order, "SN-1002")
    with refused_with("warranty.line_full"):
        register(order, "SN-1003")


@pytest.mark.parametrize("serial", ["", "12", "---", "x" * 61])
def test_what_is_no_serial_number_is_said_so(order: Order, serial: str) -> None:
    with refused_with("warranty.serial_odd"):
        register(order, serial)


def test_an_order_that_has_not_come_has_no_warranty_yet(carol: Customer) -> None:
    with refused_with("warranty.not_delivered"):
        register(shop.order(customer=carol, delivered_at=None))


def test_an_order_of_somebody_else_cannot_be_used(order: Order) -> None:
    with refused_with("warranty.not_yours"):
        actions.register_warranty(
            build.customer("Charlie"), serial_no="SN-1001", line=order.lines.get(), by=order.customer
        )


def test_what_was_bought_elsewhere_waits_for_staff_with_its_proof(carol: Customer, alice: User) -> None:
    proof = shop.photo()
    row = told(carol, attachments=[proof])
    assert (row.status, row.ends_on) == (WarrantyStatus.PENDING, date(2027, 2, 10))
    assert warranties.check("SN-1001", NOW).why == "pending"
    proof.refresh_from_db()
    assert proof.subject == f"warranty:{row.pk}"
    row = actions.verify_warranty(row, started_on=date(2026, 1, 31), by=alice)
    assert (row.status, row.verified_by, row.ends_on) == (WarrantyStatus.ACTIVE, alice, date(2027, 1, 31))
    assert actions.verify_warranty(row, by=alice).version == row.version
    assert warranties.check("sn1001", NOW).is_covered


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"attachments": []}, "warranty.proof_missing"),
        ({"started_on": None}, "warranty.start_odd"),
        ({"started_on": date(2026, 3, 6)}, "warranty.start_odd"),
        ({"title": " "}, "warranty.title_missing"),
    ],
)
def test_what_is_missing_is_said(carol: Customer, facts: dict[str, Any], code: str) -> None:
    with refused_with(code):
        told(carol, **facts)


def test_without_a_rule_there_is_no_manufacturer_s_warranty(carol: Customer) -> None:
    WarrantyRule.objects.filter(kind=WarrantyKind.MANUFACTURER).update(is_active=False)
    with refused_with("warranty.no_rule"):
        told(carol)


def test_staff_register_without_a_proof(carol: Customer, alice: User) -> None:
    row = actions.register_warranty(
        carol, serial_no="SN-9009", title="Kettle", started_on=date(2026, 2, 1), by=alice
    )
    assert (row.status, row.verified_by) == (WarrantyStatus.ACTIVE, alice)


@pytest.mark.parametrize(
    ("starts", "day"), [("registered", date(2026, 3, 4)), ("activated", date(2026, 3, 2))]
)
def test_some_count_from_registration_or_first_use(order: Order, starts: str, day: date) -> None:
    law.rule(starts=starts, countries=["US"], valid_from=date(2025, 1, 1))
    assert register(order, started_on=date(2026, 3, 2)).starts_on == day


# --- which rule --------------------------------------------------------------------------------------


def test_the_most_specific_rule_holds_then_the_newest(carol: Customer) -> None:
    law.rule("lamps", category="Lamps", months=60)
    law.rule("lamps-us", category="lamps", countries=["US"], months=72)
    law.rule("us-later", countries=["US"], months=18)
    lamp = shop.order(shop.line(category="Lamps"), customer=carol)
    assert register(lamp).months == 72
    assert register(shop.order(customer=carol), "SN-2002").months == 18


def test_a_rule_holds_for_contracts_of_its_time_and_moves_nothing_promised(order: Order) -> None:
    before = register(order)
    WarrantyRule.objects.filter(code="us-manufacturer").update(valid_to=date(2026, 2, 28))
    law.rule("new", countries=["US"], months=6, valid_from=date(2026, 3, 1))
    after = register(shop.order(customer=order.customer, placed_at=NOW), "SN-2002")
    before.refresh_from_db()
    assert (before.months, after.months) == (12, 6)


# --- what covers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "kind", "until"),
    [
        ("CN", WarrantyKind.STATUTORY, date(2027, 8, 3)),
        ("DE", WarrantyKind.STATUTORY, date(2028, 8, 3)),
        ("GB", WarrantyKind.STATUTORY, date(2028, 8, 3)),
        ("US", WarrantyKind.MANUFACTURER, date(2027, 8, 3)),
    ],
)
def test_goods_are_covered_as_their_country_says_without_any_registration(
    country: str, kind: str, until: date
) -> None:
    line = law.order(country=country).lines.get()
    answer = warranties.covering(line, "", law.SUMMER)
    assert answer.is_covered
    assert answer.warranty is not None
    assert (answer.warranty.kind, answer.until) == (kind, until)
    assert not Warranty.objects.exists()


def test_a_registered_device_is_told_from_its_sisters(carol: Customer, alice: User) -> None:
    order = shop.order(shop.line(quantity=2), customer=carol)
    line = order.lines.get()
    mine = register(order, "SN-1001")
    actions.void_warranty(mine, reason=VoidReason.MISUSE, by=alice)
    assert warranties.covering(line, "SN-1001", NOW).why == "void"
    assert warranties.covering(line, "SN-1002", NOW).is_covered


def test_a_registration_by_mistake_takes_nothing_of_what_the_law_gives(alice: User) -> None:
    order = law.order()
    line = order.lines.get()
    mistaken = register(order)
    actions.void_warranty(mistaken, reason=VoidReason.MISTAKE, by=alice)
    assert warranties.covering(line, "SN-1001", law.SUMMER).is_covered


def test_the_order_page_asks_a_fixed_number_of_questions(
    carol: Customer, django_assert_num_queries: Callable[[int], Any]
) -> None:
    order = shop.order(*(shop.line(f"Lamp {number}") for number in range(5)), customer=carol)
    register(order, line=order.lines.all()[0])
    with django_assert_num_queries(3):
        found = warranties.of_order(order, NOW)
    assert [each.cover.is_covered for each in found] == [True] * 5


# --- repairs -----------------------------------------------------------------------------------------


def test_days_in_repair_are_added_once_for_each_repair_in_china() -> None:
    line = law.order(country="CN").lines.get()
    given = warranties.covering(line, "", law.SUMMER).warranty
    assert given is not None
    kept = actions.add_repair_days(given, days=9, about="R-1", by=line.order.customer)
    assert (kept.suspended_days, kept.ends_on) == (9, date(2027, 8, 12))
    assert actions.add_repair_days(kept, days=9, about="R-1", by=line.order.customer).suspended_days == 9
    assert actions.add_repair_days(given, days=5, about="R-2", by=line.order.customer).suspended_days == 14
    assert Warranty.objects.get().number.startswith("G-")
    assert actions.extend_after_repair(kept, by=line.order.customer).extended_months == 0


def test_a_repair_in_the_eu_adds_a_year_once() -> None:
    line = law.order().lines.get()
    given = warranties.covering(line, "", law.SUMMER).warranty
    assert given is not None
    for _ in range(2):
        row = actions.extend_after_repair(given, about="R-1", by=line.order.customer)
    assert (row.extended_months, row.ends_on) == (12, date(2029, 8, 3))
    assert events.history(row).count() == 1
    assert actions.add_repair_days(row, days=9, by=line.order.customer).suspended_days == 0
    assert warranties.covering(line, "", law.SUMMER).until == date(2029, 8, 3)


def test_contracts_before_the_new_law_are_not_extended() -> None:
    line = law.order(placed_at=datetime(2026, 7, 30, 12, tzinfo=UTC)).lines.get()
    given = warranties.covering(line, "", law.SUMMER).warranty
    assert given is not None
    assert actions.extend_after_repair(given, by=line.order.customer).ends_on == date(2028, 8, 3)


@pytest.mark.parametrize("days", [-1, 731])
def test_odd_days_are_refused(order: Order, days: int) -> None:
    with refused_with("warranty.days_odd"):
        actions.add_repair_days(register(order), days=days, by=order.customer)


# --- extensions --------------------------------------------------------------------------------------


def test_an_extension_begins_when_the_other_ends_and_moves_along(alice: User) -> None:
    order = law.order(country="CN", currency="USD")
    base = warranties.covering(order.lines.get(), "", law.SUMMER).warranty
    assert base is not None
    plan = law.plan()
    extension = actions.sell_extension(base, plan=plan, by=alice)
    assert (extension.starts_on, extension.ends_on) == (date(2027, 8, 4), date(2029, 8, 3))
    assert (extension.price, extension.currency) == (19_90, "USD")
    assert actions.sell_extension(base, plan=plan, by=alice) == extension
    actions.add_repair_days(base, days=9, by=alice)
    extension.refresh_from_db()
    assert (extension.starts_on, extension.ends_on) == (date(2027, 8, 13), date(2029, 8, 12))
    later = datetime(2028, 1, 1, tzinfo=UTC)
    assert warranties.covering(order.lines.get(), "", later).warranty == extension


def test_an_extension_may_begin_at_once(order: Order, alice: User) -> None:
    plan = law.plan(starts=PlanStart.AT_PURCHASE, months=60)
    row = actions.sell_extension(register(order), plan=plan, by=alice)
    assert (row.starts_on, row.ends_on) == (date(2026, 3, 4), date(2031, 3, 4))


def test_only_what_is_valid_can_be_extended(order: Order, alice: User, desk: Traveller) -> None:
    base, plan = register(order), law.plan()
    extension = actions.sell_extension(base, plan=law.plan("care-12", months=12), by=alice)
    with refused_with("warranty.cannot_extend"):
        actions.sell_extension(extension, plan=plan, by=alice)
    desk.shift(timedelta(days=400))
    with refused_with("warranty.cannot_extend"):
        actions.sell_extension(base, plan=plan, by=alice)


def test_a_plan_is_sold_for_its_goods_in_its_currencies(order: Order, alice: User) -> None:
    base = register(order)
    for plan, currency in ((law.plan("jpy"), "JPY"), (law.plan("phones", category="Phones"), "USD")):
        with refused_with("warranty.plan_not_sold"):
            actions.sell_extension(base, plan=plan, currency=currency, by=alice)
    assert [plan.code for plan in warranties.plans_for(base, "USD")] == ["jpy"]


# --- ending ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_customers_hear_that_their_device_is_covered_and_when_it_is_no_longer(
    desk: Traveller, alice: User, language: str
) -> None:
    row = told(build.customer("Lin", country="US", language=language), attachments=[shop.photo()])
    row = actions.verify_warranty(row, started_on=date(2026, 1, 31), by=alice)
    dispatch.drain()
    actions.void_warranty(row, reason=VoidReason.REFUNDED, by=alice)
    dispatch.drain()
    covered, ended = OutgoingMail.objects.filter(key__startswith="warranty.").order_by("pk")
    assert row.number in covered.subject
    assert ("31 Jan 2027" if language == "en" else "2027年1月31日") in covered.text
    assert str(VoidReason.REFUNDED.label) in ended.text or language != "en"


def test_void_is_void(order: Order, alice: User) -> None:
    row = register(order)
    for _ in range(2):
        row = actions.void_warranty(row, reason=VoidReason.REFUNDED, by=alice)
    assert (row.status, row.void_reason) == (WarrantyStatus.VOID, VoidReason.REFUNDED)
    assert events.history(row, kinds=["warranty.voided"]).count() == 1
    with refused_with("warranty.cannot_verify"):
        actions.verify_warranty(row, by=alice)
    assert register(order) != row


@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_one_device_at_once_one_gets_it(desk: Traveller) -> None:
    people = [build.customer(f"C{number}", country="US") for number in range(6)]
    proofs = [shop.photo(f"draft:{number}") for number in range(6)]
    barrier = Barrier(6)

    def register_one(number: int) -> str:
        barrier.wait()
        try:
            return told(people[number], attachments=[proofs[number]]).status
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(register_one, range(6)))
    assert sorted(outcomes) == [WarrantyStatus.PENDING, *["warranty.serial_taken"] * 5]


@pytest.mark.django_db(transaction=True)
def test_what_the_law_gives_is_kept_once_by_repairs_that_end_at_once(desk: Traveller) -> None:
    line = law.order(country="CN").lines.get()
    barrier = Barrier(4)

    def repaired(number: int) -> None:
        given = warranties.covering(line, "", law.SUMMER).warranty
        assert given is not None
        barrier.wait()
        try:
            actions.add_repair_days(given, days=2, about=f"R-{number}", by=line.order.customer)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(repaired, range(4)))
    assert Warranty.objects.get().suspended_days == 8
