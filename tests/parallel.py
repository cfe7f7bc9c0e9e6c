"""Doing one thing many times at the same moment, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from core.errors import Refused

Result = TypeVar("Result")


def together(times: int, act: Callable[[int], Result]) -> list[Result | Refused]:
    """What each of `times` threads got from `act(number)`; a refusal is a result like any other."""
    start = Barrier(times)

    def run(number: int) -> Result | Refused:
        try:
            start.wait()
            return act(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
