"""Make a shop to look around in, or rows by the million to measure with."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from aftersales.demo import (
    cases,
    cast,
    channels,
    chats,
    goods,
    law,
    letters,
    load,
    stories,
    teams,
    today,
    wording,
)
from aftersales.demo.stage import Stage
from core import clock, dispatch
from kb.starter import load_starter_articles
from orders.models import Shop
from returns.models import ServiceCentre
from tickets.calendars import calendar_of
from tickets.models import ServiceCalendar

SEED = 20261122
OPENED_BEFORE = timedelta(days=80)


class Command(BaseCommand):
    help = "Load a believable bilingual shop (once), or with --tickets fill the database for measurements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print who may sign in")
        parser.add_argument(
            "--tickets", type=int, metavar="N", help="add N tickets with three messages each, by COPY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accounts"]:
            self.stdout.write(cast.accounts())
        elif options["tickets"] is not None:
            self._fill(options["tickets"])
        else:
            self._tell()

    def _fill(self, tickets: int) -> None:
        if tickets < 1:
            raise CommandError("--tickets takes a number from 1 upwards.")
        seconds = load.fill(tickets, progress=self._progress)
        self.stdout.write(f"{tickets} tickets in {seconds:.1f} s")

    def _tell(self) -> None:
        if Shop.objects.filter(code="cn").exists():
            self.stdout.write("The demo shop is there already; nothing was changed.")
            return
        with transaction.atomic():
            self._set_up()
        self.stdout.write(cast.accounts())

    def _set_up(self) -> None:
        now = clock.now()
        with clock.stopped(now - OPENED_BEFORE):
            staff, customers, shops = cast.engage(), cast.invite(), goods.open_shops()
            cast.open_service_centres(ServiceCentre.objects)
            load_starter_articles(by=staff["agent"])
        office = ServiceCalendar.objects.select_related("current").get(code="office")
        calendar = calendar_of(office.published)
        scene = stories.Scene(staff, shops, calendar, Random(SEED))
        stage = Stage(now, self._progress)
        for programme in (stories.programme, cases.programme, today.programme):
            for at, story in programme(scene, customers, until=now):
                stage.begin(at, story)
        stage.begin(now - timedelta(hours=1), channels.connected(staff))
        stage.begin(now - timedelta(seconds=2), law.rights(staff))
        chats.tell(staff, customers, now)
        stage.begin(now - timedelta(hours=2), letters.arriving(scene, customers))
        stage.begin(now - timedelta(days=2), wording.reworded(staff))
        stage.play()
        teams.share_out(staff, now)
        chats.begin_now(staff, customers)
        dispatch.drain()

    def _progress(self, done: int, known: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} of {known}", ending="")
