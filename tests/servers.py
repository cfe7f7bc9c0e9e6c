"""A Postgres and a Redis for each process that runs tests: several run side by side and share nothing.

A plugin, named in pyproject.toml: the addresses have to be known before Django reads its settings.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from aftersales.embedded.throwaway import throwaway_servers

_until_the_end = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before every other plugin, pytest-django included."""
    if not _only_gives_out_tests(early_config):
        os.environ.update(_until_the_end.enter_context(throwaway_servers()))
    return (yield)


def pytest_unconfigure() -> None:
    """The servers go and all they held."""
    _until_the_end.close()


def _only_gives_out_tests(config: pytest.Config) -> bool:
    return bool(config.known_args_namespace.numprocesses) and "PYTEST_XDIST_WORKER" not in os.environ
