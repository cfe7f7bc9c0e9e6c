"""Which role may do what: the whole table, written down a second time."""

import pytest

from accounts.rights import ROLE_RIGHTS, Right, Role
from tests import build

DESK = {"read_tickets", "read_cases", "read_customers"}
AGENT = DESK | {"work_tickets", "decide_cases", "edit_customers", "write_articles", "read_refunds"}
EXPECTED = {
    Role.AGENT: AGENT,
    Role.LEAD: AGENT
    | {
        "assign_tickets",
        "merge_customers",
        "overrule_cases",
        "work_visits",
        "write_macros",
        "read_dashboards",
    },
    Role.MANAGER: DESK | {"read_dashboards", "read_refunds"},
    Role.WAREHOUSE: {"read_cases", "receive_parcels"},
    Role.TECHNICIAN: {"read_cases", "receive_parcels", "repair_goods"},
    Role.FINANCE: {"read_cases", "read_customers", "read_refunds", "pay_refunds"},
    Role.FOLLOW_UP: DESK | {"work_visits"},
    Role.ADMINISTRATOR: DESK
    | {
        "assign_tickets",
        "edit_customers",
        "merge_customers",
        "read_refunds",
        "import_orders",
        "write_articles",
        "write_macros",
        "read_dashboards",
        "configure",
    },
}


@pytest.mark.parametrize("role", Role)
def test_a_role_carries_exactly_its_rights(role: Role) -> None:
    assert {right.value for right in ROLE_RIGHTS[role]} == EXPECTED[role]


@pytest.mark.parametrize("role", Role)
def test_a_member_may_what_the_role_may(db: None, role: Role) -> None:
    member = build.user(role=role)
    assert {right.value for right in member.rights} == EXPECTED[role]
    assert {right.value for right in Right if member.may(right)} == EXPECTED[role]


def test_an_inactive_member_may_nothing(db: None) -> None:
    assert build.user(role=Role.ADMINISTRATOR, is_active=False).rights == []


def test_a_superuser_may_everything(db: None) -> None:
    assert build.user(role=Role.WAREHOUSE, is_superuser=True).rights == list(Right)


def test_every_right_belongs_to_some_role() -> None:
    assert set().union(*ROLE_RIGHTS.values()) == set(Right)
