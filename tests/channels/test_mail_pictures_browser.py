"""Pictures in a reply or a note as agents bring them in: pasted, dropped, chosen."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from core.models import Attachment
from tests import build
from tests.core import pictures
from tickets.models import Draft, HeldReply, Ticket

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

BRING = """([kind, type, content, where]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "image.png", { type }));
  const field = document.querySelector(where);
  const given = { bubbles: true, cancelable: true };
  field.dispatchEvent(kind === "paste"
    ? new ClipboardEvent("paste", { ...given, clipboardData: data })
    : new DragEvent("drop", { ...given, dataTransfer: data }));
}"""


@pytest.fixture
def ticket(transactional_db: None) -> Ticket:
    return build.ticket()


@pytest.fixture
def reply(ticket: Ticket, visit: Callable[..., "Page"], live_server: Any, promises: None) -> "Page":
    """Alice's browser, where she answers the ticket."""
    client = Client()
    client.force_login(build.user("Alice"))
    page = visit()
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"/console/tickets/{ticket.number}/")
    return page


def bring(
    page: "Page", how: str, content: bytes, kind: str = "image/png", where: str = "#reply-body"
) -> None:
    page.evaluate(BRING, [how, kind, base64.b64encode(content).decode(), where])


def test_a_picture_stands_where_it_was_pasted_and_is_sent(reply: "Page", settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 60
    box = reply.locator("#reply-body")
    box.fill("Like this:")
    bring(reply, "paste", pictures.image("PNG", size=(600, 300)))
    reply.locator("[data-picture]").wait_for()
    assert box.input_value() == "Like this:\n[image: image.png]\n"
    bring(reply, "drop", pictures.image("PNG", size=(300, 600)))
    reply.locator("[data-picture]").nth(1).wait_for()
    assert box.input_value().endswith("[image: image-2.png]\n")
    reply.locator(".composing__reply [data-picture-choose]").set_input_files(
        {"name": "plug.jpg", "mimeType": "image/jpeg", "buffer": pictures.image()}
    )
    reply.locator("[data-picture]").nth(2).wait_for()
    reply.get_by_label("Remove image-2.png").click()
    reply.locator("[data-picture]").nth(2).wait_for(state="detached")
    assert box.input_value() == "Like this:\n[image: image.png]\n[image: plug.jpg]\n"
    reply.get_by_role("button", name="Send reply").click()
    reply.locator(".bubble--held").wait_for()
    held = HeldReply.objects.get()
    assert sorted(held.files.values_list("name", flat=True)) == ["image.png", "plug.jpg"]


def test_it_is_there_again_after_a_reload(reply: "Page") -> None:
    reply.locator("#reply-body").fill("Look")
    bring(reply, "paste", pictures.image("PNG"))
    reply.locator("[data-picture]").wait_for()
    reply.get_by_text("Draft saved").wait_for()
    reply.reload()
    assert reply.locator("[data-picture]").count() == 1
    assert reply.locator("#reply-body").input_value() == "Look\n[image: image.png]\n"
    assert Draft.objects.get().files


def test_what_cannot_stand_there_is_said_in_a_sentence(reply: "Page") -> None:
    bring(reply, "paste", pictures.image("WEBP"), "image/webp")
    reply.get_by_text("Attach it as a file").wait_for()
    assert reply.locator("#reply-body").input_value() == ""
    assert reply.get_by_role("button", name="Send reply").is_enabled()
    assert not Attachment.objects.exists()


def test_a_picture_stands_in_a_note_for_colleagues(reply: "Page", ticket: Ticket) -> None:
    reply.locator(".composing__tab--note").click()
    box = reply.locator("#note-body")
    box.fill("See the crack:")
    bring(reply, "paste", pictures.image("PNG", size=(600, 300)), where="#note-body")
    reply.locator("[data-picture]").wait_for()
    bring(reply, "drop", pictures.image("WEBP"), "image/webp", where="#note-body")
    reply.locator("[data-picture]").nth(1).wait_for()
    assert box.input_value() == "See the crack:\n[image: image.png]\n[image: image-2.png.webp]\n"
    reply.get_by_text("Draft saved").wait_for()
    reply.reload()
    assert reply.locator(".composing__note [data-picture]").count() == 2
    reply.get_by_label("Remove image-2.png.webp").click()
    reply.locator("[data-picture]").nth(1).wait_for(state="detached")
    reply.get_by_role("button", name="Save note").click()
    reply.locator(".bubble--note .inline-picture").wait_for()
    note = ticket.messages.get(visibility="internal")
    assert note.body == "See the crack:\n[image: image.png]"
    assert [file.name for file in Attachment.objects.filter(subject=f"message:{note.pk}")] == ["image.png"]
    assert not Attachment.objects.filter(public=True).exists()
    assert not Draft.objects.exists()
