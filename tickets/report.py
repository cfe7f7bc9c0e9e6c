"""How promises were kept lately: clocks by what became of them, counted by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from tickets.models import Clock, ExternalPromise, SlaPolicy
from tickets.states import ClockKind, ClockState

PERIODS: Sequence[int] = (7, 28, 90)
SPLITS: Mapping[str, str | Promise] = {
    "policy": pgettext_lazy("service level", "Policy"),
    "team": pgettext_lazy("of the staff", "Team"),
}
MOST_MISSED = 50
GROUPS = {"policy": "policy_version__policy", "team": "ticket__team"}


@dataclass(frozen=True)
class Kept:
    """One line: a kind of clock for one policy or team."""

    kind: str
    name: str
    met: int
    missed: int
    running: int

    @property
    def rate(self) -> float | None:
        """The share of decided clocks that were met in time."""
        decided = self.met + self.missed
        return 100 * self.met / decided if decided else None


def days_asked(text: str) -> int:
    """A period that is offered; four weeks for anything else."""
    return int(text) if text.isdecimal() and int(text) in PERIODS else 28


def split_asked(text: str) -> str:
    """A way of splitting that is offered; by policy for anything else."""
    return text if text in SPLITS else "policy"


def kept(since: datetime, until: datetime, by: str) -> list[Kept]:
    """Clocks that fell due in a period, by kind and by policy or team. What was cancelled does not count.

    What goes on in the clock of another ticket counts there.
    """
    due = Clock.objects.filter(kind__in=ClockKind.values, due_at__gte=since, due_at__lt=until)
    missed = Q(breached_at__isnull=False)
    rows = (
        due.exclude(state=ClockState.CANCELLED, breached_at=None)
        .exclude(state=ClockState.MERGED)
        .values("kind", group=F(GROUPS[by]), promise=F("external"))
        .annotate(
            met=Count("pk", filter=Q(state=ClockState.FULFILLED) & ~missed),
            missed=Count("pk", filter=missed),
            running=Count("pk", filter=Q(state__in=(ClockState.RUNNING, ClockState.PAUSED)) & ~missed),
        )
    )
    names = {row.pk: str(row) for row in (SlaPolicy if by == "policy" else Team).objects.all()}
    promises = {promise.pk: str(promise) for promise in ExternalPromise.objects.all()}
    order = list(ClockKind.values)
    return [
        Kept(
            kind=promises.get(row["promise"]) or str(ClockKind(row["kind"]).label),
            name=names.get(row["group"]) or _("none"),
            met=row["met"],
            missed=row["missed"],
            running=row["running"],
        )
        for row in sorted(rows, key=lambda row: (order.index(row["kind"]), names.get(row["group"], "")))
    ]


def missed(since: datetime, until: datetime) -> list[Clock]:
    """The latest missed deadlines of a period, with their tickets."""
    clocks = Clock.objects.filter(
        kind__in=ClockKind.values, due_at__gte=since, due_at__lt=until, breached_at__isnull=False
    ).exclude(state=ClockState.MERGED)
    related = ("ticket__customer", "ticket__assignee", "external")
    return list(
        clocks.select_related(*related).defer("ticket__search").order_by("-due_at", "-pk")[:MOST_MISSED]
    )
