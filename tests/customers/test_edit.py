"""Changing what is known of a person."""

import pytest

from accounts.models import User
from core import events, search, words
from core.errors import Refused
from customers import actions
from customers.models import Customer, Tier


@pytest.fixture
def gold(db: None) -> Tier:
    return Tier.objects.create(code="gold", rank=3, name_en="Gold", name_zh="黄金会员")


def test_changes_are_kept_and_told(carol: Customer, alice: User, gold: Tier) -> None:
    changed = actions.edit(carol, name="Carol Wang", tier=gold, by=alice)
    assert (changed.name, changed.tier, changed.language) == ("Carol Wang", gold, "en")
    event = events.timeline(carol).last()
    assert event is not None
    assert (event.kind, event.data) == ("customer.edited", {"fields": ["name", "tier"]})
    assert words.event(event) == "Alice changed: name, tier"


def test_the_same_again_changes_nothing(carol: Customer, alice: User) -> None:
    before = events.timeline(carol).count()
    actions.edit(carol, name=carol.name, language=carol.language, by=alice)
    actions.edit(carol, by=alice)
    assert events.timeline(carol).count() == before


def test_a_new_name_is_found_and_the_old_one_no_more(carol: Customer, alice: User) -> None:
    actions.edit(carol, name="王小明", by=alice)
    assert list(Customer.objects.filter(search=search.query("小明"))) == [carol]
    assert not Customer.objects.filter(search=search.query("chen")).exists()
    assert list(Customer.objects.filter(search=search.query("carol@example.com"))) == [carol]


def test_an_unknown_zone_is_refused(carol: Customer, alice: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.edit(carol, time_zone="Mars/Base", by=alice)
    assert refused.value.code == "customer.unknown_time_zone"
