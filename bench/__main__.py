"""`script/bench [console | clocks | cases | chat] [SIZE ...]`: figures at so many tickets.

Sizes are 10,000 and 100,000 unless said otherwise. `console`, or no word: what people wait for.
`clocks`: the sweep of due clocks, every ticket open. `cases`: returns from request to refund; sizes do not
matter there. `chat`: so many customers (default 100) in chats at once, through the web server.
"""

import argparse
import os
import sys
from collections.abc import Sequence

import django

WORDS = ("console", "clocks", "cases", "chat")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, prepare the database, measure."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000], metavar="SIZE")
    parser.add_argument("--runs", type=int, default=60, help="measured runs of each (default 60)")
    words = list(sys.argv[1:] if arguments is None else arguments)
    what = words.pop(0) if words[:1] in ([word] for word in WORDS) else "console"
    given = parser.parse_args(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    import aftersales.wsgi  # noqa: F401 - pages are measured in a process that is made ready as the server is
    from bench import cases, chat, clocks, pages

    if what == "clocks":
        clocks.run(sorted(given.sizes))
    elif what == "cases":
        cases.run(given.runs)
    elif what == "chat":
        chat.run(given.sizes[0] if words else 100)
    else:
        pages.run(sorted(given.sizes), given.runs)


if __name__ == "__main__":
    main()
