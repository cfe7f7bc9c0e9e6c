"""What people wait for: the queue, a ticket, intake by API, search and the dashboard, at two sizes.

Requests go through the whole of Django (middleware, session, template, database) in this process;
what the web server and the network add is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.rights import Role
from bench.figures import Figures, measure
from tickets.models import Ticket

SEARCHES = ("退货", "包裹 三天", "invoice company", "LMP-001", "优惠券", "parcel hub")
ROW = "{:<28}{:>12}{:>12}{:>12}{:>12}{:>9}"


class Desk:
    """Members of staff at their pages, and another system at the API."""

    def __init__(self) -> None:
        self._agent = _signed_in(Role.AGENT)
        self._manager = _signed_in(Role.MANAGER)
        self._api = Client()
        self._api.force_login(_member(Role.AGENT))
        self._searches = cycle(SEARCHES)
        self._round = 0

    def begin(self) -> None:
        """Prepare for a size: which tickets to open."""
        self._round += 1
        newest = Ticket.objects.order_by("-pk").values_list("number", flat=True)[:400]
        self._numbers = cycle(list(newest)[::7])

    def queue(self, _number: int) -> None:
        _fine(self._agent.get(reverse("console:inbox")))

    def ticket(self, _number: int) -> None:
        _fine(self._agent.get(reverse("console:ticket", args=[next(self._numbers)])))

    def search(self, _number: int) -> None:
        _fine(self._agent.get(reverse("console:inbox"), {"q": next(self._searches)}))

    def dashboard(self, _number: int) -> None:
        _fine(self._manager.get(reverse("dashboards:overview")))

    def intake(self, number: int) -> None:
        body = {
            "subject": "Where is my parcel? 我的包裹在哪里",
            "body": "The tracking has not moved for three days. 物流三天没有更新了，麻烦查一下。",
            "customer": {
                "email": f"bench-{self._round}-{number}@example.com",
                "name": "Bench",
                "language": "en",
            },
            "channel": "api",
            "external_id": f"bench-{self._round}-{number}",
        }
        response = self._api.post(reverse("api:tickets"), body, content_type="application/json")
        assert response.status_code == 201, response.content[:300]


def _member(role: Role) -> User:
    found = User.objects.filter(role=role).first()
    return found or User.objects.create_user(f"{role}@bench.example", name=role.label, role=role)


def _signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(_member(role))
    return client


def _fine(response: object) -> None:
    assert getattr(response, "status_code", 0) == 200, response


def run(sizes: Sequence[int], runs: int) -> None:
    """Measure at each size and print the figures with the ratio of the last to the first."""
    desk = Desk()
    acts: Mapping[str, Callable[[int], None]] = {
        "queue page": desk.queue,
        "ticket page": desk.ticket,
        "search zh/en": desk.search,
        "dashboard": desk.dashboard,
        "ticket intake by API": desk.intake,
    }
    found: dict[str, list[Figures]] = {name: [] for name in acts}
    for size in sizes:
        call_command("demo", tickets=size - Ticket.objects.count())
        call_command("roll_up", "--since=2025-01-01")
        desk.begin()
        for name, act in acts.items():
            found[name].append(measure(act, runs=runs))
    _print(sizes, found)


def _print(sizes: Sequence[int], found: Mapping[str, Sequence[Figures]]) -> None:
    small, large = sizes[0], sizes[-1]
    print()
    print(ROW.format("milliseconds", f"{small:,}", "p95", f"{large:,}", "p95", "ratio"))
    for name, figures in found.items():
        first, last = figures[0], figures[-1]
        cells = [f"{value:.1f}" for value in (first.median, first.p95, last.median, last.p95)]
        print(ROW.format(name, *cells, f"{last.median / first.median:.2f}"))
    intake = found["ticket intake by API"]
    print(
        f"\nintake, one caller: {intake[0].per_second:.0f} and {intake[-1].per_second:.0f} tickets per second"
    )
