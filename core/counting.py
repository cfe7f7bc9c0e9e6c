"""How many rows several lists have, counted up to a bound, in one statement.

Nobody works by a number beyond "99+", and counting a million rows to say it would cost. Counting inside the
database, each list in a statement of its own put together here, costs a third of uniting them with the ORM.
"""

from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Code = TypeVar("Code", bound=Hashable)


def counted(lists: Mapping[Code, QuerySet[Any]], most: int) -> dict[Code, int]:
    """The number of rows of each list; `most` + 1 stands for all that is beyond `most`."""
    found = dict.fromkeys(lists, 0)
    statements: dict[Code, tuple[str, tuple[Any, ...]]] = {}
    for code, rows in lists.items():
        try:
            statements[code] = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:  # a list that can hold nothing has no statement
            continue
    if not statements:
        return found
    each = ", ".join(f"(SELECT count(*) FROM ({sql}) AS listed)" for sql, _values in statements.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {each}", [value for _sql, values in statements.values() for value in values])
        found.update(zip(statements, cursor.fetchone(), strict=True))
    return found
