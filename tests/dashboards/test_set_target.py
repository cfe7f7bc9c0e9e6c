"""Targets hold from a day on; the past keeps what it was judged by."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from core import events, words
from core.errors import Refused
from dashboards import actions
from dashboards.kpis import CSAT, KPIS, RETURN_RATE
from dashboards.models import KpiTarget
from dashboards.readings import Targets

TODAY = date(2026, 11, 23)


def test_the_definition_holds_until_somebody_sets_another(ada: User, desk: Traveller) -> None:
    assert Targets(KPIS).on(CSAT, TODAY) == 95
    actions.set_target(CSAT, value=Decimal("97.5"), valid_from=TODAY + timedelta(days=8), by=ada)
    held = Targets(KPIS)
    assert held.on(CSAT, TODAY + timedelta(days=7)) == 95
    assert held.on(CSAT, TODAY + timedelta(days=8)) == Decimal("97.5")
    assert held.on(RETURN_RATE, TODAY + timedelta(days=8)) == 3
    assert [target.value for target in held.to_come(CSAT, TODAY)] == [Decimal("97.5")]


def test_the_same_day_again_corrects(ada: User, desk: Traveller) -> None:
    actions.set_target(CSAT, value=Decimal(90), valid_from=TODAY, by=ada)
    actions.set_target(CSAT, value=Decimal(91), valid_from=TODAY, by=ada)
    assert KpiTarget.objects.get().value == 91


def test_setting_the_same_twice_changes_nothing(ada: User, desk: Traveller) -> None:
    target = actions.set_target(CSAT, value=Decimal(90), valid_from=TODAY, by=ada)
    actions.set_target(CSAT, value=Decimal(90), valid_from=TODAY, by=ada)
    event = events.history(target).get()
    assert words.event(event) == "Ada set the target of “Satisfaction (CSAT)” to 90 % from 23 Nov"


def test_the_past_is_not_judged_anew(ada: User, desk: Traveller) -> None:
    with pytest.raises(Refused, match=r"target\.in_the_past"):
        actions.set_target(CSAT, value=Decimal(50), valid_from=TODAY - timedelta(days=1), by=ada)


@pytest.mark.parametrize("value", ["-0.01", "100.01"])
def test_a_target_is_a_share(ada: User, desk: Traveller, value: str) -> None:
    with pytest.raises(Refused, match=r"target\.not_a_share"):
        actions.set_target(CSAT, value=Decimal(value), valid_from=TODAY, by=ada)


def test_the_page_sets_it(ada: User, client: Client, desk: Traveller) -> None:
    client.force_login(ada)
    page = client.get(reverse("dashboards:targets"), {"kpi": "return-rate"})
    assert page.context["form"].initial["kpi"] == "return-rate"
    sent = {"kpi": "return-rate", "value": "2.5", "valid_from": "2026-12-01"}
    response = client.post(reverse("dashboards:target-set"), sent, follow=True)
    assert "≤ 2.5 % from 1 Dec" in response.content.decode()


def test_the_page_says_why_not(ada: User, client: Client, desk: Traveller) -> None:
    client.force_login(ada)
    sent = {"kpi": "csat", "value": "90", "valid_from": "2026-11-22"}
    response = client.post(reverse("dashboards:target-set"), sent)
    assert response.status_code == 409
    assert "the past stays what it was judged by" in response.content.decode()


def test_reading_is_not_setting(mara: User, client: Client, desk: Traveller) -> None:
    client.force_login(mara)
    page = client.get(reverse("dashboards:targets"))
    assert "dashboards/targets/set" not in page.content.decode()
    sent = {"kpi": "csat", "value": "90", "valid_from": "2026-11-23"}
    assert client.post(reverse("dashboards:target-set"), sent).status_code == 403
    assert not KpiTarget.objects.exists()


def test_the_admin_shows_targets_but_sets_none(ada: User, client: Client, desk: Traveller) -> None:
    actions.set_target(CSAT, value=Decimal(90), valid_from=TODAY, by=ada)
    client.force_login(ada)
    listed = client.get(reverse("admin:dashboards_kpitarget_changelist"))
    assert "csat" in listed.content.decode()
    assert client.get(reverse("admin:dashboards_kpitarget_add")).status_code == 403
