"""Pictures in the text of an answer, and in the text of what customers mail."""

from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core import dispatch, files, inline, mail
from core.models import Attachment
from customers import doors
from customers.models import Customer
from tests import build
from tests.channels.mails import deliver, raw
from tests.channels.test_mail_round_trip import post
from tests.core import pictures
from tests.mailbox import Mailbox, text_of
from tickets import actions
from tickets.models import Draft, HeldReply, Message, Ticket

__all__ = ["post"]

pytestmark = pytest.mark.django_db

PNG = pictures.image("PNG", size=(1200, 400))


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def ticket(carol: Customer) -> Ticket:
    return build.ticket(customer=carol)


def kept(by: User, name: str = "plug.png", content: bytes = PNG) -> Attachment:
    return files.store(pictures.upload(content, name), subject="draft:one", by=by)


def sent_with(post: Mailbox, ticket: Ticket, by: User, body: str, *along: Attachment) -> EmailMessage:
    actions.reply(ticket, body=body, by=by, attachments=along)
    dispatch.drain()
    mail.send_due()
    return post.mails()[-1]


def seen(client: Client, file: Attachment) -> bytes | None:
    """What somebody gets who asks for a file."""
    answer: Any = client.get(f"/files/{file.uuid}/")
    return b"".join(answer.streaming_content) if answer.status_code == 200 else None


def shape(part: Any) -> Any:
    """A mail as the kinds of its parts."""
    if part.is_multipart():
        return (part.get_content_type(), [shape(one) for one in part.iter_parts()])
    return part.get_content_type()


# --- out ---------------------------------------------------------------------------------------------


def test_a_picture_is_related_to_the_html_and_named_in_the_text(
    post: Mailbox, ticket: Ticket, alice: User
) -> None:
    body = f"Like this:\n{inline.mark('plug.png')}\nDoes it fit?"
    sent = sent_with(post, ticket, alice, body, kept(alice), kept(alice, "guide.jpg", pictures.image()))
    related = ("multipart/related", ["text/html", "image/png"])
    assert shape(sent) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", related]), "image/jpeg"],
    )
    assert "Like this:\n[Image: plug.png]\nDoes it fit?" in text_of(sent).replace("\r\n", "\n")
    html, picture = (part for part in sent.walk() if part.get_content_type() in ("text/html", "image/png"))
    cid = str(picture["Content-ID"]).strip("<>")
    assert f'<img class="picture" src="cid:{cid}" alt="plug.png" width="536">' in html.get_content()
    assert "[image:" not in html.get_content()
    assert picture.get_content() == PNG
    assert picture.get_content_disposition() == "inline"


def test_a_small_picture_keeps_its_width(post: Mailbox, ticket: Ticket, alice: User) -> None:
    small = kept(alice, "dot.png", pictures.image("PNG", size=(40, 20)))
    sent = sent_with(post, ticket, alice, inline.mark("dot.png"), small)
    assert 'width="40"' in sent.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert shape(sent)[0] == "multipart/alternative"


def test_a_picture_too_large_for_mails_is_named_as_on_the_page(
    post: Mailbox, ticket: Ticket, alice: User, settings: Any
) -> None:
    settings.MAIL_ATTACH_MEGABYTES = 0
    sent = sent_with(post, ticket, alice, inline.mark("plug.png"), kept(alice))
    assert shape(sent) == ("multipart/alternative", ["text/plain", "text/html"])
    assert "too large for a mail" in text_of(sent)


def test_a_name_can_do_nothing_in_the_html(post: Mailbox, ticket: Ticket, alice: User) -> None:
    bad = kept(alice, "a&b' onload=x.png")
    sent = sent_with(post, ticket, alice, f"<b>{inline.mark(bad.name)}</b>", bad)
    html = sent.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "&lt;b&gt;<img" in html
    assert "' onload" not in html


def test_a_mark_without_its_picture_stays_words() -> None:
    assert inline.pieces("See [image: gone.png] there", []) == ["See [image: gone.png] there"]


# --- on the pages ------------------------------------------------------------------------------------


def test_it_stands_in_both_conversations(desk: Client, ticket: Ticket, alice: User, carol: Customer) -> None:
    picture, guide = kept(alice), kept(alice, "guide.png")
    actions.reply(ticket, body=f"So: {inline.mark('plug.png')}", by=alice, attachments=[picture, guide])
    page = desk.get(f"/console/tickets/{ticket.number}/").content.decode()
    assert f'So: <a class="inline-picture" href="/files/{picture.uuid}/"' in page
    assert page.count(f'href="/files/{picture.uuid}/"') == 1  # not below as well
    assert page.count(f'href="/files/{guide.uuid}/"') == 1
    visitor = Client()
    remembered = visitor.session
    remembered[doors.CUSTOMER] = carol.pk
    remembered.save()
    request = visitor.get(f"/requests/{ticket.number}/").content.decode()
    assert f'So: <a class="inline-picture" href="/files/{picture.uuid}/"' in request
    assert seen(visitor, picture) == PNG
    assert seen(Client(), picture) is None


# --- while it is written -----------------------------------------------------------------------------


def put(desk: Client, ticket: Ticket, content: bytes = PNG, name: str = "image.png", **given: str) -> Any:
    data = {"kind": "reply", "body": "Look", "key": "one", **given}
    return desk.post(
        f"/console/tickets/{ticket.number}/draft/picture/",
        {**data, "picture": pictures.upload(content, name)},
    )


def test_a_pasted_picture_is_kept_with_the_draft(desk: Client, ticket: Ticket, alice: User) -> None:
    answer = put(desk, ticket)
    picture = Attachment.objects.get()
    assert 'data-picture="[image: image.png]"' in answer.content.decode()
    assert f'data-draft="{picture.subject}"' in answer.content.decode()
    draft = Draft.objects.get(user=alice, ticket=ticket)
    assert (draft.body, f"draft:{draft.files}") == ("Look", picture.subject)
    page = desk.get(f"/console/tickets/{ticket.number}/").content.decode()
    assert page.count('data-picture="[image: image.png]"') == 1


def test_a_second_one_has_a_name_of_its_own(desk: Client, ticket: Ticket) -> None:
    put(desk, ticket)
    first = Attachment.objects.get()
    put(desk, ticket, draft=first.subject)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["image-2.png", "image.png"]
    assert Attachment.objects.filter(subject=first.subject).count() == 2


def test_nobody_adds_to_somebody_elses_draft(desk: Client, ticket: Ticket, lea: User) -> None:
    foreign = kept(lea)
    put(desk, ticket, draft=foreign.subject)
    assert Attachment.objects.filter(subject=foreign.subject).count() == 1


def test_it_is_sent_where_it_stands(
    desk: Client, ticket: Ticket, alice: User, settings: Any, post: Mailbox
) -> None:
    settings.UNDO_SEND_SECONDS = 0
    put(desk, ticket)
    body = f"Look\n{inline.mark('image.png')}"
    form = {"body": body, "key": "one", "draft": Attachment.objects.get().subject, "version": ticket.version}
    desk.post(f"/console/tickets/{ticket.number}/reply/", form)
    message = Message.objects.get(body=body)
    assert Attachment.objects.get().subject == f"message:{message.pk}"
    dispatch.drain()
    mail.send_due()
    sent = post.find("[Image: image.png]")
    assert sent is not None


def test_a_reply_taken_back_has_its_picture_still(desk: Client, ticket: Ticket, settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 20
    put(desk, ticket)
    form = {"body": inline.mark("image.png"), "key": "one", "draft": Attachment.objects.get().subject}
    desk.post(f"/console/tickets/{ticket.number}/reply/", {**form, "version": ticket.version})
    held = HeldReply.objects.get()
    desk.post(f"/console/tickets/{ticket.number}/reply/{held.pk}/undo/")
    assert (
        'data-picture="[image: image.png]"' in desk.get(f"/console/tickets/{ticket.number}/").content.decode()
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.webp", pictures.image("WEBP"), "Attach it as a file"),
        ("big.png", PNG + bytes(2 * 1024 * 1024), "too large to stand in the text"),
        ("evil.exe", b"MZ" + bytes(100), "of a kind we cannot take"),
        ("half.png", PNG[:200], "seems to be damaged"),
    ],
)
def test_what_cannot_stand_there_is_said(
    desk: Client, ticket: Ticket, settings: Any, name: str, content: bytes, said: str
) -> None:
    settings.MAIL_PICTURE_MEGABYTES = 1
    answer = put(desk, ticket, content, name)
    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert said in answer.content.decode()
    assert name in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_note_shows_what_no_mail_would(desk: Client, ticket: Ticket, settings: Any) -> None:
    settings.MAIL_PICTURE_MEGABYTES = 1
    assert put(desk, ticket, pictures.image("WEBP"), "photo.webp", kind="note").status_code == 200
    large = put(desk, ticket, PNG + bytes(2 * 1024 * 1024), "big.png", kind="note")
    assert large.status_code == 200
    guide = put(desk, ticket, b"%PDF-1.4 x", "guide.pdf", kind="note")
    assert (guide.status_code, "cannot stand in the text" in guide.content.decode()) == (409, True)
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["big.png", "photo.webp"]


def test_without_a_picture_it_is_said(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(f"/console/tickets/{ticket.number}/draft/picture/", {"kind": "reply", "key": "one"})
    assert answer.status_code == 422


def test_a_picture_is_taken_out_again(desk: Client, ticket: Ticket, client: Client, lea: User) -> None:
    put(desk, ticket)
    picture = Attachment.objects.get()
    address = f"/console/tickets/{ticket.number}/draft/files/{picture.uuid}/drop/"
    other = Client()
    other.force_login(lea)
    assert other.post(address).status_code == 404
    assert desk.post(address, HTTP_HX_REQUEST="true").status_code == 204
    assert not Attachment.objects.exists()


def test_what_was_sent_is_not_taken_out(desk: Client, ticket: Ticket, alice: User) -> None:
    picture = kept(alice)
    actions.reply(ticket, body="x", by=alice, attachments=[picture])
    answer = desk.post(f"/console/tickets/{ticket.number}/draft/files/{picture.uuid}/drop/")
    assert answer.status_code == 409
    assert Attachment.objects.exists()


def test_other_systems_send_pictures_too(client: Client, ticket: Ticket, alice: User) -> None:
    _row, secret = issue_token(alice, name="t", by=alice)
    answer = client.post(
        f"/api/v1/tickets/{ticket.number}/messages/",
        {"body": f"So {inline.mark('plug.png')}", "attachments": [pictures.upload(PNG, "plug.png")]},
        headers={"Authorization": f"Token {secret}"},
    )
    assert answer.status_code == 201, answer.content
    assert Attachment.objects.get().subject == f"message:{answer.json()['id']}"


# --- in ----------------------------------------------------------------------------------------------


def illustrated(text: str, html: str, *cids: str) -> bytes:
    """A mail whose HTML shows pictures of its own."""
    sent = EmailMessage()
    sent["From"], sent["To"], sent["Subject"] = "carol@example.com", "aftersales@localhost", "Lamp"
    sent["Message-ID"] = "<pictures@example.com>"
    if text:
        sent.set_content(text)
        sent.add_alternative(html, subtype="html")
        body = sent.get_payload()[1]  # type: ignore[index]
    else:
        sent.set_content(html, subtype="html")
        body = sent
    for number, cid in enumerate(cids):
        body.add_related(PNG, "image", "png", cid=f"<{cid}>", filename=f"image{number}.png")  # type: ignore[union-attr]
    return sent.as_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "Before\n[image: image0.png]\nafter\n[image: image1.png]\n",
        "Before\n[cid:a@x]\nafter\n[cid:b@x]\n",
        "",
    ],
    ids=["as Gmail writes it", "as Outlook writes it", "HTML alone"],
)
def test_a_customers_pictures_stand_in_place(desk: Client, text: str) -> None:
    shown = "<p>Before</p><p><img src='cid:a@x'></p><p>after <img src=\"cid:b@x\" alt='x'></p>"
    html = f"{shown}<img src='cid:none'>"
    row = deliver(illustrated(text, html, "a@x", "b@x"))
    assert row.message is not None
    assert row.ticket is not None
    first, second = Attachment.objects.order_by("pk")
    said = " ".join(row.message.body.split())
    assert said == "Before [image: image0.png] after [image: image1.png]"
    page = desk.get(f"/console/tickets/{row.ticket.number}/").content.decode()
    places = [page.index(part) for part in ("Before", str(first.uuid), "after", str(second.uuid))]
    assert places == sorted(places)
    whole = desk.get(f"/console/incoming-mail/{row.uuid}/").content.decode()
    assert f'<img src="/files/{first.uuid}/"' in whole
    assert "cid:" not in whole
    part = desk.get(f"/console/tickets/{row.ticket.number}/messages/{row.message.pk}/mail/").content.decode()
    assert f'<img src="/files/{first.uuid}/"' in part
    assert seen(desk, first) == PNG
    assert seen(Client(), first) is None


def test_pictures_of_one_name_stand_in_their_order() -> None:
    row = deliver(
        raw(
            "One [image: image.png] two [image: image.png]",
            files=(("image.png", "image/png", PNG), ("image.png", "image/png", pictures.image("PNG"))),
        )
    )
    assert row.message is not None
    parts = inline.pieces(row.message.body, list(Attachment.objects.order_by("pk")))
    shown = [part for part in parts if isinstance(part, Attachment)]
    assert [one.pk for one in shown] == list(Attachment.objects.order_by("pk").values_list("pk", flat=True))
