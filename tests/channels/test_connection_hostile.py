"""What connected systems and strangers' servers send: a message gets in, whatever is wrong around it."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from channels import fetching, previews, wire
from channels.actions import taking_in
from channels.connection_states import InboundState
from channels.models import InboundDelivery
from channels.reading import TryLater
from core import clock
from core.models import Attachment
from tests.channels import wires
from tests.core import pictures
from tests.dripping import dripping
from tickets.models import Message, Ticket
from tickets.states import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def near(settings: Any) -> None:
    settings.CHANNEL_PRIVATE_HOSTS = ["127.0.0.1"]


def image() -> bytes:
    return bytes(pictures.image())


def with_files(*files: Any) -> dict[str, Any]:
    return wires.written(message={"files": list(files)})


def files_of(message: Message) -> list[str]:
    return sorted(Attachment.objects.filter(subject=f"message:{message.pk}").values_list("name", flat=True))


def taken_up_until(minutes: int = 40) -> None:
    """Let every attempt that is due come."""
    for passed in range(0, minutes, 5):
        with clock.stopped(clock.now() + timedelta(minutes=passed)):
            taking_in.work_due()


# --- what is said ------------------------------------------------------------------------------------


def test_half_a_letter_is_no_obstacle(client: Client) -> None:
    """Programs that cut texts by their length cut emoji in two."""
    shop = wires.connect()
    told = wires.written(message={"text": "Broken \ud83d\x00 lamp"})
    told["from"]["name"] = "Carol \ude00\x00"
    assert wires.push(client, shop, told).status_code == 200
    taking_in.work_due()
    message = Message.objects.get()
    assert message.body.startswith("Broken ")
    assert message.body.endswith(" lamp")
    assert message.ticket.customer.name.startswith("Carol")


def test_a_name_too_long_is_cut_and_no_obstacle(client: Client) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "subject": "message.subject"})
    told = wires.written(message={"subject": "lamp " * 100})
    told["from"] |= {"name": "Carol" * 100, "phone": {"a": 1}, "email": "a" * 400}
    wires.push(client, shop, told)
    taking_in.work_due()
    assert Message.objects.get().body == "Where is my parcel?"


def test_a_list_of_many_is_each_of_them(client: Client) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "each": "messages"})
    wires.push(client, shop, {"messages": [wires.written(number) for number in range(70)]})
    taking_in.work_due()
    assert Message.objects.count() == 70


def test_a_preview_of_many_shows_the_first() -> None:
    sample = "[" + ",".join('{"id": "1", "sender": "2"}' for _one in range(70)) + "]"
    found = previews.preview(f'{{"all": {sample}}}', {"each": "all", "id": "id"}, channel=Channel.SHOP)
    assert len(found.messages) == previews.MOST_SHOWN


def test_one_message_nobody_understands_does_not_hold_up_the_others(client: Client) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "each": "messages"})
    wires.push(client, shop, {"messages": [wires.written(1), {"message": {"id": "m-2"}}, wires.written(3)]})
    taking_in.work_due()
    row = InboundDelivery.objects.get()
    assert Message.objects.count() == 2
    assert (row.state, row.error) == (InboundState.FAILED, "2: sender: missing")
    assert row.result["tickets"] == [Ticket.objects.get().number]
    taking_in.retry(row, by=Ticket.objects.get().customer)
    taking_in.work_due()
    assert Message.objects.count() == 2


# --- files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["..", "/", ".", "../", "a/..", "..\\..", "\u202e", "a" * 400, "...."])
def test_a_name_that_is_none_is_no_obstacle(client: Client, name: str) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(image())) as side:
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg", "name": name}))
        taking_in.work_due()
    (kept,) = files_of(Message.objects.get())
    assert kept.endswith(".jpg")
    assert "/" not in kept


@pytest.mark.parametrize("path", ["/%2e%2e", "/..%2F..", "/", "", "/%2F"])
def test_an_address_without_a_name_is_no_obstacle(client: Client, path: str) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(image())) as side:
        wires.push(client, shop, with_files(f"{side.url}{path}"))
        taking_in.work_due()
    assert files_of(Message.objects.get()) == ["file.jpg"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/退货照片.jpg?编号=1", "/%E9%80%80%E8%B4%A7%E7%85%A7%E7%89%87.jpg"),
        ("/a b.jpg?q=c d", "/a%20b.jpg"),
        ("/a%20b.jpg?sign=x%2By%3D&n=1;2", "/a%20b.jpg"),
    ],
)
def test_addresses_as_people_write_them_are_fetched(client: Client, path: str, asked: str) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(image())) as side:
        wires.push(client, shop, with_files(f"{side.url}{path}"))
        taking_in.work_due()
    assert side.paths() == [asked]
    assert len(files_of(Message.objects.get())) == 1


def test_a_redirection_in_chinese_is_followed(client: Client) -> None:
    shop = wires.connect()

    def answer(asked: wires.Asked) -> wires.Answer:
        there = "/照片.jpg".encode().decode("latin-1")
        return wires.file(image()) if "%E7" in asked.path else (302, {"Location": there}, b"")

    with wires.other_side(answer) as side:
        wires.push(client, shop, with_files(f"{side.url}/a.jpg"))
        taking_in.work_due()
    assert len(files_of(Message.objects.get())) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1/a.jpg",
        "http://a..example/a.jpg",
        f"http://{'a' * 70}.example/a.jpg",
        "http://127.0.0.1:99999999/a.jpg",
        "http:///a.jpg",
        "//a.example/a.jpg",
        "http://168.63.129.16/machine",
        "http://[::127.0.0.1]/a.jpg",
        "data:image/png;base64,AAAA",
    ],
)
def test_what_is_no_address_of_the_web_is_told(client: Client, url: str) -> None:
    shop = wires.connect()
    wires.push(client, shop, with_files({"url": url, "name": "a.jpg"}))
    taking_in.work_due()
    message = Message.objects.get()
    assert "a.jpg – its address is not one of the public internet" in message.body


def test_content_that_is_none_is_told(client: Client) -> None:
    shop = wires.connect()
    wires.push(client, shop, with_files({"name": "a.jpg", "data": "data:image/png;base64,AAAA"}))
    taking_in.work_due()
    assert "[A file is missing here: a.jpg" in Message.objects.get().body


def test_half_a_file_is_none(client: Client) -> None:
    """A line that breaks halfway: what came is not the file."""
    shop = wires.connect()
    whole = b"%PDF-1.4 " + b"x" * 5000
    cut = (200, {"Content-Type": "application/pdf", "Content-Length": "9000"}, whole[:3000])
    answers = [cut, wires.file(whole, "application/pdf")]
    with wires.other_side(lambda asked: answers.pop(0)) as side:
        wires.push(client, shop, with_files(f"{side.url}/a.pdf"))
        taken_up_until()
    assert files_of(Message.objects.get()) == ["a.pdf"]
    assert Attachment.objects.get().size == len(whole)


def test_half_an_answer_is_none() -> None:
    cut = (200, {"Content-Type": "application/json", "Content-Length": "90"}, b'{"id": 1}')
    with wires.other_side(lambda asked: cut) as side, pytest.raises(TryLater):
        wire.call("GET", side.url)


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"H"),
    ],
    ids=["a body", "a body without end", "a head", "a first line"],
)
def test_a_server_that_drips_is_left(
    head: bytes, drop: bytes, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Each byte comes in time and the last one never: whoever waited would wait for days."""
    monkeypatch.setattr(fetching, "LONGEST_WAIT_S", 1)
    with dripping(head, drop) as url, pytest.raises(fetching.LATER):
        fetching.fetch(f"{url}/a.jpg", limit=10_000)


def test_redirections_have_no_time_of_their_own(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A chain of servers, each of which is just quick enough, takes no longer than one."""
    monkeypatch.setattr(fetching, "LONGEST_WAIT_S", 0.5)
    slow = threading.Event()

    def answer(asked: wires.Asked) -> wires.Answer:
        slow.wait(0.3)
        return 302, {"Location": "/on"}, b""

    with wires.other_side(answer) as side, pytest.raises(TimeoutError):
        fetching.fetch(side.url, limit=10_000)
    assert len(side.asked) == 2
