"""Indexes by which figures find their rows: a day is counted, and the rows behind it listed, at any size."""

from django.db import migrations

INDEXES = {
    "figure_clock_due": "tickets_clock (kind, due_at, id)",
    "figure_clock_solved": (
        "tickets_clock (fulfilled_at, id) WHERE kind = 'resolution' AND state = 'fulfilled'"
    ),
    "figure_ticket_open_since": (
        "tickets_ticket (created_at, id) "
        "WHERE status IN ('new', 'open', 'pending_customer', 'pending_third_party')"
    ),
    "figure_review_due": "returns_timer (due_at, id) WHERE kind = 'review'",
    "figure_order_delivered": "orders_order (delivered_at, id) WHERE delivered_at IS NOT NULL",
}


class Migration(migrations.Migration):
    dependencies = [
        ("dashboards", "0001_initial"),
        ("tickets", "0001_initial"),
        ("returns", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {place}", f"DROP INDEX {name}")
        for name, place in INDEXES.items()
    ]
