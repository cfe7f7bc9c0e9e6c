"""Every door of the product and who may pass: read it as the specification of access.

A new address without a row here fails the tests, and so does a row without its address.
"""

from collections.abc import Mapping

from accounts.rights import Right

ANY_STAFF = None

CONSOLE: Mapping[str, Right | None] = {
    "profile": ANY_STAFF,
    "tokens": Right.CONFIGURE,
    "token-issue": Right.CONFIGURE,
    "token-revoke": Right.CONFIGURE,
    # customers
    "customers": Right.READ_CUSTOMERS,
    "customer": Right.READ_CUSTOMERS,
    "customer-edit": Right.EDIT_CUSTOMERS,
    "customer-contact-add": Right.EDIT_CUSTOMERS,
    "customer-contact-prefer": Right.EDIT_CUSTOMERS,
    "customer-contact-remove": Right.EDIT_CUSTOMERS,
    "customer-orders": Right.READ_CUSTOMERS,
    "customer-tickets": Right.READ_TICKETS,
    # orders
    "orders": Right.READ_CUSTOMERS,
    "order": Right.READ_CUSTOMERS,
    "ticket-order": Right.READ_CUSTOMERS,
    "order-import": Right.IMPORT_ORDERS,
    "order-import-template": Right.IMPORT_ORDERS,
    "order-import-run": Right.IMPORT_ORDERS,
    "order-import-start": Right.IMPORT_ORDERS,
    "order-import-recheck": Right.IMPORT_ORDERS,
    "order-import-report": Right.IMPORT_ORDERS,
    # knowledge base
    "kb": Right.READ_TICKETS,
    "kb-article": Right.READ_TICKETS,
    "kb-article-versions": Right.READ_TICKETS,
    "kb-article-new": Right.WRITE_ARTICLES,
    "kb-article-preview": Right.WRITE_ARTICLES,
    "kb-article-edit": Right.WRITE_ARTICLES,
    "kb-article-revert": Right.WRITE_ARTICLES,
    "kb-article-publish": Right.WRITE_ARTICLES,
    "kb-article-withdraw": Right.WRITE_ARTICLES,
    "kb-article-archive": Right.WRITE_ARTICLES,
    "kb-article-restore": Right.WRITE_ARTICLES,
    "article-suggestions": Right.READ_TICKETS,
    # tickets
    "inbox": Right.READ_TICKETS,
    "inbox-rows": Right.READ_TICKETS,
    "inbox-side": Right.READ_TICKETS,
    "inbox-assign": Right.WORK_TICKETS,
    "inbox-solve": Right.WORK_TICKETS,
    "ticket-new": Right.WORK_TICKETS,
    "ticket": Right.READ_TICKETS,
    "ticket-news": Right.READ_TICKETS,
    "ticket-clock": Right.READ_TICKETS,
    "ticket-reply": Right.WORK_TICKETS,
    "ticket-note": Right.WORK_TICKETS,
    "ticket-assign": Right.READ_TICKETS,  # to whom, is asked of the ticket: see may_assign
    "ticket-priority": Right.WORK_TICKETS,
    "ticket-type": Right.WORK_TICKETS,
    "ticket-wait": Right.WORK_TICKETS,
    "ticket-resume": Right.WORK_TICKETS,
    "ticket-solve": Right.WORK_TICKETS,
    "ticket-reopen": Right.WORK_TICKETS,
    "ticket-close": Right.WORK_TICKETS,
    # follow-up
    "visits": Right.WORK_VISITS,
    "visit": Right.WORK_VISITS,
    "visit-attempt": Right.WORK_VISITS,
    "visit-claim": Right.WORK_VISITS,
    "visit-cancel": Right.WORK_VISITS,
    "ticket-visits": Right.READ_TICKETS,
    "surveys": Right.READ_TICKETS,
    # what the machine room shows
    "mail": Right.CONFIGURE,
    "mail-retry": Right.CONFIGURE,
    "outbox": Right.CONFIGURE,
    "outbox-event-retry": Right.CONFIGURE,
    "outbox-clock-retry": Right.CONFIGURE,
}

DASHBOARDS: Mapping[str, Right | None] = {
    "overview": Right.READ_DASHBOARDS,
    "kpi": Right.READ_DASHBOARDS,
    "export": Right.READ_DASHBOARDS,
    "behind": Right.READ_DASHBOARDS,
    "behind-export": Right.READ_DASHBOARDS,
    "targets": Right.READ_DASHBOARDS,
    "target-set": Right.CONFIGURE,
}

API: Mapping[str, Mapping[str, Right | None]] = {
    "customers": {"get": Right.READ_CUSTOMERS},
    "customer": {"get": Right.READ_CUSTOMERS},
    "orders": {"get": Right.READ_CUSTOMERS, "post": Right.IMPORT_ORDERS},
    "order": {"get": Right.READ_CUSTOMERS},
    "shipments": {"get": Right.READ_CUSTOMERS, "post": Right.IMPORT_ORDERS},
    "tracking-events": {"get": Right.READ_CUSTOMERS, "post": Right.IMPORT_ORDERS},
    "articles": {"get": ANY_STAFF},
    "article": {"get": ANY_STAFF},
    "article-search": {"get": ANY_STAFF},
    "tickets": {"get": Right.READ_TICKETS, "post": Right.WORK_TICKETS},
    "ticket": {"get": Right.READ_TICKETS},
    "ticket-messages": {"get": Right.READ_TICKETS, "post": Right.WORK_TICKETS},
    "ticket-notes": {"post": Right.WORK_TICKETS},
    "ticket-solve": {"post": Right.WORK_TICKETS},
    "ticket-close": {"post": Right.WORK_TICKETS},
    "ticket-reopen": {"post": Right.WORK_TICKETS},
    "ticket-resume": {"post": Right.WORK_TICKETS},
    "ticket-wait": {"post": Right.WORK_TICKETS},
    "ticket-assign": {"post": Right.READ_TICKETS},
    "surveys": {"get": Right.READ_TICKETS},
    "visits": {"get": Right.WORK_VISITS},
    "visit": {"get": Right.WORK_VISITS},
    "visit-attempt": {"post": Right.WORK_VISITS},
    "kpis": {"get": Right.READ_DASHBOARDS},
    "kpi": {"get": Right.READ_DASHBOARDS},
}
API_FOR_EVERYBODY = {"schema", "docs"}

# Pages of the portal that need no customer.
PORTAL_OPEN = {
    "home",
    "sign-in",
    "sign-in-code",
    "sign-out",
    "find-order",
    "contact",
    "help",
    "help-search",
    "help-suggest",
    "help-popular",
    "help-category",
    "help-article",
    "help-article-rate",
    "help-article-comment",
    "requests-latest",
    "request-link",
    "survey",
}
# Those that lead a stranger to the sign-in, or to the order's number.
PORTAL_KNOWN = {
    "account",
    "orders",
    "order",
    "order-actions",
    "requests",
    "request",
    "request-reply",
    "request-solve",
    "request-withdraw",
    "request-new",
    "request-cases",
    "case-track",
    "case-supply",
    "case-withdraw",
    "case-agree",
    "case-guide",
}
