"""A member's own profile: what pages call them, and in which language and zone they speak."""

import pytest
from django.test import Client

from accounts import actions
from accounts.models import User
from core import events
from core.errors import Refused

NEW = {"name": "Alice Wang", "language": "zh-hans", "time_zone": "Asia/Shanghai"}


def test_changes_are_kept_and_told(alice: User) -> None:
    changed = actions.change_profile(alice, **NEW, by=alice)
    assert (changed.name, changed.language, changed.time_zone) == tuple(NEW.values())
    event = events.history(alice).get()
    assert (event.kind, event.data) == ("user.profile_changed", {"member": "Alice Wang"})


def test_the_same_again_changes_nothing(alice: User) -> None:
    for _ in range(2):
        actions.change_profile(alice, **NEW, by=alice)
    assert events.history(alice).count() == 1


def test_an_unknown_zone_is_refused(alice: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.change_profile(alice, name="Alice", language="en", time_zone="Mars/Base", by=alice)
    assert refused.value.code == "user.unknown_time_zone"


def test_the_page_saves_and_speaks_the_new_language(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/console/profile/", NEW, follow=True)
    alice.refresh_from_db()
    assert alice.language == "zh-hans"
    assert client.cookies["django_language"].value == "zh-hans"
    assert "个人资料已保存。" in answer.text


@pytest.mark.parametrize(("language", "heading"), [("en", "Your profile"), ("zh-hans", "个人资料")])
def test_the_page_tells_role_and_rights(client: Client, alice: User, language: str, heading: str) -> None:
    client.force_login(alice)
    client.cookies["django_language"] = language
    answer = client.get("/console/profile/")
    assert heading in answer.text
    assert alice.email in answer.text


def test_wrong_input_keeps_what_was_typed(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post("/console/profile/", {**NEW, "time_zone": "Mars/Base"})
    assert answer.status_code == 422
    assert 'value="Alice Wang"' in answer.text


def test_a_stranger_has_no_profile(client: Client, db: None) -> None:
    assert client.get("/console/profile/").status_code == 302
