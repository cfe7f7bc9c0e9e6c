"""After a test that commits, the tables are as Django itself would have left them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Team
from core import clock
from returns.defaults import ensure_returns
from returns.models import PolicyAmounts, Reason, Refund, ReturnPolicy
from returns.states import CaseStatus
from tests import build
from tests.emptying import Emptying
from tests.returns import shop
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def emptying(transactional_db: None) -> Iterator[Emptying]:
    """It has seen what Django leaves."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    emptying = Emptying()
    emptying.learn()
    yield emptying
    emptying.close()


def rows() -> dict[str, list[Any]]:
    """Everything in all tables of the product and of its libraries."""
    held = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT r::text FROM {table} AS r ORDER BY 1")
            held[table] = cursor.fetchall()
    return {table: found for table, found in held.items() if found}


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        return bool(cursor.fetchone()[0])


def test_what_a_test_left_is_gone_also_what_triggers_protect(emptying: Emptying) -> None:
    left_by_django = rows()
    assert set(left_by_django) == {"auth_permission", "django_content_type"}
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    lately = clock.now() - timedelta(days=2)
    shop.case(shop.order(placed_at=lately, delivered_at=lately), status=CaseStatus.COMPLETED)
    with pytest.raises(DatabaseError):
        Refund.objects.all().delete()
    assert emptying.empty()
    assert rows() == left_by_django


def test_what_cannot_be_brought_back_is_left_to_django(emptying: Emptying) -> None:
    assert emptying.empty()
    ContentType.objects.create(app_label="lamps", model="shade")
    assert not emptying.empty()
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    assert not emptying.empty()  # the same rows with other keys: it has to look again
    emptying.learn()
    Permission.objects.all()[0].delete()
    assert not emptying.empty()


def test_whoever_still_writes_is_waited_for(emptying: Emptying, eventually: Callable[..., Any]) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            build.team("late")
            waiting = pool.submit(emptying.empty)
            eventually(somebody_waits)
        assert waiting.result(timeout=60)
    assert not Team.objects.exists()


def test_serial_numbers_go_on(emptying: Emptying) -> None:
    before = build.team("before")
    emptying.empty()
    assert build.team("after").pk > before.pk
