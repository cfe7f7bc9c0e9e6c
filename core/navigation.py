"""Where the menus lead: plain data, shown as far as the reader may go and the pages exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Entry:
    """One line of a menu. `right` "" means: everybody; `keys` is its keyboard way ("g i").

    `under` says where its pages are when they are not those below its own address.
    """

    url_name: str
    label: str | Promise
    icon: str
    right: str = ""
    keys: str = ""
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry that this reader may follow on this page."""

    url: str
    label: str
    icon: str
    keys: str
    current: bool


CONSOLE: Sequence[Entry] = (
    Entry("console:inbox", _("Inbox"), "inbox", "read_tickets", "g i", ("/console/tickets/",)),
    Entry("console:chats", _("Chats"), "message-circle", "read_tickets", "g h"),
    Entry("console:calls", _("Calls"), "phone", "read_tickets", "g f"),
    Entry("console:load", _("Team load"), "gauge", "assign_tickets", "g l"),
    Entry("console:cases", pgettext_lazy("returns", "Cases"), "package", "read_cases", "g c"),
    Entry("console:warehouse", _("Warehouse"), "warehouse", "receive_parcels", "g w"),
    Entry("console:workshop", _("Workshop"), "wrench", "repair_goods", "g b"),
    Entry("console:refunds", _("Refunds"), "banknote", "read_refunds", "g r"),
    Entry("console:withdrawals", pgettext_lazy("menu", "Withdrawn"), "file-x", "read_cases", "g y"),
    Entry("console:warranties", _("Warranties"), "shield-check", "read_cases", "g t"),
    Entry(
        "console:visits",
        _("Visits"),
        "phone-call",
        "work_visits",
        "g v",
        ("/console/visits/", "/console/surveys/"),
    ),
    Entry("console:customers", _("Customers"), "users", "read_customers", "g u"),
    Entry("console:orders", _("Orders"), "shopping-bag", "read_customers", "g o"),
    Entry("console:kb", _("Knowledge"), "book-open", "write_articles", "g k"),
    Entry("dashboards:overview", _("Figures"), "chart-column", "read_dashboards", "g d"),
    Entry(
        "console:clocks",
        _("Promises"),
        "timer",
        "read_dashboards",
        "g p",
        ("/console/policies/", "/console/calendars/", "/console/external-deadlines/"),
    ),
    Entry(
        "console:rules",
        _("Automation"),
        "workflow",
        "assign_tickets",
        "g a",
        ("/console/rules/", "/console/routing-rules/"),
    ),
    Entry("console:return-policies", pgettext_lazy("returns", "Policies"), "scroll-text", "configure", "g e"),
    Entry("console:macros", _("Macros"), "zap", "write_macros", "g x"),
    Entry(
        "console:channels",
        _("Channels"),
        "radio-tower",
        "assign_tickets",
        "g j",
        ("/console/channels/", "/console/connections/"),
    ),
    Entry(
        "console:incoming-mails",
        pgettext_lazy("menu", "Mail in"),
        "mail-question-mark",
        "read_tickets",
        "g q",
        ("/console/incoming-mail/", "/console/mailboxes/", "/console/suppressions/"),
    ),
    Entry("console:mail", _("Mail"), "mail", "configure", "g m"),
    Entry("console:texts", pgettext_lazy("menu", "Texts"), "file-pen-line", "configure", "g z"),
    Entry("admin:index", _("Settings"), "settings", "configure", "g s"),
)

PORTAL: Sequence[Entry] = (
    Entry("portal:home", _("Home"), "house"),
    Entry("portal:orders", _("My orders"), "shopping-bag"),
    Entry("portal:requests", _("My requests"), "message-square"),
    Entry("portal:help", _("Help"), "life-buoy"),
)


def links(entries: Sequence[Entry], *, path: str, user: Any = None) -> tuple[Link, ...]:
    """The entries as links for `user` on `path`; the longest address that begins the path is current."""
    found = [(entry, _address(entry)) for entry in entries if _allowed(entry, user)]
    known = [(entry, url, _reach(entry, url, path)) for entry, url in found if url]
    furthest = max((reach for _entry, _url, reach in known), default=0)
    return tuple(
        Link(url, str(entry.label), entry.icon, entry.keys, 0 < reach == furthest)
        for entry, url, reach in known
    )


def search_address(user: Any) -> str:
    """Where the search box leads: the search page, or the inbox where there is none; "" without right."""
    search = [Entry(name, "", "search", "read_tickets") for name in ("console:search", "console:inbox")]
    return next((url for entry in search if _allowed(entry, user) and (url := _address(entry))), "")


def _allowed(entry: Entry, user: Any) -> bool:
    return not entry.right or bool(user is not None and user.is_authenticated and user.may(entry.right))


def _address(entry: Entry) -> str:
    return _known_address(entry.url_name, settings.ROOT_URLCONF)


@lru_cache(maxsize=128)
def _known_address(name: str, _urls: str) -> str:
    """Every page shows the whole menu, whose addresses never change."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _reach(entry: Entry, url: str, path: str) -> int:
    """How many letters of `path` are the entry's; 0 when it lies elsewhere."""
    if path == url:
        return len(url)
    places = entry.under or ((url,) if url != "/" else ())
    return max((len(place) for place in places if path.startswith(place)), default=0)
