"""WeChat official accounts, both directions, as WeChat documents them."""

import base64
import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from channels.actions import connecting, delivering, taking_in
from channels.connection_states import DeliveryState, InboundState, Reason, Way
from channels.models import Connection, InboundDelivery
from channels.reading import Unreadable
from channels.wechat import sealed, xml
from core import clock, dispatch, files
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Attachment
from tests.channels import wires
from tests.channels.wires import Asked, OtherSide
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP = "wx5823bf96d3bd56c7"
SECRETS = {"token": "door", "app_secret": "app secret"}


class WeChat:
    """Answers like api.weixin.qq.com; `errors` are given to the next messages."""

    def __init__(self) -> None:
        self.tokens = 0
        self.errors: list[int] = []
        self.media: wires.Answer = wires.file(bytes(pictures.image()))

    def __call__(self, asked: Asked) -> wires.Answer:
        if asked.path == "/cgi-bin/stable_token":
            if asked.json["secret"] != "app secret":
                return wires.told({"errcode": 40125, "errmsg": "invalid appsecret"})
            self.tokens += 1
            return wires.told({"access_token": f"T{self.tokens}", "expires_in": 7200})
        if asked.query.get("access_token") != f"T{self.tokens}":
            return wires.told({"errcode": 42001, "errmsg": "access_token expired"})
        if asked.path == "/cgi-bin/media/get":
            return self.media
        if asked.path == "/cgi-bin/media/upload":
            return wires.told({"type": "image", "media_id": "M1", "created_at": 1})
        code = self.errors.pop(0) if self.errors else 0
        return wires.told({"errcode": code, "errmsg": "ok" if not code else "no"})


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


@pytest.fixture
def side(wechat: WeChat) -> Iterator[OtherSide]:
    with wires.other_side(wechat) as side:
        yield side
    cache.clear()


@pytest.fixture
def account(side: OtherSide) -> Connection:
    return wires.connect("wechat", account=APP, address=side.url, secrets=SECRETS, window_hours=48)


def signed(account: Connection, *, token: str = "door", stamp: int | None = None, **more: str) -> str:
    moment = str(stamp or int(clock.now().timestamp()))
    query = {"signature": sealed.signature(token, moment, "n1"), "timestamp": moment, "nonce": "n1", **more}
    return f"{wires.door(account)}?{urlencode(query)}"


def document(kind: str = "text", number: int = 1, **fields: str) -> str:
    known = {
        "ToUserName": "gh_1",
        "FromUserName": "oUser-1",
        "CreateTime": "1348831860",
        "MsgType": kind,
        "MsgId": f"123456789012345{number}",
        **fields,
    }
    return (
        "<xml>" + "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in known.items()) + "</xml>"
    )


def push(client: Client, account: Connection, body: str, url: str = "") -> Any:
    return client.post(url or signed(account), body, content_type="text/xml")


def test_the_door_proves_that_it_is_ours(client: Client, account: Connection) -> None:
    answer = client.get(signed(account, echostr="5838479218127813673"))
    assert (answer.status_code, answer.content) == (200, b"5838479218127813673")
    assert client.get(signed(account, token="other", echostr="1")).status_code == 403
    old = int(clock.now().timestamp()) - 3600
    assert client.get(signed(account, stamp=old, echostr="1")).status_code == 403


def test_a_text_becomes_a_ticket_and_wechat_hears_success(client: Client, account: Connection) -> None:
    began = time.monotonic()
    answer = push(client, account, document(Content="我的包裹在哪里？"))
    assert (answer.status_code, answer.content) == (200, b"success")
    assert time.monotonic() - began < 5  # else WeChat asks again
    taking_in.work_due()
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel) == ("我的包裹在哪里？", "social")
    assert ticket.customer.contact_points.get().normalized == "wechat:oUser-1"


def test_a_message_that_is_told_three_times_is_one(client: Client, account: Connection) -> None:
    for _time in range(3):
        push(client, account, document(Content="在吗"))
    taking_in.work_due()
    assert (InboundDelivery.objects.count(), Message.objects.count()) == (1, 1)


def test_a_wrong_signature_changes_nothing(client: Client, account: Connection) -> None:
    assert push(client, account, document(), signed(account, token="no")).status_code == 403
    assert push(client, account, document(), wires.door(account)).status_code == 403
    assert not InboundDelivery.objects.exists()


KINDS = [
    (document("location", Location_X="23.13", Location_Y="113.35", Label="Tianhe"), "Tianhe (23.13, 113.35)"),
    (document("link", Title="A lamp", Description="Nice", Url="https://x.example"), "https://x.example"),
    (document("voice", MediaId="m", Format="amr", Recognition="where is it"), "where is it"),
    (document("music"), "music"),
]


@pytest.mark.parametrize(("body", "said"), KINDS)
def test_every_kind_says_what_it_is(client: Client, account: Connection, body: str, said: str) -> None:
    push(client, account, body)
    taking_in.work_due()
    assert said in Message.objects.get().body


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe", "CLICK", "VIEW"])
def test_events_open_nothing(client: Client, account: Connection, event: str) -> None:
    body = document("event", Event=event).replace("<MsgId><![CDATA[1234567890123451]]></MsgId>", "")
    assert push(client, account, body).content == b"success"
    taking_in.work_due()
    assert InboundDelivery.objects.get().state == InboundState.IGNORED
    assert not Ticket.objects.exists()


def test_a_photo_is_fetched_by_its_media_id(client: Client, account: Connection, side: OtherSide) -> None:
    push(client, account, document("image", PicUrl="http://x.example/p", MediaId="media-1"))
    taking_in.work_due()
    file = Attachment.objects.get(subject=f"message:{Message.objects.get().pk}")
    assert file.content_type == "image/jpeg"
    asked = side.asked[-1]
    assert (asked.path, asked.query["media_id"]) == ("/cgi-bin/media/get", "media-1")


def test_a_voice_message_comes_as_a_file(client: Client, account: Connection, wechat: WeChat) -> None:
    wechat.media = wires.file(b"#!AMR\n" + b"\x3c\x91" * 40, "audio/amr")
    push(client, account, document("voice", MediaId="m", Format="amr"))
    taking_in.work_due()
    assert Attachment.objects.get().content_type == "audio/amr"


def test_a_photo_that_is_gone_is_named(client: Client, account: Connection, wechat: WeChat) -> None:
    wechat.media = wires.told({"errcode": 40007, "errmsg": "invalid media_id"})
    push(client, account, document("image", MediaId="old"))
    taking_in.work_due()
    assert "[A file is missing here: photo.jpg" in Message.objects.get().body


@pytest.mark.parametrize("code", [-1, 45009, 45011])
def test_a_photo_is_asked_for_again_while_wechat_is_busy(
    client: Client, account: Connection, wechat: WeChat, code: int
) -> None:
    photo, wechat.media = wechat.media, wires.told({"errcode": code, "errmsg": "system busy"})
    push(client, account, document("image", MediaId="media-1"))
    taking_in.work_due()
    assert not Message.objects.exists()
    wechat.media = photo
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        taking_in.work_due()
    assert Attachment.objects.get(subject=f"message:{Message.objects.get().pk}").name == "photo.jpg"


def test_a_film_is_where_wechat_says(
    client: Client, account: Connection, wechat: WeChat, settings: Any
) -> None:
    """For a film WeChat answers with its address."""
    settings.CHANNEL_PRIVATE_HOSTS = ["127.0.0.1"]
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 200
    with wires.other_side(lambda asked: wires.file(film, "video/mp4")) as store:
        wechat.media = wires.told({"video_url": f"{store.url}/film"})
        push(client, account, document("video", MediaId="media-1"))
        taking_in.work_due()
    file = Attachment.objects.get(subject=f"message:{Message.objects.get().pk}")
    assert (file.name, file.content_type) == ("video.mp4", "video/mp4")


def test_a_film_that_comes_at_once_is_taken(client: Client, account: Connection, wechat: WeChat) -> None:
    """Its documents promise an address; some accounts get the film itself."""
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 200
    wechat.media = wires.file(film, "video/mp4")
    push(client, account, document("shortvideo", MediaId="media-1"))
    taking_in.work_due()
    file = Attachment.objects.get(subject=f"message:{Message.objects.get().pk}")
    assert (file.name, file.content_type) == ("video.mp4", "video/mp4")


# --- safe mode ---------------------------------------------------------------------------------------


@pytest.fixture
def safe(side: OtherSide) -> Connection:
    return wires.connect("wechat", account=APP, address=side.url, secrets={**SECRETS, "aes_key": KEY})


def wrapped(body: str, *, key: str = KEY, account: str = APP) -> str:
    told = sealed.seal(body, key=key, account=account)
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{told}</Encrypt></xml>"


def url_of(safe: Connection, body: str, token: str = "door") -> str:
    moment = str(int(clock.now().timestamp()))
    told = xml.fields(body)["Encrypt"]
    return signed(safe, encrypt_type="aes", msg_signature=sealed.signature(token, moment, "n1", told))


def test_what_comes_sealed_is_opened(client: Client, safe: Connection) -> None:
    body = wrapped(document(Content="你好"))
    assert push(client, safe, body, url_of(safe, body)).content == b"success"
    again = wrapped(document(Content="你好"))  # the same message looks different each time
    assert push(client, safe, again, url_of(safe, again)).content == b"success"
    taking_in.work_due()
    assert Message.objects.get().body == "你好"
    assert safe.inbound.count() == 1


def test_in_safe_mode_nothing_else_is_taken(client: Client, safe: Connection) -> None:
    plain = document(Content="forged")
    assert push(client, safe, plain).status_code == 403
    body = wrapped(plain)
    assert push(client, safe, body, signed(safe)).status_code == 403
    other = url_of(safe, wrapped(document(Content="another")))
    assert push(client, safe, body, other).status_code == 403
    stranger = wrapped(plain, account="wx-stranger")
    assert push(client, safe, stranger, url_of(safe, stranger)).status_code == 403
    assert not InboundDelivery.objects.exists()


@given(st.text(max_size=200))
def test_what_is_sealed_is_opened_again(text: str) -> None:
    assert sealed.opened(sealed.seal(text, key=KEY, account=APP), key=KEY, account=APP) == text


@given(st.binary(max_size=200))
def test_rubbish_is_never_opened(content: bytes) -> None:
    with pytest.raises(sealed.CannotOpen):
        sealed.opened(base64.b64encode(content).decode(), key=KEY, account=APP)


def test_a_signature_is_that_of_the_documentation() -> None:
    """SHA-1 over the parts in order: worked out by hand."""
    assert sealed.signature("b", "c", "a") == hashlib.sha1(b"abc", usedforsecurity=False).hexdigest()


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, "<xml>", "", "x" * 10, "<a>" * 50, "<xml>" + "y" * 2_000_000]
)
def test_xml_that_declares_or_is_none_is_not_read(body: str) -> None:
    with pytest.raises(Unreadable):
        xml.fields(body)


def test_such_a_document_is_turned_away_at_the_door(client: Client, account: Connection) -> None:
    assert push(client, account, BOMB).status_code == 400
    assert not InboundDelivery.objects.exists()


# --- out ---------------------------------------------------------------------------------------------


@pytest.fixture
def ticket(client: Client, account: Connection) -> Ticket:
    push(client, account, document(Content="我的包裹在哪里？"))
    taking_in.work_due()
    return Ticket.objects.get()


def answer(ticket: Ticket, alice: User, body: str = "已经发货了。", **more: Any) -> Message:
    message = actions.reply(ticket, body=body, by=alice, **more)
    dispatch.drain()
    delivering.send_due()
    return message


def test_an_answer_is_a_customer_service_message(ticket: Ticket, alice: User, side: OtherSide) -> None:
    message = answer(ticket, alice)
    asked = side.asked[-1]
    assert (asked.path, asked.query) == ("/cgi-bin/message/custom/send", {"access_token": "T1"})
    assert asked.json == {"touser": "oUser-1", "msgtype": "text", "text": {"content": "已经发货了。"}}
    assert "已经发货了" in asked.body.decode()  # WeChat would show escapes as they are
    assert message.deliveries.get().state == DeliveryState.SENT


def test_the_token_is_kept_and_renewed_when_it_ends(
    ticket: Ticket, alice: User, wechat: WeChat, side: OtherSide
) -> None:
    answer(ticket, alice)
    answer(ticket, alice)
    assert wechat.tokens == 1
    wechat.tokens = 5  # somebody else had a new one made
    answer(ticket, alice)
    assert wechat.tokens == 6
    assert side.paths()[-3:] == [
        "/cgi-bin/message/custom/send",
        "/cgi-bin/stable_token",
        "/cgi-bin/message/custom/send",
    ]


def test_pictures_are_uploaded_and_other_files_are_links(
    ticket: Ticket, alice: User, side: OtherSide
) -> None:
    photo = files.store(pictures.upload(pictures.image(), "a.jpg"), subject="draft:x", by=alice)
    guide = files.store(pictures.upload(b"%PDF-1.4 x", "guide.pdf"), subject="draft:x", by=alice)
    answer(ticket, alice, attachments=[photo, guide])
    assert "/cgi-bin/media/upload" in side.paths()
    sent = [one.json for one in side.asked if one.path == "/cgi-bin/message/custom/send"]
    assert sent[1]["image"] == {"media_id": "M1"}
    assert "guide.pdf" in sent[2]["text"]["content"]


def test_a_long_answer_is_sent_in_pieces(ticket: Ticket, alice: User, side: OtherSide) -> None:
    answer(ticket, alice, "售后" * 700)
    sent = [one.json["text"]["content"] for one in side.asked if one.path.endswith("custom/send")]
    assert "".join(sent) == "售后" * 700
    assert all(len(text.encode()) <= 2000 for text in sent)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (45015, Reason.WINDOW_CLOSED),
        (45047, Reason.TOO_MANY),
        (43004, Reason.RECIPIENT),
        (48001, Reason.NOT_ALLOWED),
        (45002, Reason.REFUSED),
    ],
)
def test_what_wechat_refuses_is_shown(
    ticket: Ticket, alice: User, wechat: WeChat, code: int, reason: str
) -> None:
    wechat.errors = [code]
    message = answer(ticket, alice)
    rows = {row.way: (row.state, row.reason) for row in message.deliveries.all()}
    assert rows == {
        Way.CONNECTION: (DeliveryState.FAILED, reason),
        Way.NONE: (DeliveryState.FAILED, reason),
    }


def test_a_busy_wechat_is_asked_again(ticket: Ticket, alice: User, wechat: WeChat) -> None:
    wechat.errors = [-1]
    message = answer(ticket, alice)
    assert message.deliveries.get().state == DeliveryState.QUEUED
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        delivering.send_due()
    assert message.deliveries.get().state == DeliveryState.SENT


def test_after_48_hours_nothing_is_tried(ticket: Ticket, alice: User, side: OtherSide) -> None:
    before = len(side.asked)
    with clock.stopped(clock.now() + timedelta(hours=49)):
        message = answer(ticket, alice)
    assert len(side.asked) == before
    assert message.deliveries.get().reason == Reason.WINDOW_CLOSED


def test_a_try_says_whether_the_account_is_right(account: Connection) -> None:
    connecting.test(account, by=SYSTEM)
    fresh = connecting.rotate(account, secrets={"app_secret": "wrong"}, by=SYSTEM)
    assert fresh.tell("token") == "door"
    with pytest.raises(Refused, match="40125"):
        connecting.test(fresh, by=SYSTEM)
