"""Any system that signs: what it sends becomes a ticket once, what is not genuine becomes nothing."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from channels import failures, health, previews, rules
from channels.actions import connecting, taking_in
from channels.connection_states import InboundState
from channels.models import Connection, Correspondent, InboundDelivery
from core import clock
from core.actors import SYSTEM
from core.models import Attachment
from customers.models import ContactPoint, Customer
from tests import build
from tests.channels import wires
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel, TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def near(settings: Any) -> None:
    settings.CHANNEL_PRIVATE_HOSTS = ["127.0.0.1"]


def image() -> bytes:
    return bytes(pictures.image())


def test_what_a_buyer_wrote_becomes_a_ticket(client: Client) -> None:
    shop = wires.connect()
    order = build.order(customer=build.customer("Dora"), number="SO-1")
    answer = wires.push(client, shop, wires.written(order={"no": "SO-1"}))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert not Ticket.objects.exists()  # kept first, worked on later
    assert taking_in.work_due() == 1
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject, ticket.customer.name) == (
        Channel.SHOP,
        "Where is my parcel?",
        "Carol",
    )
    assert ticket.order is None  # somebody else's order: staff see the number
    assert order.customer != ticket.customer
    point = ticket.customer.contact_points.get()
    assert (point.kind, point.normalized, point.value) == ("social", "generic:buyer-7", "Carol")
    row = InboundDelivery.objects.get()
    assert (row.state, row.result["tickets"]) == (InboundState.DONE, [ticket.number])


def test_the_same_call_again_changes_nothing(client: Client) -> None:
    shop = wires.connect()
    for _time in range(3):
        assert wires.push(client, shop, wires.written()).status_code == 200
        taking_in.work_due()
    assert (InboundDelivery.objects.count(), Message.objects.count()) == (1, 1)


def test_one_sender_writes_on_one_ticket_until_it_is_solved(client: Client) -> None:
    shop = wires.connect()
    for number in range(1, 4):
        wires.push(client, shop, wires.written(number))
    taking_in.work_due()
    ticket = Ticket.objects.get()
    assert ticket.messages.count() == 3
    actions.solve(ticket, by=SYSTEM)
    wires.push(client, shop, wires.written(4))
    taking_in.work_due()
    assert Ticket.objects.count() == 2


def test_a_burst_at_the_same_moment_is_one_ticket(together: Callable[..., list[Any]], client: Client) -> None:
    shop = wires.connect()
    for number in range(10):
        wires.push(client, shop, wires.written(number))
    together(*[lambda: taking_in.work_due(limit=4)] * 4)
    taking_in.work_due()
    assert Ticket.objects.count() == 1
    assert Ticket.objects.get().messages.count() == 10
    assert Correspondent.objects.count() == Customer.objects.count() == 1


def test_twenty_deliveries_at_once_are_one(together: Callable[..., list[Any]]) -> None:
    shop = wires.connect()
    answers = together(*[lambda: wires.push(Client(), shop, wires.written()).status_code] * 20)
    assert set(answers) == {200}
    assert InboundDelivery.objects.count() == 1


@pytest.mark.parametrize("late", [timedelta(minutes=6), -timedelta(minutes=6)])
def test_a_recording_is_turned_away(client: Client, late: timedelta) -> None:
    shop = wires.connect()
    assert wires.push(client, shop, wires.written(), at=clock.now() + late).status_code == 403
    assert not InboundDelivery.objects.exists()


def test_a_wrong_signature_changes_nothing_and_is_counted(client: Client) -> None:
    shop = wires.connect()
    for _time in range(3):
        answer = wires.push(client, shop, wires.written(), secret="another")
        assert (answer.status_code, answer.json()["code"]) == (403, "channel.not_genuine")
    assert client.post(wires.door(shop), "{}", content_type="application/json").status_code == 403
    assert not InboundDelivery.objects.exists()
    assert failures.counted([shop.pk], clock.now()) == {shop.pk: 4}
    cache.clear()


def test_nobody_is_at_an_unknown_door(client: Client) -> None:
    assert client.post("/api/v1/channels/nobody/inbound/").status_code == 404


def test_the_former_secret_is_good_for_a_day(client: Client) -> None:
    shop = wires.connect()
    fresh = connecting.rotate(shop, secrets={}, by=SYSTEM)
    assert wires.push(client, shop, wires.written(1)).status_code == 200
    assert wires.push(client, shop, wires.written(2), secret=fresh.tell("secret")).status_code == 200
    with clock.stopped(clock.now() + timedelta(hours=25)):
        assert wires.push(client, shop, wires.written(3)).status_code == 403
        assert wires.push(client, shop, wires.written(3), secret=fresh.tell("secret")).status_code == 200


def test_a_paused_connection_keeps_what_comes_in(client: Client) -> None:
    shop = wires.connect()
    connecting.pause(shop, by=SYSTEM)
    assert wires.push(client, shop, wires.written()).status_code == 200
    assert taking_in.work_due() == 0
    connecting.go_on(shop, by=SYSTEM)
    assert taking_in.work_due() == 1
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"from": {"id": "x"}}, "id: missing"),
        ({"message": {"id": {"a": 1}}, "from": {"id": "x"}}, "id: not_text"),
        ({"message": {"id": "m", "files": "x"}, "from": {"id": "x"}}, "files: no_list"),
        ([], "id: missing"),
    ],
)
def test_what_cannot_be_understood_waits_for_a_person(client: Client, data: Any, said: str) -> None:
    shop = wires.connect()
    assert wires.push(client, shop, data).status_code == 200
    taking_in.work_due()
    row = InboundDelivery.objects.get()
    assert row.state == InboundState.FAILED
    assert said in row.error
    assert json.loads(row.body) == data
    taking_in.dismiss(row, by=SYSTEM)
    assert not InboundDelivery.objects.stuck().exists()


def test_what_was_stuck_is_read_again_once_the_mapping_is_right(client: Client) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "sender": "buyer.id"})
    wires.push(client, shop, wires.written())
    taking_in.work_due()
    connecting.change(shop, mapping=wires.MAPPING, by=SYSTEM)
    taking_in.retry(InboundDelivery.objects.get(), by=SYSTEM)
    taking_in.work_due()
    assert Ticket.objects.count() == 1


def test_an_unproven_address_is_noted_and_joins_nobody(client: Client) -> None:
    carol = build.customer("Carol", email="carol@example.com")
    shop = wires.connect()
    wires.push(client, shop, wires.written(1, **{"from": {"id": "b", "email": "carol@example.com"}}))
    taking_in.work_due()
    assert Ticket.objects.get().customer != carol
    assert Correspondent.objects.get().told["email"] == "carol@example.com"


def test_a_vouched_address_is_the_person(client: Client) -> None:
    carol = build.customer("Carol", email="carol@example.com")
    shop = wires.connect(trusts_contacts=True)
    wires.push(
        client,
        shop,
        wires.written(1, **{"from": {"id": "b", "email": "carol@example.com", "phone": "not a phone"}}),
    )
    taking_in.work_due()
    assert Ticket.objects.get().customer == carol
    assert ContactPoint.objects.filter(customer=carol, kind="social").exists()


def test_a_team_gets_what_comes_through_its_connection(client: Client) -> None:
    build.team()
    wires.connect(team=build.team("shop", is_default=False))
    connection = Connection.objects.get()
    wires.push(client, connection, wires.written())
    taking_in.work_due()
    ticket = Ticket.objects.get()
    assert ticket.team is not None
    assert ticket.team.code == "shop"


# --- files -------------------------------------------------------------------------------------------


def with_files(*files: Any) -> dict[str, Any]:
    return wires.written(message={"files": list(files)})


def test_a_photo_comes_by_address_or_with_the_call(client: Client) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(image())) as side:
        inline = {"name": "b.jpg", "data": b64encode(image()).decode()}
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg"}, inline))
        taking_in.work_due()
    message = Message.objects.get()
    files = Attachment.objects.filter(subject=f"message:{message.pk}")
    assert [(one.name, one.content_type, one.public) for one in files] == [
        ("a.jpg", "image/jpeg", True),
        ("b.jpg", "image/jpeg", True),
    ]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.1/a.jpg", "public"),
        ("http://localhost/a.jpg", "public"),
        ("http://[::ffff:10.0.0.1]/a.jpg", "public"),
        ("http://169.254.169.254/latest/meta-data", "public"),
        ("file:///etc/passwd", "public"),
        ("http://user@127.0.0.1/a.jpg", "public"),
    ],
)
def test_nothing_is_fetched_from_inside(client: Client, url: str, why: str) -> None:
    shop = wires.connect()
    wires.push(client, shop, with_files({"url": url, "name": "a.jpg"}))
    taking_in.work_due()
    message = Message.objects.get()
    assert why in message.body
    assert "Where is my parcel?" in message.body
    assert not Attachment.objects.exists()


def test_a_redirection_is_looked_at_too(client: Client, settings: Any) -> None:
    shop = wires.connect()
    away = (302, {"Location": "http://localhost:1/inside"}, b"")
    with wires.other_side(lambda asked: away) as side:
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg"}))
        taking_in.work_due()
    assert "public" in Message.objects.get().body
    assert len(side.asked) == 1


def test_a_file_that_never_ends_is_left_out(client: Client, settings: Any) -> None:
    settings.FILE_SIZE_LIMITS = dict.fromkeys(settings.FILE_SIZE_LIMITS, 1000)
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(b"\xff" * 5000)) as side:
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg"}))
        taking_in.work_due()
    assert "too large" in Message.objects.get().body


def test_a_file_that_does_not_come_holds_the_message_up_only_so_long(client: Client) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: (503, {}, b"")) as side:
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg", "name": "a.jpg"}))
        for minutes in range(0, 40, 5):
            with clock.stopped(clock.now() + timedelta(minutes=minutes)):
                taking_in.work_due()
    assert len(side.asked) == taking_in.PATIENT_ATTEMPTS
    assert "[A file is missing here: a.jpg" in Message.objects.get().body


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00" * 50, b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"]
)
def test_what_is_no_file_we_take_is_named(client: Client, content: bytes) -> None:
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(content)) as side:
        wires.push(client, shop, with_files({"url": f"{side.url}/a.jpg"}))
        taking_in.work_due()
    assert "[A file is missing here" in Message.objects.get().body
    assert Ticket.objects.get().status == TicketStatus.NEW


# --- the mapping -------------------------------------------------------------------------------------


def test_a_list_of_messages_is_each_of_them(client: Client) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "each": "messages"})
    wires.push(client, shop, {"messages": [wires.written(1), wires.written(2)]})
    taking_in.work_due()
    assert Message.objects.count() == 2


def test_a_preview_says_what_is_wrong_with_each_field() -> None:
    found = previews.preview('{"message": {"id": 5, "text": ["a"]}}', wires.MAPPING, channel=Channel.SHOP)
    problems = {line.name: line.problem for line in found.messages[0]}
    assert not found.is_good
    assert (problems["id"], bool(problems["text"]), bool(problems["sender"])) == ("", True, True)
    assert previews.preview("{", wires.MAPPING, channel=Channel.SHOP).problem
    good = previews.preview(json.dumps(wires.written()), wires.MAPPING, channel=Channel.SHOP)
    assert good.is_good


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(anything, st.text(alphabet="ab01.", max_size=8))
def test_any_path_in_any_data_is_found_or_not(data: Any, path: str) -> None:
    assert isinstance(rules.said(rules.at(data, path)), str)


@given(st.text(max_size=400), st.integers(8, 60), st.sampled_from(["characters", "bytes"]))
def test_a_long_text_is_cut_and_nothing_of_it_is_lost(text: str, longest: int, measure: str) -> None:
    parts = rules.split_text(text, longest=longest, measure=measure)
    assert "".join("".join(parts).split()) == "".join(text.split())
    for part in parts:
        assert part.strip()
        assert len(part.encode() if measure == "bytes" else part) <= longest


# --- the same name twice -----------------------------------------------------------------------------


def test_another_message_under_the_same_name_waits_for_a_person(client: Client) -> None:
    """Nobody reads our answer to a call: what is not the same is kept where people look."""
    shop = wires.connect(language="zh-hans")
    other = wires.written(message={"text": "It never came."})
    for told in (wires.written(), other, other):
        assert wires.push(client, shop, told).status_code == 200
        taking_in.work_due()
    assert Message.objects.count() == 1
    first, second = InboundDelivery.objects.order_by("pk")
    assert (first.state, second.state) == (InboundState.DONE, InboundState.FAILED)
    assert "It never came." in second.body
    assert f"m-1: 此前已有另一条内容使用了这个标识，见 {Ticket.objects.get().number}" in second.error
    pulse = next(one for one in health.pulses(clock.now()) if one.key == f"connection:{shop.pk}")
    assert (pulse.stuck, pulse.tone) == (1, "attention")


@pytest.mark.parametrize(
    "other",
    [
        wires.written(message={"text": " Where is  my\nparcel? "}),
        wires.written(sent_at="2026-11-30T10:00:00Z", attempt=2),
        wires.written() | {"from": {"id": "buyer-7", "name": "Carol Smith", "email": "c@example.com"}},
        dict(reversed(wires.written().items())),
    ],
    ids=["spaces", "what stands beside it", "what they are called", "order"],
)
def test_trivial_differences_are_no_other_message(client: Client, other: dict[str, Any]) -> None:
    shop = wires.connect()
    for told in (wires.written(), other):
        wires.push(client, shop, told)
        taking_in.work_due()
    assert Message.objects.count() == 1
    assert not InboundDelivery.objects.stuck().exists()


def test_a_file_signed_anew_is_the_same_and_another_one_is_not(client: Client, settings: Any) -> None:
    settings.CHANNEL_PRIVATE_HOSTS = ["127.0.0.1"]
    shop = wires.connect()
    with wires.other_side(lambda asked: wires.file(bytes(pictures.image()))) as side:
        for query, stuck in (("a.jpg?sig=1", 0), ("a.jpg?sig=2", 0), ("b.jpg?sig=1", 1)):
            wires.push(client, shop, wires.written(message={"files": [{"url": f"{side.url}/{query}"}]}))
            taking_in.work_due()
            assert InboundDelivery.objects.stuck().count() == stuck
    assert side.paths() == ["/a.jpg"]  # what is known is not fetched again


def test_the_same_name_from_somebody_else_is_another_message(client: Client) -> None:
    """Some systems count from one in each conversation."""
    shop = wires.connect()
    wires.push(client, shop, wires.written())
    wires.push(client, shop, wires.written() | {"from": {"id": "buyer-8", "name": "Dora"}})
    taking_in.work_due()
    assert Message.objects.count() == 1
    assert InboundDelivery.objects.stuck().count() == 1


def test_what_stands_beside_a_refused_message_is_taken_in(client: Client) -> None:
    shop = wires.connect(mapping=wires.MAPPING | {"each": "list"})
    wires.push(client, shop, {"list": [wires.written(1)]})
    taking_in.work_due()
    other = wires.written(1, message={"text": "Something else"})
    wires.push(client, shop, {"list": [other, wires.written(2)]})
    taking_in.work_due()
    assert Message.objects.count() == 2
    row = InboundDelivery.objects.latest("pk")
    assert (row.state, row.result["tickets"]) == (InboundState.FAILED, [Ticket.objects.get().number])


def test_different_calls_of_one_name_at_once_are_both_kept(together: Callable[..., list[Any]]) -> None:
    shop = wires.connect()
    told = [wires.written(message={"text": text}) for text in ("One", "Two")] * 4
    together(*[lambda one=one: wires.push(Client(), shop, one).status_code for one in told])
    together(*[taking_in.work_due] * 2)
    assert sorted(InboundDelivery.objects.values_list("state", flat=True)) == ["done", "failed"]
    assert Message.objects.count() == 1
