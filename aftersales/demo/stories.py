"""What happens in the demo shop: orders, questions, complaints and returns, good endings and bad ones."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from accounts.models import User
from aftersales.demo import pictures
from aftersales.demo.cast import BUYERS
from aftersales.demo.goods import CARRIERS, PRODUCTS, Product
from aftersales.demo.texts import (
    APPROVED,
    EVIDENCE_ANSWER,
    EVIDENCE_QUESTION,
    LOOKING,
    MISSED_NOTE,
    REFUSAL,
    RETURNS,
    REVIEW_COMMENTS,
    TALKS,
    VISIT_NOTE,
    Complaint,
    Talk,
    say,
)
from core import clock, files
from core.actors import SYSTEM
from core.hours import Calendar, deadline
from core.models import Attachment
from customers.models import Customer
from feedback import actions as feedback
from feedback.models import FollowUpVisit, Survey
from feedback.states import Outcome, VisitStatus
from orders import actions as orders
from orders.drafts import DiscountDraft, LineDraft, PaymentDraft
from orders.models import Order, Shipment, Shop
from orders.states import TrackingStatus
from returns import actions as returns
from returns.models import Case, Reason, Refund, SandboxBehaviour
from returns.states import CaseStatus, Grade, RefusalReason
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.states import Channel, TicketType

Story = Iterator[datetime]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCORES = (5, 5, 5, 5, 4, 4, 4, 5, 3, 2, 1, 5)
ANSWER_RATE = 0.62


@dataclass
class Scene:
    """What stories are told with: people, shops, a calendar, and dice that always fall the same way."""

    staff: dict[str, User]
    shops: dict[str, Shop]
    calendar: Calendar
    dice: Random
    serial: int = field(default=260100)

    def agent(self) -> User:
        return self.staff[self.dice.choice(("agent", "agent", "agent2", "agent2", "agent3", "lead"))]

    def office(self, hours: float) -> datetime:
        """So many working hours from now."""
        return deadline(clock.now(), timedelta(hours=hours), self.calendar)

    def soon(self, least: float, most: float) -> datetime:
        """Some hours from now, day and night."""
        return clock.now() + timedelta(hours=self.dice.uniform(least, most))


def buy(
    scene: Scene, customer: Customer, *, delivered: bool = True, basket: Sequence[Product] = ()
) -> Generator[datetime, None, Order]:
    """A customer orders (what the dice say, without a basket), the parcel travels; returns the order."""
    chinese = customer.country == "CN"
    shop = scene.shops["CNY" if chinese else "USD"]
    scene.serial += 1
    number = f"SG{scene.serial}" if chinese else f"INT-{scene.serial}"
    lines = tuple(
        LineDraft(
            sku=product.sku,
            title=product.zh if chinese else product.en,
            quantity=scene.dice.choice((1, 1, 1, 2)),
            unit_price=product.fen if chinese else product.cents,
            category=product.category,
        )
        for product in basket or scene.dice.sample(PRODUCTS, scene.dice.choice((1, 2, 2, 3)))
    )
    off = (DiscountDraft(amount=3000 if chinese else 500),) if scene.dice.random() < 0.4 else ()
    order, _created = orders.place_order(
        shop,
        number,
        customer=customer,
        placed_at=clock.now(),
        lines=lines,
        discounts=off,
        shipping=0 if chinese else 695,
        payment=PaymentDraft(
            gateway="sandbox", external_id=f"pay-{number}", method="wechat" if chinese else "card"
        ),
        ship_to=_address(customer),
        by=SYSTEM,
    )
    yield scene.soon(8, 30)
    parcel = _ship(scene, order)
    yield from travel(scene, parcel, delivered=delivered)
    return Order.objects.get(pk=order.pk)


def _address(customer: Customer) -> dict[str, str]:
    buyer = next(each for each in BUYERS if each.name == customer.name)
    return {
        "recipient": buyer.name,
        "phone": buyer.phone,
        "country": buyer.country,
        "city": buyer.city,
        "postcode": buyer.postcode,
        "lines": buyer.lines,
    }


def _ship(scene: Scene, order: Order) -> Shipment:
    return orders.record_shipment(
        order,
        carrier=scene.dice.choice(CARRIERS[order.currency]),
        tracking_number=f"SG{scene.dice.randrange(10**11, 10**12)}",
        shipped_at=clock.now(),
        by=SYSTEM,
    )


def travel(scene: Scene, parcel: Shipment, *, delivered: bool = True) -> Story:
    """The parcel on its way, as its carrier tells it."""
    way = [TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT]
    if delivered:
        way += [TrackingStatus.OUT_FOR_DELIVERY, TrackingStatus.DELIVERED]
    for status in way:
        orders.record_tracking(parcel, status=status, occurred_at=clock.now(), by=SYSTEM)
        yield scene.soon(5, 22)


def purchase(scene: Scene, customer: Customer, *, delivered: bool) -> Story:
    """An order that nobody asks about."""
    yield from buy(scene, customer, delivered=delivered)


# --- conversations -----------------------------------------------------------------------------------


def conversation(scene: Scene, customer: Customer, talk: Talk, *, slow: bool = False) -> Story:
    """A question or complaint about an order: answered, perhaps late, solved, rated, perhaps visited."""
    order = yield from buy(scene, customer, delivered=talk.type != TicketType.LOGISTICS)
    yield scene.soon(2, 50)
    ticket, _created = tickets.open_ticket(
        customer=customer,
        subject=say(talk.subject, customer.language),
        body=say(talk.body, customer.language),
        channel=talk.channel,
        type=talk.type,
        priority=talk.priority,
        order=order,
        by=customer,
    )
    agent = scene.agent()
    yield _first_look(scene, talk, slow=slow)
    tickets.assign(ticket, to=agent, by=agent)
    if talk.note:
        tickets.add_note(ticket, body=say(talk.note, agent.language), by=agent)
    tickets.reply(ticket, body=say(talk.answer, customer.language), by=agent)
    if scene.dice.random() < 0.5:
        tickets.wait(ticket, by=agent)
    yield scene.soon(1, 9)
    if scene.dice.random() < 0.8:
        tickets.receive(ticket, body=say(talk.thanks, customer.language), by=customer, channel=talk.channel)
        yield scene.office(scene.dice.uniform(0.2, 3))
    tickets.solve(ticket, by=agent)
    yield from aftermath(scene, ticket, grumpy=slow)


def _first_look(scene: Scene, talk: Talk, *, slow: bool) -> datetime:
    """When somebody answers: at once in chat and on the phone, day and night for complaints."""
    if slow:
        return scene.office(scene.dice.uniform(2, 9))
    if talk.type == TicketType.COMPLAINT:
        return scene.soon(0.1, 0.9)
    live = talk.channel in (Channel.CHAT, Channel.PHONE)
    return scene.office(scene.dice.uniform(0.01, 0.07) if live else scene.dice.uniform(0.1, 0.9))


def aftermath(scene: Scene, ticket: Ticket, *, grumpy: bool = False) -> Story:
    """The survey is answered or not; a visit that follows is made."""
    yield scene.soon(1, 60)
    survey = Survey.objects.filter(ticket=ticket, answered_at=None).order_by("-cycle").first()
    if survey is not None and scene.dice.random() < ANSWER_RATE:
        score = scene.dice.choice((1, 2, 2, 3)) if grumpy else scene.dice.choice(SCORES)
        comment = say(scene.dice.choice(REVIEW_COMMENTS[score]), ticket.language)
        feedback.answer_survey(survey, score=score, comment=comment, by=ticket.customer)
        yield scene.soon(0.1, 1)
    visit = FollowUpVisit.objects.filter(ticket=ticket, status=VisitStatus.PLANNED).first()
    while visit is not None and visit.status == VisitStatus.PLANNED:
        yield visit.due_at + timedelta(hours=scene.dice.uniform(-9, 1))
        reached = scene.dice.random() < 0.8
        visit = feedback.log_attempt(
            visit,
            outcome=Outcome.SATISFIED if reached else Outcome.UNREACHABLE,
            note=say(VISIT_NOTE if reached else MISSED_NOTE, "zh-hans"),
            by=scene.staff["followup"],
        )


# --- returns -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """How a return goes: where it leaves the usual way, and how the payment provider behaves."""

    ending: str = "paid"
    gateway: str = ""
    slow: bool = False


TURNS = (
    Turn(),
    Turn(),
    Turn("refused"),
    Turn(slow=True),
    Turn("asked"),
    Turn(),
    Turn("withdrawn"),
    Turn("disputed"),
    Turn(gateway=SandboxBehaviour.Answer.REFUSE),
    Turn("forgotten"),
    Turn(gateway=SandboxBehaviour.Answer.PAY_LATER),
    Turn(),
)


def _show_evidence(scene: Scene, case: Case, customer: Customer, agent: User) -> Story:
    returns.request_info(case, question=say(EVIDENCE_QUESTION, customer.language), by=agent)
    yield scene.soon(3, 30)
    answer = say(EVIDENCE_ANSWER, customer.language)
    returns.supply(case, text=answer, attachments=[photo(scene, customer)], by=customer)
    yield scene.office(1)


def return_of_goods(
    scene: Scene, customer: Customer, complaint: Complaint, turn: Turn, *, basket: Sequence[Product] = ()
) -> Story:
    """A return and refund from the request to the money, or to where it went another way."""
    order = yield from buy(scene, customer, basket=basket)
    yield scene.soon(6, 70)
    case = _request(scene, order, complaint)
    agent = scene.agent()
    ticket = case.ticket
    if turn.ending == "withdrawn":
        yield scene.soon(1, 5)
        if stands_at(case, CaseStatus.SUBMITTED):
            returns.withdraw(case, by=customer)
        return
    yield scene.office(scene.dice.uniform(0.1, 0.9))
    tickets.assign(ticket, to=agent, by=agent)
    tickets.reply(ticket, body=say(LOOKING, customer.language), by=agent)
    yield scene.office(scene.dice.uniform(24, 40) if turn.slow else scene.dice.uniform(0.5, 8))
    if turn.ending == "asked" and stands_at(case, CaseStatus.SUBMITTED):
        yield from _show_evidence(scene, case, customer, agent)
    if turn.ending == "refused" and stands_at(case, CaseStatus.SUBMITTED):
        returns.refuse(case, reason=RefusalReason.USED, text=say(REFUSAL, customer.language), by=agent)
        tickets.reply(ticket, body=say(REFUSAL, customer.language), by=agent)
        tickets.solve(ticket, by=agent)
        yield from aftermath(scene, ticket, grumpy=True)
        return
    if stands_at(case, CaseStatus.SUBMITTED):
        returns.approve(case, by=scene.staff["lead"])
    tickets.reply(ticket, body=say(APPROVED, customer.language), by=agent)
    if turn.ending == "forgotten":
        return
    if not stands_at(case, CaseStatus.AWAITING_RETURN):
        return
    if not (yield from send_back(scene, case)):
        return
    yield from _look_at(scene, case, disputed=turn.ending == "disputed")
    yield from _pay(scene, case, turn.gateway)
    yield from aftermath(scene, ticket)


def _request(scene: Scene, order: Order, complaint: Complaint) -> Case:
    line = scene.dice.choice(list(order.lines.all()))
    return returns.submit(
        order,
        items=[returns.Item(line, 1, Reason.objects.get(code=complaint.reason))],
        description=say(complaint.text, order.customer.language),
        attachments=[photo(scene, order.customer)],
        by=order.customer,
    )


def photo(scene: Scene, customer: Customer) -> Attachment:
    """A picture as a customer takes one, stored and not attached to anything yet."""
    name = f"IMG_{scene.dice.randrange(1000, 9999)}.jpg"
    return files.store(pictures.photo(scene.dice, name), subject=f"draft:{uuid4()}", by=customer)


def stands_at(case: Case, status: CaseStatus) -> bool:
    """Where a case stands by now: rules and timers move it too."""
    return Case.objects.filter(pk=case.pk, status=status).exists()


def send_back(scene: Scene, case: Case) -> Generator[datetime, None, bool]:
    """The parcel travels back; False for whoever comes too late, as the time to send it is over."""
    yield scene.soon(10, 60)
    if not stands_at(case, CaseStatus.AWAITING_RETURN):
        return False
    carrier = scene.dice.choice(CARRIERS[case.currency])
    number = f"RT{scene.dice.randrange(10**11, 10**12)}"
    returns.add_tracking(case, carrier=carrier, tracking_number=number, sure=True, by=case.order.customer)
    yield scene.soon(4, 10)
    yield from travel(scene, Shipment.objects.get(tracking_number=number))
    return True


def _look_at(scene: Scene, case: Case, *, disputed: bool) -> Story:
    yield scene.office(scene.dice.uniform(0.5, 4))
    wei = scene.staff["warehouse"]
    lines = list(case.lines.all())
    returns.receive(case, counts={line.pk: line.quantity_approved for line in lines}, by=wei)
    yield scene.office(0.5)
    returns.start_inspection(case, by=wei)
    yield scene.office(0.3)
    grade = Grade.D if disputed else scene.dice.choice((Grade.A, Grade.B, Grade.D))
    lots = [
        returns.Lot(
            line,
            line.quantity_approved,
            grade,
            accepted=not disputed,
            value_loss_percent=40 if disputed else 0,
        )
        for line in case.lines.all()
    ]
    returns.inspect(case, lots=lots, by=wei)
    if disputed:
        yield scene.office(2)
        returns.waive_deduction(case, by=scene.staff["lead"])


def _pay(scene: Scene, case: Case, gateway: str) -> Story:
    yield scene.office(scene.dice.uniform(0.5, 22))
    if gateway:
        payment = case.order.payments.get()
        SandboxBehaviour.objects.get_or_create(payment=payment.external_id, defaults={"answer": gateway})
    if stands_at(case, CaseStatus.AWAITING_REFUND):
        returns.create_refund(case, by=scene.staff["finance"])
    if Refund.objects.filter(case=case, needs_second_person=True, confirmed_at=None).exists():
        yield scene.office(2)
        returns.confirm_refund(case, by=scene.staff["finance2"])
    yield scene.soon(0.2, 1)


# --- the programme -----------------------------------------------------------------------------------


def programme(
    scene: Scene, customers: list[Customer], *, until: datetime
) -> Iterator[tuple[datetime, Story]]:
    """All stories with the moment each begins: some two a day over ten weeks, more of them lately."""
    for index in range(72):
        customer = customers[(index * 7) % len(customers)]
        talk = TALKS[index % len(TALKS)]
        slow = index % 9 == 4
        yield _moment(scene, until, index, 72), conversation(scene, customer, talk, slow=slow)
    complaints = [talk for talk in TALKS if talk.type == TicketType.COMPLAINT]
    for index in range(10):
        customer = customers[(index * 11 + 3) % len(customers)]
        at = until - timedelta(days=scene.dice.uniform(3, 7))
        yield at, conversation(scene, customer, complaints[index % len(complaints)], slow=index % 3 == 0)
    for index in range(48):
        customer = customers[(index * 3 + 1) % len(customers)]
        complaint, turn = RETURNS[index % len(RETURNS)], TURNS[(index * 5) % len(TURNS)]
        yield _moment(scene, until, index, 48), return_of_goods(scene, customer, complaint, turn)
    for index in range(20):
        customer = customers[index % len(customers)]
        yield _moment(scene, until, index, 20), purchase(scene, customer, delivered=index % 5 != 0)


def _moment(scene: Scene, until: datetime, index: int, of: int) -> datetime:
    """Spread over 70 days, closer together towards the present."""
    share = (1 - index / of) ** 1.6
    return until - timedelta(days=1.2) - timedelta(days=70 * share, hours=scene.dice.uniform(0, 20))
