#!/usr/bin/env python3
"""The command door: `manage.py COMMAND` works on a bare checkout, with or without servers of one's own."""

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def use_virtualenv() -> None:
    """Carry on under .venv when the interpreter that was typed has no Django."""
    if importlib.util.find_spec("django") is not None:
        return
    python = HERE / ".venv" / "bin" / "python"
    if not python.exists() or Path(sys.prefix) == HERE / ".venv":
        sys.exit("Django is not installed. Run script/setup (or script/server) first.")
    os.execv(python, [str(python), *sys.argv])


def main() -> None:
    """Run one command, with embedded servers around it when none are configured."""
    use_virtualenv()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

    from django.core.management import execute_from_command_line

    from aftersales.embedded.session import servers_for

    with servers_for(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
