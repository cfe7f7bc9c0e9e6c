"""Add up the figures of the dashboards anew."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from core import clock
from dashboards import actions, rules
from dashboards.periods import Period, day_of


class Command(BaseCommand):
    help = (
        "Add up the daily figures anew. The worker does so by itself; this is for after loading much "
        "at once. Running it twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", type=date.fromisoformat, help="first day (default: the first there is)"
        )
        parser.add_argument("--until", type=date.fromisoformat, help="last day (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        period = Period(options["since"] or actions.first_day(at), options["until"] or day_of(at))
        done = 0
        for first, last in rules.runs(period.each_day(), actions.LONGEST_RUN):
            done += actions.roll_up(Period(first, last))
            if options["verbosity"]:
                self.stderr.write(f"{first} to {last}: {done} of {period.days} days")
        self.stdout.write(f"{done} days")
