"""Template messages of WeChat: fetched, checked by the kinds of their fields, sent; what became of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions import issue_token
from accounts.models import User
from accounts.rights import Role
from channels import health
from channels.actions import delivering, taking_in
from channels.actions import templates as message_templates
from channels.connection_states import DeliveryState, FieldKind, Reason
from channels.models import Connection, MessageTemplate, OutboundDelivery, TemplateUse
from channels.wechat import fields
from core import clock, dates, dispatch, news
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact
from tests import build
from tests.channels import wires
from tests.channels.test_wechat import APP, SECRETS, WeChat, document, push
from tests.channels.wires import Asked, OtherSide
from tickets import actions, telling
from tickets.models import Telling, Ticket
from tickets.states import Told

pytestmark = pytest.mark.django_db

CONTENT = "服务单号:{{character_string1.DATA}}\n服务进度:{{const2.DATA}}\n处理时间:{{time3.DATA}}"
LISTED = [
    {"template_id": "T-progress", "title": "售后进度通知", "content": CONTENT, "example": "服务单号:1"},
    {
        "template_id": "T-answer",
        "title": "客服回复通知",
        "primary_industry": "IT科技",
        "deputy_industry": "互联网|电子商务",
        "content": "{{first.DATA}}\n工单:{{thing1.DATA}}\n金额:{{amount2.DATA}}",
    },
    {"template_id": "T-once", "title": "订阅模板消息", "content": "{{content.DATA}}"},
]
PROGRESS = ["ticket.number", "=已解决", "time"]


class Account(WeChat):
    """The same with templates; `answers` are given to the template messages that come next."""

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[dict[str, Any]] = list(LISTED)
        self.answers: list[dict[str, Any]] = []

    def __call__(self, asked: Asked) -> wires.Answer:
        known = asked.query.get("access_token") == f"T{self.tokens}"
        if known and asked.path == "/cgi-bin/template/get_all_private_template":
            return wires.told({"template_list": self.listed})
        if known and asked.path == "/cgi-bin/message/template/send":
            good = {"errcode": 0, "errmsg": "ok", "msgid": 200228332}
            return wires.told(self.answers.pop(0) if self.answers else good)
        return super().__call__(asked)


@pytest.fixture
def wechat() -> Account:
    return Account()


@pytest.fixture
def side(wechat: Account) -> Iterator[OtherSide]:
    with wires.other_side(wechat) as side:
        yield side
    cache.clear()


@pytest.fixture
def account(side: OtherSide) -> Connection:
    told = {"account": APP, "address": side.url, "window_hours": 48, "carries_news": True}
    return wires.connect("wechat", secrets=SECRETS, language="zh-hans", **told)


@pytest.fixture
def ticket(client: Client, account: Connection) -> Ticket:
    push(client, account, document(Content="我的包裹在哪里？"))
    taking_in.work_due()
    dispatch.drain()
    delivering.send_due()
    return Ticket.objects.get()


def pulled(account: Connection, title: str = "售后进度通知") -> MessageTemplate:
    message_templates.pull(account, by=SYSTEM)
    return account.templates.get(title=title)


def chosen(account: Connection, *values: str, news_code: str = "ticket.solved") -> TemplateUse:
    given = list(values) or PROGRESS
    return message_templates.choose(pulled(account), news_code=news_code, values=given, by=SYSTEM)


def told(ticket: Ticket, key: str = "test:1") -> Telling:
    return telling.tell(
        ticket.customer,
        ticket=ticket,
        news_code="ticket.solved",
        key=key,
        template="tickets.solved",
        context={"link": "https://shop.example/r/abc/", "reopen_days": 7},
    )


def later(hours: float = 60) -> Any:
    return clock.stopped(clock.now() + timedelta(hours=hours))


def finished(status: str, number: str = "200228332") -> str:
    """As WeChat tells what became of a template message: the name is MsgID here, not MsgId."""
    body = document("event", Event="TEMPLATESENDJOBFINISH", MsgID=number, Status=status)
    return body.replace("<MsgId><![CDATA[1234567890123451]]></MsgId>", "")


# --- which there are ---------------------------------------------------------------------------------


def test_templates_of_an_account_are_fetched_with_their_fields(account: Connection) -> None:
    rows = {row.name: row for row in message_templates.pull(account, by=SYSTEM)}
    assert set(rows) == {"T-progress", "T-answer"}  # what needs a consent each time is no template message
    row = rows["T-progress"]
    assert (str(row), row.parameters) == ("售后进度通知", ["character_string1", "const2", "time3"])
    assert (row.speaks, row.body.splitlines()[1]) == ("zh-hans", "服务进度:{{const2}}")
    assert rows["T-answer"].category == "IT科技/互联网|电子商务"


def test_a_template_that_left_the_account_stands_for_nothing(account: Connection, wechat: Account) -> None:
    chosen(account)
    wechat.listed = wechat.listed[1:]
    message_templates.pull(account, by=SYSTEM)
    assert account.templates.get(name="T-progress").obstacle == "gone"
    assert not TemplateUse.objects.exists()


def test_one_template_stands_for_several_news(account: Connection) -> None:
    chosen(account)
    chosen(account, "case.number", "=已收到", "time", news_code="case.received")
    chosen(account, *PROGRESS)
    assert [use.news for use in TemplateUse.objects.all()] == ["ticket.solved", "case.received"]
    message_templates.drop(pulled(account), news_code="case.received", by=SYSTEM)
    assert TemplateUse.objects.get().values == PROGRESS


def test_two_templates_at_once_never_stand_for_the_same_news(
    together: Callable[..., list[Any]], account: Connection
) -> None:
    first, second = pulled(account), pulled(account, "客服回复通知")

    def choose(row: MessageTemplate, *values: str) -> object:
        try:
            return message_templates.choose(row, news_code="case.completed", values=values, by=SYSTEM)
        except Refused as refused:
            return refused.code

    results = together(
        lambda: choose(first, "case.number", "=已退款", "time"),
        lambda: choose(second, "=退款", "case.number", "amount"),
    )
    assert results.count("template.taken") == 1
    assert TemplateUse.objects.count() == 1


# --- what fits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        (["ticket.subject", "=已解决", "time"], "template.does_not_fit", "nothing in Chinese"),
        (["ticket.number", "ticket.subject", "time"], "template.does_not_fit", "has approved"),
        (["ticket.number", "=" + "已" * 21, "time"], "template.does_not_fit", "20 characters"),
        (["ticket.number", "=已解决", "ticket.number"], "template.does_not_fit", "A date or a time."),
        (["ticket.number", "=已解决", "=2026-02-30"], "template.does_not_fit", "A date or a time."),
        (["link", "=已解决", "time"], "template.does_not_fit", "32 letters"),
        (["ticket.number", "=  ", "time"], "template.not_filled", "const2"),
        (["ticket.number", "", "time"], "template.wrong_values", ""),
        (["ticket.number", "=已解决"], "template.wrong_values", "3 values"),
    ],
)
def test_what_a_field_does_not_take_is_refused_when_it_is_saved(
    account: Connection, client: Client, values: list[str], code: str, said: str
) -> None:
    admin = build.user("Ada", role=Role.ADMINISTRATOR)
    headers = {"Authorization": f"Token {issue_token(admin, name='t', by=admin)[1]}"}
    url = f"/api/v1/connections/wechat/templates/{pulled(account).pk}/"
    given = {"news": "ticket.solved", "values": values}
    answer = client.put(url, given, content_type="application/json", headers=headers)
    if "" in values:
        assert answer.status_code == 400
        return
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert said in answer.json()["message"]
    assert not TemplateUse.objects.exists()


FITS = [
    ("thing1", "台灯" * 11, "台灯" * 9 + "台…"),
    ("thing1", "One\nline", "One line"),
    ("short_thing2", "已经发货了", "已经发货了"),
    ("short_thing2", "已经发货了吗", "已经发货…"),
    ("character_string3", "JJD0003900 07", "JJD000390007"),
    ("character_string3", "A" * 40, "A" * 29 + "..."),
    ("character_string3", "单号1", ""),
    ("time4", "2026年11月27日星期五 18:00 (Asia/Shanghai)", "2026-11-27 18:00"),
    ("date4", "Friday, 27 November 2026, 18:00 (Europe/Berlin)", "2026-11-27 18:00"),
    ("time4", "2019年10月1日 15:01", "2019年10月1日 15:01"),
    ("time4", "25:01", ""),
    ("time4", "soon", ""),
    ("time4", "", ""),
    ("amount5", "¥1,399.00", "¥1399.00"),
    ("amount5", "US$12.35", "$12.35"),
    ("amount5", "A$12.35", ""),
    ("amount5", "¥1234567890123", ""),
    ("phrase6", "已退款", "已退款"),
    ("phrase6", "已经退款完成", ""),
    ("phrase6", "OK", ""),
    ("name7", "王芳芳", "王芳芳"),
    ("name7", "Carol-Anne van der Meersch", "Carol-Anne van der M"),
    ("name7", "客户 1024", ""),
    ("number8", "12.5", "12.5"),
    ("number8", "12,5", ""),
    ("phone_number9", "+86-0766-66888866", "+86-0766-66888866"),
    ("car_number9", "粤A8Z888挂", "粤A8Z888挂"),
    ("letter9", "abc", "abc"),
    ("symbol9", "!?", "!?"),
    ("enum_string9", "待支付", "待支付"),
    ("keyword1", "any text at all, longer than twenty", "any text at all, longer than twenty"),
    ("remark", "", "–"),
]


@pytest.mark.parametrize(("name", "text", "fits"), FITS)
def test_a_value_is_made_to_fit_or_left_out(name: str, text: str, fits: str) -> None:
    assert fields.field(name).fit(text) == fits


@given(st.sampled_from(sorted(fields.KINDS)), st.text(max_size=300))
def test_nothing_is_ever_too_long_or_of_several_lines(kind: str, text: str) -> None:
    field = fields.field(f"{kind}1")
    fits = field.fit(text)
    assert fits == field.fit(fits) or not fits  # what fits stays as it is
    assert field.longest is None or len(fits) <= field.longest
    assert fits.isprintable()


@given(
    st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
    st.sampled_from(["en", "zh-hans"]),
)
def test_a_moment_we_wrote_can_be_read_again(moment: datetime, zone: str, language: str) -> None:
    minute = moment.replace(second=0, microsecond=0, fold=0)
    with translation.override(language), timezone.override(zone):
        read = dates.written(dates.exact(minute))
    assert read is not None
    assert abs(read - minute) <= timedelta(hours=1)  # an hour that the clocks go through twice


def test_every_value_of_news_has_an_example_and_every_kind_a_sentence() -> None:
    for kind in news.known().values():
        for name in kind.all_values:
            assert news.example(name, "en")
            assert news.example(name, "zh-hans")
    assert {field.kind for field in fields.KINDS.values()} <= set(FieldKind)


def test_the_page_shows_lengths_and_what_is_cut(account: Connection, client: Client) -> None:
    client.force_login(build.user("Ada", role=Role.ADMINISTRATOR))
    row = pulled(account, "客服回复通知")
    url = f"/console/connections/wechat/templates/{row.pk}/"
    form = {"news": "message.sent", "text_0": "您好", "gap_1": "answer", "gap_2": "answer", "preview": "1"}
    page = client.post(url, form)
    assert page.status_code == 200
    assert "20&nbsp;/&nbsp;20" in page.content.decode()
    assert "An amount of money" in page.content.decode()
    assert client.post(url, {**form, "preview": ""} | {"preview": "1"}).status_code == 200
    del form["preview"]
    assert client.post(url, form).status_code == 422
    assert not TemplateUse.objects.exists()
    good = {**form, "gap_2": "", "text_2": "¥9.90"}
    assert client.post(url, good).status_code == 302
    assert TemplateUse.objects.get().values == ["=您好", "answer", "=¥9.90"]
    assert 'value="您好"' in client.get(f"{url}?news=message.sent").content.decode()
    assert client.post(url, {"drop": "message.sent"}).status_code == 302
    assert not TemplateUse.objects.exists()


def test_the_api_previews_without_saving(account: Connection, client: Client) -> None:
    admin = build.user("Ada", role=Role.ADMINISTRATOR)
    headers = {"Authorization": f"Token {issue_token(admin, name='t', by=admin)[1]}"}
    url = f"/api/v1/connections/wechat/templates/{pulled(account).pk}/"
    given = {"values": ["ticket.number", "=已解决", ""]}
    lines = client.post(f"{url}preview/", given, content_type="application/json", headers=headers).json()
    assert [(one["name"], one["text"], one["length"], one["longest"]) for one in lines] == [
        ("character_string1", "T-1042", 6, 32),
        ("const2", "已解决", 3, 20),
        ("time3", "", 0, None),
    ]
    assert lines[2]["problem"]
    assert lines[0]["caption"] == "服务单号"
    assert client.delete(f"{url}?news=ticket.solved", headers=headers).json()["uses"] == []


# --- sent --------------------------------------------------------------------------------------------


def test_after_48_hours_news_goes_as_its_template(
    account: Connection, ticket: Ticket, side: OtherSide
) -> None:
    chosen(account)
    with later():
        row = told(ticket)
        now = f"{timezone.localtime(clock.now()):%Y-%m-%d %H:%M}"
        assert delivering.send_due() == 1
    asked = side.asked[-1]
    assert (asked.path, asked.query) == ("/cgi-bin/message/template/send", {"access_token": "T1"})
    said = asked.json
    assert len(said.pop("client_msg_id")) == 32
    assert said == {
        "touser": "oUser-1",
        "template_id": "T-progress",
        "url": "https://shop.example/r/abc/",
        "data": {
            "character_string1": {"value": ticket.number},
            "const2": {"value": "已解决"},
            "time3": {"value": now},
        },
    }
    part = row.deliveries.get()
    assert (row.outcome, part.state, part.provider_id) == (Told.CARRIED, DeliveryState.SENT, "200228332")
    assert part.text == f"服务单号:{ticket.number}\n服务进度:已解决\n处理时间:{now}"


def test_within_48_hours_our_own_words_are_sent(account: Connection, ticket: Ticket, side: OtherSide) -> None:
    chosen(account)
    told(ticket)
    delivering.send_due()
    assert side.asked[-1].path == "/cgi-bin/message/custom/send"


def test_the_same_part_carries_the_same_name_with_every_attempt(
    account: Connection, ticket: Ticket, wechat: Account, side: OtherSide
) -> None:
    chosen(account)
    wechat.answers = [{"errcode": -1, "errmsg": "system error"}]
    with later():
        told(ticket)
        delivering.send_due()
    with later(61):
        assert delivering.send_due() == 1
    names = [one.json["client_msg_id"] for one in side.asked if one.path.endswith("template/send")]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_an_answer_to_somebody_without_an_address_goes_as_template(
    account: Connection, ticket: Ticket, side: OtherSide, alice: User
) -> None:
    row = pulled(account, "客服回复通知")
    message_templates.choose(row, news_code="message.sent", values=["=您好", "answer", "=¥0.00"], by=SYSTEM)
    with later():
        message = actions.reply(ticket, body="已经重新发货，预计三天内送达，请注意查收。", by=alice)
        dispatch.drain()
        delivering.send_due()
    said = side.asked[-1].json
    assert said["data"]["thing1"] == {"value": "已经重新发货，预计三天内送达，请注意查…"}
    assert said["url"].startswith("http://testserver/requests/open/")
    assert message.deliveries.get().state == DeliveryState.SENT


def test_a_value_that_cannot_stand_there_sends_the_news_by_mail(account: Connection, ticket: Ticket) -> None:
    row = pulled(account, "客服回复通知")
    message_templates.choose(
        row, news_code="ticket.solved", values=["=x", "ticket.subject", "=¥1"], by=SYSTEM
    )
    row.parameters[2] = "phrase2"
    row.save()
    add_contact(ticket.customer, kind="email", value="fang@example.com", by=SYSTEM)
    with later():
        news_row = told(ticket)
    assert (news_row.outcome, news_row.reason) == (Told.MAIL, Reason.TEMPLATE)
    assert not OutboundDelivery.objects.exclude(template=None).exists()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (43004, Reason.RECIPIENT),
        (43101, Reason.RECIPIENT),
        (40003, Reason.RECIPIENT),
        (40037, Reason.TEMPLATE),
        (47003, Reason.TEMPLATE),
        (45009, Reason.QUOTA),
        (48001, Reason.NOT_ALLOWED),
        (45999, Reason.REFUSED),
    ],
)
def test_what_wechat_does_not_take_goes_by_mail_once(
    account: Connection, ticket: Ticket, wechat: Account, code: int, reason: str
) -> None:
    chosen(account)
    add_contact(ticket.customer, kind="email", value="fang@example.com", by=SYSTEM)
    wechat.answers = [{"errcode": code, "errmsg": "no"}]
    with later():
        row = told(ticket)
        delivering.send_due()
        delivering.send_due()
        row.refresh_from_db()
        assert (row.outcome, row.reason) == (Told.MAIL, reason)
        assert OutgoingMail.objects.get(key=row.key).to == "fang@example.com"
        pulse = next(one for one in health.pulses(clock.now()) if one.key == f"connection:{account.pk}")
    assert bool(pulse.trouble) == (reason in (Reason.TEMPLATE, Reason.QUOTA))


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        ("success", DeliveryState.DELIVERED, ""),
        ("failed:user block", DeliveryState.FAILED, Reason.RECIPIENT),
        ("failed: system failed", DeliveryState.FAILED, Reason.REFUSED),
        ("failed:freq limit", DeliveryState.FAILED, Reason.TOO_MANY),
    ],
)
def test_wechat_tells_what_became_of_it(
    client: Client, account: Connection, ticket: Ticket, status: str, state: str, reason: str
) -> None:
    chosen(account)
    with later():
        row = told(ticket)
        delivering.send_due()
        for _time in range(2):  # WeChat tells it again until it hears success
            assert push(client, account, finished(status)).content == b"success"
        taking_in.work_due()
    part = row.deliveries.get()
    assert (part.state, part.reason) == (state, reason)
    row.refresh_from_db()
    assert row.outcome == (Told.CARRIED if state == DeliveryState.DELIVERED else Told.NOWHERE)


def test_two_messages_that_end_in_the_same_second_are_two_calls(client: Client, account: Connection) -> None:
    push(client, account, finished("success", "1"))
    push(client, account, finished("success", "2"))
    assert account.inbound.count() == 2


def test_what_another_system_sent_through_the_account_is_let_go(client: Client, account: Connection) -> None:
    push(client, account, finished("success", "77"))
    for minutes in (0, 1, 2, 3):
        with clock.stopped(clock.now() + timedelta(minutes=minutes)):
            taking_in.work_due()
    assert account.inbound.get().state == "done"
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(("code", "reason"), [(45015, Reason.WINDOW_CLOSED), (45047, Reason.TOO_MANY)])
def test_what_wechat_takes_no_words_for_goes_as_its_template(
    account: Connection, ticket: Ticket, wechat: Account, side: OtherSide, code: int, reason: str
) -> None:
    """Our clock says that there is time: somebody answered them from the phone, or they no longer follow."""
    chosen(account)
    add_contact(ticket.customer, kind="email", value="fang@example.com", by=SYSTEM)
    wechat.errors = [code]
    row = told(ticket)
    delivering.send_due()
    row.refresh_from_db()
    assert (row.outcome, row.reason) == (Told.CARRIED, reason)
    assert side.paths()[-2:] == ["/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"]
    told(ticket, "test:2")
    delivering.send_due()
    assert side.paths()[-1] == "/cgi-bin/message/template/send"  # not asked in vain again
    assert not OutgoingMail.objects.exists()


def test_who_follows_no_longer_gets_one_mail(account: Connection, ticket: Ticket, wechat: Account) -> None:
    chosen(account)
    add_contact(ticket.customer, kind="email", value="fang@example.com", by=SYSTEM)
    wechat.errors, wechat.answers = [45015], [{"errcode": 43004, "errmsg": "require subscribe"}]
    row = told(ticket)
    delivering.send_due()
    row.refresh_from_db()
    assert (row.outcome, row.reason) == (Told.MAIL, Reason.RECIPIENT)
    assert OutgoingMail.objects.get(key=row.key).to == "fang@example.com"
