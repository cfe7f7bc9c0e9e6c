"""Each kind of case from the wizard to its end, in a browser, by those who do it, in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from accounts.rights import Role
from core.actors import SYSTEM
from customers import doors
from orders.actions import record_tracking
from orders.models import Order
from orders.states import TrackingStatus
from returns import payments
from returns.actions import note_handover
from returns.defaults import ensure_returns
from returns.models import Case, CompensationVoucher, PolicyAmounts, Reason, ReturnPolicy
from returns.states import CaseKind, CaseStatus, CompensationType, Verb
from tests import build
from tests.core import pictures
from tests.returns import shop, ways
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = pytest.mark.browser

GOODS = {"en": "Desk lamp", "zh-hans": "台灯"}
WORDS = {"en": "It flickers all evening.", "zh-hans": "灯一直闪。"}


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@dataclass
class Counter:
    """Who comes to the counter: a page for each, signed in, in the language of the walk."""

    language: str
    visit: Callable[..., "Page"]
    url: str
    order: Order
    pages: dict[str, "Page"] = field(default_factory=dict)

    @property
    def goods(self) -> str:
        return GOODS[self.language]

    @property
    def words(self) -> str:
        return WORDS[self.language]

    @property
    def case(self) -> Case:
        return Case.objects.latest("pk")

    def carol(self) -> "Page":
        def sign_in(client: Client) -> None:
            session = client.session
            session[doors.CUSTOMER] = self.order.customer_id
            session.save()
            client.cookies["sessionid"] = session.session_key or ""

        return self._page("carol", sign_in)

    def staff(self, role: Role) -> "Page":
        person = shop.staff(role)
        if person.language != self.language:
            person.language = self.language
            person.save(update_fields=["language"])
        return self._page(role, lambda client: client.force_login(person))

    def _page(self, name: str, sign_in: Callable[[Client], None]) -> "Page":
        if name not in self.pages:
            client = Client()
            sign_in(client)
            page = self.visit(locale=self.language)
            page.on("dialog", lambda dialog: dialog.accept())
            session = client.cookies["sessionid"].value
            page.context.add_cookies(
                [
                    {"name": "sessionid", "value": session, "url": self.url},
                    {"name": "django_language", "value": self.language, "url": self.url},
                ]
            )
            self.pages[name] = page
        return self.pages[name]

    def do(self, role: Role, verb: Verb, **typed: str) -> None:
        """Press a verb on the page of the case; in a form fill in what is `typed`, then send it."""
        page, before = self.staff(role), self.case.version
        page.goto(f"/console/cases/{self.case.number}/")
        label = str(verb.label)
        link = page.get_by_role("link", name=label, exact=True)
        if link.count():
            link.first.click()
            dialog = page.locator("dialog[open]")
            for name, value in typed.items():
                dialog.locator(f"[name='{name}']").first.fill(value)
            dialog.get_by_role("button", name=label, exact=True).click()
        else:
            page.get_by_role("button", name=label, exact=True).first.click()
        page.wait_for_load_state("networkidle")
        assert self.case.version != before, page.locator("main").inner_text()

    def answer(self, button: str) -> None:
        """The customer presses a button on the page of the request."""
        page, before = self.carol(), self.case.version
        page.goto(f"/requests/{self.case.ticket.number}/")
        page.get_by_role("button", name=button, exact=True).first.click()
        page.wait_for_load_state("networkidle")
        assert self.case.version != before

    def ask(self, kind: CaseKind, reason: str, *, photo: bool = False) -> None:
        """The wizard, from the items to the sent request."""
        page = self.carol()
        page.goto(f"/requests/new/?order={self.order.reference}")
        page.get_by_label(self.goods).first.check()
        self._on(page)
        page.locator(f"input[type=radio][value={reason}]").check()
        page.locator("textarea[name=description]").fill(self.words)
        self._on(page)
        page.locator(f"input[type=radio][value={kind}]").check()
        self._on(page)
        if photo:
            crack: FilePayload = {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": pictures.image()}
            page.locator("input[type=file]").set_input_files(files=[crack])
        page.locator("main form .button--primary").last.click()
        page.get_by_role("button", name=gettext("Send request"), exact=True).click()
        page.wait_for_url("**/requests/T-*/**")
        assert (self.case.kind, self.case.status) == (kind, CaseStatus.SUBMITTED)
        assert self.case.number in page.locator("main").inner_text()

    def _on(self, page: "Page") -> None:
        page.get_by_role("button", name=gettext("Continue"), exact=True).click()

    def bring_back(self) -> None:
        """Granted, sent, received: what the walk of the main job does in a browser."""
        self.do(Role.LEAD, Verb.APPROVE)
        case = ways.ship(ways.instruct(self.case))
        ways.receive(case)

    def deliver(self) -> None:
        """The carrier hands over what was sent."""
        parcel = self.case.parcels.latest("pk").shipment
        record_tracking(parcel, status=TrackingStatus.DELIVERED, occurred_at=None, by=SYSTEM)
        note_handover(parcel)

    def is_at(self, status: CaseStatus) -> bool:
        return bool(self.case.status == status)


@pytest.fixture
def counter(transactional_db: None, language: str, visit: Callable[..., "Page"], live_server: Any) -> Counter:
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    shop.policy(window_days=3_650)
    carol = build.customer("Carol", country="US", language=language)
    placed = shop.order(shop.line(GOODS[language]), customer=carol)
    return Counter(language, visit, live_server.url, placed)


PARCEL = {"carrier": "UPS", "tracking_number": "1Z999AA10123456784"}


def test_an_exchange(counter: Counter) -> None:
    counter.ask(CaseKind.EXCHANGE, "does_not_fit")
    counter.bring_back()
    ways.passing(ways.start(counter.case))
    counter.do(Role.WAREHOUSE, Verb.DISPATCH, **PARCEL)
    counter.deliver()
    counter.answer(gettext("Yes, I have it"))
    assert counter.is_at(CaseStatus.COMPLETED)


def test_a_repair(counter: Counter) -> None:
    counter.ask(CaseKind.REPAIR, "other")
    counter.bring_back()
    bench = counter.staff(Role.TECHNICIAN)
    bench.goto("/console/workshop/")
    bench.get_by_text(counter.goods).first.click()
    bench.wait_for_url(f"**/console/cases/{counter.case.number}/**")
    counter.do(Role.TECHNICIAN, Verb.START_DIAGNOSIS)
    prices = {"part-1": counter.goods, "quantity-1": "1", "price-1": "8.00", "labour": "12.00"}
    counter.do(Role.TECHNICIAN, Verb.DIAGNOSE, diagnosis=counter.words, **prices)
    counter.answer(gettext("Accept the quote"))
    counter.do(Role.TECHNICIAN, Verb.FINISH_REPAIR, work_done=counter.words)
    counter.do(Role.TECHNICIAN, Verb.RECORD_TEST)
    counter.do(Role.FINANCE, Verb.RECORD_PAYMENT, reference="bank-7")
    counter.do(Role.WAREHOUSE, Verb.DISPATCH, **PARCEL)
    counter.deliver()
    counter.answer(gettext("Yes, I have it"))
    assert counter.is_at(CaseStatus.COMPLETED)


def test_a_resend(counter: Counter) -> None:
    counter.ask(CaseKind.RESEND, "not_received")
    counter.do(Role.LEAD, Verb.APPROVE)
    counter.do(Role.WAREHOUSE, Verb.DISPATCH, **PARCEL)
    counter.deliver()
    counter.answer(gettext("Yes, I have it"))
    assert counter.is_at(CaseStatus.COMPLETED)


def test_a_refund_without_return_and_an_objection(counter: Counter) -> None:
    counter.ask(CaseKind.REFUND_ONLY, "defective", photo=True)
    counter.do(Role.AGENT, Verb.REFUSE, text=counter.words)
    page = counter.carol()
    page.goto(f"/requests/{counter.case.ticket.number}/")
    page.get_by_text(gettext("I do not agree")).click()
    page.locator("form[action$='/escalate/'] textarea").fill(counter.words)
    page.get_by_role("button", name=gettext("Escalate"), exact=True).click()
    page.wait_for_load_state("networkidle")
    assert counter.is_at(CaseStatus.ESCALATED)
    counter.do(Role.LEAD, Verb.RULE_FOR_CUSTOMER, text=counter.words)
    counter.do(Role.FINANCE, Verb.CREATE_REFUND)
    payments.submit_due()
    assert counter.is_at(CaseStatus.COMPLETED)


def test_a_compensation(counter: Counter) -> None:
    ticket = build.ticket(customer=counter.order.customer, order=counter.order)
    page = counter.staff(Role.AGENT)
    page.goto(f"/console/tickets/{ticket.number}/compensation/new/")
    page.locator("[name=compensation_type]").select_option(CompensationType.VOUCHER)
    page.locator("[name=amount]").fill("5.00")
    page.locator("[name=reason]").select_option(label=str(Reason.objects.get(code="arrived_late")))
    page.get_by_role("button", name=gettext("Request a compensation"), exact=True).click()
    page.wait_for_url(f"**/console/tickets/{ticket.number}/**")
    counter.do(Role.AGENT, Verb.APPROVE)
    counter.answer(gettext("Accept the offer"))
    voucher = CompensationVoucher.objects.get()
    carol = counter.carol()
    carol.goto(f"/requests/{ticket.number}/")
    told = carol.locator("main .case-card", has_text=pgettext("case status", "Completed"))
    told.wait_for()  # fetched after the page
    assert voucher.code in told.inner_text()
