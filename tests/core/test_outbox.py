"""Outboxes: each row in one hand, tried again and again, never lost with a worker, given up in the end."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.models import OutgoingMail
from core.outbox import LEASE, Ended, Hopeless, Outbox, TryLater, another_round, fail, note_sent

State = OutgoingMail.State
MINUTE = timedelta(minutes=1)


def write(count: int = 1) -> list[int]:
    """So many rows that are due, in this order."""
    now = clock.now()
    rows = [
        OutgoingMail(key=str(number), to="carol@example.com", created_at=now, next_attempt_at=now)
        for number in range(count)
    ]
    return [row.pk for row in OutgoingMail.objects.bulk_create(rows)]


def row(pk: int) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=pk)


def sent(_row: OutgoingMail) -> Ended:
    return Ended(State.SENT, sent_at=clock.now())


def raising(error: Exception) -> Callable[[OutgoingMail], Ended]:
    def carry(_row: OutgoingMail) -> Ended:
        raise error

    return carry


def outbox(carry: Callable[[OutgoingMail], Ended] = sent, **patience: Any) -> Outbox[OutgoingMail]:
    given = {"tries": 3, "first_wait": MINUTE, "longest_wait": 10 * MINUTE, **patience}
    return Outbox(rows=OutgoingMail.objects.all(), carry=carry, **given)


def later(wait: timedelta) -> Any:
    return clock.stopped(clock.now() + wait)


# --- many hands --------------------------------------------------------------------------------------


def test_four_workers_claim_each_row_once(together: Callable[..., list[Any]]) -> None:
    written = write(200)

    def claim_all() -> list[int]:
        claimed = []
        while (mine := outbox().claim(clock.now())) is not None:
            claimed.append(mine.pk)
        return claimed

    hands = together(*[claim_all] * 4)
    assert sorted(pk for hand in hands for pk in hand) == written
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(State.SENDING, 1)}


def test_four_workers_carry_each_row_out_once(together: Callable[..., list[Any]]) -> None:
    written, carried = write(200), list[int]()

    def carry(mail: OutgoingMail) -> Ended:
        carried.append(mail.pk)
        return sent(mail)

    assert sum(together(*[outbox(carry).send_due] * 4)) == 200
    assert sorted(carried) == written


def test_the_longest_waiting_goes_first_and_a_batch_has_an_end(db: None) -> None:
    first, second, third = write(3)
    OutgoingMail.objects.filter(pk=third).update(next_attempt_at=clock.now() - MINUTE)
    assert outbox().send_due(limit=2) == 2
    assert [row(pk).state for pk in (third, first, second)] == [State.SENT, State.SENT, State.QUEUED]


# --- workers that die, and workers that are slow -----------------------------------------------------


def test_what_a_killed_worker_held_is_taken_over_when_its_lease_is_over(transactional_db: None) -> None:
    (pk,) = write()
    connections.close_all()
    heard, said = os.pipe()

    def begin(mail: OutgoingMail) -> Ended:
        os.write(said, b"!")
        signal.pause()
        return sent(mail)

    worker = os.fork()
    if worker == 0:
        try:
            outbox(begin).send_due()
        finally:
            os._exit(1)
    os.close(said)
    assert os.read(heard, 1) == b"!"
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    os.close(heard)

    assert row(pk).state == State.SENDING
    assert outbox().send_due() == 0
    with later(LEASE):
        assert outbox().send_due() == 1
    assert (row(pk).state, row(pk).attempts) == (State.SENT, 2)


def test_whoever_dies_at_every_try_is_not_followed_for_ever(db: None) -> None:
    (pk,) = write()
    start = clock.now()
    for number in range(3):
        with clock.stopped(start + number * LEASE):
            assert outbox().claim(clock.now()) is not None
    with clock.stopped(start + 3 * LEASE):
        assert outbox().send_due() == 0
    assert (row(pk).state, row(pk).last_error) == (State.FAILED, "the last try was cut short")


def taken_over(then: Callable[[OutgoingMail], Ended]) -> Callable[[OutgoingMail], Ended]:
    """Somebody so slow that another takes the row over and carries it out meanwhile."""

    def carry(mail: OutgoingMail) -> Ended:
        with later(LEASE):
            outbox(then).send_due()
        raise TryLater("too slow")

    return carry


def test_a_slow_worker_that_fails_changes_nothing_of_what_another_sent(db: None) -> None:
    (pk,) = write()
    outbox(taken_over(sent)).send_due()
    assert (row(pk).state, row(pk).last_error) == (State.SENT, "")


def test_a_slow_worker_that_fails_gives_nothing_up_that_another_tries_again(db: None) -> None:
    (pk,) = write()
    outbox(taken_over(raising(TryLater("busy"))), tries=1).send_due()
    assert (row(pk).state, row(pk).attempts, row(pk).last_error) == (State.QUEUED, 2, "busy")


def test_what_a_slow_worker_sent_is_sent_whatever_another_says(db: None) -> None:
    (pk,) = write()
    slow = outbox().claim(clock.now())
    assert slow is not None

    def carry(_mail: OutgoingMail) -> Ended:
        note_sent(slow, sent_at=clock.now())
        raise TryLater("busy")

    with later(LEASE):
        assert outbox(carry).send_due() == 0
    assert row(pk).state == State.SENT
    assert row(pk).sent_at is not None


def test_what_was_heard_before_it_was_noted_as_sent_stays(db: None) -> None:
    (pk,) = write()

    def carry(mail: OutgoingMail) -> Ended:
        OutgoingMail.objects.filter(pk=mail.pk).update(state=State.BOUNCED, last_error="no such mailbox")
        return sent(mail)

    assert outbox(carry).send_due() == 1
    assert (row(pk).state, row(pk).last_error) == (State.BOUNCED, "no such mailbox")
    assert row(pk).sent_at is not None


def test_a_row_that_is_gone_meanwhile_harms_no_other(db: None) -> None:
    gone, other = write(2)

    def carry(mail: OutgoingMail) -> Ended:
        if mail.pk != gone:
            return sent(mail)
        OutgoingMail.objects.filter(pk=gone).delete()
        raise TryLater("busy")

    assert outbox(carry).send_due() == 1
    assert row(other).state == State.SENT


# --- failures ----------------------------------------------------------------------------------------


@given(
    st.integers(1, 20),
    st.integers(1, 20),
    st.timedeltas(timedelta(seconds=1), timedelta(hours=1)),
    st.timedeltas(timedelta(seconds=1), timedelta(hours=6)),
    st.timedeltas(timedelta(0), timedelta(days=7)),
)
def test_waits_grow_up_to_the_longest_and_end_with_the_last_try(
    attempts: int, tries: int, first: timedelta, longest: timedelta, asked: timedelta
) -> None:
    box = outbox(tries=tries, first_wait=first, longest_wait=longest)
    wait, next_wait = box.wait(attempts), box.wait(attempts + 1)
    assert (wait is None) == (attempts >= tries)
    assert wait is None or wait == min(first * 2 ** (attempts - 1), longest)
    assert next_wait is None or (wait is not None and wait <= next_wait <= 2 * wait)
    politely = box.wait(attempts, asked)
    assert (politely is None) == (wait is None or asked > longest)
    assert politely is None or asked <= politely <= longest


def test_a_failure_is_tried_again_after_a_longer_wait_each_time_and_given_up(db: None) -> None:
    (pk,) = write()
    box, waits = outbox(raising(OSError("no line")), tries=4), list[timedelta]()
    with clock.stopped(clock.now()):
        box.send_due()
    while row(pk).state == State.QUEUED:
        due = row(pk).next_attempt_at
        with clock.stopped(due - timedelta(seconds=1)):
            assert box.claim(clock.now()) is None
        with clock.stopped(due):
            box.send_due()
            waits.append(row(pk).next_attempt_at - due)
    assert waits[:2] == [2 * MINUTE, 4 * MINUTE]
    assert (row(pk).state, row(pk).attempts, row(pk).last_error) == (State.FAILED, 4, "no line")


def test_a_failure_holds_up_no_other(db: None) -> None:
    broken, well = write(2)

    def carry(mail: OutgoingMail) -> Ended:
        if mail.pk == broken:
            raise ValueError("broken")
        return sent(mail)

    assert outbox(carry).send_due() == 1
    assert (row(broken).state, row(well).state) == (State.QUEUED, State.SENT)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (TryLater("busy", wait=timedelta(seconds=5)), MINUTE),
        (TryLater("busy", wait=7 * MINUTE), 7 * MINUTE),
    ],
)
def test_the_other_side_is_left_alone_as_long_as_it_asks(db: None, error: TryLater, wait: timedelta) -> None:
    (pk,) = write()
    with clock.stopped(clock.now()):
        outbox(raising(error)).send_due()
        assert row(pk).next_attempt_at == clock.now() + wait


@pytest.mark.parametrize("error", [Hopeless("refused"), TryLater("refused", wait=11 * MINUTE)])
def test_what_is_hopeless_or_asks_for_too_much_is_given_up_at_once(db: None, error: Exception) -> None:
    (pk,) = write()
    given_up = list[tuple[int, Exception, bool]]()

    def give_up(mail: OutgoingMail, why: Exception) -> None:
        given_up.append((mail.pk, why, fail(mail, why)))

    assert outbox(raising(error), give_up=give_up).send_due() == 0
    assert given_up == [(pk, error, True)]
    assert (row(pk).state, row(pk).attempts, row(pk).last_error) == (State.FAILED, 1, "refused")


@pytest.mark.parametrize(
    ("error", "kept"), [(OSError("a\0b"), "ab"), (OSError("x" * 9000), "x" * 2000), (OSError(), "OSError")]
)
def test_whatever_an_error_says_can_be_kept(db: None, error: Exception, kept: str) -> None:
    (pk,) = write()
    outbox(raising(error)).send_due()
    assert row(pk).last_error == kept


# --- ends --------------------------------------------------------------------------------------------


def test_what_need_not_leave_ends_otherwise_and_is_not_counted(db: None) -> None:
    (pk,) = write()
    assert outbox(lambda _row: Ended(State.WITHHELD, because="capped")).send_due() == 0
    assert (row(pk).state, row(pk).because) == (State.WITHHELD, "capped")
    assert outbox().send_due() == 0


def test_another_round_has_all_its_tries_again(db: None) -> None:
    (pk,) = write()
    outbox(raising(Hopeless("refused"))).send_due()
    again = row(pk)
    another_round(again, because="")
    assert (again.state, again.attempts) == (State.QUEUED, 0)
    assert outbox().send_due() == 1
