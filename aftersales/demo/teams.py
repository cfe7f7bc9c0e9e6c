"""How the demo shop shares out work: teams, shifts, an absence, and rules that choose the team."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts import actions as staff_actions
from accounts.models import Language, Skill, Team, User
from accounts.states import Strategy
from aftersales.demo.cast import BUYERS, EN, ZH
from aftersales.demo.texts import TALKS, say
from customers.models import Customer
from tickets import actions
from tickets.actions import views
from tickets.actions.drafts import save_draft
from tickets.models import RoutingRule, Ticket
from tickets.states import Channel, DraftKind, TicketType, ViewVisibility

OFFICE_WEEK = {str(day): [["09:00", "12:30"], ["13:30", "18:00"]] for day in range(5)}
LONG_WEEK = {str(day): [["08:00", "17:00"]] for day in range(6)}

TEAMS: Mapping[str, dict[str, Any]] = {
    "service": {"strategy": Strategy.LEAST_BUSY, "capacity": 15},
    "logistics": {
        "name_en": "Parcels",
        "name_zh": "物流组",
        "strategy": Strategy.ROUND_ROBIN,
        "capacity": 10,
    },
    "rapid": {
        "name_en": "Rapid response",
        "name_zh": "快速响应组",
        "strategy": Strategy.LEAST_BUSY,
        "capacity": 5,
        "is_rapid_response": True,
    },
}
MEMBERS = {
    "service": ("agent", "agent2", "lead"),
    "logistics": ("agent3",),
    "rapid": ("lead", "agent"),
}
SKILLS = (
    ("lighting", "Lighting", "灯具", ("agent", "agent2")),
    ("customs", "Customs papers", "清关单证", ("agent3",)),
)
AWAY_FOR = timedelta(days=3)


def share_out(staff: Mapping[str, User], now: datetime) -> None:
    """From now on tickets find somebody by themselves; what nobody has yet stays there to be taken."""
    teams = {code: Team.objects.update_or_create(code=code, defaults=told)[0] for code, told in TEAMS.items()}
    for code, keys in MEMBERS.items():
        teams[code].members.set([staff[key] for key in keys])
    for code, english, chinese, keys in SKILLS:
        skill = Skill.objects.create(code=code, name_en=english, name_zh=chinese)
        skill.members.set([staff[key] for key in keys])
    _plan(staff, now)
    rule = RoutingRule.objects.create(
        name_en="Parcels go to the parcel team",
        name_zh="物流问题归物流组",
        order=10,
        team=teams["logistics"],
        conditions={"field": "type", "op": "is", "value": TicketType.LOGISTICS},
    )
    theirs = Ticket.objects.unsolved().filter(type=TicketType.LOGISTICS)
    for ticket in theirs.exclude(team=rule.team):
        actions.assign(ticket, to=ticket.assignee, team=rule.team, by=staff["lead"])
    _ask_now()
    _share_the_desk(staff)


def _share_the_desk(staff: Mapping[str, User]) -> None:
    """Views in the side bar, a colleague who is asked in a note, a reply that somebody began."""
    agent, lead = staff["agent"], staff["lead"]
    views.save_view(
        name_en="Complaints", name_zh="投诉", conditions={"queue": "all", "type": "complaint"}, by=agent
    )
    views.save_view(
        name_en="In Chinese, unassigned",
        name_zh="中文待分配",
        conditions={"queue": "unassigned", "language": ZH},
        visibility=ViewVisibility.ALL,
        by=lead,
    )
    views.save_view(
        name_en="Waiting for us for a day",
        name_zh="客户已等一天",
        conditions={"queue": "all"},
        asks={
            "all": [
                {"field": "last_writer", "op": "is", "value": "customer"},
                {"field": "hours_since_message", "op": "at_least", "value": 24},
            ]
        },
        visibility=ViewVisibility.ALL,
        by=lead,
    )
    ticket = Ticket.objects.unsolved().order_by("-pk").first()
    if ticket is None:
        return
    note = {EN: "Do you know this buyer?", ZH: "你了解这位买家吗？"}[Language(ticket.language)]
    actions.add_note(ticket, body=f"@{agent.name} {note}", by=lead)
    begun = {EN: "Thank you for your message. ", ZH: "感谢您的留言。"}[Language(ticket.language)]
    save_draft(ticket, kind=DraftKind.REPLY, body=begun, key="demo", by=agent)


def _ask_now() -> None:
    """Requests of this minute: one is given out at once, one waits for somebody who speaks Chinese."""
    talks = {talk.type: talk for talk in TALKS}
    for buyer, kind in ((BUYERS[3], TicketType.LOGISTICS), (BUYERS[4], TicketType.ENQUIRY)):
        customer = Customer.objects.get(contact_points__value=buyer.email)
        actions.open_ticket(
            customer=customer,
            subject=say(talks[kind].subject, customer.language),
            body=say(talks[kind].body, customer.language),
            channel=Channel.PORTAL,
            type=kind,
            told=True,
            by=customer,
        )


def _plan(staff: Mapping[str, User], now: datetime) -> None:
    """Alice is always there, so that there is somebody at whatever hour one looks."""
    User.objects.filter(pk=staff["agent3"].pk).update(speaks=[EN])
    User.objects.filter(pk=staff["agent2"].pk).update(speaks=[ZH, EN], capacity=8)
    for key, week in (("agent2", OFFICE_WEEK), ("agent3", LONG_WEEK), ("lead", OFFICE_WEEK)):
        staff_actions.set_shifts(staff[key], shifts=week, by=staff["lead"])
    staff_actions.set_away(
        staff["agent2"],
        starts_at=now - timedelta(hours=20),
        ends_at=now + AWAY_FOR,
        cover=staff["agent"],
        note="年假",
        by=staff["lead"],
    )
