"""Every address x every role: who may pass, passes; everybody else is turned away at the door.

The addresses name things that do not exist, so who passes meets 404 or a refused form, never 403.
"""

import logging
import re
import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import actions
from accounts.rights import ROLE_RIGHTS, Role
from core.actors import SYSTEM
from tests import build
from tests.house.doors import (
    API,
    API_FOR_EVERYBODY,
    CONSOLE,
    DASHBOARDS,
    PORTAL_KNOWN,
    PORTAL_OPEN,
)

pytestmark = pytest.mark.django_db

SAMPLES = ["T-999999", "R-999999", "F-999999", "V-999999", "no-such-thing", "999999", str(uuid.UUID(int=7))]
REFUSED, NOT_ALLOWED, UNKNOWN = 403, 405, 401


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Being turned away is what happens here all the time."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


def doors(namespace: str) -> dict[str, str]:
    """Address by name of everything in a namespace."""
    return {name: url for found, name, url in _all(get_resolver().url_patterns, "") if found == namespace}


def _all(patterns, namespace):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _all(pattern.url_patterns, pattern.namespace or namespace)
        elif namespace not in {"", "admin"}:
            yield namespace, pattern.name, _sample(namespace, pattern)


def _sample(namespace: str, pattern: URLPattern) -> str:
    arguments = {
        name: next(sample for sample in SAMPLES if re.fullmatch(converter.regex, sample))
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(f"{namespace}:{pattern.name}", kwargs=arguments)


def passes(role, right):
    return right is None or right in ROLE_RIGHTS[role]


def answers(client, url, method):
    return getattr(client, method)(url).status_code


def strangers_and_wrong(client, namespace, table, role):
    """Doors that treat the role otherwise than the table says."""
    for name, url in doors(namespace).items():
        codes = {answers(client, url, method) for method in ("get", "post")} - {NOT_ALLOWED}
        if (codes == {REFUSED}) == passes(role, table[name]) or (REFUSED in codes and len(codes) > 1):
            yield name, codes


@pytest.mark.parametrize(("namespace", "table"), [("console", CONSOLE), ("dashboards", DASHBOARDS)])
def test_every_staff_page_is_in_the_table(namespace, table):
    assert set(doors(namespace)) == set(table)


def test_every_endpoint_is_in_the_table():
    assert set(doors("api")) - API_FOR_EVERYBODY == set(API)


def test_every_page_of_the_portal_is_in_the_table():
    assert set(doors("portal")) == PORTAL_OPEN | PORTAL_KNOWN
    assert not PORTAL_OPEN & PORTAL_KNOWN


@pytest.mark.parametrize("role", Role.values)
def test_staff_pages_let_the_right_roles_in(role):
    client = Client()
    client.force_login(build.user(role, role=role))
    assert not list(strangers_and_wrong(client, "console", CONSOLE, role))
    assert not list(strangers_and_wrong(client, "dashboards", DASHBOARDS, role))


@pytest.mark.parametrize("namespace", ["console", "dashboards"])
def test_strangers_are_led_to_the_sign_in(client, namespace):
    for name, url in doors(namespace).items():
        for method in ("get", "post"):
            response = getattr(client, method)(url)
            led = response.status_code == 302 and response.url.startswith(reverse("account_login"))
            assert led or response.status_code == NOT_ALLOWED, (name, method, response.status_code)


@pytest.mark.parametrize("role", Role.values)
def test_endpoints_let_the_right_roles_in(role):
    _, text = actions.issue_token(build.user(role, role=role), name="doors", by=SYSTEM)
    client = Client(headers={"authorization": f"Token {text}"})
    wrong = [
        (name, method)
        for name, methods in API.items()
        for method, right in methods.items()
        if (answers(client, doors("api")[name], method) not in {REFUSED, UNKNOWN}) != passes(role, right)
    ]
    assert not wrong


def test_strangers_get_nothing_from_the_api(client):
    urls = doors("api")
    open_doors = [
        (name, method)
        for name, methods in API.items()
        for method in methods
        if answers(client, urls[name], method) != UNKNOWN
    ]
    assert not open_doors


@pytest.mark.parametrize("role", Role.values)
def test_staff_are_strangers_in_the_portal(role):
    """Who works here sees customers in the console, with the rights of the role, and not as somebody else."""
    client = Client()
    client.force_login(build.user(role, role=role))
    _are_led_away(client)


def test_strangers_see_nobody_s_things_in_the_portal(client):
    _are_led_away(client)


def _are_led_away(client):
    for name in PORTAL_KNOWN:
        for method in ("get", "post"):
            code = answers(client, doors("portal")[name], method)
            assert code in {302, 404, NOT_ALLOWED}, (name, method, code)


def test_the_open_pages_of_the_portal_break_for_nobody(client):
    for name in PORTAL_OPEN:
        for method in ("get", "post"):
            assert answers(client, doors("portal")[name], method) < 500, (name, method)
