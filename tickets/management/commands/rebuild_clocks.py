"""Prove that every clock follows from its event log, or make it follow."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Prefetch

from tickets.clocks import replaying
from tickets.models import Clock, ClockEvent, Ticket

CHUNK = 1000
SHOWN = 50


class Command(BaseCommand):
    help = (
        "Rebuilds every clock from its event log. With --check nothing is changed: clocks that differ from "
        "their log are named, and the exit code is 1. A JSON summary goes to stdout."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; name what differs.")
        parser.add_argument("--ticket", help="Only the clocks of this ticket.")

    def handle(self, *args: Any, check: bool, ticket: str | None, **options: Any) -> None:
        counts = {"clocks": 0, "differing": 0, "unreadable": 0, "mended": 0}
        for pks in _chunks(ticket):
            for clock in _with_logs(pks):
                counts["clocks"] += 1
                self._look_at(clock, counts, mends=not check)
        self.stdout.write(json.dumps(counts))
        if counts["unreadable"] or (check and counts["differing"]):
            raise SystemExit(1)

    def _look_at(self, clock: Clock, counts: dict[str, int], *, mends: bool) -> None:
        try:
            differing = replaying.differences(clock, list(clock.events.all()))
        except ValueError as error:
            counts["unreadable"] += 1
            self._name(clock, str(error), counts["unreadable"])
            return
        if not differing:
            return
        counts["differing"] += 1
        said = ", ".join(f"{name}: {stored} → {logged}" for name, (stored, logged) in differing.items())
        self._name(clock, said, counts["differing"])
        if mends:
            mend(clock)
            counts["mended"] += 1

    def _name(self, clock: Clock, text: str, number: int) -> None:
        if number <= SHOWN:
            self.stderr.write(f"{clock.ticket.number} {clock.kind} {clock.cycle}/{clock.turn}: {text}")


@transaction.atomic
def mend(clock: Clock) -> None:
    """Write a clock as its log says it is; read again under the ticket's lock, as it may have moved on."""
    Ticket.objects.select_for_update(of=("self",)).get(pk=clock.ticket_id)
    [fresh] = _with_logs([clock.pk])
    rebuilt = replaying.replay(fresh, list(fresh.events.all()))
    Clock.objects.filter(pk=clock.pk).update(**{name: getattr(rebuilt, name) for name in replaying.REBUILT})


def _chunks(number: str | None) -> Iterator[list[int]]:
    clocks = Clock.objects.order_by("pk")
    if number:
        clocks = clocks.filter(ticket__number=number)
    last = 0
    while pks := list(clocks.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield pks
        last = pks[-1]


def _with_logs(pks: list[int]) -> list[Clock]:
    logs = ClockEvent.objects.select_related("calendar", "policy_version").order_by("pk")
    clocks = Clock.objects.filter(pk__in=pks).select_related("ticket", "external").defer("ticket__search")
    return list(clocks.order_by("pk").prefetch_related(Prefetch("events", queryset=logs)))
