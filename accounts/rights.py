"""Who may do what: one table of roles and rights, asked by pages, API and actions."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Team lead")
    MANAGER = "manager", _("Manager")
    WAREHOUSE = "warehouse", _("Warehouse")
    TECHNICIAN = "technician", _("Technician")
    FINANCE = "finance", _("Finance")
    FOLLOW_UP = "follow_up", _("Follow-up agent")
    ADMINISTRATOR = "administrator", _("Administrator")


class Right(models.TextChoices):
    READ_TICKETS = "read_tickets", _("Read tickets")
    WORK_TICKETS = "work_tickets", _("Reply to and change tickets")
    ASSIGN_TICKETS = "assign_tickets", _("Assign tickets to others")
    READ_CASES = "read_cases", _("Read cases")
    DECIDE_CASES = "decide_cases", _("Approve and refuse cases")
    OVERRULE_CASES = "overrule_cases", _("Approve over the limit and rule on escalations")
    RECEIVE_PARCELS = "receive_parcels", _("Receive and inspect parcels")
    REPAIR_GOODS = "repair_goods", _("Diagnose and repair")
    READ_REFUNDS = "read_refunds", _("See refunds")
    PAY_REFUNDS = "pay_refunds", _("Pay refunds out")
    WORK_VISITS = "work_visits", _("Work follow-up visits")
    READ_CUSTOMERS = "read_customers", _("See customers and orders")
    EDIT_CUSTOMERS = "edit_customers", _("Change customers")
    MERGE_CUSTOMERS = "merge_customers", _("Merge customers who are one person")
    IMPORT_ORDERS = "import_orders", _("Import orders")
    WRITE_ARTICLES = "write_articles", _("Write articles")
    WRITE_MACROS = "write_macros", _("Write macros")
    READ_DASHBOARDS = "read_dashboards", _("See dashboards")
    CONFIGURE = "configure", _("Configure the portal")


_DESK = {Right.READ_TICKETS, Right.READ_CASES, Right.READ_CUSTOMERS}
_AGENT = _DESK | {
    Right.WORK_TICKETS,
    Right.DECIDE_CASES,
    Right.EDIT_CUSTOMERS,
    Right.WRITE_ARTICLES,
    Right.READ_REFUNDS,
}
_LEAD = _AGENT | {
    Right.ASSIGN_TICKETS,
    Right.MERGE_CUSTOMERS,
    Right.OVERRULE_CASES,
    Right.WORK_VISITS,
    Right.WRITE_MACROS,
    Right.READ_DASHBOARDS,
}

ROLE_RIGHTS: Mapping[str, frozenset[Right]] = {
    Role.AGENT: frozenset(_AGENT),
    Role.LEAD: frozenset(_LEAD),
    Role.MANAGER: frozenset(_DESK | {Right.READ_DASHBOARDS, Right.READ_REFUNDS}),
    Role.WAREHOUSE: frozenset({Right.READ_CASES, Right.RECEIVE_PARCELS}),
    Role.TECHNICIAN: frozenset({Right.READ_CASES, Right.RECEIVE_PARCELS, Right.REPAIR_GOODS}),
    Role.FINANCE: frozenset({Right.READ_CASES, Right.READ_CUSTOMERS, Right.READ_REFUNDS, Right.PAY_REFUNDS}),
    Role.FOLLOW_UP: frozenset(_DESK | {Right.WORK_VISITS}),
    Role.ADMINISTRATOR: frozenset(
        _DESK
        | {
            Right.ASSIGN_TICKETS,
            Right.EDIT_CUSTOMERS,
            Right.MERGE_CUSTOMERS,
            Right.READ_REFUNDS,
            Right.IMPORT_ORDERS,
            Right.WRITE_ARTICLES,
            Right.WRITE_MACROS,
            Right.READ_DASHBOARDS,
            Right.CONFIGURE,
        }
    ),
}
