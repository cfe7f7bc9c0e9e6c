"""What administrators keep: reasons, policies with their amounts, service centres."""

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.rights import Role
from returns.models import GatewayConnection, PolicyAmounts, Reason, ReturnPolicy, ServiceCentre
from tests import build
from tests.returns import shop


@pytest.fixture
def ada(desk: Traveller) -> Client:
    client = Client()
    client.force_login(build.user("Ada", role=Role.ADMINISTRATOR))
    return client


POLICY = {
    "name_en": "Germany",
    "name_zh": "德国",
    "country": "DE",
    "category": "",
    "priority": 0,
    "is_active": "on",
    "window_days": 14,
    "window_mode": "eu",
    "review_hours": 48,
    "info_days": 7,
    "ship_back_days": 14,
    "receipt_days": 10,
    "refund_days": 14,
    "freight_payer": "customer",
    "window_anchor": "last_parcel",
    "auto_approve_risk_below": 60,
    "quote_days": 7,
    "offer_days": 7,
    "dispatch_days": 3,
    "acceptance_days": 10,
    "escalate_days": 7,
    "proration_method": "proportional",
    "restocking_percent": "0",
    "amounts-TOTAL_FORMS": 1,
    "amounts-INITIAL_FORMS": 0,
    "amounts-0-currency": "eur",
    "amounts-0-agent_limit": "150.50",
    "amounts-0-one_payer_limit": "300",
}


def test_amounts_are_written_as_people_write_them(ada: Client) -> None:
    answer = ada.post("/admin/returns/returnpolicy/add/", POLICY)
    assert answer.status_code == 302, answer.context["errors"]
    amounts = PolicyAmounts.objects.get(policy__country="DE")
    assert (amounts.currency, amounts.agent_limit, amounts.one_payer_limit) == ("EUR", 150_50, 300_00)
    assert (amounts.auto_approve_limit, amounts.label_fee) == (0, 0)
    page = ada.get(f"/admin/returns/returnpolicy/{amounts.policy_id}/change/").content.decode()
    assert 'value="150.50"' in page


@pytest.mark.parametrize(("currency", "limit"), [("EURO", "1"), ("12", "1"), ("EUR", "-1"), ("JPY", "1.50")])
def test_what_is_no_amount_is_said_so(ada: Client, currency: str, limit: str) -> None:
    data = {**POLICY, "amounts-0-currency": currency, "amounts-0-agent_limit": limit}
    assert ada.post("/admin/returns/returnpolicy/add/", data).status_code == 200
    assert not ReturnPolicy.objects.filter(country="DE").exists()


def test_a_reason_and_a_service_centre(ada: Client) -> None:
    reason = {
        "code": "recall",
        "name_en": "Recalled",
        "name_zh": "召回",
        "kinds": ["return_refund"],
        "fault_default": "merchant",
        "evidence_required": "",
        "order": 5,
        "is_active": "on",
    }
    assert ada.post("/admin/returns/reason/add/", reason).status_code == 302
    assert Reason.objects.get(code="recall").kinds == ["return_refund"]
    centre = {
        "code": "la",
        "name_en": "Los Angeles",
        "name_zh": "洛杉矶",
        "recipient": "Returns",
        "country": "US",
        "city": "LA",
        "lines": "1 Main St",
        "serves": ["US", "CA"],
        "order": 1,
        "is_active": "on",
    }
    assert ada.post("/admin/returns/servicecentre/add/", centre).status_code == 302
    assert ServiceCentre.objects.get(code="la").serves == ["US", "CA"]


def test_a_connection_keeps_its_secret_to_itself(ada: Client) -> None:
    url, secret = "/admin/returns/gatewayconnection/", "sixteen or more letters"
    told = {
        "shop": shop.shop().pk,
        "gateway": "lamps",
        "url": "https://shop.example/after-sales",
        "key_id": "lamps",
        "timeout_s": 10,
        "min_gap_s": 0,
        "is_active": "on",
    }
    assert "Both sides need" in ada.post(f"{url}add/", told).content.decode()
    assert "https://" in ada.post(f"{url}add/", {**told, "url": "http://shop.example"}).content.decode()
    assert ada.post(f"{url}add/", {**told, "new_secret": secret}).status_code == 302
    row = GatewayConnection.objects.get()
    assert (row.tell(), secret in row.secret) == (secret, False)
    page = ada.get(f"{url}{row.pk}/change/").content.decode()
    assert secret not in page
    assert row.secret not in page
    assert ada.post(f"{url}{row.pk}/change/", {**told, "timeout_s": 20}).status_code == 302
    assert GatewayConnection.objects.get().tell() == secret
