"""What waits for somebody when one looks around: stories that are left where a person goes on with them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from django.db.models import QuerySet

from aftersales.demo.goods import PRODUCTS
from aftersales.demo.stories import Scene, Story, Turn, conversation, return_of_goods
from aftersales.demo.texts import RETURNS, TALKS
from core import clock
from customers.actions import get_or_create_customer
from customers.models import Customer
from returns.models import Case, Refund
from returns.states import CaseStatus
from tickets.models import Ticket
from tickets.states import Channel

PAUSE = timedelta(hours=7)
"""The longest pause in these stories, so that they get there whatever the weekday."""

LEFT_AT: tuple[tuple[CaseStatus, Turn, int], ...] = (
    (CaseStatus.SUBMITTED, Turn(), 6),
    (CaseStatus.INFO_REQUIRED, Turn("asked"), 8),
    (CaseStatus.AWAITING_RETURN, Turn(), 8),
    (CaseStatus.RETURN_IN_TRANSIT, Turn(), 9),
    (CaseStatus.RECEIVED, Turn(), 15),
    (CaseStatus.RECEIVED, Turn(), 16),
    (CaseStatus.INSPECTING, Turn(), 16),
    (CaseStatus.INSPECTION_DISPUTE, Turn("disputed"), 17),
    (CaseStatus.AWAITING_REFUND, Turn(), 17),
    (CaseStatus.AWAITING_REFUND, Turn(), 18),
)
"""Where a return is left, how it goes until then, and in how many steps it surely gets there."""

TO_CONFIRM = 19
TO_A_QUESTION = 6
QUESTIONS = 4


def programme(
    scene: Scene, customers: list[Customer], *, until: datetime
) -> Iterator[tuple[datetime, Story]]:
    """The stories with the moment each begins."""
    return chain(
        _questions(scene, customers, until),
        _cases(scene, customers, until),
        _payment(scene, customers, until),
        _twins(scene, customers, until),
    )


def up_to(story: Story, reached: Callable[[], bool]) -> Story:
    """The story without long pauses, left as soon as it is where it should be."""
    for moment in story:
        if reached():
            return
        yield min(moment, clock.now() + PAUSE)


def _questions(scene: Scene, customers: list[Customer], until: datetime) -> Iterator[tuple[datetime, Story]]:
    """Nobody has looked at these yet."""
    talks = [talk for talk in TALKS if talk.channel in (Channel.PORTAL, Channel.EMAIL)]
    for index in range(QUESTIONS):
        customer = customers[(index * 5 + 2) % len(customers)]
        at = _steps_before(until, TO_A_QUESTION, index)
        asked = Ticket.objects.filter(customer=customer, order__placed_at=at)
        yield at, up_to(conversation(scene, customer, talks[index]), asked.exists)


def _cases(scene: Scene, customers: list[Customer], until: datetime) -> Iterator[tuple[datetime, Story]]:
    """Something to review, to inspect, to settle and to pay."""
    for index, (status, turn, steps) in enumerate(LEFT_AT):
        customer = customers[(index * 3 + 4) % len(customers)]
        at = _steps_before(until, steps, index)
        there = Case.objects.filter(order__customer=customer, order__placed_at=at, status=status)
        story = return_of_goods(scene, customer, RETURNS[index % len(RETURNS)], turn)
        yield at, up_to(story, there.exists)


def _payment(scene: Scene, customers: list[Customer], until: datetime) -> Iterator[tuple[datetime, Story]]:
    """A refund so large that a second person has to look at it."""
    customer = next(each for each in customers if each.country != "CN")
    dear = max(PRODUCTS, key=lambda product: product.cents)
    at = _steps_before(until, TO_CONFIRM)
    created = Refund.objects.filter(case__order__customer=customer, case__order__placed_at=at)
    yield at, up_to(return_of_goods(scene, customer, RETURNS[1], Turn(), basket=(dear,)), created.exists)


def _twins(scene: Scene, customers: list[Customer], until: datetime) -> Iterator[tuple[datetime, Story]]:
    """The same request by two ways, for somebody to merge, and somebody who writes from another address."""
    talk = next(talk for talk in TALKS if talk.channel == Channel.EMAIL)
    first = customers[1]
    second = next(each for each in customers if each != first and each.country != first.country)
    for index, customer in enumerate((first, second)):
        at = _steps_before(until, TO_A_QUESTION, 20 + index)
        asked = Ticket.objects.filter(customer=customer, created_at__gte=at)
        for place, channel in enumerate((Channel.PORTAL, Channel.SOCIAL)):
            told = conversation(scene, customer, replace(talk, channel=channel))
            twice = partial(_are, asked, place + 1)
            yield at + timedelta(minutes=2 * place), up_to(told, twice)
    yield _steps_before(until, 2), _writes_anew(scene, customers[1])


def _are(tickets: QuerySet[Ticket], count: int) -> bool:
    return tickets.count() >= count


def _writes_anew(scene: Scene, customer: Customer) -> Story:
    """Somebody we know, from an address we do not know yet."""
    name, _at, host = customer.email.partition("@")
    get_or_create_customer(
        email=f"{name}+home@{host}", name=customer.name, language=customer.language, by=scene.agent()
    )
    yield clock.now()


def _steps_before(until: datetime, steps: int, minutes: int = 0) -> datetime:
    return until - steps * PAUSE - timedelta(minutes=minutes)
