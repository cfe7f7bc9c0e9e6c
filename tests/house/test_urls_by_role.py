"""Every address x everybody: access.txt says who gets in; here everybody tries, on Carol's real things."""

import fnmatch
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from accounts.models import Language
from tests.house.access import ANYTHING, CLOSED, rows_of, table, visitors
from tests.house.addresses import Address, addresses
from tests.house.estate import Estate
from tests.house.visitors import Answer, client_of, visit

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST")
API_METHODS = (*METHODS, "PUT", "PATCH", "DELETE")

EXPLORERS = {"nobody", "lead"}
"""Who tries methods that are in no row; what does not exist depends on nobody's role."""

MAY_NAME_HER_THINGS = {"portal:request-link", "portal:news-link", "portal:survey", "api:schema"}
"""Whoever holds the link from Carol's mail is taken for Carol there; the schema has numbers as examples."""


@pytest.fixture(scope="module")
def estate(estate_in: Callable[[str], AbstractContextManager[Estate]]) -> Iterator[Estate]:
    with estate_in(Language.ENGLISH) as estate:
        yield estate


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Being turned away is what happens here all the time."""
    caplog.set_level(logging.ERROR, logger="django.request")


def test_every_address_is_in_the_table() -> None:
    assert [address.name for address in addresses() if not rows_of(address)] == []


def test_every_row_has_its_address() -> None:
    names = {address.name for address in addresses()}
    assert [row.pattern for row in table() if not fnmatch.filter(names, row.pattern)] == []


@pytest.mark.parametrize("visitor", visitors())
def test_doors_open_for_whom_they_should(visitor: str, estate: Estate) -> None:
    surprises = list(_surprises(client_of(visitor, estate), visitor, estate))
    assert not surprises, "\n" + "\n".join(surprises)


def _surprises(client: Client, visitor: str, estate: Estate) -> Iterator[str]:
    for address in addresses():
        rows, path = rows_of(address), address.path(estate.things)
        for method in _methods(address):
            if method in rows or visitor in EXPLORERS:
                expected = {rows[method].cells[visitor]} if method in rows else CLOSED
                answer = visit(client, method, path)
                if not _fits(answer, expected):
                    wanted = " or ".join(sorted(expected))
                    yield f"{method} {address.name} ({path}): {answer.outcome} instead of {wanted}"


def _methods(address: Address) -> tuple[str, ...]:
    return API_METHODS if address.surface == "api" else METHODS


def _fits(answer: Answer, expected: set[str] | frozenset[str]) -> bool:
    return answer.outcome in expected or (ANYTHING in expected and answer.status < 500)


@pytest.mark.parametrize("visitor", ["charlie", "nobody"])
def test_strangers_read_nothing_of_carol_s(visitor: str, estate: Estate) -> None:
    client, told = client_of(visitor, estate), []
    for address in addresses():
        row = rows_of(address).get("GET")
        if row and row.cells[visitor] == "ok" and address.name not in MAY_NAME_HER_THINGS:
            text = visit(client, "GET", address.path(estate.things)).text
            told += [f"{address.name} tells {secret}" for secret in estate.secrets() if secret in text]
    assert not told
