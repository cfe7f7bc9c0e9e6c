"""What of the business, and when: the filters that stand in every address and stay while moving."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.forms import BoundField

from accounts.models import Team
from dashboards.forms import CUSTOM, USUAL, FilterForm
from dashboards.kpis import Scope
from dashboards.periods import Period, day_of
from orders.models import Shop


@dataclass(frozen=True)
class Selection:
    """The filters as they were understood; `form` holds them as they were given."""

    form: FilterForm
    at: datetime
    period: Period
    preset: str
    team: Team | None = None
    channel: str = ""
    shop: Shop | None = None
    country: str = ""
    shops: tuple[Shop, ...] = ()
    teams: tuple[Team, ...] = ()

    @property
    def today(self) -> date:
        return day_of(self.at)

    @property
    def scope(self) -> Scope:
        """The same as figures know it."""
        return Scope(self.team.pk if self.team else None, self.channel, self._shop_keys())

    def _shop_keys(self) -> frozenset[int] | None:
        if not self.shop and not self.country:
            return None
        of_country = {shop.pk for shop in self.shops if self.country in ("", shop.country)}
        return frozenset(of_country & {self.shop.pk} if self.shop else of_country)

    @property
    def choices(self) -> list[BoundField]:
        """The filters that have anything to choose between."""
        return [self.form[name] for name in ("team", "channel", "shop", "country") if self.form.offers(name)]

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is looked at."""
        return bool(self.team or self.channel or self.shop or self.country)

    @property
    def query_of_period(self) -> str:
        """The period alone, all other filters cleared."""
        return self.query_with(team="", channel="", shop="", country="") or "?"

    @property
    def query(self) -> str:
        """The filters for the next address: "?team=eu&period=7", "" for none."""
        return self.query_with()

    def query_with(self, **changes: str) -> str:
        """The filters with some of them changed; "" takes one away."""
        given = self._given() | changes
        wanted = {name: value for name, value in given.items() if value}
        return f"?{urlencode(wanted)}" if wanted else ""

    def query_of(self, period: Period, **changes: str) -> str:
        """The filters with another period: one step of a trend."""
        dates = {"period": CUSTOM, "since": period.first.isoformat(), "until": period.last.isoformat()}
        return self.query_with(**dates, **changes)

    def _given(self) -> dict[str, str]:
        custom = self.preset == CUSTOM
        return {
            "period": "" if self.preset == USUAL else self.preset,
            "since": self.period.first.isoformat() if custom else "",
            "until": self.period.last.isoformat() if custom else "",
            "team": self.team.code if self.team else "",
            "channel": self.channel,
            "shop": self.shop.code if self.shop else "",
            "country": self.country,
        }


def selected(parameters: Mapping[str, Any], at: datetime) -> Selection:
    """The selection an address asks for. Two queries: teams and shops."""
    teams, shops = tuple(Team.objects.all()), tuple(Shop.objects.all())
    form = FilterForm(parameters, today=day_of(at), teams=teams, shops=shops)
    form.is_valid()
    given = form.cleaned_data
    return Selection(
        form=form,
        at=at,
        period=form.chosen,
        preset=given.get("period") or USUAL,
        team=next((team for team in teams if team.code == given.get("team")), None),
        channel=given.get("channel") or "",
        shop=next((shop for shop in shops if shop.code == given.get("shop")), None),
        country=given.get("country") or "",
        shops=shops,
        teams=teams,
    )
