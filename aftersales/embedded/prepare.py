"""`python -m aftersales.embedded.prepare`: bring database, translations and static files up to date.

What is up to date is left alone, so that later starts are quick.
"""

import argparse
import hashlib
import io
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import SystemCheckError
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from aftersales.catalogues import compile_stale
from aftersales.embedded.home import home
from aftersales.embedded.runner import say

ACCOUNTS = home.run / "accounts.txt"


def main() -> None:
    """Run the steps that are needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-demo", action="store_true", help="do not fill an empty shop with demo data")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
    django.setup()
    translate()
    collect_static()
    check()
    migrate()
    if not options.no_demo:
        fill_empty_shop()
    note_accounts()


def check() -> None:
    """Stop here when settings do not fit together or the site cannot be loaded."""
    try:
        call_command("check", stdout=io.StringIO())
        get_wsgi_application()
    except SystemCheckError as error:
        sys.exit(str(error))


def migrate() -> None:
    """Apply migrations that are missing."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        say("setup", f"applying {len(missing)} migrations")
        call_command("migrate", verbosity=0)


def translate() -> None:
    """Compile translations that changed."""
    written = compile_stale()
    if written:
        say("setup", f"compiled {len(written)} translations")


def collect_static() -> None:
    """Collect style sheets, scripts and images when one of them changed."""
    stamp = settings.STATIC_ROOT / ".state"
    state = _state_of(settings.BASE_DIR / "static", settings.BASE_DIR / "requirements.txt")
    if settings.DEBUG or (stamp.exists() and stamp.read_text() == state):
        return
    say("setup", "collecting static files")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state)


def _state_of(*places: Path) -> str:
    """A digest of names, sizes and times of everything below the places."""
    files = sorted(file for place in places for file in [place, *place.rglob("*")] if file.is_file())
    facts = [f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def fill_empty_shop() -> None:
    """Load the demo when there is no shop yet."""
    from orders.models import Shop

    if Shop.objects.exists():
        return
    say("setup", "loading the demo shop (only this once; it takes two or three minutes)")
    call_command("demo", stdout=io.StringIO())


def note_accounts() -> None:
    """Write down which demo accounts there are, for the end of the start-up."""
    if "demo" in get_commands():
        out = io.StringIO()
        call_command("demo", accounts=True, stdout=out)
        ACCOUNTS.write_text(out.getvalue())


if __name__ == "__main__":
    main()
    sys.stdout.flush()
