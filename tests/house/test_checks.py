"""The tools that read the code: each finds nothing to say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from aftersales.environment import BASE_DIR
from tests.house.source import tracked

BIN = Path(sys.executable).parent
TOOLS = {
    "ruff check": [BIN / "ruff", "check", "--no-cache", "--output-format", "concise"],
    "ruff format": [BIN / "ruff", "format", "--check", "--no-cache"],
    "floors and rooms": [BIN / "lint-imports", "--no-cache"],
    "types": [BIN / "mypy", "."],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_code_passes(tool):
    run(TOOLS[tool])


def test_templates_are_formatted():
    run([BIN / "djade", "--check", "--target-version", "5.2", *tracked("templates/*.html")])


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def run(command):
    # The settings of a machine of its own, so that nothing of this run's environment leaks into the tools.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-3000:]}"
