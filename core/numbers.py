"""Public numbers: what people say on the phone and what stands in URLs. Gaps are fine, repeats are not."""

from django.db import connection

PREFIXES = {
    "T": "ticket",
    "R": "case",
    "F": "refund",
    "C": "customer",
    "V": "visit",
    "O": "order",
    "G": "warranty",
    "W": "withdrawal",
}
FIRST_NUMBER = 10001


def sequence_name(prefix: str) -> str:
    """The Postgres sequence behind a prefix."""
    return f"number_{PREFIXES[prefix]}"


def next_number(prefix: str) -> str:
    """The next number of a kind, "T-10001"; safe under concurrency, never given twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence_name(prefix)])
        (value,) = cursor.fetchone()
    return f"{prefix}-{value}"


def next_numbers(prefix: str, count: int) -> list[str]:
    """`count` numbers of a kind in one question to the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence_name(prefix), count])
        return [f"{prefix}-{value}" for (value,) in cursor.fetchall()]
