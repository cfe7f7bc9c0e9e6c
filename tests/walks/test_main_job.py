"""The whole main job in a browser: order, return, decision, warehouse, money, survey, visit, figures.

Real web server, worker, beat, Postgres, Redis and mails; once in English and once in Chinese. What the
customer does is walked without JavaScript.
"""

import email
import re
from collections.abc import Callable
from datetime import timedelta
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext
from PIL import Image

from accounts.models import User
from accounts.rights import Role
from core import clock
from feedback.defaults import ensure_survey_and_visits
from feedback.models import FollowUpVisit, Survey, SurveyForm, VisitPlan
from feedback.states import VisitStatus
from orders.models import Order
from returns.defaults import ensure_returns
from returns.models import Case, PolicyAmounts, Reason, Refund, ReturnPolicy, SandboxRefund
from returns.states import CaseStatus, RefundStatus, Verb
from tests import build
from tests.returns import shop
from tickets.defaults import ensure_promises
from tickets.models import Clock, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import TicketStatus

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PASSWORD = "walks-on-two-feet-26"
PHONE = {"width": 390, "height": 844}
PATIENCE = 60

Visit = Callable[..., "Page"]
Eventually = Callable[..., Any]


@pytest.fixture
def shop_floor(transactional_db: None) -> None:
    """What a fresh installation starts with, and a place to send goods to."""
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    shop.centre()


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Any:
    """The words of a language, for finding what stands on the pages."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def order(shop_floor: None, language: str) -> Order:
    lately = clock.now() - timedelta(days=2)
    carol = build.customer("Carol", email="carol@example.com", country="US", language=language)
    return shop.order(customer=carol, placed_at=lately, delivered_at=lately)


@pytest.fixture
def enter(visit: Visit, language: str) -> Callable[..., "Page"]:
    """`enter(role)`: somebody of that role signs in through the page."""

    def sign_in(role: Role, **options: Any) -> "Page":
        who = User.objects.filter(role=role).first() or build.user(
            str(role), role=role, language=language, time_zone="UTC"
        )
        who.set_password(PASSWORD)
        who.save()
        page = visit(locale=language, **options)
        page.set_default_timeout(PATIENCE * 1000)
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(who.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("form[action*=login] button").click()
        page.wait_for_url(re.compile(r"/console/|/dashboards/"))
        return page

    return sign_in


def photo() -> dict[str, Any]:
    stream = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(stream, "JPEG")
    return {"name": "crack.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def mails(folder: Path) -> list[Any]:
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in folder.glob("*.eml")]


def mailed_link(folder: Path, part: str) -> str:
    """The first address with this part in the mails that left, without its host; "" while there is none."""
    for mail in mails(folder):
        found = re.search(rf"https?://[^/\s]+(/\S*{part}\S*)", mail.get_body(("plain",)).get_content())
        if found:
            return found[1]
    return ""


def press(page: "Page", name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def ask_for_return(page: "Page", order: Order) -> None:
    """From the front page to the sent request; the exact refund stands on the last page before sending."""
    page.goto("/")
    page.locator("form[action*='orders/find'] input").nth(1).fill(order.number)
    page.locator("form[action*='orders/find'] input").nth(2).fill("carol@example.com")
    page.locator("form[action*='orders/find'] button").click()
    page.wait_for_url(f"**/orders/{order.reference}/**")
    page.goto(f"/requests/new/?order={order.reference}")
    page.locator("input[type=checkbox]").first.check()
    press(page, gettext("Continue"))
    page.get_by_label(str(Reason.objects.get(code="defective")), exact=True).check()
    page.locator("textarea[name=description]").fill("It flickers. 灯一直闪。")
    press(page, gettext("Continue"))
    page.locator("input[type=file]").set_input_files(files=[photo()])
    press(page, gettext("Continue"))
    assert "100.00" in page.locator("section[aria-labelledby=money]").inner_text()
    press(page, gettext("Send request"))
    page.wait_for_url("**/requests/T-*/**")


def decide(page: "Page", case: Case) -> None:
    """The ticket is in the queue with a running clock; the agent answers and approves."""
    page.goto("/console/?queue=unassigned")
    page.get_by_text(case.ticket.number).first.wait_for()
    assert Clock.objects.filter(ticket=case.ticket, state="running").count() == 2
    page.goto(f"/console/tickets/{case.ticket.number}/")
    page.locator("#reply-body").fill("Sorry about that. 抱歉给您带来不便。")
    press(page, gettext("Send reply"))
    page.get_by_text(gettext("Your reply is on its way.")).wait_for()
    page.goto(f"/console/cases/{case.number}/approve/")
    press(page, str(Verb.APPROVE.label))
    page.wait_for_url(f"**/console/cases/{case.number}/")


def receive_and_inspect(page: "Page", case: Case) -> None:
    page.goto("/console/warehouse/")
    page.locator("#scan").fill(case.number)
    page.locator(".scan__go").click()
    page.wait_for_url(f"**/console/warehouse/{case.number}/")
    press(page, gettext("Received, inspect now"))
    page.locator(".grades__step").first.click()
    press(page, pgettext("verb", "Done"))
    page.wait_for_url("**/console/warehouse/**")


@pytest.mark.usefixtures("background")
def test_the_main_job(
    order: Order,
    enter: Callable[..., "Page"],
    visit: Visit,
    eventually: Eventually,
    settings: Any,
    language: str,
) -> None:
    outbox = Path(settings.MAIL_DIR)
    customer = visit(locale=language, java_script_enabled=False)
    customer.set_default_timeout(PATIENCE * 1000)
    ask_for_return(customer, order)
    case = Case.objects.get()
    assert case.requested_amount == 10_000

    decide(enter(Role.LEAD), case)
    assert Ticket.objects.get().first_response_at is not None
    link = eventually(lambda: mailed_link(outbox, "requests/open/"), PATIENCE)
    stranger = visit(locale=language, java_script_enabled=False)
    stranger.goto(f"/requests/{case.ticket.number}/")
    assert case.number not in stranger.content()
    customer.goto(link)
    customer.goto(f"/requests/{case.ticket.number}/cases/")
    customer.locator("input[name$=carrier]").fill("UPS")
    customer.locator("input[name$=tracking_number]").fill("1Z 999 AA1 0123 4567 84")
    press(customer, gettext("I have sent it"))

    receive_and_inspect(enter(Role.WAREHOUSE, viewport=PHONE), case)
    eventually(lambda: Case.objects.filter(status=CaseStatus.AWAITING_REFUND).exists(), PATIENCE)
    finance = enter(Role.FINANCE)
    finance.goto(f"/console/cases/{case.number}/pay/")
    press(finance, str(Verb.CREATE_REFUND.label))
    finance.wait_for_url(f"**/console/cases/{case.number}/")
    eventually(lambda: Refund.objects.filter(status=RefundStatus.SUCCEEDED).exists(), PATIENCE)
    assert SandboxRefund.objects.get().amount == 10_000
    eventually(lambda: Ticket.objects.filter(status=TicketStatus.SOLVED).exists(), PATIENCE)

    asked = eventually(lambda: mailed_link(outbox, "survey/"), PATIENCE)
    customer.goto(asked.partition("?")[0] + "?score=2")
    customer.locator("textarea[name=comment]").fill("It took a while. 等了有点久。")
    press(customer, gettext("Send my answer"))
    customer.get_by_role("heading", name=gettext("Thank you")).wait_for()
    assert Survey.objects.get().score == 2

    visited = eventually(FollowUpVisit.objects.first, PATIENCE)
    caller = enter(Role.FOLLOW_UP)
    caller.goto("/console/visits/")
    caller.get_by_role("link", name=visited.number).click()
    caller.locator("input[name=outcome][value=satisfied]").check()
    press(caller, gettext("Save the attempt"))
    caller.get_by_text(gettext("The attempt is written down.")).wait_for()
    assert FollowUpVisit.objects.get().status == VisitStatus.DONE

    figures(enter(Role.MANAGER), case, eventually)
    sent = mails(outbox)
    assert len({mail["Message-ID"] for mail in sent}) == len(sent)
    assert all(mail["To"] == "carol@example.com" for mail in sent)


def figures(page: "Page", case: Case, eventually: Eventually) -> None:
    """The manager sees it: the answer in the figures, and the ticket behind the figure."""

    def counted() -> bool:
        page.goto("/dashboards/")
        csat = page.locator("article.tile", has=page.locator("a[href*='/dashboards/csat/']"))
        return "0 / 1" in csat.first.inner_text()

    eventually(counted, PATIENCE)
    page.goto("/dashboards/csat/behind/")
    page.get_by_text(case.ticket.number).first.wait_for()
