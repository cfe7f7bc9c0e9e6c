"""The customer's pages: the wizard keeps everything, shows the truth before sending, and is nobody else's."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from time_machine import Traveller

from accounts.models import User
from core.models import Attachment
from customers.models import Customer
from orders.models import Order
from returns import actions
from returns.models import Case, ReturnDraft
from returns.states import CaseStatus
from tests import build
from tests.returns import shop


def visitor(customer: Customer | None = None) -> Client:
    """A browser, signed in to the portal as a customer."""
    client = Client()
    if customer is not None:
        session = client.session
        session["portal_customer"] = customer.pk
        session.save()
    return client


def guest(order: Order) -> Client:
    """A browser in which an order was opened with its number."""
    client = Client()
    answer = client.post("/orders/find/", {"number": order.number, "contact": order.customer.email})
    assert answer.status_code == 302
    return client


def photo(name: str = "crack.jpg") -> SimpleUploadedFile:
    picture = BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def address(order: Order, step: str = "") -> str:
    return "/requests/new/?" + urlencode({"order": order.reference, **({"step": step} if step else {})})


def send(client: Client, order: Order, step: str, data: dict[str, Any]) -> Any:
    return client.post(address(order, step), data)


def fill(client: Client, order: Order, code: str = "changed_mind", **more: Any) -> None:
    """Everything up to the last page."""
    line = order.lines.get()
    send(client, order, "items", {f"line-{line.pk}": "on", f"quantity-{line.pk}": more.pop("quantity", 1)})
    kind = more.pop("kind", "return_refund")
    send(client, order, "reasons", {f"reason-{line.pk}": code, "description": "Too bright", **more})
    send(client, order, "wishes", {f"kind-{line.pk}": kind})
    if code == "changed_mind":
        send(client, order, "evidence", {})


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_whole_wizard(order: Order, carol: Customer) -> None:
    client, line = visitor(carol), order.lines.get()
    page = client.get(address(order))
    assert "Desk lamp" in text_of(page)
    assert "Return until 30 Mar" in text_of(page)
    assert send(client, order, "items", {f"line-{line.pk}": "on"}).url.endswith("step=reasons")
    reasons = {f"reason-{line.pk}": "defective", "description": "It flickers."}
    assert send(client, order, "reasons", reasons).url.endswith("step=wishes")
    wishes = text_of(client.get(address(order)))
    assert "Send it back and get my money back" in wishes
    assert "Have it repaired" in wishes
    assert "Get what is missing" not in wishes
    assert send(client, order, "wishes", {f"kind-{line.pk}": "return_refund"}).url.endswith("step=evidence")
    missing = send(client, order, "evidence", {})
    assert missing.status_code == 422
    assert "at least one photo" in text_of(missing)
    answer = send(client, order, "evidence", {"attachments": [photo()], "add": "1"})
    assert answer.url.endswith("step=evidence")
    assert send(client, order, "evidence", {}).url.endswith("step=review")
    review = text_of(client.get(address(order, "review")))
    for said in ("$100.00", "We decide within 48 hours", "7 days to send the goods", "It flickers."):
        assert said in review
    sent = send(client, order, "review", {})
    case = Case.objects.get()
    assert sent.url == f"/requests/{case.ticket.number}/"
    assert (case.description, case.reason.code, case.requested_amount) == (
        "It flickers.",
        "defective",
        100_00,
    )
    assert Attachment.objects.get().subject == f"case:{case.pk}"


def test_every_step_is_kept_for_a_reload_and_for_another_device(order: Order, carol: Customer) -> None:
    first, line = visitor(carol), order.lines.get()
    fill(first, order, "defective")
    send(first, order, "evidence", {"attachments": [photo()], "add": "1"})
    second = visitor(carol)
    page = second.get(address(order))
    assert "crack.jpg" in text_of(page)
    thumbnail = re.search(r'src="(/files/[^"]+)"', page.content.decode())
    assert thumbnail is not None
    shown = second.get(thumbnail[1])
    assert shown.status_code == 200
    assert list(shown.streaming_content)  # type: ignore[attr-defined]
    assert ReturnDraft.objects.count() == 1
    items = second.get(address(order, "items")).content.decode()
    assert re.search(rf'name="line-{line.pk}"[^>]*checked', items)


def test_a_step_that_is_not_reached_leads_to_the_one_that_is(order: Order, carol: Customer) -> None:
    page = visitor(carol).get(address(order, "review"))
    assert "Which items is it about?" in text_of(page)


def test_photos_can_be_taken_out_again(order: Order, carol: Customer) -> None:
    client = visitor(carol)
    fill(client, order, "defective")
    send(client, order, "evidence", {"attachments": [photo(), photo("b.jpg")], "add": "1"})
    unwanted = Attachment.objects.earliest("pk")
    send(client, order, "evidence", {"remove": str(unwanted.uuid)})
    assert [file.name for file in Attachment.objects.all()] == ["b.jpg"]


def test_what_is_no_photo_is_said_so(order: Order, carol: Customer) -> None:
    client = visitor(carol)
    fill(client, order, "defective")
    bad = SimpleUploadedFile("a.exe", b"MZ\x90\x00" * 20, "image/jpeg")
    answer = send(client, order, "evidence", {"attachments": [bad]})
    assert answer.status_code == 409
    assert "a.exe" in text_of(answer)


def test_sending_twice_is_one_request(order: Order, carol: Customer) -> None:
    client = visitor(carol)
    fill(client, order)
    page = client.get(address(order, "review"))
    assert page.status_code == 200
    draft = ReturnDraft.objects.get()
    send(client, order, "review", {})
    ReturnDraft.objects.filter(pk=draft.pk).update(case=None)  # as if the note of it had been lost
    again = send(client, order, "review", {})
    assert again.url == f"/requests/{Case.objects.get().ticket.number}/"
    assert order.lines.get().quantity_open == 1


def test_what_became_impossible_meanwhile_is_said_and_kept(order: Order, carol: Customer) -> None:
    client = visitor(carol)
    fill(client, order)
    shop.case(order)
    answer = send(client, order, "review", {})
    assert answer.status_code == 409
    assert "already part of a return" in text_of(answer)
    assert ReturnDraft.objects.get().data["description"] == "Too bright"


def test_nothing_chosen_is_said_on_the_page(order: Order, carol: Customer) -> None:
    answer = send(visitor(carol), order, "items", {})
    assert answer.status_code == 422
    assert "Choose at least one item" in text_of(answer)


def test_a_guest_returns_without_an_account(order: Order) -> None:
    client = guest(order)
    fill(client, order)
    sent = send(client, order, "review", {})
    assert client.get(sent.url).status_code == 200
    case = Case.objects.get()
    assert case.customer == order.customer


def test_without_an_order_there_is_a_choice(order: Order, carol: Customer) -> None:
    page = text_of(visitor(carol).get("/requests/new/"))
    assert order.number in page
    assert f"?order={order.reference}" in page


def test_the_order_page_says_what_is_possible(carol: Customer) -> None:
    order = shop.order(shop.line("Lamp"), shop.line("Charger", quantity_delivered=0), customer=carol)
    page = text_of(visitor(carol).get(f"/orders/{order.reference}/actions/"))
    assert "Return until 30 Mar" in page
    assert "Not delivered yet" in page
    assert f"/requests/new/?order={order.reference}" in page


def test_a_customer_follows_and_acts(order: Order, carol: Customer, alice: User) -> None:
    client = visitor(carol)
    shop.centre()
    case = shop.case(order, status=CaseStatus.INFO_REQUIRED)
    panel = f"/requests/{case.ticket.number}/cases/"
    assert "A photo of the label, please." in text_of(client.get(panel))
    client.post(f"/returns/{case.number}/evidence/", {"text": "", "attachments": [photo()]})
    assert Case.objects.get().status == CaseStatus.SUBMITTED
    actions.approve(case, by=alice)
    page = text_of(client.get(panel))
    for said in ("18 Wensan Road", f"<strong>{case.number}</strong>", "I have sent it", "Please by"):
        assert said in page
    slip = text_of(client.get(f"/returns/{case.number}/guide/"))
    assert "18 Wensan Road" in slip
    assert "<svg" in slip
    bad = client.post(f"/returns/{case.number}/tracking/", {"carrier": "SF", "tracking_number": "??"})
    assert bad.status_code == 409
    assert "does not look like a tracking number" in text_of(bad)
    client.post(f"/returns/{case.number}/tracking/", {"carrier": "SF", "tracking_number": "SF0011223300001"})
    assert Case.objects.get().status == CaseStatus.RETURN_IN_TRANSIT
    assert "on its way to us" in text_of(client.get(panel))


def test_a_customer_withdraws(order: Order, carol: Customer) -> None:
    case = shop.case(order)
    visitor(carol).post(f"/returns/{case.number}/withdraw/")
    assert Case.objects.get().status == CaseStatus.CANCELLED


def test_a_customer_accepts_what_was_offered_and_nothing_else(
    order: Order, carol: Customer, alice: User
) -> None:
    case = shop.case(order, status=CaseStatus.INSPECTION_DISPUTE)
    seen = actions.offer_deduction(case, amount=10_00, note="Scratched", by=alice).version
    page = text_of(visitor(carol).get(f"/requests/{case.ticket.number}/cases/"))
    assert "$90.00" in page
    actions.offer_deduction(case, amount=50_00, note="Broken", by=alice)
    visitor(carol).post(f"/returns/{case.number}/agree/", {"version": seen})
    assert Case.objects.get().status == CaseStatus.INSPECTION_DISPUTE
    visitor(carol).post(f"/returns/{case.number}/agree/", {"version": seen + 1})
    assert Case.objects.get().refund_amount == 50_00


@pytest.mark.parametrize("status", shop.WAYS)
def test_every_status_has_its_page_in_both_languages(desk: Traveller, status: str) -> None:
    case = shop.case(status=status)
    client = visitor(case.customer)
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        answer = client.get(f"/requests/{case.ticket.number}/cases/")
        assert answer.status_code == 200
        assert case.number in text_of(answer)


@pytest.fixture
def charlie(desk: Traveller) -> Customer:
    return build.customer("Charlie")


def test_charlie_sees_nothing_of_carols(order: Order, charlie: Customer) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN, attachments=[shop.photo()])
    evidence = Attachment.objects.get(subject=f"case:{case.pk}")
    for client in (visitor(charlie), guest(shop.order(customer=charlie))):
        for url in (
            address(order),
            f"/orders/{order.reference}/actions/",
            f"/requests/{case.ticket.number}/cases/",
            f"/returns/{case.number}/guide/",
            f"/files/{evidence.uuid}/",
        ):
            assert client.get(url).status_code == 404, url
        for verb in ("tracking", "evidence", "withdraw", "agree"):
            assert client.post(f"/returns/{case.number}/{verb}/", {}).status_code == 404
    assert Case.objects.get().status == CaseStatus.AWAITING_RETURN


def test_strangers_are_led_to_the_door(order: Order) -> None:
    case = shop.case(order)
    for url in (address(order), f"/requests/{case.ticket.number}/cases/", f"/returns/{case.number}/guide/"):
        assert visitor().get(url).status_code == 302


def test_the_bench_is_not_for_customers(order: Order, carol: Customer, wei: User) -> None:
    case = shop.case(order, status=CaseStatus.INSPECTING)
    actions.inspect(case, lots=shop.lots(case, attachments=[shop.photo()]), by=wei)
    picture = Attachment.objects.get()
    assert visitor(carol).get(f"/files/{picture.uuid}/").status_code == 404
