"""Rows by the million, written by the database itself, to measure with.

The search tokens of some thousand texts are made here; everything else is INSERT ... SELECT. Indexes
of the large tables are taken down and built anew where that is quicker.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any

from django.db import connection, models, transaction
from psycopg2.extras import execute_values

from accounts.models import User
from aftersales.demo import cast, goods
from aftersales.demo.texts import TALKS, say
from core import clock, search
from core.models import Event
from feedback.models import Survey, SurveyForm
from tickets import ladder
from tickets.defaults import ALWAYS
from tickets.models import Clock, Message, PolicyVersion, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import ClockKind

Progress = Callable[[int, int], None]
REBUILD_FROM = 50_000
"""From so many tickets on, building indexes afterwards is quicker than keeping them up to date."""

OPEN_SHARE = 0.02
BATCH = 100_000
CHUNK = 2_000

TEXTS = """
CREATE TEMPORARY TABLE load_text (
    id serial, language text, type text, subject text, body text, answer text, thanks text, tokens tsvector
)
"""

CUSTOMERS = """
WITH made AS (
    INSERT INTO customers_customer (number, search, name, language, country, time_zone, created_at, visits_epoch,
        news_way, news_off)
    SELECT 'C-' || s.value, array_to_tsvector(ARRAY['load', n::text, 'c' || s.value, s.value::text, 'example']), 'Load ' || n,
        CASE n %% 2 WHEN 0 THEN 'zh-hans' ELSE 'en' END, CASE n %% 2 WHEN 0 THEN 'CN' ELSE 'DE' END,
        CASE n %% 2 WHEN 0 THEN 'Asia/Shanghai' ELSE 'Europe/Berlin' END, %(now)s - interval '600 days', 0,
        'as_i_write', '{}'
    FROM generate_series(1, %(customers)s) n, LATERAL (SELECT nextval('number_customer') + n * 0 AS value) s
    RETURNING id, number
), points AS (
    INSERT INTO customers_contactpoint (customer_id, kind, value, normalized, is_primary)
    SELECT id, 'email', lower(number) || '@load.example', lower(number) || '@load.example', true FROM made
)
SELECT min(id), max(id) FROM made
"""

ORDERS = """
WITH made AS (
    INSERT INTO orders_order (reference, shop_id, number, customer_id, status, placed_at, paid_at, delivered_at,
        currency, goods, discount, shipping, tax, paid, ship_to, content, incomplete, created_at)
    SELECT 'O-' || nextval('number_order'), %(shop)s, 'LOAD-' || c.id, c.id, 'delivered',
        placed, placed, placed + interval '4 days', 'USD', 4900, 0, 0, 0, 4900, '{}', '', false, placed
    FROM customers_customer c, LATERAL (SELECT %(now)s - interval '1 day' * (5 + random() * 500) + c.id * interval '0' AS placed) AS p
    WHERE c.id BETWEEN %(first)s AND %(last)s
    RETURNING id, placed_at
), sold AS (
    INSERT INTO orders_orderline (order_id, position, sku, title, category, quantity, unit_price, discount, tax,
        paid, quantity_delivered, quantity_open, quantity_returned, refunded, flags, gift_value, resettled)
    SELECT id, 1, 'LMP-001', 'Halo desk lamp, warm white', 'lighting', 1, 4900, 0, 0, 4900, 1, 0,
        CASE WHEN id %% 40 = 0 THEN 1 ELSE 0 END, 0, '{}', 0, 0 FROM made
)
INSERT INTO orders_payment (order_id, gateway, method, tender, external_id, currency, captured, captured_at, refunded)
SELECT id, 'sandbox', 'card', 'money', 'load-' || id, 'USD', 4900, placed_at, 0 FROM made
"""

TICKETS = """
INSERT INTO tickets_ticket (number, customer_id, order_id, subject, type, status, priority, channel, external_id,
    language, team_id, assignee_id, policy_version_id, cycle, version, created_at, updated_at, due_at, first_response_at,
    solved_at, closed_at, last_message_at, last_message_by, last_message_preview, search, conversation)
SELECT d.number, d.customer, o.id, t.subject, t.type, d.status, 1 + (d.n %% 4), d.channel, '', t.language,
    %(team)s, CASE WHEN d.n %% 5 = 0 AND d.is_open THEN NULL ELSE (%(agents)s::bigint[])[1 + d.n %% %(agent_count)s] END,
    %(policy)s, 1, 3, d.opened, d.opened + interval '5 hours',
    CASE WHEN d.is_open THEN %(now)s + interval '1 hour' * (random() * 78 - 4) END,
    d.opened + interval '40 minutes',
    CASE WHEN NOT d.is_open THEN d.opened + interval '20 hours' END,
    CASE WHEN d.status = 'closed' THEN d.opened + interval '8 days' END,
    d.opened + interval '5 hours', 'customer', left(t.thanks, 200),
    t.tokens || to_tsvector('simple', 't' || substr(d.number, 3) || ' ' || substr(d.number, 3)), ''
FROM (
    SELECT n, 'T-' || nextval('number_ticket') AS number,
        %(first)s + floor(random() * (%(last)s - %(first)s + 1))::bigint AS customer,
        1 + floor(random() * %(texts)s)::int AS text,
        random() < %(open_share)s AS is_open,
        (ARRAY['portal','portal','email','email','chat','phone','api','shop'])[1 + floor(random() * 8)::int] AS channel
    FROM generate_series(%(from)s, %(to)s) n
) s
CROSS JOIN LATERAL (
    SELECT s.*, CASE WHEN s.is_open THEN %(now)s - interval '1 hour' * (6 + random() * 60)
        ELSE %(now)s - interval '3 days' - interval '540 days' * random() * random() END AS opened,
        CASE WHEN s.is_open THEN (ARRAY['new','open','open','pending_customer'])[1 + s.n %% 4]
             WHEN s.n %% 6 = 0 THEN 'solved' ELSE 'closed' END AS status
) d
JOIN load_text t ON t.id = d.text
JOIN orders_order o ON o.customer_id = d.customer
"""

MESSAGES = """
INSERT INTO tickets_message (ticket_id, channel, visibility, external_id, actor_kind, actor_id, actor_name,
    language, body, created_at)
SELECT k.id, k.channel, 'public', '', w.kind, CASE w.kind WHEN 'user' THEN k.assignee_id ELSE k.customer_id END,
    CASE w.kind WHEN 'user' THEN 'Agent' ELSE 'Customer' END, k.language,
    CASE w.turn WHEN 1 THEN t.body WHEN 2 THEN t.answer ELSE t.thanks END, k.created_at + w.later
FROM tickets_ticket k
JOIN load_text t ON t.subject = k.subject AND t.language = k.language
CROSS JOIN (VALUES (1, 'customer', interval '0'), (2, 'user', interval '40 minutes'), (3, 'customer', interval '5 hours'))
    AS w (turn, kind, later)
WHERE k.id BETWEEN %(first)s AND %(last)s
ORDER BY k.id, w.turn
"""

STEPS = """
CREATE TEMPORARY TABLE load_step (kind text, place int, later interval)
"""

# Counted day and night, so that a deadline is its start and its budget, as the log of each clock proves.
CLOCKS = """
INSERT INTO tickets_clock (ticket_id, kind, cycle, turn, about, state, budget, calendar_id, policy_version_id,
    started_at, due_at, fulfilled_at, breached_at, next_at, taken, failures, last_error, ladder)
SELECT k.id, c.kind, 1, 1, '', CASE WHEN done.at IS NULL THEN 'running' ELSE 'fulfilled' END,
    due.at - k.created_at, %(calendar)s, %(policy)s, k.created_at, due.at, done.at,
    CASE WHEN due.at <= coalesce(done.at, %(now)s) THEN due.at END,
    CASE WHEN done.at IS NULL THEN least(step.next, CASE WHEN due.at > %(now)s THEN due.at END) END,
    step.taken, 0, '', '[]'
FROM tickets_ticket k
CROSS JOIN (VALUES ('first_response', interval '1 hour'), ('resolution', interval '27 hours')) AS c (kind, budget)
CROSS JOIN LATERAL (SELECT CASE WHEN c.kind = 'resolution' AND k.due_at IS NOT NULL THEN k.due_at
    ELSE k.created_at + c.budget * (CASE WHEN k.id %% 25 = 0 THEN 0.4 ELSE 1.5 END) END AS at) AS due
CROSS JOIN LATERAL (SELECT CASE c.kind WHEN 'first_response' THEN k.first_response_at ELSE k.solved_at END AS at) AS done
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE moment <= coalesce(done.at, %(now)s)) AS taken,
        min(moment) FILTER (WHERE moment > coalesce(done.at, %(now)s)) AS next
    FROM (SELECT greatest(due.at + s.later, k.created_at) AS moment FROM load_step s WHERE s.kind = c.kind) AS moments
) AS step
WHERE k.id BETWEEN %(first)s AND %(last)s
"""

LOGS = """
INSERT INTO tickets_clockevent (clock_id, kind, at, due_at, budget, calendar_id, policy_version_id, step)
SELECT c.id, e.kind, e.at, c.due_at, e.budget, e.calendar, e.policy, e.step
FROM tickets_clock c
CROSS JOIN LATERAL (
    SELECT 1 AS place, 'activated' AS kind, c.started_at AS at, c.budget, c.calendar_id AS calendar,
        c.policy_version_id AS policy, NULL::int AS step
    UNION ALL
    SELECT 3, 'stepped', greatest(c.due_at + s.later, c.started_at), NULL, NULL, NULL, s.place
    FROM load_step s WHERE s.kind = c.kind AND s.place < c.taken
    UNION ALL
    SELECT 2, 'breached', c.breached_at, NULL, NULL, NULL, NULL WHERE c.breached_at IS NOT NULL
    UNION ALL
    SELECT 4, 'fulfilled', c.fulfilled_at, NULL, NULL, NULL, NULL WHERE c.fulfilled_at IS NOT NULL
) AS e
WHERE c.ticket_id BETWEEN %(first)s AND %(last)s
ORDER BY c.id, e.at, e.place
"""

SURVEYS = """
INSERT INTO feedback_survey (uuid, form_id, ticket_id, cycle, customer_id, agent_id, language, sent_at, expires_at,
    answered_at, score, comment, is_late, channel)
SELECT gen_random_uuid(), %(form)s, id, 1, customer_id, assignee_id, language, solved_at, solved_at + interval '14 days',
    CASE WHEN id %% 5 < 2 THEN solved_at + interval '1 day' END,
    CASE WHEN id %% 5 < 2 THEN (ARRAY[5,5,5,5,4,4,4,3,2,1])[1 + (id %% 97) %% 10] END, '', false, 'mail'
FROM tickets_ticket WHERE id BETWEEN %(first)s AND %(last)s AND solved_at IS NOT NULL
"""

EVENTS = """
INSERT INTO core_event (kind, subject, thread, actor_kind, actor_id, actor_name, public, data, at, dispatched_at,
    next_attempt_at, attempts, last_error)
SELECT 'ticket.opened', 'ticket:' || id, 'ticket:' || id, 'customer', customer_id, 'Customer', true,
    jsonb_build_object('number', number, 'channel', channel), created_at, created_at, created_at, 0, ''
FROM tickets_ticket WHERE id BETWEEN %(first)s AND %(last)s
"""


def fill(tickets: int, *, progress: Progress, open_share: float = OPEN_SHARE) -> float:
    """Add so many tickets with three messages each, their clocks and surveys; returns the seconds it took.

    `open_share` of them is open. A fourth as many customers are added, each with one order.
    """
    begun = time.monotonic()
    with transaction.atomic(), _indexes_down(tickets):
        facts = _facts() | {"open_share": open_share}
        facts |= _customers(facts, max(tickets // 4, 1))
        for start in range(1, tickets + 1, BATCH):
            stop = min(start + BATCH - 1, tickets)
            _batch({**facts, "from": start, "to": stop})
            progress(stop, tickets)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE load_text, load_step")
        cursor.execute("ANALYZE")
    return time.monotonic() - begun


def _batch(facts: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM tickets_ticket")
        first = cursor.fetchone()[0]
        cursor.execute(TICKETS, facts)
        cursor.execute("SELECT max(id) FROM tickets_ticket")
        written = {**facts, "first": first, "last": cursor.fetchone()[0]}
        for statement in (MESSAGES, CLOCKS, LOGS, SURVEYS, EVENTS):
            cursor.execute(statement, written)


def _facts() -> dict[str, Any]:
    staff, shops = cast.engage(), goods.open_shops()
    agents = [user.pk for key, user in staff.items() if key.startswith("agent")]
    policy = SlaPolicy.objects.filter(is_active=True).select_related("current").latest("order", "pk")
    always = ServiceCalendar.objects.select_related("current").get(code=ALWAYS["code"])
    _write_steps(policy.published)
    team = User.objects.get(pk=agents[0]).teams.values_list("pk", flat=True).first()
    return {
        "now": clock.now(),
        "team": team,
        "agents": agents,
        "agent_count": len(agents),
        "policy": policy.published.pk,
        "calendar": always.published.pk,
        "form": SurveyForm.objects.latest("pk").pk,
        "shop": shops["USD"].pk,
        "texts": _write_texts(),
    }


def _customers(facts: dict[str, Any], count: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {**facts, "customers": count})
        first, last = cursor.fetchone()
        cursor.execute(ORDERS, {**facts, "first": first, "last": last})
    return {"first": first, "last": last}


def _write_steps(version: PolicyVersion) -> None:
    """The ladder of the policy, to be climbed by every clock as far as its time has come."""
    rows = [
        (kind, place, step.offset)
        for kind in ClockKind.values
        for place, step in enumerate(ladder.steps_of(version.ladder, kind))
    ]
    with connection.cursor() as cursor:
        cursor.execute(STEPS)
        execute_values(cursor.cursor, "INSERT INTO load_step VALUES %s", rows or [("", 0, timedelta())])


def _write_texts() -> int:
    """Some hundred different conversations in two languages, with their tokens; returns how many."""
    rows = list(_texts())
    with connection.cursor() as cursor:
        cursor.execute(TEXTS)
        columns = "language, type, subject, body, answer, thanks, tokens"
        execute_values(cursor.cursor, f"INSERT INTO load_text ({columns}) VALUES %s", rows, page_size=CHUNK)
        cursor.execute("ANALYZE load_text")
    return len(rows)


def _texts() -> Iterator[tuple[str, ...]]:
    for talk, thing, language in product(TALKS, goods.PRODUCTS, ("zh-hans", "en")):
        name = thing.zh if language == "zh-hans" else thing.en
        subject = f"{say(talk.subject, language)} · {name}"
        body = f"{say(talk.body, language)} {thing.sku} {name}"
        answer, thanks = say(talk.answer, language), say(talk.thanks, language)
        tokens = search.literal(subject, body, f"{answer} {thanks}")
        yield language, talk.type, subject, body, answer, thanks, tokens


@contextmanager
def _indexes_down(tickets: int) -> Iterator[None]:
    """Build the declared indexes of the large tables after the rows, where there are many."""
    large: Sequence[type[models.Model]] = (
        (Ticket, Message, Clock, Survey, Event) if tickets >= REBUILD_FROM else ()
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is built over checks that still wait
    with connection.schema_editor(atomic=False) as editor:
        for model in large:
            for index in model._meta.indexes:
                editor.remove_index(model, index)
    yield
    with connection.schema_editor(atomic=False) as editor:
        for model in large:
            for index in model._meta.indexes:
                editor.add_index(model, index)
