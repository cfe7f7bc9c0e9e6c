"""Worker doors of tickets."""

from celery import shared_task

from core import clock
from tickets import bulk, sweeps
from tickets.automation import running


@shared_task(ignore_result=True)
def sweep_clocks() -> int:
    return sweeps.sweep_clocks(clock.now())


@shared_task(ignore_result=True)
def send_held_replies() -> int:
    return sweeps.send_held(clock.now())


@shared_task(ignore_result=True)
def work_bulk_runs() -> int:
    return bulk.work()


@shared_task(ignore_result=True)
def assign_waiting() -> int:
    return sweeps.assign_waiting()


@shared_task(ignore_result=True)
def close_old_tickets() -> int:
    return sweeps.close_old(clock.now())


@shared_task(ignore_result=True)
def run_timed_rules() -> int:
    return running.sweep(clock.now())
