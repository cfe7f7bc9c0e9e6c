"""Emptying the tables after a test that commits: only those that have rows.

Django truncates every table and then makes content types and permissions anew. With as many tables as ours
that takes longer than most tests. Here the first such test is cleaned up by Django, and the next ones
are brought to what Django left then; where that cannot be reached, Django does it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.test import TransactionTestCase


class Emptying:
    """A connection of its own, which knows all tables already; those of tests come and go."""

    def __init__(self) -> None:
        self._connection = psycopg2.connect(**connection.get_connection_params())
        self._tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self._kept: dict[str, str] | None = None
        """Tables that Django fills by itself, and a fingerprint of their rows; not known at first."""
        with self._connection, self._connection.cursor() as cursor:
            each = (f"SELECT '{table}' WHERE EXISTS (TABLE {table})" for table in self._tables)
            cursor.execute(f"PREPARE filled AS {' UNION ALL '.join(each)}")

    def close(self) -> None:
        self._connection.close()

    def empty(self) -> bool:
        """Delete what the test left; tells whether everything is now as Django would leave it."""
        if self._kept is None:
            return False
        with self._alone() as cursor:
            filled = self._filled(cursor)
            left = [table for table in filled if table not in self._kept]
            if left:
                # All rows go, so no order of tables and no trigger has to be minded.
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("; ".join(f"DELETE FROM {table}" for table in left))
            return self._prints(cursor, [table for table in filled if table in self._kept]) == self._kept

    def learn(self) -> None:
        """Look at what Django leaves."""
        with self._alone() as cursor:
            self._kept = self._prints(cursor, self._filled(cursor))

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """With the locks that TRUNCATE takes, so that whoever still writes is waited for."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(self._tables)} IN ACCESS EXCLUSIVE MODE")
            yield cursor

    def _filled(self, cursor: Any) -> list[str]:
        cursor.execute("EXECUTE filled")
        return [table for (table,) in cursor]

    def _prints(self, cursor: Any, tables: list[str]) -> dict[str, str]:
        prints = {}
        for table in tables:
            cursor.execute(f"SELECT md5(string_agg(r::text, '\n' ORDER BY r::text)) FROM {table} AS r")
            (prints[table],) = cursor.fetchone()
        return prints


@contextmanager
def quick_emptying() -> Iterator[None]:
    """In place of Django's own way, for tests that ask for nothing special."""
    emptying = Emptying()
    django_s = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def tear_down(case: Any) -> None:
        special = case.available_apps is not None or case.serialized_rollback
        if special or not emptying.empty():
            django_s(case)
            if not special:
                emptying.learn()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", tear_down)
    yield
    patch.undo()
    emptying.close()
