"""The staff's pages: queues, the case, the bench, finance; each shows exactly what its reader may do."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from time_machine import Traveller

from accounts.models import User
from accounts.rights import Right, Role
from core.models import Attachment
from core.paging import Keyset
from orders.models import Order
from returns import actions, payments, queues
from returns.buttons import BY_VERB
from returns.models import Case, Inspection
from returns.states import CaseStatus, verbs_for
from tests import build
from tests.returns import shop


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def photo() -> SimpleUploadedFile:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "blue").save(picture, "JPEG")
    return SimpleUploadedFile("bench.jpg", picture.getvalue(), "image/jpeg")


# --- lists -------------------------------------------------------------------------------------------


def test_queues_hold_what_they_say(desk: Traveller, alice: User) -> None:
    for status in shop.WAYS:
        shop.case(status=status)
    client = browser(alice)
    expected = {
        "review": {CaseStatus.SUBMITTED},
        "decide": {CaseStatus.INSPECTION_DISPUTE, CaseStatus.APPROVED},
        "customer": {CaseStatus.INFO_REQUIRED, CaseStatus.AWAITING_RETURN},
        "bench": {CaseStatus.RECEIVED, CaseStatus.INSPECTING},
        "done": {CaseStatus.COMPLETED, CaseStatus.REJECTED, CaseStatus.CANCELLED},
    }
    cases = {row.status: row for row in Case.objects.order_by("pk")}
    for queue, statuses in expected.items():
        page = text_of(client.get("/console/cases/", {"queue": queue}))
        for status, case in cases.items():
            assert (f">{case.number}<" in page) == (status in statuses), (queue, status)


def test_the_most_urgent_comes_first(desk: Traveller, alice: User) -> None:
    first = shop.case()
    desk.shift(3600)
    second = shop.case()
    page = text_of(browser(alice).get("/console/cases/"))
    assert page.index(first.number) < page.index(second.number)
    page = text_of(browser(alice).get("/console/cases/", {"sort": "newest"}))
    assert page.index(second.number) < page.index(first.number)


def test_pages_of_a_queue_hold_every_case_once(
    desk: Traveller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {shop.case().number for _ in range(5)}
    short = replace(queues.DESK[0], keyset=Keyset(queues.BY_URGENCY.order, size=2))
    monkeypatch.setattr(queues, "DESK", (short, *queues.DESK[1:]))
    client, url, seen = browser(alice), "/console/cases/?queue=review", list[str]()
    while url:
        page = client.get(url).content.decode()
        seen += re.findall(r">(R-\d+)</a>", page)
        older = re.search(
            r'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"', page
        )
        url = "/console/cases/" + (older[1] or older[2]).replace("&amp;", "&") if older else ""
    assert set(seen) == numbers
    assert len(seen) == len(numbers)


def test_a_number_that_means_one_case_leads_to_it(order: Order, alice: User) -> None:
    case = shop.case(order)
    for words in (case.number, case.number.lower(), case.ticket.number, order.number):
        answer = browser(alice).get("/console/cases/", {"q": words})
        assert answer.url == f"/console/cases/{case.number}/"  # type: ignore[attr-defined]
    assert "Nothing found" in text_of(browser(alice).get("/console/cases/", {"q": "R-1"}))


def test_a_list_costs_the_same_however_long(
    desk: Traveller, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        shop.case()
    client = browser(alice)
    client.get("/console/cases/")
    with django_assert_max_num_queries(12):
        client.get("/console/cases/")


# --- one case ----------------------------------------------------------------------------------------


PAPERS = {"label", "customs", "evidence-pack"}
"""What can be taken from a case in any status; no steps of it."""


@pytest.mark.parametrize("status", shop.WAYS)
def test_buttons_are_exactly_the_verbs_that_are_allowed(desk: Traveller, status: str) -> None:
    case = shop.case(status=status)
    for role in (Role.AGENT, Role.WAREHOUSE, Role.FINANCE, Role.MANAGER):
        user = build.user(role, role=role)
        page = text_of(browser(user).get(f"/console/cases/{case.number}/"))
        drawn = set(
            re.findall(rf'(?:href|action)="/console/((?:cases|warehouse)/{case.number}/[a-z-]*)', page)
        )
        allowed = {
            reverse(BY_VERB[verb].url_name, args=[case.number]) for verb in verbs_for(case.kind, status, user)
        }
        drawn = {each for each in drawn if each.rpartition("/")[2] not in PAPERS}
        assert {f"/console/{address}/".replace("//", "/") for address in drawn} <= allowed
        assert bool(drawn) == bool(allowed), role


@pytest.mark.parametrize("status", shop.WAYS)
def test_every_status_has_its_page_in_chinese(desk: Traveller, lea: User, status: str) -> None:
    case, client = shop.case(status=status), browser(lea)
    client.cookies["django_language"] = "zh-hans"
    answer = client.get(f"/console/cases/{case.number}/")
    assert answer.status_code == 200
    assert case.number in text_of(answer)


def test_the_agent_has_everything_on_one_page(desk: Traveller, alice: User) -> None:
    shop.policy(restocking_percent=10)
    order = shop.order(shop.line(paid=100_00))
    case = shop.case(order, description="Too bright", attachments=[shop.photo()])
    page = text_of(browser(alice).get(f"/console/cases/{case.number}/"))
    for said in (
        "Desk lamp",
        "Too bright",
        "$100.00",
        "Restocking fee",
        "$90.00",
        "Standard: 30 days to return",
        "30 days to return, the customer pays the return postage, restocking fee 10 %.",
        case.ticket.number,
        order.number,
    ):
        assert said in page, said


def verb(client: Client, case: Case, name: str, **data: Any) -> Any:
    return client.post(f"/console/cases/{case.number}/{name}/", data)


def test_approving_on_the_page(order: Order, alice: User) -> None:
    case, client = shop.case(order), browser(alice)
    form = text_of(client.get(f"/console/cases/{case.number}/approve/"))
    assert "By the terms: $100.00" in form
    assert 'value="100.00"' in form
    wrong = verb(client, case, "approve", amount="many")
    assert wrong.status_code == 422
    too_high = verb(client, case, "approve", amount="100.01")
    assert too_high.status_code == 409
    assert "At most $100.00 can be refunded" in text_of(too_high)
    assert 'value="100.01"' in text_of(too_high)
    done = verb(client, case, "approve", amount="80.00", version=case.version)
    assert done.url == f"/console/cases/{case.number}/"
    assert Case.objects.get().approved_amount == 80_00


def test_a_dialog_gets_the_form_alone(order: Order, alice: User) -> None:
    case = shop.case(order)
    part = browser(alice).get(f"/console/cases/{case.number}/refuse/", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "<form" in part.content.decode()


def test_back_to_where_one_came_from(order: Order, alice: User) -> None:
    case = shop.case(order)
    answer = browser(alice).post(f"/console/cases/{case.number}/refuse/?back=ticket", {"reason": "used"})
    assert answer.url == f"/console/tickets/{case.ticket.number}/"  # type: ignore[attr-defined]


DESK_WAYS: list[tuple[str, str, dict[str, Any], str]] = [
    (CaseStatus.SUBMITTED, "refuse", {"reason": "used", "text": "Worn"}, CaseStatus.REJECTED),
    (CaseStatus.SUBMITTED, "request-info", {"question": "A photo?"}, CaseStatus.INFO_REQUIRED),
    (CaseStatus.INFO_REQUIRED, "supply", {"text": "On the phone"}, CaseStatus.SUBMITTED),
    (CaseStatus.SUBMITTED, "withdraw", {}, CaseStatus.CANCELLED),
    (
        CaseStatus.AWAITING_RETURN,
        "track",
        {"carrier": "SF", "tracking_number": "SF4455667700001"},
        CaseStatus.RETURN_IN_TRANSIT,
    ),
    (CaseStatus.INSPECTION_DISPUTE, "waive-deduction", {}, CaseStatus.AWAITING_REFUND),
    (
        CaseStatus.INSPECTION_DISPUTE,
        "send-back",
        {"carrier": "UPS", "tracking_number": "1Z99"},
        CaseStatus.INSPECTION_DISPUTE,
    ),
    (
        CaseStatus.INSPECTION_DISPUTE,
        "send-back",
        {"carrier": "UPS", "tracking_number": "1Z9999"},
        CaseStatus.RETURNED_TO_CUSTOMER,
    ),
    (CaseStatus.RETURNED_TO_CUSTOMER, "finish-send-back", {}, CaseStatus.COMPLETED),
]


@pytest.mark.parametrize(("status", "name", "data", "becomes"), DESK_WAYS)
def test_verbs_of_the_desk(
    order: Order, alice: User, status: str, name: str, data: dict[str, Any], becomes: str
) -> None:
    case = shop.case(order, status=status)
    if data:
        assert browser(alice).get(f"/console/cases/{case.number}/{name}/").status_code == 200
    verb(browser(alice), case, name, **data)
    assert Case.objects.get().status == becomes


def test_instructing_and_offering(desk: Traveller, alice: User) -> None:
    case = shop.case(status=CaseStatus.APPROVED)
    verb(browser(alice), case, "instruct", centre=shop.centre().pk)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.AWAITING_RETURN
    disputed = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    form = text_of(browser(alice).get(f"/console/cases/{disputed.number}/offer-deduction/"))
    assert 'value="40.00"' in form
    verb(browser(alice), disputed, "offer-deduction", amount="25.00", note="Scratched")
    assert Case.objects.get(pk=disputed.pk).deduction == 25_00


def test_cases_beside_a_ticket(order: Order, alice: User) -> None:
    case = shop.case(order)
    panel = text_of(browser(alice).get(f"/console/tickets/{case.ticket.number}/cases/"))
    assert "Desk lamp × 1" in panel
    assert f"/console/cases/{case.number}/approve/?back=ticket" in panel


# --- the bench ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "find",
    [
        lambda c: c.number,
        lambda c: c.parcels.get().shipment.tracking_number.lower(),
        lambda c: f"https://shop.example/console/warehouse/{c.number}/",
    ],
)
def test_a_scanned_number_leads_to_its_return(order: Order, wei: User, find: Callable[[Case], str]) -> None:
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    answer = browser(wei).get("/console/warehouse/", {"q": f" {find(case)} "})
    assert answer.url == f"/console/warehouse/{case.number}/"  # type: ignore[attr-defined]


def test_an_unknown_number_is_said_so(wei: User) -> None:
    assert "No return is known" in text_of(browser(wei).get("/console/warehouse/", {"q": "SF1"}))


def test_receive_grade_photograph_done(desk: Traveller, wei: User) -> None:
    order = shop.order(shop.line(quantity=3))
    case = shop.case(order, quantity=3, status=CaseStatus.RETURN_IN_TRANSIT)
    client, line, base = browser(wei), case.lines.get(), f"/console/warehouse/{case.number}/"
    assert "What is in the parcel?" in text_of(client.get(base))
    assert client.post(f"{base}receive/", {f"units-{line.pk}": 2}).url == base  # type: ignore[attr-defined]
    assert Case.objects.get().status == CaseStatus.INSPECTING
    page = text_of(client.get(base))
    assert "A · as new" in page
    lot = {"lots": [line.pk], "lot0-quantity": 2, "lot0-accepted": "yes"}
    incomplete = client.post(f"{base}inspect/", lot)
    assert incomplete.status_code == 422
    split = text_of(client.post(f"{base}inspect/", {**lot, "lot0-grade": "A", "split": line.pk}))
    assert 'name="lot1-grade"' in split
    two = {
        "lots": [line.pk, line.pk],
        "lot0-quantity": 1,
        "lot0-grade": "A",
        "lot0-accepted": "yes",
        "lot0-attachments": [photo()],
        "lot0-location": "B-12",
        "lot1-quantity": 2,
        "lot1-grade": "B",
        "lot1-accepted": "yes",
    }
    too_many = client.post(f"{base}inspect/", two)
    assert too_many.status_code == 409
    assert "2 units of “Desk lamp” were received, but 3 are graded" in text_of(too_many)
    assert "bench.jpg" in text_of(too_many)
    draft = re.search(r'name="lot0-draft" value="([^"]+)"', too_many.content.decode())
    assert draft is not None
    two |= {"lot1-quantity": 1, "lot0-attachments": [], "lot0-draft": draft[1]}
    assert client.post(f"{base}inspect/", two).url == "/console/warehouse/"  # type: ignore[attr-defined]
    first = Inspection.objects.earliest("pk")
    assert first.dispositions.get().location == "B-12"
    assert Attachment.objects.get().subject == f"inspection:{first.pk}"
    assert Case.objects.get().status == CaseStatus.AWAITING_REFUND


def test_received_now_inspected_later(order: Order, wei: User) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN)
    client, base = browser(wei), f"/console/warehouse/{case.number}/"
    client.post(f"{base}receive/", {f"units-{case.lines.get().pk}": 1, "later": "1"})
    assert Case.objects.get().status == CaseStatus.RECEIVED
    client.post(f"{base}start/")
    assert Case.objects.get().status == CaseStatus.INSPECTING


@pytest.mark.parametrize("status", shop.WAYS)
def test_the_bench_has_a_page_for_every_status(desk: Traveller, wei: User, status: str) -> None:
    case = shop.case(status=status)
    assert browser(wei).get(f"/console/warehouse/{case.number}/").status_code == 200


# --- finance -----------------------------------------------------------------------------------------


def test_four_eyes_on_the_page(desk: Traveller, fin: User, flora: User) -> None:
    case = shop.case(shop.order(shop.line(paid=300_01)), status=CaseStatus.AWAITING_REFUND)
    queue = text_of(browser(fin).get("/console/refunds/"))
    assert case.number in queue
    form = text_of(browser(fin).get(f"/console/cases/{case.number}/pay/"))
    assert "Above $300.00 a second person has to release it." in form
    sent = {"version": case.version, "expected_refunded": 0}
    answer = browser(fin).post(f"/console/cases/{case.number}/pay/?back=refunds", sent)
    assert answer.url == "/console/refunds/"  # type: ignore[attr-defined]
    assert "Fin asked for $300.01" in text_of(browser(flora).get(f"/console/cases/{case.number}/confirm/"))
    assert verb(browser(fin), case, "confirm").status_code == 409
    assert case.number in text_of(browser(flora).get("/console/refunds/", {"queue": "release"}))
    verb(browser(flora), case, "confirm")
    payments.submit_due()
    assert Case.objects.get().status == CaseStatus.COMPLETED
    assert case.number in text_of(browser(fin).get("/console/refunds/", {"queue": "paid"}))


def test_pressed_twice_is_paid_once(order: Order, fin: User) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_REFUND)
    for _ in range(2):
        verb(browser(fin), case, "pay", version=case.version, expected_refunded=0)
    assert case.refunds.count() == 1


def test_failed_tried_again_and_paid_by_hand(order: Order, fin: User, flora: User) -> None:
    case = shop.case(order, status=CaseStatus.REFUND_FAILED)
    page = text_of(browser(fin).get("/console/refunds/", {"queue": "failed"}))
    assert "the card was closed" in page
    shop.refuse_payments(order)
    verb(browser(fin), case, "retry")
    payments.submit_due()
    without = verb(browser(fin), case, "pay-by-hand", reference="TT-7")
    assert without.status_code == 422
    verb(browser(fin), case, "pay-by-hand", reference="TT-7", attachments=[photo()])
    verb(browser(flora), case, "cancel")
    verb(browser(fin), case, "pay-by-hand", reference="TT-7", attachments=[photo()])
    verb(browser(flora), case, "confirm")
    assert Case.objects.get().status == CaseStatus.COMPLETED
    proof = Attachment.objects.filter(subject__startswith="refund:").latest("pk")
    for reader, status in ((fin, 200), (shop.staff(Role.WAREHOUSE), 404)):
        answer = browser(reader).get(f"/files/{proof.uuid}/")
        assert answer.status_code == status
        assert list(answer)


@pytest.mark.parametrize("queue", ["due", "release", "progress", "unknown", "failed", "paid"])
def test_every_queue_of_finance(desk: Traveller, fin: User, queue: str) -> None:
    for status in (
        CaseStatus.AWAITING_REFUND,
        CaseStatus.REFUNDING,
        CaseStatus.REFUND_FAILED,
        CaseStatus.COMPLETED,
    ):
        shop.case(status=status)
    lost = shop.case(status=CaseStatus.AWAITING_REFUND)
    shop.refuse_payments(lost.order, "silent_paid")
    actions.create_refund(lost, by=fin)
    payments.submit_due()
    answer = browser(fin).get("/console/refunds/", {"queue": queue})
    assert answer.status_code == 200
    assert (lost.number in text_of(answer)) == (queue in ("unknown", "progress"))


# --- doors -------------------------------------------------------------------------------------------

DOORS: list[tuple[str, Right]] = [
    ("/console/cases/", Right.READ_CASES),
    ("/console/cases/{case}/", Right.READ_CASES),
    ("/console/cases/{case}/approve/", Right.DECIDE_CASES),
    ("/console/cases/{case}/pay/", Right.PAY_REFUNDS),
    ("/console/refunds/", Right.READ_REFUNDS),
    ("/console/warehouse/", Right.RECEIVE_PARCELS),
    ("/console/warehouse/{case}/", Right.RECEIVE_PARCELS),
]


@pytest.mark.parametrize("role", list(Role))
def test_doors_open_by_right(order: Order, role: Role) -> None:
    case, client = shop.case(order), browser(build.user(role, role=role))
    for url, right in DOORS:
        answer = client.get(url.format(case=case.number))
        assert answer.status_code == (200 if right in shop.rights(role) else 403), url


def test_evidence_is_for_who_sees_the_case(order: Order, alice: User) -> None:
    case = shop.case(order, attachments=[shop.photo()])
    evidence = Attachment.objects.get(subject=f"case:{case.pk}")
    evidence.file.save("x", photo())
    answer = browser(alice).get(f"/files/{evidence.uuid}/")
    assert answer.status_code == 200
    assert list(answer)
    assert Client().get(f"/files/{evidence.uuid}/").status_code == 404


def test_cases_beside_an_order_and_a_customer(order: Order, alice: User, wei: User) -> None:
    empty = text_of(browser(alice).get(f"/console/orders/{order.reference}/cases/"))
    assert "No cases." in empty
    case = shop.case(order)
    for url in (
        f"/console/orders/{order.reference}/cases/",
        f"/console/customers/{order.customer.number}/cases/",
    ):
        assert case.number in text_of(browser(alice).get(url))
        assert browser(wei).get(url).status_code == 404


def test_an_agent_requests_for_the_customer_on_the_phone(order: Order, alice: User) -> None:
    ticket, client = build.ticket(customer=order.customer, order=order), browser(alice)
    url = f"/console/tickets/{ticket.number}/cases/new/"
    assert url in text_of(client.get(f"/console/tickets/{ticket.number}/cases/"))
    assert "Return until 30 Mar" in text_of(client.get(url))
    line, reason = order.lines.get(), shop.reason("defective")
    nothing = client.post(url, {"reason": reason.pk, "kind": "return_refund"})
    assert nothing.status_code == 422
    assert "Choose at least one item" in text_of(nothing)
    said = {"kind": "return_refund", "reason": reason.pk, "description": "Told on the phone"}
    asked = {f"line-{line.pk}": "on", **said}
    unproven = client.post(url, asked)
    assert unproven.status_code == 409
    assert "at least one photo" in text_of(unproven)
    done = client.post(url, {**asked, "attachments": [photo()]})
    assert done.url == f"/console/tickets/{ticket.number}/"  # type: ignore[attr-defined]
    case = Case.objects.get()
    assert (case.ticket, case.description, case.lines.get().reason) == (ticket, "Told on the phone", reason)
