"""Everybody who may come to a door, and what they get there."""

import copy
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.rights import Role
from customers import doors
from tests.house.estate import Estate

LET_IN = {200, 201, 204, 302}
NOTHING_SAID = {400, 409, 422}
"""What an empty form or body gets from those who may send one."""

FORM = "application/x-www-form-urlencoded"
ENTRANCES = {"account_login": "in", "portal:sign-in": "door", "admin:login": "admin"}


@dataclass(frozen=True)
class Answer:
    """`outcome` is a word of the table of access."""

    status: int
    outcome: str
    headers: Any
    text: str


def client_of(visitor: str, estate: Estate) -> Client:
    """The browser of somebody; "token" is another system, with an agent's token."""
    if visitor == "token":
        return Client(raise_request_exception=False, headers={"authorization": f"Token {estate.token}"})
    client = Client(raise_request_exception=False, headers={"accept-language": estate.language})
    if visitor in Role.values:
        client.force_login(estate.staff[visitor])
    elif visitor != "nobody":
        session = client.session
        session[doors.CUSTOMER] = getattr(estate, visitor).pk
        session.save()
    return client


def visit(client: Client, method: str, path: str) -> Answer:
    """Knock with nothing in hand, and leave everything as it was before."""
    cookies = copy.deepcopy(client.cookies)
    nothing, kind = ("{}", "application/json") if path.startswith("/api/") else ("", FORM)
    with transaction.atomic():
        response: Any = client.generic(method, path, nothing if method != "GET" else "", kind)
        body = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return Answer(
        response.status_code,
        _outcome(method, path, response),
        response.headers,
        body.decode(errors="replace"),
    )


def _outcome(method: str, path: str, response: Any) -> str:
    if response.status_code == 302:
        leads = {reverse(name): word for name, word in ENTRANCES.items()}
        return leads.get(response["Location"].partition("?")[0], "ok")
    something_said = method == "GET" and not path.startswith("/api/")
    good = LET_IN if something_said else LET_IN | NOTHING_SAID
    return "ok" if response.status_code in good else str(response.status_code)
