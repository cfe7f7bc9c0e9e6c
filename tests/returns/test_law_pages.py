"""Warranties and withdrawals on the portal, at the desk and by API."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events
from core.models import Attachment, OutgoingMail
from orders.models import Order
from returns import actions, remedies
from returns.models import Case, Warranty, Withdrawal
from returns.warranty_states import WarrantyStatus
from returns.withdrawal_states import WithdrawalStatus
from tests import build
from tests.returns import law, shop
from tests.returns.test_api import post as api_post
from tests.returns.test_api import signed
from tests.returns.test_portal import address, fill, guest, photo, send, text_of, visitor

STATEMENT = {"name": "Greta", "email": "greta@example.org", "line-1": "on", "quantity-1": "1"}


@pytest.fixture
def now() -> Iterator[Traveller]:
    with time_machine.travel(law.SUMMER, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def rights(desk: Traveller) -> None:
    law.furnish()


def declared(client: Client, order: Order, **more: Any) -> str:
    answer = client.post(f"/withdraw/{order.reference}/", {**STATEMENT, **more})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


# --- withdrawing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["customer", "guest"])
def test_two_steps_and_an_acknowledgement(who: str) -> None:
    order = law.order()
    client = visitor(order.customer) if who == "customer" else guest(order)
    page = text_of(client.get(f"/orders/{order.reference}/rights/"))
    assert "Withdraw from contract here" in page
    assert "Monday, 17 August 2026, 23:59 (Europe/Berlin)" in page
    assert "In warranty until 3 Aug 2028" in page
    form = text_of(client.get(f"/withdraw/{order.reference}/"))
    assert "Confirm withdrawal" not in form
    assert (f'value="{order.customer.email}"' in form) == (who == "customer")
    assert "reason" not in re.sub(r"without giving a reason", "", form).lower()
    second = declared(client, order)
    assert "Confirm withdrawal" in text_of(client.get(second))
    assert Withdrawal.objects.get().status == WithdrawalStatus.DECLARED
    for _ in range(2):
        assert client.post(f"{second}confirm/")["Location"] == second
    received = text_of(client.get(second))
    assert "Received on Wednesday, 5 August 2026, 10:00 (Europe/Berlin)" in received
    dispatch.drain()
    kept = Attachment.objects.get(content_type="application/pdf")
    assert kept.get_absolute_url() in text_of(client.get(second))
    document = client.get(kept.get_absolute_url())
    assert b"".join(document.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert OutgoingMail.objects.get(key__startswith="withdrawal:").to == "greta@example.org"
    assert Case.objects.count() == 1
    assert client.get(f"/withdraw/{order.reference}/")["Location"] == second


def test_in_chinese(client: Client) -> None:
    order = law.order(shop.line("台灯"))
    client = visitor(order.customer)
    client.cookies["django_language"] = "zh-hans"
    assert "在此撤回合同" in text_of(client.get(f"/orders/{order.reference}/rights/"))
    second = declared(client, order)
    assert "确认撤回" in text_of(client.get(second))
    client.post(f"{second}confirm/")
    dispatch.drain()
    assert "撤回" in OutgoingMail.objects.get(key__startswith="withdrawal:").subject


def test_in_the_united_kingdom_the_button_cancels() -> None:
    order = law.order(country="GB")
    client = visitor(order.customer)
    assert "Cancel contract here" in text_of(client.get(f"/orders/{order.reference}/rights/"))
    assert "Confirm cancellation" in text_of(client.get(declared(client, order)))


def test_somebody_else_finds_nothing() -> None:
    order = law.order()
    second = declared(visitor(order.customer), order)
    stranger = visitor(build.customer("Charlie"))
    for path in (f"/withdraw/{order.reference}/", second, f"/orders/{order.reference}/rights/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{second}confirm/").status_code == 404
    assert Withdrawal.objects.get().confirmed_at is None


def test_where_there_is_no_right_the_page_says_what_else_there_is() -> None:
    order = law.order(country="US")
    client = visitor(order.customer)
    assert "Withdraw from contract" not in text_of(client.get(f"/orders/{order.reference}/rights/"))
    answer = client.get(f"/withdraw/{order.reference}/")
    assert "There is no right of withdrawal" in text_of(answer)
    assert f"/requests/new/?order={order.reference}" in text_of(answer)


def test_after_the_period_the_page_says_since_when(desk: Traveller) -> None:
    order = law.order()
    client = visitor(order.customer)
    second = declared(client, order)
    desk.shift(14 * 24 * 3600)
    assert "ended on" in text_of(client.get(f"/withdraw/{order.reference}/"))
    assert client.post(f"/withdraw/{order.reference}/", STATEMENT).status_code == 409
    late = client.post(f"{second}confirm/")
    assert late.status_code == 409
    assert Withdrawal.objects.get().confirmed_at is None


def test_a_part_of_the_order_can_be_chosen() -> None:
    order = law.order(shop.line(quantity=3), shop.line("Bulb"))
    client = visitor(order.customer)
    declared(client, order, **{"quantity-1": "2"})
    assert Withdrawal.objects.get().units == {1: 2}
    nothing = client.post(f"/withdraw/{order.reference}/", {"name": "Greta", "email": "greta@example.org"})
    assert nothing.status_code == 422
    assert "Choose at least one item" in text_of(nothing)


def test_staff_see_what_waits_and_settle_it(alice: User) -> None:
    order = law.undelivered()
    row = actions.declare_withdrawal(
        order, name="Greta", email="greta@example.org", language="en", by=order.customer
    )
    actions.confirm_withdrawal(row, by=order.customer)
    dispatch.drain()
    client = Client()
    client.force_login(alice)
    assert "has not been delivered yet" in text_of(client.get("/console/withdrawals/"))
    refused = client.post(f"/console/withdrawals/{row.number}/open-case/", follow=True)
    assert "has not been delivered yet" in text_of(refused)
    client.post(f"/console/withdrawals/{row.number}/settle/", {"note": "Parcel stopped."})
    row.refresh_from_db()
    assert row.status == WithdrawalStatus.SETTLED
    assert "Parcel stopped." in text_of(client.get(f"/console/withdrawals/{row.number}/"))
    assert row.number in text_of(client.get("/console/withdrawals/?show=settled"))


def test_withdrawals_by_api(client: Client, alice: User) -> None:
    order = law.order()
    statement = {"order": order.reference, "name": "Greta", "email": "greta@example.org"}
    made = api_post(client, "/api/v1/withdrawals/", statement, alice)
    assert (made.status_code, made.json()["status"]) == (201, "declared")
    assert made.json()["items"] == [{"position": 1, "quantity": 1}]
    path = f"/api/v1/withdrawals/{made.json()['number']}/"
    for _ in range(2):
        done = api_post(client, f"{path}confirm/", {}, alice)
    assert (done.json()["status"], done.json()["confirmed_at"]) == ("waiting", "2026-08-05T08:00:00Z")
    dispatch.drain()
    assert client.get(path, headers=signed(alice)).json()["case"] == Case.objects.get().number
    refused = api_post(client, "/api/v1/withdrawals/", statement, alice)
    assert (refused.status_code, refused.json()["code"]) == (409, "withdrawal.nothing_left")


def test_lists_ask_a_fixed_number_of_questions(
    alice: User, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = Client()
    client.force_login(alice)
    for number in range(3):
        order = law.undelivered()
        row = actions.declare_withdrawal(
            order, name="Greta", email="greta@example.org", language="en", by=order.customer
        )
        actions.confirm_withdrawal(row, by=order.customer)
        sold = law.order()
        actions.register_warranty(
            sold.customer, serial_no=f"SN-100{number}", line=sold.lines.get(), by=sold.customer
        )
    with django_assert_max_num_queries(8):
        client.get("/console/withdrawals/")
    with django_assert_max_num_queries(8):
        client.get("/console/warranties/")


# --- warranties --------------------------------------------------------------------------------------


def test_a_customer_registers_an_ordered_device_and_finds_it() -> None:
    order = law.order()
    client = visitor(order.customer)
    device = f"{order.reference}-1"
    assert device in text_of(client.get(f"/warranties/register/?device={device}"))
    answer = client.post("/warranties/register/", {"device": device, "serial_no": "sn-1001"}, follow=True)
    assert "Your device is registered." in text_of(answer)
    assert "In warranty until 3 Aug 2027" in text_of(answer)
    assert Warranty.objects.get().status == WarrantyStatus.ACTIVE


def test_a_device_bought_elsewhere_needs_its_proof_and_staff(alice: User) -> None:
    greta = law.buyer()
    client = visitor(greta)
    told = {"device": "", "serial_no": "SN-7007", "title": "Kettle", "started_on": "2026-07-01"}
    missing = client.post("/warranties/register/", told)
    assert missing.status_code == 409
    assert "proof of purchase" in text_of(missing)
    client.post("/warranties/register/", {**told, "attachments": [photo("invoice.jpg")]})
    row = Warranty.objects.get()
    assert "the proof of purchase is being looked at" in text_of(client.get("/warranties/"))
    desk = Client()
    desk.force_login(alice)
    page = text_of(desk.get(f"/console/warranties/{row.number}/"))
    assert "invoice.jpg" in page
    desk.post(f"/console/warranties/{row.number}/verify/", {"started_on": "2026-06-30"})
    row.refresh_from_db()
    assert (row.status, row.ends_on) == (WarrantyStatus.ACTIVE, date(2027, 6, 30))
    dispatch.drain()
    assert "until 30 Jun 2027" in OutgoingMail.objects.get(key__startswith="warranty.verified").text
    proof = Attachment.objects.get(subject=f"warranty:{row.pk}").get_absolute_url()
    shown = client.get(proof)
    assert shown.status_code == 200
    assert list(shown.streaming_content)  # type: ignore[attr-defined]
    assert visitor(build.customer("Charlie")).get(proof).status_code == 404


def test_a_guest_registers_what_the_opened_order_holds() -> None:
    order = law.order()
    client = guest(order)
    page = text_of(client.get("/warranties/register/"))
    assert "Bought elsewhere" not in page
    assert client.post("/warranties/register/", {"serial_no": "SN-1001"}).status_code == 422
    client.post("/warranties/register/", {"device": f"{order.reference}-1", "serial_no": "SN-1001"})
    assert Warranty.objects.get().customer == order.customer


def test_the_desk_registers_a_device_in_the_customers_name(alice: User) -> None:
    order = law.order()
    desk = Client()
    desk.force_login(alice)
    where = f"/console/customers/{order.customer.number}/warranties/"
    assert "No registered devices" in text_of(desk.get(where))
    odd = desk.post(f"{where}register/", {"serial_no": "SN-7", "title": "Kettle"})
    assert odd.status_code == 409
    assert "Kettle" in text_of(odd) or 'value="Kettle"' in odd.content.decode()
    desk.post(f"{where}register/", {"device": f"{order.reference}-1", "serial_no": "SN-1001"})
    row = Warranty.objects.get()
    assert (row.customer, row.status) == (order.customer, WarrantyStatus.ACTIVE)
    told = {"serial_no": "SN-7007", "title": "Kettle", "started_on": "2026-07-01"}
    desk.post(f"{where}register/", {**told, "attachments": [photo("invoice.jpg")]})
    page = text_of(desk.get(where))
    assert row.number in page
    assert "SN-7007" in page
    assert Attachment.objects.filter(subject=f"warranty:{Warranty.objects.latest('pk').pk}").exists()


def test_anybody_checks_a_serial_number_and_learns_nothing_else(client: Client) -> None:
    order = law.order()
    actions.register_warranty(order.customer, serial_no="SN-1001", line=order.lines.get(), by=order.customer)
    covered = text_of(client.get("/warranties/check/?serial=sn1001"))
    assert "In warranty until 3 Aug 2027" in covered
    for secret in ("Greta", order.number, order.reference, "Desk lamp", Warranty.objects.get().number):
        assert secret not in covered
    assert "Not in warranty by what is registered" in text_of(client.get("/warranties/check/?serial=SN-2"))


def test_who_asks_too_often_waits(client: Client) -> None:
    for _ in range(60):
        assert client.get("/warranties/check/?serial=SN-2002").status_code == 200
    assert client.get("/warranties/check/?serial=SN-2002").status_code == 429


def test_the_desk_finds_extends_and_ends(alice: User) -> None:
    order = law.order()
    row = actions.register_warranty(
        order.customer, serial_no="SN-1001", line=order.lines.get(), by=order.customer
    )
    law.plan()
    client = Client()
    client.force_login(alice)
    for words in ("sn 1001", row.number, order.number, order.customer.email):
        assert row.number in text_of(client.get("/console/warranties/", {"q": words}))
    assert row.number not in text_of(client.get("/console/warranties/?q=nothing"))
    assert "€19.90" in text_of(client.get(f"/console/warranties/{row.number}/extend/"))
    client.post(f"/console/warranties/{row.number}/extend/", {"plan": "care-24"})
    assert row.extensions.get().ends_on == date(2029, 8, 3)
    client.post(f"/console/warranties/{row.number}/void/", {"reason": "misuse"})
    row.refresh_from_db()
    assert row.status == WarrantyStatus.VOID
    dispatch.drain()
    assert "altered or misused" in OutgoingMail.objects.get(key__startswith="warranty.voided").text


def test_warranties_by_api(client: Client, alice: User) -> None:
    order = law.order()
    law.plan()
    body = {"customer": order.customer.number, "order": order.reference, "serial_no": "SN-1001"}
    made = api_post(client, "/api/v1/warranties/", body, alice)
    assert (made.status_code, made.json()["status"], made.json()["cover"]) == (201, "active", "covered")
    path = f"/api/v1/warranties/{made.json()['number']}/"
    assert api_post(client, f"{path}extend/", {"plan": "care-24"}, alice).status_code == 200
    found = client.get("/api/v1/warranties/?serial=sn1001", headers=signed(alice)).json()["results"]
    assert [row["kind"] for row in found] == ["extended", "manufacturer"]
    check = client.get("/api/v1/warranties/check/?serial=SN-1001", headers=signed(alice)).json()
    assert check == {"covered": True, "until": "2027-08-03"}
    assert api_post(client, f"{path}void/", {"reason": "misuse"}, alice).json()["status"] == "void"
    refused = api_post(client, f"{path}verify/", {}, alice)
    assert (refused.status_code, refused.json()["code"]) == (409, "warranty.cannot_verify")
    wrong = api_post(client, "/api/v1/warranties/", {**body, "position": 9, "serial_no": "SN-9009"}, alice)
    assert wrong.status_code == 400


# --- before a remedy ---------------------------------------------------------------------------------


def request_with_fault(order: Order, code: str = "defective") -> str:
    """The last page of the wizard, and the request sent."""
    client = visitor(order.customer)
    fill(client, order, code)
    send(client, order, "evidence", {"attachments": [photo()], "add": "1"})
    send(client, order, "evidence", {})
    page = text_of(client.get(address(order, "review")))
    send(client, order, "review", {})
    return page


def test_before_a_remedy_the_choice_is_told_and_kept_with_the_request() -> None:
    page = request_with_fault(law.order())
    assert "You may choose repair or replacement" in page
    assert "12 months longer, once" in page
    case = Case.objects.get()
    told = events.history(case, kinds=["case.remedies_told"]).get()
    assert "refurbished item as the replacement only if you ask" in told.data["text"]
    assert (told.data["language"], told.public, told.thread) == ("en", True, f"ticket:{case.ticket_id}")
    assert actions.tell_remedies(case, language="en", by=case.customer) == told


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("changed_mind", {}),
        ("defective", {"country": "CN"}),
        ("defective", {"placed_at": shop.DELIVERED}),
    ],
)
def test_elsewhere_nothing_is_told(code: str, fields: dict[str, Any]) -> None:
    order = law.order(**fields)
    assert remedies.duty(order, [shop.reason(code)]) is None
    case = shop.case(order, code="changed_mind")
    assert actions.tell_remedies(case, language="en", by=case.customer) is None
