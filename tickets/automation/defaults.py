"""Rules a fresh installation starts with, all of them switched off: examples to try, change and switch on."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tickets.states import Priority, TicketStatus, TicketType, Trigger

APART = 10


class Draft(NamedTuple):
    """A rule as it is laid down."""

    name_en: str
    name_zh: str
    trigger: Trigger
    conditions: dict[str, Any]
    steps: Sequence[dict[str, Any]]


def _asked(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def _priority(priority: Priority) -> dict[str, Any]:
    return {"do": "set_priority", "priority": int(priority)}


_WAITS_FOR_CUSTOMER = _asked("status", "is", TicketStatus.PENDING_CUSTOMER.value)

RULES: Sequence[Draft] = (
    Draft(
        "Complaints come first",
        "投诉优先处理",
        Trigger.OPENED,
        _asked("type", "is", TicketType.COMPLAINT.value),
        [_priority(Priority.HIGH)],
    ),
    Draft(
        "Whoever threatens with a lawyer or the press is called today",
        "提到律师或媒体：当天致电",
        Trigger.RECEIVED,
        {"any": [_asked("last_message", "contains", word) for word in ("lawyer", "press", "律师", "曝光")]},
        [
            _priority(Priority.URGENT),
            {"do": "add_note", "text": "请今天致电 {{ customer.name }} · Call {{ customer.name }} today"},
        ],
    ),
    Draft(
        "Opened for the third time: a lead has a look",
        "第三次打开：请组长过目",
        Trigger.REOPENED,
        _asked("cycle", "at_least", 3),
        [
            _priority(Priority.URGENT),
            {
                "do": "add_note",
                "text": "{{ ticket.number }}：第三次打开，请组长过目 · third time, a lead please",
            },
        ],
    ),
    Draft(
        "Nobody has taken it for four hours",
        "四小时无人受理",
        Trigger.TIME,
        {
            "all": [
                _asked("is_assigned", "is", False),
                _asked("status", "in", [TicketStatus.NEW.value, TicketStatus.OPEN.value]),
                _asked("hours_since_opened", "at_least", 4),
            ]
        },
        [_priority(Priority.HIGH)],
    ),
    Draft(
        "Remind the customer after three days",
        "三天未回复：提醒客户",
        Trigger.TIME,
        {"all": [_WAITS_FOR_CUSTOMER, _asked("hours_since_message", "at_least", 72)]},
        [
            {
                "do": "reply",
                "en": "Hello {{ customer.name }},\n\nwe still need your answer to go on with {{ ticket.number }}. "
                "Just reply to this message.",
                "zh": "{{ customer.name }}，您好：\n\n我们还在等待您的回复，以便继续处理工单 {{ ticket.number }}。直接回复这条消息即可。",
            }
        ],
    ),
    Draft(
        "Solve after ten days without an answer",
        "十天未回复：标记为已解决",
        Trigger.TIME,
        {"all": [_WAITS_FOR_CUSTOMER, _asked("hours_since_message", "at_least", 240)]},
        [{"do": "solve"}],
    ),
)


def ensure_rules(rules: Any) -> None:
    """Store the default rules unless there are any; `rules` is a manager."""
    if rules.exists():
        return
    for place, draft in enumerate(RULES, start=1):
        stored = draft._asdict() | {"trigger": draft.trigger.value, "steps": list(draft.steps)}
        rules.create(order=place * APART, is_active=False, **stored)
