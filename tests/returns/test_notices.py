"""What gateways tell by themselves: kept first, booked once, believed only when signed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from core import events, signatures
from core.errors import Refused
from returns import actions, notices, payments, reconciliation, tasks
from returns.gateways import GatewayRules, Outcome, Result, sandbox
from returns.gateways.reports import parse, result_of
from returns.models import Case, GatewayAnswer, GatewayConnection, GatewayNotice, Refund, SandboxBehaviour
from returns.states import CaseStatus, RefundStatus
from tests.returns import counterpart, shop
from tests.returns.conftest import NOW

DOOR = "/api/v1/gateway-notices/"


@pytest.fixture
def refund(desk: Traveller, fin: User) -> Refund:
    """100.00 on its way to the shop's system; nobody has heard of it yet."""
    counterpart.connect()
    case = shop.case(shop.order(gateway="lamps"), status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    claimed = payments.claim(NOW)
    assert claimed is not None
    return claimed[0]


def paid(refund: Refund, **fields: Any) -> dict[str, Any]:
    told = {"key": refund.idempotency_key, "state": "succeeded", "amount": 100_00, "currency": "USD"}
    return {**told, "refund_id": "re_1", **fields}


def post(**told: Any) -> Any:
    return Client().post(DOOR, **counterpart.notice(**told))


def fresh(refund: Refund) -> Refund:
    return Refund.objects.get(pk=refund.pk)


def test_a_notice_books_the_refund(refund: Refund) -> None:
    answer = post(**paid(refund))
    assert (answer.status_code, answer.json()) == (200, {"id": "evt-1", "new": True})
    assert (fresh(refund).status, fresh(refund).gateway_refund_id) == (RefundStatus.SUCCEEDED, "re_1")
    assert Case.objects.get(pk=refund.case_id).status == CaseStatus.COMPLETED
    row = GatewayNotice.objects.get()
    assert (row.verdict, row.refund, row.processed_at) == ("booked", refund, NOW)


def test_the_same_notice_again_changes_nothing(refund: Refund) -> None:
    post(**paid(refund))
    before = events.timeline(refund.case.ticket).count()
    for _ in range(3):
        assert post(**paid(refund)).json() == {"id": "evt-1", "new": False}
    assert post(**paid(refund, state="refused")).json()["new"] is False
    assert post(**paid(refund, id="evt-2")).json()["new"] is True
    assert (GatewayNotice.objects.count(), refund.answers.count()) == (2, 1)
    assert events.timeline(refund.case.ticket).count() == before


def test_a_wrong_signature_changes_nothing(refund: Refund) -> None:
    sent = counterpart.notice(**paid(refund))
    for wrong in (
        counterpart.notice(secret="guessed, and wrong", **paid(refund)),
        counterpart.notice(at=NOW - timedelta(minutes=6), **paid(refund)),
        counterpart.notice(at=NOW + timedelta(minutes=6), **paid(refund)),
        {**sent, "data": sent["data"].replace("succeeded", "refused")},
        {**sent, "headers": {**sent["headers"], "X-Key-Id": "nobody"}},
        {**sent, "headers": {}},
    ):
        answer = Client().post(DOOR, **wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "notice.not_genuine")
    assert not GatewayNotice.objects.exists()
    assert fresh(refund).status == RefundStatus.SUBMITTED


def test_a_connection_that_is_switched_off_is_not_heard(refund: Refund) -> None:
    GatewayConnection.objects.update(is_active=False)
    assert post(**paid(refund)).status_code == 401


@pytest.mark.parametrize("data", ["[]", "{", '{"id": 7}', '{"id": ""}', '{"key": "x"}', '{"id": "a\\u0000"}'])
def test_what_is_no_notice_is_refused(refund: Refund, data: str) -> None:
    headers = signatures.headers(counterpart.KEY_ID, counterpart.SECRET, data.encode(), NOW)
    answer = Client().post(DOOR, data=data, content_type="application/json", headers=headers)
    assert answer.status_code in (200, 400)
    assert fresh(refund).status == RefundStatus.SUBMITTED


def test_a_notice_without_end_is_not_read(refund: Refund) -> None:
    assert post(**paid(refund, message="x" * 70_000)).status_code == 413


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"key": "F-999999"}, "stranger"),
        ({"state": "perhaps"}, "unreadable"),
        ({"amount": "100.00"}, "unreadable"),
        ({"amount": 99_99}, "contradicts"),
        ({"currency": "EUR"}, "contradicts"),
        ({"state": "pending"}, "booked"),
        ({"state": "refused"}, "booked"),
    ],
)
def test_every_notice_gets_a_verdict(refund: Refund, told: dict[str, Any], verdict: str) -> None:
    assert post(**paid(refund, **told)).status_code == 200
    assert GatewayNotice.objects.get().verdict == verdict
    assert fresh(refund).status != RefundStatus.SUCCEEDED


def test_a_shop_speaks_about_its_own_refunds_only(refund: Refund, fin: User) -> None:
    other = shop.case(status=CaseStatus.AWAITING_REFUND)
    (foreign,) = actions.create_refund(other, by=fin)
    payments.claim(NOW)
    post(**paid(foreign))
    assert GatewayNotice.objects.get().verdict == "stranger"
    assert fresh(foreign).status == RefundStatus.SUBMITTED


def test_the_answer_that_comes_after_the_notice_changes_nothing(refund: Refund) -> None:
    post(**paid(refund))
    late = Result(Outcome.SUCCEEDED, refund_id="re_1", amount=100_00, currency="USD")
    assert actions.settle_refund(refund, late).status == RefundStatus.SUCCEEDED
    assert events.timeline(refund.case.ticket).filter(kind="case.completed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_notices_and_the_answer_racing_each_other_book_once(refund: Refund) -> None:
    start = Barrier(6)
    answer = Result(Outcome.SUCCEEDED, refund_id="re_1", amount=100_00, currency="USD")

    def tell(index: int) -> int:
        try:
            start.wait()
            if index == 0:
                actions.settle_refund(refund, answer)
                return 200
            return int(post(**paid(refund, id=f"evt-{index % 2}")).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(tell, range(6))) == {200}
    assert fresh(refund).status == RefundStatus.SUCCEEDED
    assert GatewayNotice.objects.count() == 2
    assert set(GatewayNotice.objects.values_list("verdict", flat=True)) == {"booked"}
    for kind in ("refund.succeeded", "case.completed"):
        assert events.timeline(refund.case.ticket).filter(kind=kind).count() == 1


def test_a_notice_whose_receiver_died_is_taken_by_the_next_sweep(refund: Refund) -> None:
    sent = counterpart.notice(**paid(refund))
    notices.receive(sent["headers"], sent["data"].encode())
    assert fresh(refund).status == RefundStatus.SUBMITTED
    tasks.submit_refunds()
    assert fresh(refund).status == RefundStatus.SUCCEEDED
    assert notices.take_due() == 0


def test_a_provider_that_tells_twice_is_booked_once(desk: Traveller, fin: User) -> None:
    case = shop.case(status=CaseStatus.AWAITING_REFUND)
    shop.refuse_payments(case.order, SandboxBehaviour.Answer.TELL_TWICE)
    actions.create_refund(case, by=fin)
    tasks.submit_refunds()
    assert case.refunds.get().status == RefundStatus.SUBMITTED
    tasks.submit_refunds()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED
    assert list(GatewayNotice.objects.values_list("verdict", flat=True)) == ["booked"]


def failed_but_paid(fin: User) -> Case:
    """Our books say it failed; then the provider says it has paid."""
    case = shop.case(status=CaseStatus.AWAITING_REFUND)
    shop.refuse_payments(case.order)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    told = Result(Outcome.SUCCEEDED, refund_id="re_1", amount=100_00, currency="USD")
    refund = actions.settle_refund(case.refunds.get(), told, way=GatewayAnswer.Way.NOTICE)
    assert refund.status == RefundStatus.FAILED
    return case


def test_what_a_provider_paid_after_all_is_not_paid_by_hand_too(desk: Traveller, fin: User) -> None:
    case = failed_but_paid(fin)
    with pytest.raises(Refused, match=r"refund\.provider_says_paid"):
        actions.pay_by_hand(case, reference="TT-1", proof=[shop.photo()], by=fin)
    assert reconciliation.findings(Refund.objects.all(), NOW).contradicted == [case.refunds.get()]


def test_what_a_provider_paid_after_all_is_never_asked_for_anew(
    desk: Traveller, fin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox.Sandbox, "rules", GatewayRules(retry_same_key=False))
    case = failed_but_paid(fin)
    assert actions.retry_refund(case, by=fin) == [case.refunds.get()]
    payments.submit_due()
    assert case.refunds.get().status == RefundStatus.SUCCEEDED
    assert reconciliation.findings(Refund.objects.all(), NOW).contradicted == []


def test_what_nobody_knows_is_found(refund: Refund, desk: Traveller) -> None:
    found = reconciliation.findings(Refund.objects.all(), NOW)
    assert (found.contradicted, found.unanswered, found.notices) == ([], [], [])
    post(**paid(refund, id="evt-0", key="F-999999"))
    desk.shift(timedelta(hours=2))
    found = reconciliation.findings(Refund.objects.all(), NOW + timedelta(hours=2))
    assert (found.unanswered, len(found.notices)) == ([refund], 1)
    post(**paid(refund, id="evt-3", amount=99_99))
    found = reconciliation.findings(Refund.objects.all(), NOW + timedelta(hours=2))
    assert (found.contradicted, found.unanswered) == ([refund], [])
    assert (found.contradicted[0].told, found.contradicted[0].told_amount) == ("succeeded", 99_99)  # type: ignore[attr-defined]


def test_the_same_words_again_are_not_written_twice(refund: Refund) -> None:
    for _ in range(3):
        actions.settle_refund(refund, Result(Outcome.UNKNOWN, message="no route"))
    assert refund.answers.count() == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(
    st.dictionaries(st.sampled_from(["key", "state", "amount", "currency", "rate", "message"]), json_values)
)
def test_any_object_is_understood_or_refused(told: dict[str, Any]) -> None:
    try:
        result = result_of(told, "F-1")
    except ValueError:
        return
    assert told["key"] == "F-1"
    assert result.amount is None or isinstance(result.amount, int)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(content: bytes) -> None:
    try:
        told = parse(content)
    except ValueError:
        return
    assert isinstance(told, dict)


@pytest.mark.parametrize("content", ['{"a": "\\ud800"}', '{"a": "\\u0000"}', "{", "1", '"a"'])
def test_what_no_row_can_hold_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(content)
