"""Publishing, withdrawing, archiving, restoring: every pair of states."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from core import events
from core.errors import Refused
from kb import actions
from kb.models import Article
from kb.states import FOLLOWS, ArticleStatus
from tests import build

DRAFT, PUBLISHED, ARCHIVED = ArticleStatus.DRAFT, ArticleStatus.PUBLISHED, ArticleStatus.ARCHIVED
Verb = Callable[..., Article]

PAIRS = [
    (actions.publish, DRAFT, PUBLISHED, "article.published"),
    (actions.publish, PUBLISHED, PUBLISHED, ""),
    (actions.publish, ARCHIVED, None, "article.cannot_publish"),
    (actions.withdraw, DRAFT, DRAFT, ""),
    (actions.withdraw, PUBLISHED, DRAFT, "article.withdrawn"),
    (actions.withdraw, ARCHIVED, None, "article.cannot_withdraw"),
    (actions.archive, DRAFT, ARCHIVED, "article.archived"),
    (actions.archive, PUBLISHED, ARCHIVED, "article.archived"),
    (actions.archive, ARCHIVED, ARCHIVED, ""),
    (actions.restore, DRAFT, DRAFT, ""),
    (actions.restore, PUBLISHED, None, "article.cannot_restore"),
    (actions.restore, ARCHIVED, DRAFT, "article.restored"),
]


@pytest.mark.parametrize(("verb", "before", "after", "said"), PAIRS)
def test_each_verb_in_each_state(alice: User, verb: Verb, before: str, after: str | None, said: str) -> None:
    row = build.article(status=before)
    seen = events.history(row).count()
    if after is None:
        with pytest.raises(Refused) as refused:
            verb(row, by=alice)
        assert (refused.value.code, refused.value.facts) == (said, {"status": before})
        after = before
    else:
        assert verb(row, by=alice).status == after
    row.refresh_from_db()
    assert row.status == after
    new = [event.kind for event in events.history(row)][seen:]
    assert new == ([said] if before != after else [])


def test_the_table_knows_every_state_and_the_verbs_keep_to_it() -> None:
    assert set(FOLLOWS) == set(ArticleStatus.values)
    moves = {(before, after) for _verb, before, after, _said in PAIRS if after and before != after}
    assert moves == {(before, after) for before, then in FOLLOWS.items() for after in then}


def test_publishing_notes_when_and_publishing_again_anew(alice: User) -> None:
    row = build.article(status=DRAFT)
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        assert actions.publish(row, by=alice).published_at == datetime(2026, 3, 1, tzinfo=UTC)
        actions.withdraw(row, by=alice)
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=UTC), tick=False):
        assert actions.publish(row, by=alice).published_at == datetime(2026, 4, 1, tzinfo=UTC)
