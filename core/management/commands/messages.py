"""Find the sentences of the code and bring the Chinese catalogues up to date."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import catalogues


class Command(BaseCommand):
    help = "Extract sentences from code and templates into locale/<app>/. Translations are kept."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", metavar="app", help="apps to look at (default: all)")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if something is missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        apps = options["apps"] or settings.APPS
        unknown = set(apps) - set(settings.APPS)
        if unknown:
            raise CommandError(f"No such app: {', '.join(sorted(unknown))}")
        behind = catalogues.update(apps, write=not options["check"])
        open_ends = {app: catalogues.missing(app) for app in apps}
        for app in apps:
            self._report(app, app in behind, open_ends[app], verbose=options["verbosity"] > 1)
        if options["check"] and (behind or any(open_ends.values())):
            raise CommandError(
                "The catalogues are not complete. Run manage.py messages and fill in the Chinese."
            )

    def _report(self, app: str, behind: bool, untranslated: list[str], *, verbose: bool) -> None:
        note = f", {len(untranslated)} without Chinese" if untranslated else ""
        self.stdout.write(f"{app}: {'changed' if behind else 'unchanged'}{note}")
        if verbose:
            for sentence in untranslated:
                self.stdout.write(f"    {sentence}")
