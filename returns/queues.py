"""The queues of the returns desk and of finance: which cases, and how many without counting them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.counting import counted
from core.paging import Keyset
from returns.models import Refund
from returns.models.cases import CaseQuerySet
from returns.states import FINAL, CaseStatus, RefundStatus

COUNTED = 99
"""Beyond this a queue is "99+"."""

BY_URGENCY = Keyset(("queue_at", "pk"), size=40)
LATEST = Keyset(("-updated_at", "-pk"), size=40)
NEWEST = Keyset(("-requested_at", "-pk"), size=40)


@dataclass(frozen=True)
class Queue:
    """`narrow` takes all cases a reader may see and the present moment."""

    code: str
    label: str | Promise
    icon: str
    narrow: Callable[[CaseQuerySet, datetime], CaseQuerySet]
    keyset: Keyset = BY_URGENCY
    is_alarming: bool = False


def _in(*statuses: str) -> Callable[[CaseQuerySet, datetime], CaseQuerySet]:
    return lambda cases, at: cases.filter(status__in=statuses)


DESK: Sequence[Queue] = (
    Queue("review", _("To review"), "search-check", _in(CaseStatus.SUBMITTED)),
    Queue(
        "decide",
        _("To settle"),
        "scale",
        _in(CaseStatus.INSPECTION_DISPUTE, CaseStatus.APPROVED),
    ),
    Queue("escalated", _("Escalated"), "megaphone", _in(CaseStatus.ESCALATED), is_alarming=True),
    Queue(
        "late",
        pgettext_lazy("queue", "Late"),
        "alarm-clock",
        lambda cases, at: cases.overdue(at),
        is_alarming=True,
    ),
    Queue(
        "customer",
        _("With the customer"),
        "user",
        _in(
            CaseStatus.INFO_REQUIRED,
            CaseStatus.AWAITING_RETURN,
            CaseStatus.QUOTED,
            CaseStatus.AWAITING_PAYMENT,
            CaseStatus.AWAITING_ACCEPTANCE,
        ),
    ),
    Queue(
        "transit",
        _("On the way"),
        "truck",
        _in(CaseStatus.RETURN_IN_TRANSIT, CaseStatus.RETURNED_TO_CUSTOMER, CaseStatus.DISPATCHED),
    ),
    Queue("bench", _("In the warehouse"), "warehouse", _in(CaseStatus.RECEIVED, CaseStatus.INSPECTING)),
    Queue(
        "workshop",
        _("In the workshop"),
        "wrench",
        _in(CaseStatus.DIAGNOSING, CaseStatus.REPAIRING, CaseStatus.TESTING),
    ),
    Queue("dispatch", _("To dispatch"), "package", _in(CaseStatus.AWAITING_DISPATCH)),
    Queue(
        "money",
        _("With finance"),
        "banknote",
        _in(CaseStatus.AWAITING_REFUND, CaseStatus.REFUNDING, CaseStatus.REFUND_FAILED),
    ),
    Queue("all", _("All open"), "list", lambda cases, at: cases.unfinished()),
    Queue("done", pgettext_lazy("queue", "Done"), "circle-check", _in(*FINAL), LATEST),
)


def _refund(**facts: object) -> Exists:
    return Exists(Refund.objects.filter(case=OuterRef("pk"), **facts))


_WAITS = _refund(status=RefundStatus.CREATED, confirmed_at=None)

FINANCE: Sequence[Queue] = (
    Queue(
        "due",
        _("To pay"),
        "banknote",
        lambda cases, at: cases.filter(~_WAITS, status=CaseStatus.AWAITING_REFUND),
    ),
    Queue(
        "release",
        _("To release"),
        "users",
        lambda cases, at: cases.filter(
            _WAITS, status__in=[CaseStatus.AWAITING_REFUND, CaseStatus.REFUND_FAILED]
        ),
    ),
    Queue("progress", _("Under way"), "loader", _in(CaseStatus.REFUNDING)),
    Queue(
        "unknown",
        _("Answer unknown"),
        "circle-question-mark",
        lambda cases, at: cases.filter(_refund(status=RefundStatus.UNKNOWN), status=CaseStatus.REFUNDING),
        is_alarming=True,
    ),
    Queue(
        "failed",
        pgettext_lazy("refund status", "Failed"),
        "circle-x",
        lambda cases, at: cases.filter(~_WAITS, status=CaseStatus.REFUND_FAILED),
        is_alarming=True,
    ),
    Queue(
        "paid",
        pgettext_lazy("refund status", "Paid"),
        "circle-check",
        lambda cases, at: cases.filter(_refund(status=RefundStatus.SUCCEEDED), status=CaseStatus.COMPLETED),
        LATEST,
    ),
)


def named(queues: Sequence[Queue], code: str) -> Queue:
    """The queue of a code; the first one for a code that is none."""
    return next((queue for queue in queues if queue.code == code), queues[0])


def counts(queues: Sequence[Queue], cases: CaseQuerySet, at: datetime) -> dict[str, int]:
    """How many cases are in each queue, counted up to `COUNTED` + 1, in one statement."""
    return counted({queue.code: queue.narrow(cases, at) for queue in queues}, COUNTED)
