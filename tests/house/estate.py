"""Everything that belongs to Carol, so that every address of the product has something to show.

It is written in one language throughout: on a page in that language, words of another one are a mistake.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actions import add_browser, issue_token, set_away, set_shifts
from accounts.models import Language, Team, User
from accounts.notifying import Notice, notify
from accounts.rights import Role
from accounts.states import NoticeKind, Strategy
from channels.actions import calling, connecting, delivering, taking_in
from channels.actions.chat_desk import set_available
from channels.actions.mailboxes import save_mailbox
from channels.actions.suppression import suppress
from channels.email.states import Fetching
from channels.models import ChannelAlarm, ChatSession, InboundDelivery, Mailbox, MessageTemplate
from channels.reading import CallNews
from core import clock, dispatch, files, mail
from core.actors import SYSTEM
from core.models import Attachment, Event, OutgoingMail, SuppressedAddress
from core.texts.changing import change_text
from core.texts.declaring import LANGUAGES, declared
from customers.actions import merge_customers
from customers.models import Address, ContactPoint, Customer, Tier
from dashboards.actions import roll_up_due
from feedback import actions as feedback
from feedback.access import survey_token
from feedback.defaults import ensure_survey_and_visits
from feedback.models import FollowUpVisit, Survey, SurveyForm, VisitPlan
from feedback.states import Outcome
from kb.models import Article
from kb.rules import Text
from orders.actions import imports, record_shipment, record_tracking
from orders.importing.opening import Options
from orders.models import ImportRun, Order, Shipment
from orders.states import TrackingStatus
from returns import actions as returns
from returns.defaults import ensure_law, ensure_returns
from returns.models import (
    Case,
    CompensationVoucher,
    PolicyAmounts,
    Reason,
    Refund,
    ReturnPolicy,
    RiskRule,
    StatutoryRule,
    WarrantyPlan,
    WarrantyRule,
    WithdrawalRight,
)
from returns.states import CaseKind, CaseStatus, Grade, RefusalReason
from returns.warranty_defaults import ensure_warranties
from returns.warranty_states import VoidReason
from tests import build
from tests.channels import mails
from tests.core import pictures
from tests.pushed import Browser
from tests.returns import shop, ways
from tickets import actions as tickets
from tickets import addressing
from tickets.access import link_token
from tickets.actions import promises
from tickets.actions.drafts import save_draft
from tickets.actions.holding import hold
from tickets.bulk import begin
from tickets.defaults import ensure_promises
from tickets.holidays import public_holidays
from tickets.macros.changing import add_macro
from tickets.models import (
    AutomationRule,
    Clock,
    ExternalPromise,
    HeldReply,
    Message,
    RoutingRule,
    SavedView,
    ServiceCalendar,
    SlaPolicy,
    Telling,
    Ticket,
)
from tickets.states import (
    Channel,
    DraftKind,
    ExternalStart,
    LinkKind,
    MetBy,
    Priority,
    Suspicion,
    TicketStatus,
    TicketType,
    Trigger,
    ViewVisibility,
)

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
"""Thursday, 10:00 in Shanghai, four days after everything was delivered."""

OWN_WORDS: Mapping[str, Mapping[str, str]] = {
    Language.ENGLISH: {
        "team": "Customer service",
        "tier": "Gold",
        "carol": "Carol",
        "charlie": "Charlie",
        "city": "Springfield",
        "street": "Larch Road",
        "shop": "Lamps",
        "lamp": "Desk lamp",
        "bulb": "Light bulb",
        "centre": "Returns centre",
        "subject": "The lamp is broken",
        "body": "The shade is cracked.",
        "answer": "Please send it back.",
        "thanks": "Thank you.",
        "note": "Second time this month.",
        "comment": "It took too long.",
        "category": "Returns",
        "article": "How to send something back",
        "summary": "Where the parcel goes.",
        "text": "Pack it well and send it.",
        "way": "Out for delivery",
        "place": "Springfield",
        "token": "Shop",
        "header": "Order number,Placed at,Email,Customer name,SKU,Title,Quantity,Unit price",
    },
    Language.CHINESE: {
        "team": "客服组",
        "tier": "金卡会员",
        "carol": "王芳",
        "charlie": "张磊",
        "city": "杭州",
        "street": "文三路",
        "shop": "灯具店",
        "lamp": "台灯",
        "bulb": "灯泡",
        "centre": "退货中心",
        "subject": "台灯坏了",
        "body": "灯罩裂了。",
        "answer": "请寄回。",
        "thanks": "谢谢。",
        "note": "本月第二次。",
        "comment": "等得太久了。",
        "category": "退货",
        "article": "如何寄回商品",
        "summary": "包裹寄到哪里。",
        "text": "包好后寄出。",
        "way": "派送中",
        "place": "杭州",
        "token": "商城",
        "header": "订单号,下单时间,邮箱,客户姓名,SKU,商品名称,数量,单价",
    },
}

NAMES = {
    Language.ENGLISH: ("Alice", "Lea", "Mara", "Wei", "Tom", "Fin", "Fola", "Ada", "Flora"),
    Language.CHINESE: ("陈晓", "李雷", "马兰", "魏强", "汤明", "周敏", "方蕾", "安达", "周芳"),
}

IN_STATUS = (
    CaseStatus.SUBMITTED,
    CaseStatus.AWAITING_RETURN,
    CaseStatus.RETURN_IN_TRANSIT,
    CaseStatus.RECEIVED,
    CaseStatus.INSPECTING,
    CaseStatus.AWAITING_REFUND,
    CaseStatus.REFUND_FAILED,
    CaseStatus.COMPLETED,
)
"""Cases that get there without a word; those that need one follow below."""


@dataclass
class Estate:
    """The people, and what stands in an address after a word: `things["tickets"]` is a ticket's number.

    `more` holds others of the same kind that look different: tickets and cases in every status.
    """

    language: str
    words: Mapping[str, str]
    folder: Path
    staff: dict[str, User] = field(default_factory=dict)
    carol: Customer = field(default_factory=Customer)
    charlie: Customer = field(default_factory=Customer)
    token: str = ""
    things: dict[str, str] = field(default_factory=dict)
    more: dict[str, list[str]] = field(default_factory=dict)

    def secrets(self) -> set[str]:
        """What only Carol and the staff may read: how to reach her, and the numbers of what is hers."""
        named = ("tickets", "orders", "returns", "refunds", "visits", "warranties", "withdrawals", "withdraw")
        numbers = {self.things[name] for name in named}
        return numbers | {self.carol.number, self.carol.email, *self.more["tickets"]}


def build_estate(language: str, folder: Path) -> Estate:
    """All of it, in an empty or used database and a folder for files; the clock should stand at `NOW`."""
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=NOW.year)
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_law(StatutoryRule.objects, RiskRule.objects)
    estate = Estate(language, OWN_WORDS[language], folder)
    AutomationRule.objects.all().delete()  # the examples say everything in both languages at once
    _engage(estate)
    _invite(estate)
    order = _sell(estate)
    ticket = _talk(estate, order)
    _return(estate)
    _use_the_law(estate)
    _follow_up(estate)
    _share_out(estate)
    _join(estate, ticket)
    _share_the_desk(estate, ticket)
    _bring_mail(estate)
    _write_articles(estate)
    _open_channels(estate, ticket)
    _run_the_machines(estate, ticket)
    dispatch.drain()
    roll_up_due()
    _name_rows(estate)
    return estate


def _engage(estate: Estate) -> None:
    names = iter(NAMES[Language(estate.language)])
    say = estate.words
    team = Team.objects.create(code="service", name_en=say["team"], name_zh=say["team"], is_default=True)
    for role in (*Role, Role.FINANCE):
        member = build.user(
            next(names),
            role=role,
            email=f"{role}{len(estate.staff)}@staff.example",
            password="lamps-and-more-2026",
            language=estate.language,
        )
        member.teams.add(team)
        estate.staff.setdefault(role, member)
    row, estate.token = issue_token(
        estate.staff[Role.AGENT], name=say["token"], by=estate.staff[Role.ADMINISTRATOR]
    )
    estate.things["tokens"] = str(row.pk)


def _invite(estate: Estate) -> None:
    say = estate.words
    tier = Tier.objects.create(code="gold", rank=3, name_en=say["tier"], name_zh=say["tier"])
    common = {"language": estate.language, "country": "CN", "time_zone": "Asia/Shanghai"}
    estate.carol = build.customer(say["carol"], email="carol@example.com", tier=tier, **common)
    estate.charlie = build.customer(say["charlie"], email="charlie@example.com", **common)
    phone = ContactPoint.objects.create(
        customer=estate.carol,
        kind=ContactPoint.Kind.PHONE,
        value="13800138000",
        normalized="+8613800138000",
        is_primary=True,
    )
    Address.objects.create(
        customer=estate.carol,
        recipient=say["carol"],
        country="CN",
        city=say["city"],
        lines=say["street"],
        postcode="310000",
    )
    estate.things |= {"customers": estate.carol.number, "contacts": str(phone.pk)}
    estate.things["return-policies"] = str(ReturnPolicy.objects.earliest("pk").pk)


def _order(estate: Estate) -> Order:
    say = estate.words
    address = {"recipient": say["carol"], "country": "CN", "city": say["city"], "lines": say["street"]}
    return shop.order(
        shop.line(say["lamp"], quantity=2, paid=18_000),
        shop.line(say["bulb"], paid=2_000),
        customer=estate.carol,
        ship_to=address,
    )


def _sell(estate: Estate) -> Order:
    say = estate.words
    shop.shop(name=say["shop"], country="CN", time_zone="Asia/Shanghai")
    shop.centre(
        name_en=say["centre"],
        name_zh=say["centre"],
        recipient=say["centre"],
        city=say["city"],
        lines=say["street"],
    )
    order = _order(estate)
    parcel = record_shipment(
        order, carrier="SF", tracking_number="SF1000000001", shipped_at=shop.DELIVERED, by=SYSTEM
    )
    for status in (TrackingStatus.IN_TRANSIT, TrackingStatus.OUT_FOR_DELIVERY, TrackingStatus.DELIVERED):
        record_tracking(
            parcel,
            status=status,
            occurred_at=shop.DELIVERED,
            description=say["way"],
            location=say["place"],
            by=SYSTEM,
        )
    estate.things["tracking"] = "aftership"
    estate.things |= {"orders": order.reference, "shipments": str(Shipment.objects.get(pk=parcel.pk).uuid)}
    return order


def _talk(estate: Estate, order: Order) -> Ticket:
    say, alice, carol = estate.words, estate.staff[Role.AGENT], estate.carol
    photo = files.store(pictures.upload(pictures.image(), "photo.jpg"), subject="draft:photo", by=carol)
    ticket, _ = tickets.open_ticket(
        customer=carol,
        subject=say["subject"],
        body=say["body"],
        channel=Channel.PORTAL,
        type=TicketType.COMPLAINT,
        language=estate.language,
        order=order,
        attachments=[photo],
        by=carol,
    )
    tickets.assign(ticket, to=alice, by=alice)
    tickets.add_note(ticket, body=say["note"], by=alice)
    tickets.reply(ticket, body=say["answer"], by=alice)
    tickets.receive(ticket, body=say["thanks"], channel=Channel.PORTAL, by=carol)
    others = [
        build.ticket(
            customer=carol, status=status, subject=say["subject"], body=say["body"], language=estate.language
        )
        for status in TicketStatus
    ]
    estate.more["tickets"] = [ticket.number for ticket in others]
    estate.things |= {
        "tickets": ticket.number,
        "requests": ticket.number,
        "messages": str(ticket.messages.earliest("pk").pk),
        "kind/cycle": "1",
        "cycle/turn": "1",
        "clocks/kind": ticket.clocks.order_by("pk")[0].kind,
        "open": link_token(ticket),
        "news": link_token(ticket),
        "files": str(Attachment.objects.get(pk=photo.pk).uuid),
    }
    _chat(estate, ticket)
    return ticket


def _chat(estate: Estate, ticket: Ticket) -> None:
    """Carol is in a chat about her ticket, and waits for somebody in another."""
    alice, now = estate.staff[Role.AGENT], clock.now()
    set_available(alice, on=True, by=alice)
    common = {
        "is_proven": True,
        "language": estate.language,
        "started_at": now,
        "waiting_since": now,
        "last_message_at": now,
        "seen_at": now,
    }
    talk = ChatSession.objects.create(visitor="1", key="1", ticket=ticket, **common)
    waiting = build.ticket(
        customer=estate.carol,
        channel=Channel.CHAT,
        subject=estate.words["subject"],
        body=estate.words["body"],
        language=estate.language,
    )
    ChatSession.objects.create(visitor="2", key="2", ticket=waiting, **common)
    estate.things["chat"] = estate.things["chats"] = str(talk.reference)


def _return(estate: Estate) -> None:
    say, staff = estate.words, estate.staff
    words: dict[str, Any] = {"description": say["body"], "quantity": 1}
    made = [shop.case(_order(estate), status=status, **words) for status in IN_STATUS]
    asked, refused = (shop.case(_order(estate), **words) for _ in range(2))
    returns.request_info(asked, question=say["answer"], by=staff[Role.AGENT])
    returns.refuse(refused, reason=RefusalReason.USED, text=say["answer"], by=staff[Role.AGENT])
    disputed = shop.case(_order(estate), status=CaseStatus.INSPECTING, **words)
    worn = shop.lots(disputed, grade=Grade.C, accepted=False, value_loss_percent=40, note=say["comment"])
    returns.inspect(disputed, lots=worn, by=staff[Role.WAREHOUSE])
    dear = shop.order(shop.line(say["lamp"], paid=90_000), customer=estate.carol)
    waiting = shop.case(dear, status=CaseStatus.AWAITING_REFUND, **words)
    returns.create_refund(waiting, by=staff[Role.FINANCE])
    others = _other_kinds(estate)
    numbers = [case.number for case in (*made, asked, refused, disputed, waiting, *others)]
    first = numbers[0]
    refund = Refund.objects.order_by("pk")[0].number
    estate.things |= {"returns": first, "cases": first, "warehouse": first, "refunds": refund}
    estate.things |= {"replacement": "1", "vouchers": CompensationVoucher.objects.latest("pk").code}
    estate.more["cases"] = numbers


def _other_kinds(estate: Estate) -> list[Case]:
    """An exchange, a repair, a resend, compensations and an escalation, each where there is most to see."""
    say, staff = estate.words, estate.staff
    lead, tom = staff[Role.LEAD], staff[Role.TECHNICIAN]

    def begun(machine: str) -> Case:
        return ways.begin(machine, _order(estate), description=say["body"])

    def moved(case: Case, *steps: shop.Way) -> Case:
        for go in steps:
            case = go(ways.fresh(case))
        return case

    exchanged = moved(begun(CaseKind.EXCHANGE), ways.approve, ways.instruct, ways.ship, ways.receive)
    sent = moved(begun(CaseKind.RESEND), ways.approve, ways.dispatch, ways.hand_over)
    repaired = moved(
        begun(CaseKind.REPAIR), ways.approve, ways.instruct, ways.ship, ways.receive, ways.start_diagnosis
    )
    found = returns.Diagnosis(say["body"], parts=(returns.Part(say["bulb"], 1, 800),), labour=500)
    repaired = returns.diagnose(repaired, found=found, by=tom)
    on_bench = moved(begun(CaseKind.REPAIR), ways.approve, ways.instruct, ways.ship, ways.receive)

    def made_up_for() -> Case:
        placed = _order(estate)
        item = ways.item_of(placed, CaseKind.COMPENSATION, code="arrived_late")
        return ways.compensation(placed, items=[item], description=say["body"])

    offered = moved(made_up_for(), ways.approve)
    given = moved(made_up_for(), ways.approve, ways.accept_offer)
    refused = returns.refuse(
        begun(CaseKind.RETURN_REFUND), reason=RefusalReason.USED, text=say["answer"], by=lead
    )
    escalated = returns.escalate(refused, text=say["body"], by=estate.carol)
    return [exchanged, sent, repaired, on_bench, offered, given, escalated]


def _use_the_law(estate: Estate) -> None:
    """Devices registered, extended and void; contracts withdrawn from, to be confirmed, and waiting."""
    say, carol, alice = estate.words, estate.carol, estate.staff[Role.AGENT]
    ensure_warranties(WarrantyRule.objects, WithdrawalRight.objects)
    WithdrawalRight.objects.update(valid_from=datetime(2026, 1, 1, tzinfo=UTC).date())
    plan = WarrantyPlan.objects.create(code="care", name_en=say["lamp"], name_zh=say["lamp"], months=24)
    plan.prices.create(currency="USD", price=19_90)
    line = _order(estate).lines.all()[0]
    valid = returns.register_warranty(carol, serial_no="SN-1001", line=line, by=carol)
    void = returns.register_warranty(carol, serial_no="SN-1002", line=line, by=carol)
    returns.void_warranty(void, reason=VoidReason.MISTAKE, by=alice)
    proof = files.store(pictures.upload(pictures.image(), "proof.jpg"), subject="draft:proof", by=carol)
    told = returns.register_warranty(
        carol,
        serial_no="SN-1003",
        title=say["lamp"],
        started_on=NOW.date() - timedelta(days=30),
        attachments=[proof],
        by=carol,
    )
    sold = returns.sell_extension(valid, plan=plan, by=alice)
    returns.add_repair_days(valid, days=3, by=alice)
    estate.more["warranties"] = [row.number for row in (void, told, sold)]
    orders = [_abroad(estate), _abroad(estate), _abroad(estate, delivered_at=None)]
    statement: dict[str, Any] = {
        "name": say["carol"],
        "email": carol.email,
        "language": estate.language,
        "by": carol,
    }
    rows = [returns.declare_withdrawal(order, **statement) for order in orders]
    for row in rows[1:]:
        returns.confirm_withdrawal(row, by=carol)
    dispatch.drain()
    estate.things |= {"warranties": valid.number, "withdrawals": rows[0].number}
    estate.things["withdraw"] = orders[0].reference
    estate.more["withdrawals"] = [row.number for row in rows[1:]]
    estate.more["withdraw"] = [_order(estate).reference]


def _abroad(estate: Estate, **fields: Any) -> Order:
    say = estate.words
    address = {"recipient": say["carol"], "country": "DE", "city": say["city"], "lines": say["street"]}
    return shop.order(shop.line(say["lamp"]), customer=estate.carol, ship_to=address, **fields)


def _follow_up(estate: Estate) -> None:
    say, carol = estate.words, estate.carol
    solved = [
        build.ticket(customer=carol, subject=say["subject"], body=say["body"], language=estate.language)
        for _ in range(3)
    ]
    for ticket in solved:
        tickets.solve(ticket, by=estate.staff[Role.AGENT])
    dispatch.drain()
    good, bad, unanswered = (Survey.objects.get(ticket=ticket) for ticket in solved)
    feedback.answer_survey(good, score=5, comment=say["thanks"], by=carol)
    feedback.answer_survey(bad, score=1, comment=say["comment"], by=carol)
    dispatch.drain()
    visit = FollowUpVisit.objects.order_by("pk")[0]
    feedback.log_attempt(
        visit, outcome=Outcome.UNREACHABLE, note=say["comment"], by=estate.staff[Role.FOLLOW_UP]
    )
    estate.things |= {"visits": visit.number, "survey": survey_token(unanswered)}
    estate.more["survey"] = [survey_token(good)]


def _share_out(estate: Estate) -> None:
    """A rapid-response team with nobody in it and what waits there, a rule, an agent who will be away."""
    say, alice = estate.words, estate.staff[Role.AGENT]
    rapid = Team.objects.create(
        code="rapid",
        name_en=say["team"],
        name_zh=say["team"],
        strategy=Strategy.LEAST_BUSY,
        is_rapid_response=True,
    )
    rule = RoutingRule.objects.create(name_en=say["team"], name_zh=say["team"], team=rapid, is_active=False)
    estate.things["routing-rules"] = str(rule.pk)
    waiting = build.ticket(
        customer=estate.carol,
        subject=say["subject"],
        body=say["body"],
        language=estate.language,
        priority=Priority.URGENT,
    )
    away = set_away(alice, starts_at=NOW + timedelta(days=1), ends_at=None, note=say["note"], by=alice)
    set_shifts(alice, shifts={str(day): [["09:00", "18:00"]] for day in range(5)}, by=alice)
    estate.more["tickets"].append(waiting.number)
    estate.things |= {"claim": waiting.number, "load": str(alice.pk)}
    estate.things |= {"away": str(away.pk), "absences": str(away.pk)}


def _join(estate: Estate, ticket: Ticket) -> None:
    """Beside the ticket one that may be the same, one merged, one split off, an incident; and a twin."""
    say, alice, carol = estate.words, estate.staff[Role.AGENT], estate.carol

    def another() -> Ticket:
        return build.ticket(
            customer=carol, subject=say["subject"], body=say["comment"], language=estate.language
        )

    same, gone, incident = another(), another(), another()
    tickets.suspect_duplicate(same, other=ticket, reason=Suspicion.TEXT, by=SYSTEM)
    tickets.link(incident, other=ticket, kind=LinkKind.PARENT, by=alice)
    tickets.merge(gone, into=ticket, by=alice, note=say["note"])
    said = ticket.messages.filter(actor_kind="customer").latest("pk")
    new = tickets.split(ticket, messages=[said], subject=say["thanks"], by=alice)
    stray = save_draft(gone, kind=DraftKind.REPLY, body=say["answer"], key="stray", by=alice)
    assert stray is not None
    estate.things["drafts"] = str(stray.pk)
    twin = build.customer(say["carol"], email="carol.twin@example.com", language=estate.language)
    alike = build.customer(say["carol"], email="carol+lamps@example.com", language=estate.language)
    merge_customers(twin, into=carol, by=estate.staff[Role.LEAD])
    estate.more["tickets"] += [one.number for one in (same, gone, incident, new)]
    estate.more["customers"] = [twin.number, alike.number]


def _share_the_desk(estate: Estate, ticket: Ticket) -> None:
    """What an agent is writing, a reply that has not left, a view for all, work on many, a mention."""
    say, alice = estate.words, estate.staff[Role.AGENT]
    save_draft(ticket, kind=DraftKind.NOTE, body=say["note"], key="draft", by=alice)
    held = hold(ticket, body=say["answer"], by=alice, key="held")
    HeldReply.objects.filter(pk=held.pk).update(due_at=NOW + timedelta(days=1))
    names = {"name_en": say["subject"], "name_zh": say["subject"]}
    view = SavedView.objects.create(
        owner=alice, visibility=ViewVisibility.ALL, created_at=NOW, conditions={"queue": "all"}, **names
    )
    run = begin("priority", {"priority": Priority.HIGH}, "queue=all", by=alice)
    notice = Notice(
        key="estate", who=alice.name, title=say["subject"], about=f"ticket:{ticket.pk}", url="/console/"
    )
    told = notify(alice, NoticeKind.MENTIONED, notice)
    browser = add_browser(
        alice, endpoint="https://push.example/1", **Browser().given, name="Firefox, Linux", by=alice
    )
    estate.things["browsers"] = str(browser.pk)
    tickets.follow(ticket, member=alice, by=alice)
    estate.things |= {"reply": str(held.pk), "held-replies": str(held.pk), "views": str(view.pk)}
    estate.things |= {"bulk": str(run.pk), "bulk-runs": str(run.pk)}
    estate.things["notifications"] = str(told.pk if told else 1)


def _bring_mail(estate: Estate) -> None:
    """A mail on a ticket of Carol's, one put aside, a mailbox that is pushed to, an address without mail."""
    say, carol = estate.words, estate.carol
    sender = f"{say['carol']} <{carol.email}>"
    to = addressing.reply_address(Ticket.objects.get(number=estate.things["tickets"]))
    on_ticket = mails.deliver(mails.raw(say["thanks"], sender=sender, subject=say["subject"], to=to))
    waiting = mails.deliver(mails.raw(say["body"], sender=f"{say['carol']} <>", subject=say["subject"]))
    mails.deliver(mails.raw(say["body"], subject=say["subject"], headers={"Precedence": "bulk"}))
    box = save_mailbox(
        Mailbox(name=say["team"], address="service@example.com", fetching=Fetching.WEBHOOK),
        secret="",
        by=estate.staff[Role.ADMINISTRATOR],
    )
    given = suppress("gone@example.com", reason=SuppressedAddress.Reason.BY_HAND, by=SYSTEM)
    assert on_ticket.message is not None
    estate.things |= {"incoming-mail": str(waiting.uuid), "mailboxes": str(box.uuid)}
    estate.things |= {"suppressions": str(given.pk), "suppressions/address": given.address}
    estate.things["messages"] = str(on_ticket.message.pk)


def _write_articles(estate: Estate) -> None:
    say = estate.words
    build.category("returns", name_en=say["category"], name_zh=say["category"])
    text = Text(say["article"], say["summary"], say["text"])
    article: Article = build.article(en=text, zh=text)
    estate.things |= {"kb": article.slug, "articles": article.slug, "help": "returns"}
    estate.things["category/slug"] = article.slug


def _run_the_machines(estate: Estate, ticket: Ticket) -> None:
    """An import, a mail that could not be sent, an event and a clock that wait for a person."""
    ada = estate.staff[Role.ADMINISTRATOR]
    run = imports.upload(_sheet(estate), by=ada, options=Options(), shop=shop.shop())
    imports.work_next()
    estate.things["import"] = str(ImportRun.objects.get(pk=run.pk).uuid)
    unsent = OutgoingMail.objects.order_by("pk")[0]
    OutgoingMail.objects.filter(pk=unsent.pk).update(
        state=OutgoingMail.State.FAILED, attempts=mail.OUTBOX.tries, last_error="550"
    )
    event = Event.objects.order_by("pk")[0]
    Event.objects.filter(pk=event.pk).update(
        parked_at=clock.now(), dispatched_at=None, attempts=dispatch.MAX_ATTEMPTS, last_error="42"
    )
    stuck = ticket.clocks.order_by("pk")[0]
    Clock.objects.filter(pk=stuck.pk).update(failing_since=clock.now(), last_error="42")
    rule = AutomationRule.objects.create(
        name_en=estate.words["subject"],
        name_zh=estate.words["subject"],
        order=1,
        trigger=Trigger.TIME,
        failures=5,
        switched_off_at=clock.now(),
        switched_off_because="42",
    )
    estate.things["rules"] = str(rule.pk)
    estate.things |= {"mail": str(unsent.pk), "events": str(event.pk), "clocks": str(stuck.pk)}
    estate.things |= {"dashboards": "csat", "kpis": "csat"}
    _promise(estate, ada)


def _promise(estate: Estate, ada: User) -> None:
    """A calendar and a policy with drafts of their next versions, and a deadline of somebody else."""
    office = ServiceCalendar.objects.select_related("current").get(code="office")
    promises.load_holidays(office, public_holidays("DE", [NOW.year]), by=ada)
    policy = SlaPolicy.objects.select_related("current__calendar").get(order=100)
    assert policy.current is not None
    promises.draft_policy(
        policy,
        **{name: getattr(policy, name) for name in ("name_en", "name_zh", "order", "is_active")},
        **{name: getattr(policy.current, name) for name in ("calendar", "conditions", "targets", "ladder")},
        by=ada,
    )
    deadline = ExternalPromise.objects.create(
        name_en="Marketplace answer",
        name_zh="平台回复时限",
        consequence_en="The marketplace decides.",
        consequence_zh="平台介入判定。",
        starts_on=ExternalStart.CASE_SUBMITTED,
        met_by=MetBy.CASE_DECIDED,
        calendar=office,
        budget=timedelta(hours=24),
    )
    estate.things |= {"calendars": office.code, "policies": str(policy.pk)}
    estate.things["external-deadlines"] = str(deadline.pk)
    _write_macros(estate, ada)
    _word_a_text(ada)
    estate.things |= {"texts": "tickets.opened", "versions": "1"}


def _word_a_text(ada: User) -> None:
    """Its version is another than the built-in one, in both languages."""
    text = declared()["tickets.opened"]
    wordings = {
        name: replace(text.built_in(name), subject="[{{ ticket.number }}] {{ customer.name }}")
        for name in LANGUAGES
    }
    change_text(text, wordings=wordings, version=0, by=ada)


def _write_macros(estate: Estate, ada: User) -> None:
    """One with a text that has a gap on Carol's tickets without an order, one with steps alone."""
    say = estate.words
    text = f"{say['answer']} {{{{ order.number }}}}"
    names: dict[str, Any] = {"name_en": say["summary"], "name_zh": say["summary"]}
    wait = [{"do": "wait", "for": "customer"}]
    add_macro(code="send-back", body_en=text, body_zh=text, steps=wait, by=ada, **names)
    add_macro(code="wait", steps=wait, by=ada, **names)
    estate.things["macros"] = "wait"


def _open_channels(estate: Estate, ticket: Ticket) -> None:
    """A connected shop that was not answered, what it sent that nobody understands, calls by phone."""
    say, staff = estate.words, estate.staff
    admin_, alice = staff[Role.ADMINISTRATOR], staff[Role.AGENT]
    common: dict[str, Any] = {"language": estate.language, "by": admin_}
    paths = {"id": "id", "sender": "from", "text": "text"}
    market = connecting.connect(
        kind="generic",
        slug="market",
        name=say["shop"],
        channel=Channel.SHOP,
        mapping=paths,
        secrets={},
        **common,
    )
    exchange = connecting.connect(
        kind="generic", slug="exchange", name=say["centre"], channel=Channel.PHONE, secrets={}, **common
    )
    told = [{"id": "1", "from": "b", "text": say["body"]}, {"id": "2", "text": say["body"]}]
    rows = [
        InboundDelivery.objects.create(
            connection=market,
            event_id=str(number),
            digest="0" * 64,
            body=json.dumps(one),
            received_at=clock.now(),
            next_attempt_at=clock.now(),
        )
        for number, one in enumerate(told)
    ]
    taking_in.work_due()
    tickets.reply(Message.objects.get(external_id="market:1").ticket, body=say["answer"], by=alice)
    dispatch.drain()
    delivering.send_due()
    calling.note_call(exchange, CallNews("c-1", "ringing", "13800138000", "inbound"))
    calling.log_call(
        by=alice,
        number="13800138000",
        direction="inbound",
        outcome="talked",
        summary=say["note"],
        ticket=ticket,
    )
    template = MessageTemplate.objects.create(
        connection=market,
        name="2026_01",
        language="en_US",
        speaks=estate.language,
        body=say["answer"] + " {{1}}",
        parameters=["1"],
        pulled_at=clock.now(),
    )
    template.uses.create(connection=market, speaks=estate.language, news="ticket.solved", values=["link"])
    news = Telling.objects.filter(ticket=ticket).order_by("pk")[0]
    estate.things |= {"templates": str(template.pk), "told": str(news.pk), "app": estate.language}
    ChannelAlarm.objects.create(key="x", name=say["shop"], trouble="silent", began_at=clock.now())
    estate.things |= {"connections": "market", "channels": "market", "inbound": str(rows[1].pk)}
    estate.things |= {"stuck": str(rows[1].pk), "messages": str(ticket.messages.order_by("pk")[0].pk)}


def _name_rows(estate: Estate) -> None:
    """What stands in the addresses of the admin and of the accounts: a row of each table, made-up keys."""
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").first()
        estate.things[model._meta.model_name or ""] = str(row.pk if row else 1)
    estate.things |= {"r/content_type_id": "1", "content_type_id/object_id": "1", "app_label": "accounts"}
    estate.things |= {"key": "no-such-key", "uidb36": "1", "url": "nowhere"}


def _sheet(estate: Estate) -> SimpleUploadedFile:
    say = estate.words
    rows = [
        say["header"],
        f"SO-1,2026-03-01,carol@example.com,{say['carol']},L-1,{say['lamp']},1,90.00",
        f"SO-2,2026-03-01,carol@example.com,{say['carol']},L-1,{say['lamp']},x,90.00",
    ]
    return SimpleUploadedFile("orders.csv", "\n".join(rows).encode(), "text/csv")
