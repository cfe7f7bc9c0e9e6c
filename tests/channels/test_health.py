"""How channels are doing, and the alarm that is raised once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels import health
from channels.actions import connecting, delivering, taking_in
from channels.actions.mailboxes import save_mailbox
from channels.connection_states import Trouble
from channels.email.states import Fetching
from channels.models import ChannelAlarm, Connection, InboundDelivery, Mailbox
from core import clock, dispatch
from core.actors import SYSTEM
from core.models import Event, OutgoingMail
from tests import build
from tests.channels import mails, wires
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def pulse(connection: Connection) -> health.Pulse:
    return next(one for one in health.pulses(clock.now()) if one.key == f"connection:{connection.pk}")


def come_in(client: Client, connection: Connection, data: Any = None) -> None:
    wires.push(client, connection, data or wires.written())
    taking_in.work_due()


def test_a_fresh_connection_is_well(client: Client) -> None:
    shop = wires.connect()
    assert (pulse(shop).word, pulse(shop).last_in_at) == ("Well", None)
    come_in(client, shop)
    assert pulse(shop).last_in_at is not None


def test_what_is_stuck_and_what_was_turned_away_is_counted(client: Client) -> None:
    shop = wires.connect()
    come_in(client, shop, {"from": {}})
    wires.push(client, shop, wires.written(), secret="another")
    now = pulse(shop)
    assert (now.stuck, now.errors, now.wrong_signatures, now.tone) == (1, 1, 1, "attention")


def test_a_paused_connection_says_so_and_is_in_no_trouble(client: Client) -> None:
    shop = wires.connect(silent_hours=1)
    come_in(client, shop)
    connecting.pause(shop, by=SYSTEM)
    with clock.stopped(clock.now() + timedelta(hours=5)):
        assert (pulse(shop).word, pulse(shop).trouble) == ("Paused", "")


def test_silence_of_a_channel_that_used_to_talk_is_told_once(client: Client, ada: User) -> None:
    shop = wires.connect(silent_hours=6)
    quiet = wires.connect(slug="never", silent_hours=6)
    come_in(client, shop)
    assert health.raise_alarms(clock.now()) == 0
    later = clock.now() + timedelta(hours=7)
    with clock.stopped(later):
        assert (pulse(shop).trouble, pulse(quiet).trouble) == (Trouble.SILENT, "")
        assert [health.raise_alarms(later) for _time in range(3)] == [1, 0, 0]
        assert OutgoingMail.objects.filter(to=ada.email).count() == 1
        come_in(client, shop, wires.written(2))
        assert health.raise_alarms(later) == 1
    alarm = ChannelAlarm.objects.get()
    assert alarm.ended_at is not None
    kinds = list(Event.objects.filter(subject=f"channelalarm:{alarm.pk}").values_list("kind", flat=True))
    assert kinds == ["channel.alarmed", "channel.recovered"]


def test_many_sweeps_raise_one_alarm(together: Callable[..., list[Any]], client: Client) -> None:
    build.user("Ada", role="administrator")
    shop = wires.connect(silent_hours=1)
    come_in(client, shop)
    later = clock.now() + timedelta(hours=3)
    changed = together(*[lambda: health.raise_alarms(later)] * 4)
    assert sum(changed) == 1
    assert OutgoingMail.objects.count() == 1


def test_answers_that_fail_one_after_the_other_are_trouble(client: Client, alice: User) -> None:
    with wires.other_side(lambda asked: wires.told({"message": "no"}, 401)) as side:
        shop = wires.connect(address=side.url)
        come_in(client, shop)
        for number in range(3):
            assert pulse(shop).trouble == ""
            actions.reply(Ticket.objects.get(), body=f"Answer {number}", by=alice)
            dispatch.drain()
            delivering.send_due()
        assert (pulse(shop).trouble, pulse(shop).detail) == (Trouble.FAILING, "no")


def test_answers_that_wait_behind_one_that_fails_are_trouble(client: Client, alice: User) -> None:
    with wires.other_side(lambda asked: (503, {}, b"")) as side:
        shop = wires.connect(address=side.url)
        come_in(client, shop)
        for number in range(3):
            actions.reply(Ticket.objects.get(), body=f"Answer {number}", by=alice)
        dispatch.drain()
        assert pulse(shop).trouble == ""  # none has been tried
        delivering.send_due()
        assert (pulse(shop).trouble, pulse(shop).detail) == (Trouble.FAILING, "answered with 503")


def test_mail_that_waits_is_trouble() -> None:
    build.ticket()
    dispatch.drain()
    later = clock.now() + timedelta(hours=1)
    with clock.stopped(later):
        mail = next(one for one in health.pulses(later) if one.key == "mail")
    assert (mail.trouble, mail.waiting) == (Trouble.FAILING, 1)


def test_a_mailbox_that_cannot_be_called_at_is_trouble(ada: User) -> None:
    box = save_mailbox(
        Mailbox(name="Service", address="service@lamps.example", fetching=Fetching.WEBHOOK), secret="", by=ada
    )
    mails.deliver(mails.raw("no sender at all", sender="nobody"))
    found = {one.key: one for one in health.pulses(clock.now())}
    assert found[f"mailbox:{box.pk}"].word == "Well"
    assert (found["mail:pipe"].stuck, found["mail:pipe"].tone) == (1, "attention")
    Mailbox.objects.update(failures=3, last_error="login refused")
    fails = next(one for one in health.pulses(clock.now()) if one.key == f"mailbox:{box.pk}")
    assert (fails.trouble, fails.detail) == (Trouble.FAILING, "login refused")
    assert health.raise_alarms(clock.now()) == 1


def test_others_join_the_page_with_a_function(
    client: Client, lea: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = health.Pulse(key="mailbox:1", name="help@shop.example", kind="Mailbox", icon="mail", stuck=4)
    monkeypatch.setattr(health, "SOURCES", (*health.SOURCES, lambda at: [row]))
    client.force_login(lea)
    assert "help@shop.example" in client.get(reverse("console:channels")).content.decode()
    api = client.get(reverse("api:channels")).json()
    assert next(one for one in api if one["key"] == "mailbox:1")["stuck"] == 4


def test_agents_do_not_see_it(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(reverse("console:channels")).status_code == 403
    assert client.get(reverse("api:channels")).status_code == 403


def test_an_administrator_has_what_is_stuck_read_again(client: Client, ada: User) -> None:
    shop = wires.connect(mapping={**wires.MAPPING, "sender": "buyer"})
    come_in(client, shop)
    row = InboundDelivery.objects.get()
    client.force_login(ada)
    page = client.get(reverse("console:inbound", args=[row.pk])).content.decode()
    assert "Id of the sender – There is nothing at this path" in page
    connecting.change(shop, mapping=wires.MAPPING, by=SYSTEM)
    assert client.post(reverse("console:inbound-retry", args=[row.pk])).status_code == 302
    taking_in.work_due()
    assert Ticket.objects.count() == 1


def test_what_was_sent_is_forgotten_once_it_is_long_on_its_ticket(client: Client) -> None:
    shop = wires.connect()
    come_in(client, shop)
    come_in(client, shop, {"from": {}})
    later = clock.now() + timedelta(days=40)
    assert taking_in.forget_bodies(later) == 1
    done, stuck = InboundDelivery.objects.order_by("pk")
    assert (done.body, bool(stuck.body), len(done.digest)) == ("", True, 64)
