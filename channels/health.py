"""How every way in and out is doing, and the alarm when one of them is not.

Who keeps channels of another kind adds a function to `SOURCES`; its rows join page, API and alarms.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Role
from channels import failures
from channels.chat.states import ChatState
from channels.connection_states import CLOSED, UNSENT, DeliveryState, InboundState, Reason, Trouble
from channels.email.states import MailState
from channels.email.states import Reason as MailReason
from channels.models import (
    ChannelAlarm,
    ChatSession,
    Connection,
    InboundDelivery,
    IncomingMail,
    Mailbox,
    OutboundDelivery,
)
from core import events, mail
from core.actors import SYSTEM
from core.models import OutgoingMail
from tickets.models import Message, Ticket
from tickets.states import Channel, TicketStatus

DAY = timedelta(hours=24)
OVERDUE = timedelta(minutes=15)
"""What waits so long although it is due is stuck."""

MANY_FAILURES = 3
"""So many calls at a mail server in a row that failed are no hiccup."""

GAVE_UP = (ChatState.AWAY, ChatState.ENDED)

MOST_WRONG = 50
"""So many wrong signatures a day are no accident."""


@dataclass(frozen=True)
class Pulse:
    """One channel. `key` is stable ("connection:3"), `kind` a word for people; counts are of 24 hours.

    `trouble` is one of `Trouble`, "" for none; `stuck` is what waits for a person.
    """

    key: str
    name: str
    kind: str
    icon: str
    url: str = ""
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    errors: int = 0
    volume: int = 0
    waiting: int = 0
    stuck: int = 0
    wrong_signatures: int = 0
    is_paused: bool = False
    trouble: str = ""
    detail: str = ""

    @property
    def tone(self) -> str:
        if self.is_paused:
            return "neutral"
        if self.trouble:
            return "urgent"
        return "attention" if self.errors or self.stuck or self.wrong_signatures else "good"

    @property
    def word(self) -> str:
        """The state in a word."""
        if self.is_paused:
            return _("Paused")
        if self.trouble:
            return str(Trouble(self.trouble).label)
        return _("Needs a look") if self.tone == "attention" else _("Well")


def connections(at: datetime) -> list[Pulse]:
    """A pulse for each connection."""
    rows = list(Connection.objects.all())
    wrong = failures.counted([row.pk for row in rows], at)
    return [_pulse(row, at, wrong[row.pk]) for row in rows]


def _pulse(row: Connection, at: datetime, wrong: int) -> Pulse:
    inbound = InboundDelivery.objects.filter(connection=row)
    outbound = OutboundDelivery.objects.filter(connection=row)
    came = inbound.order_by("-pk").values_list("received_at", flat=True).first()
    came_in = inbound.aggregate(
        waiting=Count("pk", filter=Q(state=InboundState.WAITING)),
        stuck=Count("pk", filter=Q(state=InboundState.FAILED)),
        volume=Count("pk", filter=Q(received_at__gte=at - DAY)),
        errors=Count("pk", filter=Q(state=InboundState.FAILED, received_at__gte=at - DAY)),
        since=Min("next_attempt_at", filter=Q(state=InboundState.WAITING)),
    )
    went_out = outbound.aggregate(
        waiting=Count("pk", filter=Q(state__in=UNSENT)),
        errors=Count("pk", filter=Q(state="failed", created_at__gte=at - DAY)),
        last=Max("sent_at"),
    )
    trouble, detail = _trouble(row, at, came, came_in["since"], wrong)
    return Pulse(
        key=f"connection:{row.pk}",
        name=row.name,
        kind=str(row.get_kind_display()),
        icon="message-circle" if row.channel == "social" else "plug",
        url=reverse("console:connection", args=[row.slug]),
        last_in_at=came,
        last_out_at=went_out["last"],
        volume=came_in["volume"],
        errors=came_in["errors"] + went_out["errors"],
        waiting=came_in["waiting"] + went_out["waiting"],
        stuck=came_in["stuck"],
        wrong_signatures=wrong,
        is_paused=not row.is_active,
        trouble=trouble,
        detail=detail,
    )


def _trouble(
    row: Connection, at: datetime, came: datetime | None, since: datetime | None, wrong: int
) -> tuple[str, str]:
    """What is wrong with a connection, and a sentence about it."""
    if not row.is_active:
        return "", ""
    if since is not None and at - since > OVERDUE:
        return Trouble.FAILING, _("What came in has not been worked on for a while.")
    if (told := _failing(row, at)) is not None:
        return Trouble.FAILING, told[:300]
    if told := _template_trouble(row, at):
        return Trouble.FAILING, told
    if wrong >= MOST_WRONG:
        return Trouble.FAILING, _("Many calls with a wrong signature: is the secret the same on both sides?")
    if row.silent_hours and came and at - came > timedelta(hours=row.silent_hours):
        return Trouble.SILENT, _("Nothing has come in for longer than %(hours)s h.") % {
            "hours": row.silent_hours
        }
    return "", ""


def _failing(row: Connection, at: datetime) -> str | None:
    """What the last answers failed with, where none of the latest few of the last day went through."""
    recent = OutboundDelivery.objects.filter(connection=row, created_at__gte=at - DAY)
    recent = recent.exclude(reason__in=CLOSED)  # a platform that keeps to its rules is in no trouble
    latest = list(recent.tried().order_by("-pk").values_list("state", "last_error")[:3])
    if len(latest) < 3 or any(state not in ("failed", "queued", "sending") for state, _told in latest):
        return None
    errors = (error for _state, error in latest if error)
    return next(errors, _("The last answers were not delivered."))


def _template_trouble(row: Connection, at: datetime) -> str:
    """What is wrong with the template that was sent last, if anything: news goes by mail meanwhile."""
    sent = OutboundDelivery.objects.filter(connection=row, template__isnull=False, created_at__gte=at - DAY)
    last = sent.exclude(state__in=UNSENT).select_related("template").order_by("-pk").first()
    if last is None or last.state != DeliveryState.FAILED:
        return ""
    if last.reason == Reason.TEMPLATE:
        told = _(
            "The message template “%(template)s” does not fit any more: fetch the templates and look at it."
        )
        return told % {"template": last.template}
    return _("It takes no more message templates today.") if last.reason == Reason.QUOTA else ""


def outgoing_mail(at: datetime) -> list[Pulse]:
    """The mail that leaves the house."""
    mails = OutgoingMail.objects
    unsent = mails.filter(state__in=["queued", "sending"])
    since = unsent.aggregate(since=Min("created_at"))["since"]
    late = since is not None and at - since > OVERDUE
    failed = mails.filter(state="failed", next_attempt_at__gte=at - DAY)
    last_error = unsent.exclude(last_error="").order_by("-pk").values_list("last_error", flat=True).first()
    return [
        Pulse(
            key="mail",
            name=_("Outgoing mail"),
            kind=_("E-mail"),
            icon="mail",
            url=reverse("console:mail"),
            last_out_at=mails.filter(state="sent").order_by("-pk").values_list("sent_at", flat=True).first(),
            errors=failed.count(),
            waiting=unsent.count(),
            trouble=Trouble.FAILING if late else "",
            detail=(last_error or _("Mail waits and is not sent."))[:300] if late else "",
        )
    ]


def mailboxes(at: datetime) -> list[Pulse]:
    """A pulse for each mailbox, and one for mail that comes by pipe, once some has."""
    found = [_mailbox(row, at) for row in Mailbox.objects.select_related("grant")]
    piped = IncomingMail.objects.filter(mailbox=None)
    if piped.exists():
        found.append(Pulse(key="mail:pipe", name=_("Mail by pipe"), **_mail_facts(piped, at)))
    return found


def _mailbox(row: Mailbox, at: datetime) -> Pulse:
    locked_out = bool(getattr(row, "grant", None) and row.grant.refused)
    fails = row.is_active and (locked_out or row.failures >= MANY_FAILURES)
    return Pulse(
        key=f"mailbox:{row.pk}",
        name=row.address,
        is_paused=not row.is_active,
        trouble=Trouble.FAILING if fails else "",
        detail=_mailbox_told(row, locked_out)[:300] if fails else "",
        **_mail_facts(IncomingMail.objects.filter(mailbox=row), at),
    )


def _mailbox_told(row: Mailbox, locked_out: bool) -> str:
    """What is wrong with a mailbox, for people."""
    if locked_out:
        return _("The provider does not let us in any more; somebody has to sign in again: %(why)s") % {
            "why": row.grant.refused
        }
    return row.last_error


def _mail_facts(mails: QuerySet[IncomingMail], at: datetime) -> dict[str, Any]:
    failed = mails.filter(state=MailState.QUARANTINED, reason=MailReason.FAILED)
    return {
        "kind": _("E-mail"),
        "icon": "mail",
        "url": reverse("console:incoming-mails"),
        "last_in_at": mails.order_by("-pk").values_list("received_at", flat=True).first(),
        "errors": failed.filter(received_at__gte=at - DAY).count(),
        "volume": mails.filter(received_at__gte=at - DAY).count(),
        "waiting": mails.filter(state=MailState.LANDED).count(),
        "stuck": mails.filter(state=MailState.QUARANTINED).count(),
    }


def portal(at: datetime) -> list[Pulse]:
    """The forms of the portal. They cannot fail unseen: who is turned away sees why."""
    return [_of_tickets(Channel.PORTAL, at, _("Forms of the portal"), "globe")]


def api(at: datetime) -> list[Pulse]:
    """Other systems that open tickets by themselves, once one has."""
    pulse = _of_tickets(Channel.API, at, _("Tickets of other systems"), "braces")
    return [pulse] if pulse.last_in_at else []


def _of_tickets(channel: Channel, at: datetime, name: str, icon: str, **facts: Any) -> Pulse:
    """A channel whose messages are on tickets at once: what waits are tickets nobody has answered yet."""
    said = Message.objects.filter(channel=channel, actor_kind="customer")
    return Pulse(
        key=str(channel),
        name=name,
        kind=str(channel.label),
        icon=icon,
        last_in_at=said.order_by("-created_at").values_list("created_at", flat=True).first(),
        volume=said.filter(created_at__gte=at - DAY).count(),
        waiting=Ticket.objects.filter(channel=channel, status=TicketStatus.NEW).count(),
        **facts,
    )


def chats(at: datetime) -> list[Pulse]:
    """The chat: who waits there, and who gave up waiting today. A person who waits for long is an alarm."""
    waiting = list(ChatSession.objects.waiting().values_list("waiting_since", flat=True))
    began = ChatSession.objects.filter(started_at__gte=at - DAY)
    kept = bool(waiting) and at - waiting[0] > OVERDUE
    said = Message.objects.filter(channel=Channel.CHAT, actor_kind="customer")
    return [
        Pulse(
            key="chat",
            name=_("Chat"),
            kind=str(Channel.CHAT.label),
            icon="messages-square",
            last_in_at=said.order_by("-created_at").values_list("created_at", flat=True).first(),
            volume=said.filter(created_at__gte=at - DAY).count(),
            waiting=len(waiting),
            errors=began.filter(state__in=GAVE_UP, accepted_at=None).count(),
            trouble=Trouble.FAILING if kept else "",
            detail=_("Somebody has been waiting in the chat for longer than a quarter of an hour.")
            if kept
            else "",
        )
    ]


Source = Callable[[datetime], Iterable[Pulse]]

SOURCES: tuple[Source, ...] = (connections, mailboxes, outgoing_mail, portal, chats, api)


def pulses(at: datetime) -> list[Pulse]:
    """All channels, those in trouble first."""
    order = {"urgent": 0, "attention": 1, "good": 2, "neutral": 3}
    found = [pulse for source in SOURCES for pulse in source(at)]
    return sorted(found, key=lambda pulse: (order[pulse.tone], pulse.name))


# --- alarms ------------------------------------------------------------------------------------------


def raise_alarms(at: datetime) -> int:
    """Raise an alarm for each channel in trouble, end those that are over; returns how many changed."""
    found = pulses(at)
    open_alarms = {alarm.key: alarm for alarm in ChannelAlarm.objects.filter(ended_at=None)}
    changed = 0
    for pulse in found:
        alarm = open_alarms.pop(pulse.key, None)
        if pulse.trouble and alarm is None:
            changed += raise_alarm(pulse, at)
        elif not pulse.trouble and alarm is not None:
            changed += end_alarm(alarm, at)
    return changed + sum(end_alarm(alarm, at) for alarm in open_alarms.values())


@transaction.atomic
def raise_alarm(pulse: Pulse, at: datetime) -> bool:
    """Tell the administrators, once, however many look at the same moment."""
    alarm, is_new = ChannelAlarm.objects.get_or_create(
        key=pulse.key,
        ended_at=None,
        defaults={"name": pulse.name, "trouble": pulse.trouble, "detail": pulse.detail, "began_at": at},
    )
    if is_new:
        events.record("channel.alarmed", alarm, by=SYSTEM, at=at, name=alarm.name, trouble=alarm.trouble)
        _tell(alarm)
    return is_new


@transaction.atomic
def end_alarm(alarm: ChannelAlarm, at: datetime) -> bool:
    """The trouble is over."""
    ended = ChannelAlarm.objects.filter(pk=alarm.pk, ended_at=None).update(ended_at=at)
    if ended:
        events.record("channel.recovered", alarm, by=SYSTEM, at=at, name=alarm.name)
    return bool(ended)


def administrators() -> Iterable[User]:
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)


def _tell(alarm: ChannelAlarm) -> None:
    for member in administrators():
        with translation.override(member.language):
            mail.queue(
                key=f"channel-alarm:{alarm.pk}:{member.pk}",
                to=member.email,
                language=member.language,
                template="channels/mail/alarm.txt",
                context={
                    "alarm": alarm,
                    "trouble": str(Trouble(alarm.trouble).label),
                    "link": settings.PUBLIC_URL + reverse("console:channels"),
                },
                about=alarm,
            )
