"""A voucher after it was given: reminded of once, ended once, worth nothing afterwards."""

from datetime import timedelta

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events
from core.errors import Refused
from core.models import Event, OutgoingMail
from returns import actions
from returns.actions import vouchers
from returns.models import CompensationVoucher
from returns.outlook import outlook
from returns.states import CaseKind, CaseStatus
from returns.tasks import sweep_timers
from tests.returns import ways

DAY = timedelta(days=1)


@pytest.fixture
def voucher(desk: Traveller) -> CompensationVoucher:
    case = ways.reach(CaseKind.COMPENSATION, CaseStatus.COMPLETED)
    return CompensationVoucher.objects.select_related("case").get(case=case)


def told(voucher: CompensationVoucher) -> list[str]:
    return [event.kind for event in events.history(voucher.case) if event.kind.startswith("voucher.")]


def test_its_end_is_told_a_month_before_and_comes_once(voucher: CompensationVoucher, desk: Traveller) -> None:
    desk.shift(334 * DAY)
    assert vouchers.sweep() == 0
    desk.shift(DAY)
    assert [vouchers.sweep(), vouchers.sweep()] == [1, 0]
    assert told(voucher) == ["voucher.expires_soon"]
    desk.shift(30 * DAY)
    sweep_timers()
    assert vouchers.sweep() == 0
    assert told(voucher) == ["voucher.expires_soon", "voucher.expired"]
    voucher.refresh_from_db()
    assert (voucher.expired_at, voucher.due_at) == (voucher.valid_until, None)


def test_the_customer_hears_of_it_by_mail(voucher: CompensationVoucher, desk: Traveller) -> None:
    desk.shift(335 * DAY)
    vouchers.sweep()
    dispatch.drain()
    mail = OutgoingMail.objects.get(key__startswith="voucher.expires_soon")
    assert voucher.code in mail.text
    assert "valid until Thursday, 4 March 2027, 21:00 (America/New_York)" in mail.subject


def test_after_a_long_stop_it_only_ends(voucher: CompensationVoucher, desk: Traveller) -> None:
    desk.shift(400 * DAY)
    vouchers.sweep()
    assert told(voucher) == ["voucher.expired"]


def test_one_that_is_used_is_left_in_peace(
    voucher: CompensationVoucher, desk: Traveller, alice: User
) -> None:
    actions.redeem_voucher(voucher, by=alice)
    desk.shift(400 * DAY)
    assert vouchers.sweep() == 0
    assert told(voucher) == ["voucher.redeemed"]


def test_an_ended_one_is_refused(voucher: CompensationVoucher, desk: Traveller, alice: User) -> None:
    desk.shift(365 * DAY)
    with pytest.raises(Refused) as refused:
        actions.redeem_voucher(voucher, by=alice)
    assert refused.value.code == "voucher.expired"
    assert not Event.objects.filter(kind="voucher.redeemed").exists()


def test_the_page_says_until_when_and_what_became_of_it(
    voucher: CompensationVoucher, desk: Traveller, alice: User
) -> None:
    assert "Valid until" in str(outlook(voucher.case).text)
    desk.shift(365 * DAY)
    vouchers.sweep()
    assert str(outlook(voucher.case).title) == "The voucher was not used in time"


def test_staff_see_what_became_of_it(
    voucher: CompensationVoucher, desk: Traveller, alice: User, client: Client
) -> None:
    client.force_login(alice)
    where = f"/console/cases/{voucher.case.number}/"
    assert "Valid until" in client.get(where).content.decode()
    actions.redeem_voucher(voucher, by=alice)
    page = client.get(where).content.decode()
    assert "Redeemed" in page
    assert "Valid until" not in page
