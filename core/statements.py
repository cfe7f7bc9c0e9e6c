"""Statements that a page asks every time, put together once.

The ORM makes a statement's text anew at each use. For a list whose text is always the same this takes as long
as the database needs to answer. Here a queryset is written once, with `Given` for what each use brings.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Text = tuple[str, tuple[Any, ...]]


class Given(Expression):
    """A value that a use of the statement gives under this name."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> tuple[str, Any]:
        """A placeholder, whose value is this itself until the statement runs."""
        return "%s", (self,)


class Statement(Generic[Row]):
    """The rows of a queryset of values; `written` is asked for it at the first use.

    Only for what the database gives as it is meant: a field that converts what was read is refused.
    """

    def __init__(self, written: Callable[[], QuerySet[Any, Row]], make: Callable[[Any], Row]) -> None:
        self._written, self._make = written, make

    def __call__(self, **given: Any) -> list[Row]:
        """The rows for the given values."""
        text = self._text
        return [self._make(row) for row in run(text, given)] if text else []

    @cached_property
    def _text(self) -> Text | None:
        return text_of(self._written())


def text_of(rows: QuerySet[Any, Any]) -> Text | None:
    """SQL with placeholders and their values; None for rows that cannot be any."""
    compiler = rows.query.get_compiler(connection=connection)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    if compiler.get_converters(column for column, _sql, _alias in compiler.select):
        raise TypeError(f"A field of these rows converts what is read: {rows.query}")
    return sql, tuple(values)


def run(text: Text, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What the database answers to a statement with the given values in their places."""
    sql, values = text
    with connection.cursor() as cursor:
        cursor.execute(sql, [given[value.name] if isinstance(value, Given) else value for value in values])
        return list(cursor.fetchall())
