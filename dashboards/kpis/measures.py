"""What a measure is: which rows it is counted from, what each adds, and how that is said to people.

Everything shown about a measure (card, chart, table, export, API, the rows behind it) comes from its
one query.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from accounts.models import User
from dashboards.states import Better, Split, Unit

Words = str | Promise
Rows = QuerySet[Any]

SPLIT_NAMES: Mapping[Split, str] = {Split.TEAM: "team", Split.CHANNEL: "channel", Split.SHOP: "shop"}


@dataclass(frozen=True)
class Scope:
    """Which part of the business is looked at; empty: all of it. `shops` are primary keys."""

    team: int | None = None
    channel: str = ""
    shops: frozenset[int] | None = None

    @property
    def splits(self) -> Split:
        """By what figures have to be split to be filtered so."""
        wanted = (
            (Split.TEAM, self.team is not None),
            (Split.CHANNEL, bool(self.channel)),
            (Split.SHOP, self.shops is not None),
        )
        return Split(sum(split for split, is_set in wanted if is_set))


EVERYTHING = Scope()


@dataclass(frozen=True)
class Visible:
    """How rows behind a measure respect access: `path` leads to what `to` lists for a member of staff."""

    path: str
    to: Callable[[User], Rows]

    def among(self, rows: Rows, user: User) -> Rows:
        """The rows this member may see; who sees everything is not asked about each row."""
        seen = self.to(user)
        if not seen.query.has_filters():
            return rows
        return rows.filter(**{f"{self.path}__in": seen.order_by().values("pk")})


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Rows of one query. `rows(at)` is what counts at an instant, each on the day of its `moment`.

    A row adds `counts` below the line and `hits` above it. `paths` lead to team, channel and shop, as far
    as rows have them. A `snapshot` has no past: it is what the rows come to now.
    """

    slug: str
    name: Words
    formula: Words
    rows: Callable[[datetime], Rows]
    moment: str
    paths: Mapping[Split, str]
    visible: Visible
    counts: Combinable = field(default_factory=lambda: Value(1))
    hits: Combinable = field(default_factory=lambda: Value(0))
    related: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    unit: Unit = Unit.COUNT
    snapshot: bool = False

    @property
    def splits(self) -> Split:
        """By what this measure can be split."""
        return Split(sum(self.paths))

    def within(self, scope: Scope) -> Split:
        """The splits of a scope that this measure knows; by the others it is not filtered."""
        return scope.splits & self.splits

    def population(self, at: datetime, scope: Scope = EVERYTHING) -> Rows:
        """Every row that counts by `at`, with `counts_at`, `counts` and `hits`."""
        rows = self.rows(at).filter(**{f"{self.moment}__lte": at}, **self._only(scope))
        counted: Rows = rows.annotate(counts_at=F(self.moment), counts=self.counts, hits=self.hits)
        return counted

    def _only(self, scope: Scope) -> dict[str, Any]:
        wanted = {Split.TEAM: scope.team, Split.CHANNEL: scope.channel, Split.SHOP: scope.shops}
        lookups = {Split.SHOP: "__in"}
        return {
            f"{path}{lookups.get(split, '')}": wanted[split]
            for split, path in self.paths.items()
            if split in scope.splits
        }


@dataclass(frozen=True, kw_only=True)
class Kpi(Measure):
    """A share with a target. `hit` and `rest` name the two sides of the line in a word or two."""

    short: Words
    hit: Words
    rest: Words
    of: Words
    clock: Words
    details: tuple[Words, ...]
    better: Better
    target: Decimal
    ripens: bool = False
    unit: Unit = Unit.PERCENT


def one_if(condition: Q | Combinable) -> Case:
    """1 for rows that meet a condition, else 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
