"""The main job from the order to the figures: by a browser, with everything that runs in a real shop.

Once in English, with scripts, within everybody's limits; once in Chinese, with the customer's browser without
scripts, and with an amount that needs a lead and a second pair of eyes.
"""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext

from accounts.actions import issue_token
from accounts.models import User
from accounts.rights import Role
from core import clock
from core.models import Event, OutgoingMail
from core.money import Money, format_money
from dashboards import figures
from dashboards.kpis import EVERYTHING, KPIS
from dashboards.models import RolledDay
from dashboards.periods import Period, day_of
from dashboards.rules import REFRESH_OLD_AFTER
from dashboards.shown.card import fraction
from dashboards.tasks import roll_up
from feedback.defaults import ensure_survey_and_visits
from feedback.models import FollowUpVisit, Survey, SurveyForm, VisitPlan
from feedback.states import Outcome, VisitStatus
from orders.models import Order
from returns.defaults import ensure_returns
from returns.forms import WISHES
from returns.models import Case, PolicyAmounts, Reason, Refund, ReturnPolicy, SandboxRefund
from returns.states import CaseKind, CaseStatus, RefundStatus, Verb
from tests import build
from tests.core import pictures
from tests.mailbox import Mailbox, link_in
from tests.returns import shop
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy, Ticket
from tickets.states import ClockKind, ClockState, TicketStatus

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

pytestmark = pytest.mark.browser

PASSWORD = "walks-on-two-feet-26"
PHONE: Any = {"width": 390, "height": 844}
PATIENCE_MS = 60_000
CAROL = "carol@example.com"

Visit = Callable[..., "Page"]
Eventually = Callable[..., Any]


@dataclass(frozen=True)
class Tale:
    """What differs between the two walks; prices are decimal texts as other systems send them."""

    language: str
    scripts: bool
    country: str
    currency: str
    goods: str
    price: str
    discount: str
    refund: int
    """Of one unit, in minor units: its price less its share of the discount."""
    decider: Role
    is_dear: bool
    complaint: str
    answer: str
    comment: str


ENGLISH = Tale(
    language="en",
    scripts=True,
    country="US",
    currency="USD",
    goods="Desk lamp",
    price="60.00",
    discount="20.00",
    refund=5_000,
    decider=Role.AGENT,
    is_dear=False,
    complaint="It flickers all evening.",
    answer="Sorry about that. Please send the lamp back.",
    comment="It took a while.",
)
CHINESE = Tale(
    language="zh-hans",
    scripts=False,
    country="CN",
    currency="CNY",
    goods="落地灯",
    price="2550.00",
    discount="100.00",
    refund=250_000,
    decider=Role.LEAD,
    is_dear=True,
    complaint="灯一直闪。",
    answer="非常抱歉，请把灯寄回来。",
    comment="等得有点久。",
)


@pytest.fixture(params=[ENGLISH, CHINESE], ids=lambda tale: tale.language)
def tale(request: pytest.FixtureRequest) -> Iterator[Tale]:
    """The words on the pages are looked up in the language of the tale."""
    with translation.override(request.param.language):
        yield request.param


@pytest.fixture
def open_shop(transactional_db: None, tale: Tale) -> None:
    """What a fresh installation starts with, a shop, and a place to send goods to."""
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    shop.shop(currency=tale.currency, country=tale.country)
    shop.centre()


@dataclass
class Theatre:
    """The stage: who enters signs in through the page, and reads in the language of the tale."""

    tale: Tale
    visit: Visit
    eventually: Eventually
    mailbox: Mailbox

    def enter(self, name: str, role: Role, **options: Any) -> "Page":
        """A member of staff comes to work."""
        email = f"{name.lower()}@staff.example"
        if not User.objects.filter(email=email).exists():
            build.user(
                name, role=role, email=email, password=PASSWORD, language=self.tale.language, time_zone="UTC"
            )
        page = self._page(**options)
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        press(page, gettext("Sign in"))
        page.wait_for_url(re.compile("/console/|/dashboards/"))
        return page

    def customer(self) -> "Page":
        """Carol, on a device that knows nothing of her."""
        return self._page(java_script_enabled=self.tale.scripts)

    def _page(self, **options: Any) -> "Page":
        page = self.visit(locale=self.tale.language, **options)
        page.set_default_timeout(PATIENCE_MS)
        return page

    def mail(self, words: str) -> Any:
        """The mail with these words, once it has left."""
        return self.eventually(lambda: self.mailbox.find(words))

    def money(self, amount: int) -> str:
        return format_money(Money(amount, self.tale.currency), self.tale.language)


@pytest.fixture
def theatre(tale: Tale, visit: Visit, eventually: Eventually, mailbox: Mailbox) -> Theatre:
    return Theatre(tale, visit, eventually, mailbox)


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


# --- an order arrives --------------------------------------------------------------------------------


def order_arrives(tale: Tale, address: str) -> Order:
    """The shop's system tells of an order, of its parcel, and that the parcel was delivered."""
    ada = build.user("Ada", role=Role.ADMINISTRATOR)
    _row, token = issue_token(ada, name="shop", by=ada)
    at = clock.now()

    def post(path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            f"{address}/api/v1/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Token {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 201
            return json.load(answer)

    order = post(
        "orders/",
        number="1001",
        customer={"email": CAROL, "name": "Carol", "language": tale.language, "country": tale.country},
        placed_at=(at - timedelta(days=4)).isoformat(),
        currency=tale.currency,
        lines=[{"sku": "L-1", "title": tale.goods, "quantity": 2, "unit_price": tale.price}],
        discounts=[{"amount": tale.discount}],
        payment={"gateway": "sandbox", "external_id": "pay-1001", "method": "card"},
    )
    parcels = f"orders/{order['reference']}/shipments/"
    parcel = post(parcels, carrier="DHL", tracking_number="00340434161094")
    post(
        f"{parcels}{parcel['id']}/events/",
        status="delivered",
        occurred_at=(at - timedelta(days=2)).isoformat(),
    )
    return Order.objects.get(reference=order["reference"])


# --- the customer ------------------------------------------------------------------------------------


def ask_for_return(page: "Page", theatre: Theatre, order: Order) -> Case:
    """From the front page to the sent request; the exact refund is shown before sending."""
    page.goto("/")
    form = page.locator("form[action$='/orders/find/']").first
    form.locator("[name=number]").fill(order.number)
    form.locator("[name=contact]").fill(CAROL)
    form.locator("button").click()
    page.wait_for_url(f"**/orders/{order.reference}/**")
    if not theatre.tale.scripts:
        follow(page, gettext("What you can do"))
    follow(page, gettext("Return, exchange, repair"))
    page.get_by_label(theatre.tale.goods).first.check()
    page.locator("select[name^=quantity]").select_option("1")
    press(page, gettext("Continue"))
    page.get_by_label(str(Reason.objects.get(code="defective")), exact=True).check()
    page.locator("textarea[name=description]").fill(theatre.tale.complaint)
    press(page, gettext("Continue"))
    page.get_by_label(str(WISHES[CaseKind.RETURN_REFUND]), exact=True).check()
    press(page, gettext("Continue"))
    photo: FilePayload = {"name": "crack.jpg", "mimeType": "image/jpeg", "buffer": pictures.image()}
    page.locator("input[type=file]").set_input_files(files=[photo])
    press(page, gettext("Continue"))
    money = page.locator("section[aria-labelledby=what-1]")
    assert theatre.money(theatre.tale.refund) in money.inner_text()
    press(page, gettext("Send request"))
    page.wait_for_url("**/requests/T-*/**")
    page.get_by_text(theatre.tale.complaint).wait_for()
    return Case.objects.get()


def send_it_back(page: "Page", theatre: Theatre, case: Case) -> None:
    """The link in the mail opens the request, where the parcel is named."""
    mail = theatre.mail(theatre.tale.answer)
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (CAROL, "service@lamps.example")
    assert case.ticket.number in mail["Subject"]
    page.goto(link_in(mail, "/requests/open/"))
    page.get_by_text(theatre.tale.answer).wait_for()
    if not theatre.tale.scripts:
        follow(page, gettext("Your requests"))
    page.locator("input[name$=carrier]").fill("UPS")
    page.locator("input[name$=tracking_number]").fill("1Z 999 AA1 0123 4567 84")
    press(page, gettext("I have sent it"))
    page.get_by_text(re.compile("1Z ?999")).first.wait_for()


def rate(page: "Page", theatre: Theatre, case: Case) -> None:
    """One tap in the mail says how it was; the page behind it takes the comment."""
    page.goto(link_in(theatre.mail("?score=2"), "score=2"))
    assert page.locator("input[name=score][value='2']").is_checked()
    page.locator("textarea[name=comment]").fill(theatre.tale.comment)
    press(page, gettext("Send my answer"))
    page.get_by_role("heading", name=gettext("Thank you")).wait_for()
    survey = Survey.objects.get()
    assert (survey.ticket, survey.score, survey.comment) == (case.ticket, 2, theatre.tale.comment)


# --- the staff ---------------------------------------------------------------------------------------


def decide(theatre: Theatre, case: Case) -> None:
    """The ticket waits in the queue with running clocks; it is answered and the return approved."""
    running = case.ticket.clocks.filter(state=ClockState.RUNNING).values_list("kind", flat=True)
    assert set(running) == {ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION}
    page = theatre.enter("Lea" if theatre.tale.is_dear else "Alice", theatre.tale.decider)
    page.goto("/console/?queue=unassigned")
    row = page.locator("li.ticket-row", has_text=case.ticket.number)
    assert row.locator(".ticket-row__due").inner_text().strip()
    row.get_by_role("link", name=case.ticket.subject).click()
    page.locator("#reply-body").fill(theatre.tale.answer)
    press(page, gettext("Send reply"))
    page.get_by_text(gettext("Your reply is on its way.")).wait_for()
    follow(page, str(Verb.APPROVE.label))
    press(page.locator("dialog[open]"), str(Verb.APPROVE.label))
    theatre.eventually(lambda: Case.objects.filter(status=CaseStatus.AWAITING_RETURN).exists())
    assert Ticket.objects.get().first_response_at is not None


def receive_and_inspect(theatre: Theatre, case: Case) -> None:
    """On the phone: scan, count, grade, done."""
    page = theatre.enter("Wei", Role.WAREHOUSE, viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.url.endswith("/console/warehouse/") or page.goto("/console/warehouse/")
    page.locator("#scan").fill(case.number)
    page.locator(".scan__go").click()
    page.wait_for_url(f"**/console/warehouse/{case.number}/")
    press(page, gettext("Received, inspect now"))
    page.locator(".grades__step").first.click()
    press(page, pgettext("verb", "Done"))
    theatre.eventually(lambda: Case.objects.filter(status=CaseStatus.AWAITING_REFUND).exists())


def pay(theatre: Theatre, case: Case) -> None:
    """Finance pays; above the limit of one person a second one has to look, and it must be another."""
    fin = theatre.enter("Fin", Role.FINANCE)
    fin.goto(f"/console/cases/{case.number}/")
    follow(fin, str(Verb.CREATE_REFUND.label))
    press(fin.locator("dialog[open]"), str(Verb.CREATE_REFUND.label))
    theatre.eventually(Refund.objects.exists)
    if theatre.tale.is_dear:
        assert Refund.objects.get().confirmed_at is None
        flora = theatre.enter("Flora", Role.FINANCE)
        flora.goto(f"/console/cases/{case.number}/")
        follow(flora, str(Verb.CONFIRM_REFUND.label))
        press(flora.locator("dialog[open]"), str(Verb.CONFIRM_REFUND.label))
    theatre.eventually(lambda: Refund.objects.filter(status=RefundStatus.SUCCEEDED).exists())
    refund, paid = Refund.objects.get(), SandboxRefund.objects.get()
    assert (paid.amount, paid.calls) == (theatre.tale.refund, 1)
    assert refund.payment.refunded == refund.amount == theatre.tale.refund
    assert (refund.confirmed_by_id != refund.created_by_id) == theatre.tale.is_dear


def call_back(theatre: Theatre) -> None:
    """The low score has planned a visit; it is made."""
    planned = theatre.eventually(FollowUpVisit.objects.first)
    page = theatre.enter("Fola", Role.FOLLOW_UP)
    page.goto("/console/visits/")
    follow(page, planned.number)
    page.locator(f"input[name=outcome][value={Outcome.SATISFIED}]").check()
    press(page, gettext("Save the attempt"))
    page.get_by_text(gettext("The attempt is written down.")).wait_for()
    assert FollowUpVisit.objects.get().status == VisitStatus.DONE


def look_at_figures(theatre: Theatre, case: Case) -> None:
    """Every figure the manager sees is what the rows say, and leads to them."""
    # The worker adds up past days anew only now and then; here that time has passed.
    RolledDay.objects.update(added_up_at=clock.now() - REFRESH_OLD_AFTER)
    roll_up.delay()
    page = theatre.enter("Mara", Role.MANAGER)
    expected = _expected()
    assert expected["csat"] == "0 / 1"

    def shown() -> bool:
        page.goto("/dashboards/")
        return _shown(page) == expected

    theatre.eventually(shown)
    page.locator("article.tile a[href^='/dashboards/csat/']").first.click()
    page.locator("a[href*='/dashboards/csat/behind/']").first.click()
    follow(page, case.ticket.number)
    page.wait_for_url(f"**/console/tickets/{case.ticket.number}/**")
    page.get_by_text(theatre.tale.complaint).first.wait_for()


def _expected() -> dict[str, str]:
    """What each tile should say, counted from the rows; those that count nothing say nothing."""
    at = clock.now()
    month = Period(day_of(at) - timedelta(days=29), day_of(at))
    counted = {kpi.slug: figures.counted(kpi, month, EVERYTHING, at) for kpi in KPIS}
    return {slug: fraction(figure) if figure.denominator else "" for slug, figure in counted.items()}


def _shown(page: "Page") -> dict[str, str]:
    tiles = page.locator("article.tile").all()
    said = {}
    for tile in tiles:
        slug = str(tile.locator("h2 a").get_attribute("href")).split("/")[2]
        found = re.search(r"\d+ / \d+", tile.inner_text())
        said[slug] = found[0] if found else ""
    return said


# --- the walk ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("open_shop", "background")
def test_the_main_job(theatre: Theatre, address: str, mailbox: Mailbox) -> None:
    order = order_arrives(theatre.tale, address)
    case = ask_for_return(theatre.customer(), theatre, order)
    assert case.requested_amount == theatre.tale.refund
    decide(theatre, case)
    send_it_back(theatre.customer(), theatre, case)
    receive_and_inspect(theatre, case)
    pay(theatre, case)
    theatre.eventually(lambda: Ticket.objects.filter(status=TicketStatus.SOLVED).exists())
    rate(theatre.customer(), theatre, case)
    call_back(theatre)
    look_at_figures(theatre, case)

    theatre.eventually(lambda: not Event.objects.undispatched().exists())
    theatre.eventually(lambda: not OutgoingMail.objects.exclude(state=OutgoingMail.State.SENT).exists())
    mails = mailbox.mails()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == OutgoingMail.objects.count()
    assert {mail["To"] for mail in mails} == {CAROL}
    assert not Event.objects.parked().exists()
