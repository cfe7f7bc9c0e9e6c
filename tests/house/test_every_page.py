"""Every page in both languages: it opens, is safe, complete and labelled, and speaks one language."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.utils import translation

from accounts.models import Language
from accounts.rights import Role
from core.admin import ReadOnlyAdmin
from tests.house import page as critic
from tests.house.access import rows_of
from tests.house.addresses import Address, addresses
from tests.house.estate import Estate
from tests.house.page import Page
from tests.house.visitors import client_of, visit

pytestmark = pytest.mark.django_db

READERS = ("carol", "nobody", Role.LEAD, Role.FINANCE, Role.WAREHOUSE, Role.ADMINISTRATOR)
"""A page is read by the first of them who may."""

READ_BY_ALL = {"console:inbox", "console:cases", "console:case", "console:refunds", "portal:home"}
"""Pages that look different to each of them."""

MORE = (
    ("tickets", "tickets"),
    ("requests", "tickets"),
    ("customers", "customers"),
    ("cases", "cases"),
    ("warehouse", "cases"),
    ("survey", "survey"),
    ("warranties", "warranties"),
    ("withdrawals", "withdrawals"),
    ("withdraw", "withdraw"),
)
"""A word in an address, and what else of Carol's to put behind it."""

OF_ONE = {"console:message-mail", "console:ticket-chat"}
"""What only one of Carol's tickets has."""

PARTS = {
    *("console:inbox-rows", "console:inbox-side", "console:ticket-news"),
    *("console:notification-bell", "console:ticket-presence", "console:chats-ring", "portal:chat-news"),
}
"""Parts that a page asks for by itself while it is open; nobody is ever led to them."""

DJANGO_S = "admin"
"""The admin's pages are Django's: here they have to keep our policy, and to name our things in Chinese."""

NOT_OURS = {"api:docs"}
"""Swagger's page, in English and with a policy of its own."""

CONFIGURED = [model for model, its in admin.site._registry.items() if not isinstance(its, ReadOnlyAdmin)]

SPECIMENS = {"components"}
"""Parts shown to developers, with made-up people in them."""

NAMES = {
    *("English", "简体中文", "UTC", "EUR", "CNY", "MB"),
    *("API", "CSAT", "CSV", "ISO", "Markdown", "PDF", "SKU", "XLS", "XLSX", "ZIP"),
    *("IMAP", "POP", "STARTTLS", "TLS", "URI", "https"),
    *("Chrome", "Edge", "Firefox", "Google", "JavaScript", "Microsoft"),
    *("DAP", "DDP", "EORI", "HS", "IOSS"),
    *("ID", "JSON", "POST", "Unix", "WhatsApp", "iPad", "iPhone"),
    *("SF", "Superstore", "en", "sandbox", "zh"),
}
"""Words that are the same in both: names of languages, units, standards, formats, carriers and providers."""


STRICT = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
)


@dataclass(frozen=True)
class Shown:
    """What a reader got at an address."""

    name: str
    path: str
    status: int
    policy: str
    page: Page | None
    """None for what is no page: a file, data for other systems."""

    def __str__(self) -> str:
        return f"{self.name} ({self.path})"


@pytest.fixture(scope="module", params=[Language.ENGLISH, Language.CHINESE])
def estate(
    request: pytest.FixtureRequest, estate_in: Callable[[str], AbstractContextManager[Estate]]
) -> Iterator[Estate]:
    with estate_in(request.param) as estate:
        yield estate


@pytest.fixture(scope="module")
def shown(estate: Estate) -> list[Shown]:
    """Every page, asked for once for all tests."""
    clients = {reader: client_of(reader, estate) for reader in READERS}
    return [
        _shown(address, path, visit(clients[reader], "GET", path))
        for address in addresses()
        for reader in _readers(address)
        for path in _paths(address, estate)
    ]


def _readers(address: Address) -> list[str]:
    row = rows_of(address).get("GET")
    may = [reader for reader in READERS if row and row.cells[reader] in {"ok", "any"}]
    return may if address.name in READ_BY_ALL else may[:1]


def _paths(address: Address, estate: Estate) -> list[str]:
    paths = {address.path(estate.things)}
    for word, kind in () if address.name in OF_ONE else MORE:
        if f"/{word}/<" in f"/{address.route}":
            paths |= {address.path({**estate.things, word: thing}) for thing in estate.more[kind]}
    return sorted(paths)


def _shown(address: Address, path: str, answer: Any) -> Shown:
    is_page = answer.status == 200 and answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers.get("Content-Security-Policy", "")
    return Shown(address.name, path, answer.status, policy, Page(answer.text) if is_page else None)


def _ours(shown: list[Shown]) -> Iterator[tuple[Shown, Page]]:
    """Whole pages that we draw."""
    for one in shown:
        if one.page and one.name not in PARTS | NOT_OURS and not one.name.startswith(DJANGO_S):
            yield one, one.page


def _all(shown: list[Shown]) -> Iterator[tuple[Shown, Page]]:
    return ((one, one.page) for one in shown if one.page and one.name not in NOT_OURS)


def _none(complaints: Iterator[str]) -> None:
    found = "\n".join(sorted(set(complaints)))
    assert not found, f"\n{found}"


def test_every_page_opens(shown: list[Shown]) -> None:
    broken = (f"{one}: {one.status}" for one in shown if one.status >= 400 and not _may_lack(one))
    _none(broken)


def _may_lack(one: Shown) -> bool:
    """Django answers 404 and 403 about rows that are gone or not to be changed; labels need an address."""
    if (one.name, one.status) == ("api:case-label", 409):
        return True
    return (
        one.name.startswith(DJANGO_S) and one.status in {403, 404, 405}
    ) or one.name == "api:article-search"


def test_no_page_holds_what_its_policy_refuses(shown: list[Shown]) -> None:
    found = (f"{one}: {what}" for one, page in _all(shown) for what in critic.unsafe(page))
    _none(found)


def test_the_policy_is_strict(shown: list[Shown]) -> None:
    needed = (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
    )
    lax = (
        f"{one}: {one.policy}"
        for one, _page in _all(shown)
        if "unsafe" in one.policy or any(part not in one.policy for part in needed)
    )
    _none(lax)


def test_every_page_is_complete(shown: list[Shown], estate: Estate) -> None:
    lacking = (
        f"{one}: {what}" for one, page in _ours(shown) for what in critic.incomplete(page, estate.language)
    )
    _none(lacking)


def test_every_field_says_what_it_is_for(shown: list[Shown]) -> None:
    silent = (f"{one}: {what}" for one, page in _ours(shown) for what in critic.unlabelled(page))
    _none(silent)


def test_every_choice_has_words(shown: list[Shown]) -> None:
    silent = (f"{one}: {what}" for one, page in _ours(shown) for what in critic.wordless_choices(page))
    _none(silent)


def test_every_page_speaks_one_language(shown: list[Shown], estate: Estate) -> None:
    own = NAMES | set(estate.things.values())
    foreign = (
        f"{one}: {what}"
        for one, page in _all(shown)
        if one.name not in SPECIMENS and not one.name.startswith(DJANGO_S)
        for what in critic.foreign_words(page, estate.language, own | _said_by_allauth(one))
    )
    _none(foreign)


def _said_by_allauth(one: Shown) -> set[str]:
    """Its Chinese leaves these words as they are."""
    return {"Email", "token"} if one.name.startswith("account_") else set()


@pytest.mark.parametrize("model", CONFIGURED, ids=lambda model: model._meta.label)
def test_the_admin_has_chinese_for_what_staff_configure(model: type[Model]) -> None:
    meta = model._meta
    fields = [field for field in meta.fields if field.editable and field.name not in ("id", "code")]
    with translation.override(Language.CHINESE):
        words = [meta.verbose_name, meta.verbose_name_plural, *(field.verbose_name for field in fields)]
        helps = [field.help_text for field in fields if field.help_text]
        assert [str(word) for word in (*words, *helps) if not critic.CHINESE.search(str(word))] == []
