"""The promises a fresh installation starts with. Everything here is configuration that staff change."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from core import clock
from tickets.holidays import public_holidays
from tickets.ladder import Step
from tickets.states import Channel, ClockKind, Priority, Recipient, TicketType

OFFICE_DAY = [["09:00", "18:00"]]
OFFICE = {
    "code": "office",
    "name_en": "Office hours, Monday to Friday 9–18 (Shanghai)",
    "name_zh": "办公时间，周一至周五 9–18 点（上海）",
    "zone": "Asia/Shanghai",
    "weekly": {str(weekday): OFFICE_DAY for weekday in range(5)},
}
ALWAYS = {
    "code": "always",
    "name_en": "Day and night",
    "name_zh": "全天候",
    "zone": "UTC",
    "weekly": {str(weekday): [["00:00", "24:00"]] for weekday in range(7)},
}

MINUTE, HOUR = 60, 3600
WORKING_DAY = 9 * HOUR
THREE_WORKING_DAYS = 3 * WORKING_DAY


def _targets(first: int, following: int, resolution: int) -> dict[str, Any]:
    """The same seconds for every priority."""
    promised = {
        ClockKind.FIRST_RESPONSE: first,
        ClockKind.NEXT_RESPONSE: following,
        ClockKind.RESOLUTION: resolution,
    }
    return {
        kind: dict.fromkeys((str(priority) for priority in Priority.values), seconds)
        for kind, seconds in promised.items()
    }


def _ladder(warning: int, *, resolution_warning: int = 2 * HOUR) -> list[dict[str, Any]]:
    """Tell the assignee before a deadline and the leads when it is missed; a solution that is late gets urgent."""
    told: list[tuple[ClockKind, int, list[Recipient], bool]] = [
        (ClockKind.FIRST_RESPONSE, -warning, [Recipient.ASSIGNEE], False),
        (ClockKind.FIRST_RESPONSE, 0, [Recipient.LEADS], False),
        (ClockKind.NEXT_RESPONSE, -warning, [Recipient.ASSIGNEE], False),
        (ClockKind.RESOLUTION, -resolution_warning, [Recipient.ASSIGNEE], False),
        (ClockKind.RESOLUTION, 0, [Recipient.ASSIGNEE, Recipient.LEADS], True),
        (ClockKind.RESOLUTION, WORKING_DAY, [Recipient.MANAGERS], False),
    ]
    return [
        Step(clock, timedelta(seconds=offset), tuple(notify), raise_priority=raises).as_stored
        for clock, offset, notify, raises in told
    ]


def _of(field: str, value: str) -> dict[str, Any]:
    return {"all": [{"field": field, "op": "is", "value": value}]}


POLICIES: Sequence[Mapping[str, Any]] = (
    {
        "name_en": "Complaints: first response in 1 hour, solved in 24 hours",
        "name_zh": "投诉：1 小时内首次响应，24 小时内解决",
        "order": 10,
        "calendar": "always",
        "conditions": _of("type", TicketType.COMPLAINT),
        "targets": _targets(HOUR, 4 * HOUR, 24 * HOUR),
        "ladder": _ladder(20 * MINUTE, resolution_warning=4 * HOUR),
    },
    *(
        {
            "name_en": f"{name_en}: first response in 5 minutes, solved in 3 working days",
            "name_zh": f"{name_zh}：5 分钟内首次响应，3 个工作日内解决",
            "order": order,
            "calendar": "office",
            "conditions": _of("channel", channel),
            "targets": _targets(5 * MINUTE, 5 * MINUTE, THREE_WORKING_DAYS),
            "ladder": _ladder(MINUTE),
        }
        for order, channel, name_en, name_zh in (
            (20, Channel.CHAT, "Chat", "聊天"),
            (30, Channel.PHONE, "Phone", "电话"),
        )
    ),
    {
        "name_en": "Standard: first response in 1 working hour, solved in 3 working days",
        "name_zh": "标准：1 个工作小时内首次响应，3 个工作日内解决",
        "order": 100,
        "calendar": "office",
        "conditions": {"all": []},
        "targets": _targets(HOUR, 4 * HOUR, THREE_WORKING_DAYS),
        "ladder": _ladder(15 * MINUTE),
    },
)


def ensure_promises(calendars: Any, policies: Any, *, year: int) -> None:
    """Store the default calendars and policies unless there are any; `calendars` and `policies` are managers.

    The office keeps the public holidays and extra working days (调休) of China for `year` and the next.
    """
    for named in (OFFICE, ALWAYS):
        calendar, new = calendars.get_or_create(
            code=named["code"], defaults={name: named[name] for name in ("name_en", "name_zh")}
        )
        if new:
            days = chinese_days(year, year + 1) if named is OFFICE else {}
            _publish(calendar, zone=named["zone"], weekly=named["weekly"], **days)
    if policies.exists():
        return
    for stored in POLICIES:
        policy = policies.create(**{name: stored[name] for name in ("name_en", "name_zh", "order")})
        promised = {name: stored[name] for name in ("conditions", "targets", "ladder")}
        _publish(policy, calendar=calendars.get(code=stored["calendar"]), **promised)


def _publish(row: Any, **content: Any) -> None:
    """The first version of a calendar or policy."""
    now = clock.now()
    row.current = row.versions.create(number=1, created_at=now, published_at=now, **content)
    row.save(update_fields=["current"])


def chinese_days(*years: int) -> Mapping[str, Any]:
    """Public holidays and extra working days of China, as far as announced, as a calendar stores them."""
    found = public_holidays("CN", years)
    return {
        "holidays": found.days,
        "extra_days": {day.isoformat(): OFFICE_DAY for day in found.make_up_days},
    }
