"""The promises a fresh installation starts with. Everything here is configuration that staff change."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import holidays

from tickets.states import Channel, TicketType

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

WORKING_HOUR = timedelta(hours=1)
THREE_WORKING_DAYS = timedelta(hours=27)
QUICK = timedelta(minutes=5)

COMPLAINTS = {
    "name_en": "Complaints: first response in 1 hour, solved in 24 hours",
    "name_zh": "投诉：1 小时内首次响应，24 小时内解决",
    "order": 10,
    "ticket_type": TicketType.COMPLAINT,
    "first_response": timedelta(hours=1),
    "resolution": timedelta(hours=24),
}
LIVE = {
    "name_en": "Chat and phone: first response in 5 minutes, solved in 3 working days",
    "name_zh": "聊天和电话：5 分钟内首次响应，3 个工作日内解决",
    "first_response": QUICK,
    "resolution": THREE_WORKING_DAYS,
}
STANDARD = {
    "name_en": "Standard: first response in 1 working hour, solved in 3 working days",
    "name_zh": "标准：1 个工作小时内首次响应，3 个工作日内解决",
    "order": 100,
    "first_response": WORKING_HOUR,
    "resolution": THREE_WORKING_DAYS,
}


def ensure_promises(calendars: Any, policies: Any, *, year: int) -> None:
    """Store the default calendars and policies unless there are any; `calendars` and `policies` are managers.

    The office keeps the public holidays and extra working days (调休) of China for `year` and the next.
    """
    office, _ = calendars.get_or_create(
        code=OFFICE["code"], defaults={**OFFICE, **chinese_days(year, year + 1)}
    )
    always, _ = calendars.get_or_create(code=ALWAYS["code"], defaults=ALWAYS)
    if policies.exists():
        return
    policies.create(calendar=always, **COMPLAINTS)
    for order, channel in ((20, Channel.CHAT), (30, Channel.PHONE)):
        policies.create(calendar=office, order=order, channel=channel, **LIVE)
    policies.create(calendar=office, **STANDARD)


def chinese_days(*years: int) -> Mapping[str, Any]:
    """Public holidays and extra working days of China, as far as announced, as a calendar stores them."""
    known = holidays.country_holidays("CN", years=years)
    extra: set[date] = {day for day in known.weekend_workdays if day.year in years}
    return {
        "holidays": sorted(day.isoformat() for day in known),
        "extra_days": {day.isoformat(): OFFICE_DAY for day in sorted(extra)},
    }
