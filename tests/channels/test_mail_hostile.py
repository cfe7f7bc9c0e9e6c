"""Whatever comes in: no crash, nothing lost, nothing on a wrong ticket."""

import random
from contextlib import suppress

import pytest
from django.conf import settings as configured
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from channels.actions.mail_landing import fingerprint, land
from channels.actions.mail_taking import bytes_of, work
from channels.email import bodies, charsets
from channels.email.languages import language_of
from channels.email.parsing import Unreadable, read
from channels.email.states import Fetching, MailState, Outcome, Reason
from channels.models import IncomingMail
from core.models import Attachment
from customers.models import Customer
from tests import build
from tests.channels import hostile
from tests.channels.mails import deliver, raw
from tickets.models import Message

pytestmark = pytest.mark.django_db

BY_HAND = hostile.by_hand()


@pytest.mark.parametrize("content", BY_HAND.values(), ids=BY_HAND)
def test_it_is_kept_and_settled(content: bytes, carol: Customer) -> None:
    victim = build.ticket(customer=carol)
    row = deliver(content)
    row.refresh_from_db()
    assert row.state in (MailState.TAKEN, MailState.QUARANTINED, MailState.IGNORED)
    assert row.reason != Reason.FAILED, row.last_error
    assert bytes_of(row) == content
    assert row.ticket != victim
    assert victim.messages.count() == 1
    if row.state == MailState.TAKEN:
        assert row.message is not None
        assert "\x00" not in row.message.body


READ = {
    "null bytes": "abc",
    "no message id": "hello",
    "date of the future": "hello",
    "five thousand links": "click 3999",
    "deep boxes": "hello",
    "script": "hello",
    "made-up charset": "hello",
    "gbk unlabelled": "灯坏了，请帮我换货，谢谢。",
    "gbk as latin": "灯坏了，请帮我换货，谢谢。",
    "gbk as utf-8": "灯坏了，请帮我换货，谢谢。",
    "utf-8 as gbk": "灯坏了，请帮我换货",
    "raw bytes in the head": "hello",
    "mbox": "hello",
    "byte order mark": "hello",
    "forwards": "See below",
    "boundary that never ends": "hello",
    "unknown packing": "hello",
    "half of a letter": "hello",
}


@pytest.mark.parametrize("name", READ)
def test_what_a_person_can_read_is_read(name: str) -> None:
    row = deliver(BY_HAND[name])
    assert row.state == MailState.TAKEN
    assert row.message is not None
    assert READ[name] in row.message.body


def test_names_in_any_encoding_are_read() -> None:
    row = deliver(BY_HAND["raw bytes in the head"])
    assert (row.sender_name, row.subject) == ("王芳", "退货")


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb2312", "您好，台灯坏了，我想退货。"),
        ("gb18030", "朱镕基先生的订单，谢谢。"),
        ("gbk", "我的訂單還沒收到，請查詢。"),
        ("big5", "您好，檯燈壞了，我想退貨。"),
        ("iso-2022-jp", "ランプが壊れました。返品したいです。"),
        ("shift_jis", "ランプが壊れました。"),
        ("euc-kr", "램프가 고장났습니다."),
        ("hz", "您好，台灯坏了。"),
        ("utf-16", "灯坏了"),
        ("windows-1252", "Die Lampe ist kaputt – für 20 €"),
        ("koi8-r", "Лампа сломана"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_every_encoding_is_read(charset: str, text: str, packed: bool) -> None:
    content = hostile.encoded(text, charset, packed=packed)
    assert text in read(content).text


def test_letters_missing_from_gb2312_are_read_all_the_same() -> None:
    """Programs say gb2312 and write GBK."""
    assert "镕" in read(hostile.encoded("朱镕基", "gb18030", "gb2312")).text


def test_letters_cut_between_encoded_words_are_put_together() -> None:
    assert charsets.header_text("=?gbk?B?zcs=?=\r\n =?gbk?B?u/U=?=") == "退货"
    assert charsets.header_text("=?utf-8?B?6YCA?= =?utf-8?B?6LSn?= now") == "退货 now"
    assert charsets.header_text("=?utf-8?B?6YA=?= =?utf-8?B?gA==?=") == "退"


def test_utf_7_hides_nothing() -> None:
    assert "<script>" not in read(hostile.encoded("+ADw-script+AD4-", "ascii", "utf-7")).text


def test_a_mail_in_the_mail_is_a_file(carol: Customer) -> None:
    row = deliver(BY_HAND["forwards"])
    assert row.attachments == 1
    assert row.message is not None
    kept = Attachment.objects.get(subject=f"message:{row.message.pk}")
    assert (kept.name, kept.content_type) == ("Lamp.eml", "message/rfc822")
    assert "The innermost" not in row.message.body


def test_files_we_do_not_take_are_told(alice: None) -> None:
    row = deliver(
        raw(files=(("plan.zip", "application/zip", b"PK\x03\x04zip"), ("a.txt", "text/plain", b"a")))
    )
    assert row.message is not None
    assert [file["name"] for file in row.left_out] == ["plan.zip"]
    assert Attachment.objects.get(subject=f"message:{row.message.pk}").name == "a.txt"


def test_names_of_files_are_harmless() -> None:
    row = deliver(BY_HAND["path for a name"])
    assert row.message is not None
    assert Attachment.objects.get(subject=f"message:{row.message.pk}").name == "passwd.txt"
    other = deliver(BY_HAND["name of all kinds"])
    assert other.message is not None
    assert Attachment.objects.get(subject=f"message:{other.message.pk}").name == "拍照.txt"


# --- HTML --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<svg onload=alert(1)></svg>",
        "<iframe src='https://evil.example'></iframe>",
        "<style>body{background:url(https://evil.example)}</style>",
        "<div style='background:url(https://evil.example)'>x</div>",
        "<form action='https://evil.example'><input name=a></form>",
        "<img src='https://evil.example/pixel.gif'>",
        "<img src='//evil.example/pixel.gif'>",
        "<img srcset='https://evil.example/pixel.gif 2x'>",
        "<base href='https://evil.example'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    ],
)
def test_html_can_do_nothing(html: str) -> None:
    for cleaned in (bodies.cleaned(html, {}), str(bodies.shown(html))):
        for word in (
            "script",
            "onerror",
            "onload",
            "evil.example",
            "javascript",
            "style",
            "<form",
            "<iframe",
        ):
            assert word not in cleaned.lower()


def test_pictures_inside_the_mail_are_shown() -> None:
    html = "<p>Look <img src='cid:one@x'><img src='cid:two@x'></p>"
    cleaned = bodies.cleaned(html, {"one@x": "/files/1/"})
    assert 'src="/files/1/"' in cleaned
    assert "cid:" not in cleaned
    assert 'src="/files/1/"' in bodies.shown(cleaned)


def test_html_is_read_as_words() -> None:
    row = deliver(
        b"From: carol@example.com\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n"
        b"<html><head><title>no</title><style>p{}</style></head>"
        b"<body><p>My lamp</p><p>is&nbsp;broken</p></body>"
    )
    assert row.message is not None
    assert row.message.body == "My lamp\n\nis broken"


# --- a thousand --------------------------------------------------------------------------------------


def test_a_thousand_mutants_are_kept_and_settled(carol: Customer) -> None:
    """Parsing is tried on all of them; a fifth, as working on one costs a while, goes all the way."""
    victim = build.ticket(customer=carol)
    dice = random.Random(7)
    came = set()
    for content in hostile.mutants(20261130, 1000):
        with suppress(Unreadable):
            read(content)
        if dice.random() < 0.2:
            row, is_new = land(content, source=Fetching.PIPE)
            row = work(row)
            assert row.state != MailState.LANDED
            assert row.reason != Reason.FAILED, (row.last_error, content)
            assert fingerprint(bytes_of(row)) == fingerprint(content)
            assert bytes_of(row) == content or not is_new
            came.add(row.pk)
    assert IncomingMail.objects.count() == len(came)
    taken = IncomingMail.objects.filter(state=MailState.TAKEN)
    assert Message.objects.filter(mail__in=taken).count() == taken.count()
    assert victim.messages.count() == 1
    assert not taken.exclude(outcome__in=(Outcome.CREATED, Outcome.APPENDED)).exists()


@given(st.binary(max_size=2000))
@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        mail = read(content, most=configured.MAIL_MEGABYTES * 1024 * 1024)
    except Unreadable:
        return
    for text in (mail.text, mail.subject, mail.sender, mail.sender_name, mail.message_id):
        assert "\x00" not in text
        text.encode()


@given(st.binary(max_size=300), st.sampled_from(["", "gbk", "big5", "utf-8", "iso-2022-jp", "x", "utf-7"]))
def test_any_bytes_become_text(content: bytes, label: str) -> None:
    charsets.tidy(charsets.text_of(content, label)).encode()


@given(st.text(max_size=500))
def test_any_text_of_html_becomes_words(html: str) -> None:
    bodies.plain(html)
    bodies.cleaned(html, {})


# --- Chinese, which knows no spaces ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "read_as"),
    [("; delsp=yes", "我的台灯不亮了\n\n谢谢"), ("", "我的 台灯 不亮了\n\n谢谢")],
)
def test_lines_broken_for_the_way_are_joined_as_they_were(more: str, read_as: str) -> None:
    head = f"From: carol@example.com\r\nContent-Type: text/plain; charset=utf-8; format=flowed{more}\r\n\r\n"
    assert read(f"{head}我的 \r\n台灯 \r\n不亮了\r\n\r\n谢谢\r\n".encode()).text == read_as


@pytest.mark.parametrize(
    "text",
    ["我的邮箱是carol@example.com，请帮我退货", "请看https://shop.example/orders/1，灯坏了", "灯坏了"],
)
def test_addresses_in_chinese_do_not_hide_that_it_is_chinese(text: str) -> None:
    assert language_of(text, "en") == "zh-hans"


# --- heads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", [b"\r\n\r\n", b"\n", b"\r\n \r\n"])
def test_blank_lines_above_a_mail_are_no_mail(blank: bytes) -> None:
    content = raw("Hello")
    row = deliver(blank + content)
    assert (row.state, row.sender) == (MailState.TAKEN, "carol@example.com")


def test_a_body_that_runs_into_its_head_is_read_for_itself() -> None:
    """Without a blank line between them, what is written is no part of what makes two mails one."""
    head = b"Message-ID: <one@example.com>\nDate: Mon, 23 Nov 2026 10:00:00 +0800\nFrom: carol@example.com\n"
    first, second = deliver(head + b"My lamp is broken.\n"), deliver(head + b"And my other lamp too.\n")
    assert first.pk != second.pk


@pytest.mark.parametrize(
    "name", ["..", "/", "a/..", ".", "", "undefined''a.txt", "%00''a.txt", "idna''a..txt"]
)
@pytest.mark.parametrize("way", ["filename", "filename*"])
def test_a_file_of_any_name_is_kept(name: str, way: str) -> None:
    head = "From: carol@example.com\r\nSubject: Lamp\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    parts = "--x\r\nContent-Type: text/plain\r\n\r\nSee the file\r\n--x\r\nContent-Type: text/plain\r\n"
    named = f'Content-Disposition: attachment; {way}="{name}"\r\n\r\nhi\r\n--x--\r\n'
    row = deliver((head + parts + named).encode())
    assert row.state == MailState.TAKEN, (row.reason, row.last_error)
    assert row.message is not None
    assert row.message.body == "See the file"


@pytest.mark.parametrize("where", ["charset", "name", "boundary"])
def test_a_word_in_no_encoding_spoils_no_mail(where: str) -> None:
    head = (
        f"From: carol@example.com\r\nSubject: Lamp\r\nContent-Type: text/plain; {where}*=undefined''x\r\n\r\n"
    )
    assert deliver(head.encode() + b"hello").state == MailState.TAKEN


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("carol@example.com <eve@evil.example>", "eve@evil.example"),
        ("carol@example.com carol@example.com <eve@evil.example>", "eve@evil.example"),
        ('"carol@example.com" <eve@evil.example>', "eve@evil.example"),
        ('"Carol <carol@example.com>" <eve@evil.example>', "eve@evil.example"),
        ('"Carol \\" <carol@example.com>" <eve@evil.example>', "eve@evil.example"),
        ("carol@example.com <carol@example.com>", "carol@example.com"),
        ("Carol <carol@example.com", "carol@example.com"),
        ("carol@example.com (Carol <x@y.example>)", "carol@example.com"),
        ("<@relay.example:carol@example.com>", "carol@example.com"),
    ],
)
def test_the_sender_is_the_address_and_no_word_before_it(written: str, sender: str) -> None:
    """Mail servers check the address in its brackets; to take another would be to take it unchecked."""
    assert read(f"From: {written}\r\n\r\nHello".encode()).sender == sender


def test_no_name_turns_the_text_around_it() -> None:
    mail = read(
        "From: =?utf-8?q?Carol_=E2=80=AEmoc?= <carol@example.com>\r\nSubject: a\u202eb\r\n\r\nx".encode()
    )
    assert (mail.sender_name, mail.subject) == ("Carol moc", "ab")
