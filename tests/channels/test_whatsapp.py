"""WhatsApp's Cloud API, both directions, as it is documented."""

import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from channels.actions import connecting, delivering, taking_in
from channels.connection_states import DeliveryState, InboundState, Reason
from channels.models import Connection, InboundDelivery
from core import clock, dispatch, files
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Attachment, OutgoingMail
from customers.actions import add_contact
from tests import build
from tests.channels import wires
from tests.channels.wires import Asked, OtherSide
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

NUMBER = "106540352242922"
SECRETS = {"app_secret": "app", "verify_token": "word", "access_token": "EAAG"}
BUYER = "8613800138000"


class Cloud:
    """Answers like graph.facebook.com; `errors` are given to the next messages."""

    def __init__(self) -> None:
        self.errors: list[int] = []
        self.media_error: wires.Answer | None = None
        self.sent = 0
        self.side: OtherSide

    def __call__(self, asked: Asked) -> wires.Answer:
        if asked.headers.get("Authorization") != "Bearer EAAG":
            return wires.told({"error": {"message": "Invalid OAuth access token", "code": 190}}, 401)
        if asked.path == f"/{NUMBER}/messages":
            if self.errors:
                code = self.errors.pop(0)
                return wires.told({"error": {"message": f"({code}) no", "code": code}}, 400)
            self.sent += 1
            return wires.told({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{self.sent}"}]})
        if asked.path == f"/{NUMBER}/media":
            return wires.told({"id": "MEDIA"})
        if asked.path == "/media-1" and self.media_error:
            return self.media_error
        if asked.path == "/media-1":
            photo = bytes(pictures.image())
            where = {"url": f"{self.side.url}/cdn/photo", "mime_type": "image/jpeg", "id": "media-1"}
            return wires.told({**where, "sha256": sha256(photo).hexdigest(), "file_size": len(photo)})
        if asked.path == "/cdn/photo":
            return wires.file(bytes(pictures.image()))
        if asked.path == f"/{NUMBER}":
            return wires.told({"id": NUMBER, "display_phone_number": "+1 555"})
        return wires.told({"error": {"message": "not found", "code": 100}}, 404)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def side(cloud: Cloud, settings: Any) -> Iterator[OtherSide]:
    settings.CHANNEL_PRIVATE_HOSTS = ["127.0.0.1"]
    with wires.other_side(cloud) as side:
        cloud.side = side
        yield side


@pytest.fixture
def line(side: OtherSide) -> Connection:
    fields = {"account": NUMBER, "address": side.url, "window_hours": 24, "trusts_contacts": True}
    return wires.connect("whatsapp", secrets=SECRETS, **fields)


def envelope(**value: Any) -> dict[str, Any]:
    told = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
        **value,
    }
    changes = [{"value": told, "field": "messages"}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]}


def written(kind: str = "text", number: int = 1, **parts: Any) -> dict[str, Any]:
    message = {"from": BUYER, "id": f"wamid.in.{number}", "timestamp": "1749416383", "type": kind, **parts}
    contact = {"profile": {"name": "Sheena Nelson"}, "wa_id": BUYER}
    return envelope(contacts=[contact], messages=[message])


def push(client: Client, line: Connection, data: Any, secret: str = "app") -> Any:
    body = json.dumps(data)
    signature = hmac.new(secret.encode(), body.encode(), sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    return client.post(wires.door(line), body, content_type="application/json", headers=headers)


def taken(client: Client, line: Connection, data: Any) -> Message:
    assert push(client, line, data).status_code == 200
    taking_in.work_due()
    return Message.objects.latest("pk")


def test_the_door_proves_that_it_is_ours(client: Client, line: Connection) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "word", "hub.challenge": "1158201444"}
    answer = client.get(wires.door(line), asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert client.get(wires.door(line), {**asked, "hub.verify_token": "no"}).status_code == 403
    assert client.get(wires.door(line)).status_code == 403


def test_a_text_becomes_a_ticket_of_whoever_has_the_number(client: Client, line: Connection) -> None:
    sheena = build.customer("Sheena")
    add_contact(sheena, kind="phone", value=f"+{BUYER}", by=SYSTEM)
    message = taken(client, line, written(text={"body": "Does it come in another colour?"}))
    assert message.ticket.customer == sheena
    assert (message.body, message.ticket.channel) == ("Does it come in another colour?", "social")


def test_somebody_new_is_met_with_name_and_number(client: Client, line: Connection) -> None:
    customer = taken(client, line, written(text={"body": "Hi"})).ticket.customer
    assert (customer.name, customer.phone) == ("Sheena Nelson", f"+{BUYER}")


def test_a_call_that_is_told_again_is_one(client: Client, line: Connection) -> None:
    for _time in range(3):
        push(client, line, written(text={"body": "Hi"}))
    taking_in.work_due()
    assert (InboundDelivery.objects.count(), Message.objects.count()) == (1, 1)


def test_another_message_under_a_known_name_waits_for_a_person(client: Client, line: Connection) -> None:
    """What cannot be shown yet comes again under its name, with what it says."""
    taken(client, line, written("unsupported", unsupported={}))
    push(client, line, written(text={"body": "It is the left one."}))
    taking_in.work_due()
    assert Message.objects.count() == 1
    row = InboundDelivery.objects.stuck().get()
    assert "It is the left one." in row.body


def test_a_wrong_signature_changes_nothing(client: Client, line: Connection) -> None:
    assert push(client, line, written(text={"body": "Hi"}), secret="no").status_code == 403
    assert client.post(wires.door(line), "{}", content_type="application/json").status_code == 403
    assert not InboundDelivery.objects.exists()


KINDS = [
    ("interactive", {"type": "button_reply", "button_reply": {"id": "b", "title": "Yes, please"}}, "Yes"),
    (
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "l", "title": "DHL", "description": "x"}},
        "DHL",
    ),
    ("button", {"text": "No", "payload": "no"}, "No"),
    (
        "location",
        {"latitude": 1.5, "longitude": 2.5, "name": "Home", "address": "Road 1"},
        "Home Road 1 (1.5",
    ),
    ("unsupported", {}, "unsupported"),
]


@pytest.mark.parametrize(("kind", "part", "said"), KINDS)
def test_every_kind_says_what_it_is(
    client: Client, line: Connection, kind: str, part: dict[str, Any], said: str
) -> None:
    assert said in taken(client, line, written(kind, 1, **{kind: part})).body


def test_contacts_are_written_out(client: Client, line: Connection) -> None:
    person = {"name": {"formatted_name": "Ben"}, "phones": [{"phone": "+49 30 1"}]}
    assert "Ben +49 30 1" in taken(client, line, written("contacts", contacts=[person])).body


def test_a_photo_is_fetched_in_two_steps(client: Client, line: Connection, side: OtherSide) -> None:
    part = {"mime_type": "image/jpeg", "sha256": "x", "id": "media-1", "caption": "Broken"}
    message = taken(client, line, written("image", image=part))
    file = Attachment.objects.get(subject=f"message:{message.pk}")
    assert (message.body, file.name) == ("Broken", "image.jpeg")
    assert side.paths() == ["/media-1", "/cdn/photo"]


@pytest.mark.parametrize(("code", "status"), [(80007, 400), (130429, 429), (4, 400)])
def test_a_photo_is_asked_for_again_while_there_is_too_much_to_do(
    client: Client, line: Connection, cloud: Cloud, code: int, status: int
) -> None:
    cloud.media_error = wires.told({"error": {"message": "Rate limit hit", "code": code}}, status)
    part = {"mime_type": "image/jpeg", "sha256": "x", "id": "media-1"}
    push(client, line, written("image", image=part))
    taking_in.work_due()
    assert not Message.objects.exists()
    cloud.media_error = None
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        taking_in.work_due()
    assert Attachment.objects.filter(subject=f"message:{Message.objects.get().pk}").count() == 1


def test_one_message_in_a_shape_nobody_knows_does_not_hold_up_the_others(
    client: Client, line: Connection
) -> None:
    told = written("text", text={"body": "Where is my parcel?"})
    value = told["entry"][0]["changes"][0]["value"]
    value["contacts"].append({"wa_id": "1", "profile": "Carol"})
    value["messages"] += [
        {"id": "wamid.in.2", "type": "text"},
        {"from": BUYER, "id": "wamid.in.3", "type": []},
    ]
    push(client, line, told)
    taking_in.work_due()
    row = InboundDelivery.objects.get()
    assert (row.state, row.error) == (InboundState.FAILED, "no sender or no id")
    assert Message.objects.filter(body="Where is my parcel?").count() == 1


def test_a_thumb_up_joins_a_conversation_and_opens_none(client: Client, line: Connection) -> None:
    thumb = {"message_id": "wamid.x", "emoji": "👍"}
    push(client, line, written("reaction", reaction=thumb))
    taking_in.work_due()
    assert not Ticket.objects.exists()
    taken(client, line, written(text={"body": "Hi"}, number=2))
    assert "👍" in taken(client, line, written("reaction", number=3, reaction=thumb)).body
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("data", [{}, [], {"object": "page"}, envelope(), {"object": "x", "entry": 5}])
def test_what_is_no_call_of_whatsapp_waits_for_a_person(client: Client, line: Connection, data: Any) -> None:
    assert push(client, line, data).status_code == 200
    taking_in.work_due()
    assert InboundDelivery.objects.get().state == InboundState.FAILED


def test_another_number_of_the_account_is_nothing_for_us(client: Client, line: Connection) -> None:
    told = written(text={"body": "Hi"})
    told["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "another"
    push(client, line, told)
    taking_in.work_due()
    assert InboundDelivery.objects.get().state == InboundState.IGNORED


# --- out ---------------------------------------------------------------------------------------------


@pytest.fixture
def ticket(client: Client, line: Connection) -> Ticket:
    return taken(client, line, written(text={"body": "Where is it?"})).ticket


def answer(ticket: Ticket, alice: User, body: str = "On its way.", **more: Any) -> Message:
    message = actions.reply(ticket, body=body, by=alice, **more)
    dispatch.drain()
    delivering.send_due()
    return message


def test_an_answer_is_a_text_message(ticket: Ticket, alice: User, side: OtherSide) -> None:
    message = answer(ticket, alice)
    asked = side.asked[-1]
    assert asked.path == f"/{NUMBER}/messages"
    assert asked.json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": BUYER,
        "type": "text",
        "text": {"preview_url": False, "body": "On its way."},
        "biz_opaque_callback_data": f"message:{message.pk}:0",
    }
    assert message.deliveries.get().provider_id == "wamid.1"


def test_files_are_uploaded_first(ticket: Ticket, alice: User, side: OtherSide) -> None:
    photo = files.store(pictures.upload(pictures.image(), "a.jpg"), subject="draft:x", by=alice)
    guide = files.store(pictures.upload(b"%PDF-1.4 x", "guide.pdf"), subject="draft:x", by=alice)
    answer(ticket, alice, attachments=[photo, guide])
    upload = next(one for one in side.asked if one.path == f"/{NUMBER}/media")
    assert b'name="messaging_product"\r\n\r\nwhatsapp' in upload.body
    assert b'filename="a.jpg"' in upload.body
    sent = [one.json for one in side.asked if one.path == f"/{NUMBER}/messages"]
    assert sent[1]["image"] == {"id": "MEDIA"}
    assert sent[2]["document"] == {"id": "MEDIA", "filename": "guide.pdf"}


def status(row: Any, word: str, **more: Any) -> dict[str, Any]:
    told = {"id": row.provider_id, "status": word, "timestamp": "1750030073", "recipient_id": BUYER}
    return envelope(statuses=[{**told, **more}])


def test_statuses_tell_how_far_it_got(client: Client, ticket: Ticket, alice: User, line: Connection) -> None:
    row = answer(ticket, alice).deliveries.get()
    seen = []
    for word in ("sent", "delivered", "read", "delivered"):
        push(client, line, status(row, word))
        taking_in.work_due()
        row.refresh_from_db()
        seen.append(row.state)
    assert seen == ["sent", "delivered", "read", "read"]


def test_a_status_of_failure_says_that_a_template_is_needed(
    client: Client, ticket: Ticket, alice: User, line: Connection
) -> None:
    message = answer(ticket, alice)
    error = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "24 hours"}}
    push(client, line, status(message.deliveries.get(), "failed", errors=[error]))
    taking_in.work_due()
    row = message.deliveries.first()
    assert row is not None
    assert (row.state, row.reason) == (DeliveryState.FAILED, Reason.WINDOW_CLOSED)
    assert "24 hours" in row.last_error


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (131047, Reason.WINDOW_CLOSED),
        (131026, Reason.RECIPIENT),
        (190, Reason.NOT_ALLOWED),
        (131053, Reason.REFUSED),
    ],
)
def test_what_whatsapp_refuses_is_shown(
    ticket: Ticket, alice: User, cloud: Cloud, code: int, reason: str
) -> None:
    cloud.errors = [code]
    rows = answer(ticket, alice).deliveries.all()
    assert {row.reason for row in rows} == {reason}
    assert not OutgoingMail.objects.exists()


def test_too_many_at_once_are_sent_later(ticket: Ticket, alice: User, cloud: Cloud) -> None:
    cloud.errors = [130429]
    message = answer(ticket, alice)
    assert message.deliveries.get().state == DeliveryState.QUEUED
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        delivering.send_due()
    assert message.deliveries.get().state == DeliveryState.SENT


def test_a_try_says_whether_the_token_is_right(line: Connection) -> None:
    connecting.test(line, by=SYSTEM)
    wrong = connecting.rotate(line, secrets={"access_token": "old"}, by=SYSTEM)
    with pytest.raises(Refused, match="190"):
        connecting.test(wrong, by=SYSTEM)
