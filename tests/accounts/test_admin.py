"""The admin opens for administrators, and keeps members, teams and skills."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Team, User
from accounts.rights import Role
from core import events
from tests import build


@pytest.fixture
def ada(client: Client, db: None) -> User:
    member = build.user("Ada", role=Role.ADMINISTRATOR)
    client.force_login(member)
    return member


@pytest.mark.parametrize("role", Role)
def test_the_admin_opens_for_those_who_configure(client: Client, db: None, role: Role) -> None:
    member = build.user(role=role)
    client.force_login(member)
    assert member.is_staff == (role == Role.ADMINISTRATOR)
    assert (client.get("/admin/").status_code == 200) == member.is_staff


def test_an_administrator_makes_a_member(client: Client, ada: User) -> None:
    form = {
        "email": "Wei@Staff.Example",
        "name": "Wei",
        "role": Role.WAREHOUSE,
        "usable_password": "true",
        "password1": "boxes-and-labels",
        "password2": "boxes-and-labels",
    }
    answer = client.post("/admin/accounts/user/add/", form)
    assert answer.status_code == 302, answer.context["adminform"].errors
    wei = User.objects.get(email="wei@staff.example")
    assert (wei.role, wei.check_password("boxes-and-labels")) == (Role.WAREHOUSE, True)


def test_an_administrator_cannot_become_more(client: Client, ada: User) -> None:
    page = client.get(f"/admin/accounts/user/{ada.pk}/change/")
    assert page.status_code == 200
    assert "is_superuser" not in page.text


def test_an_administrator_sets_team_languages_and_zone(client: Client, ada: User) -> None:
    wei, team = build.user("Wei"), build.team("warehouse", is_default=False)
    form = {
        "email": wei.email,
        "name": "Wei",
        "role": Role.WAREHOUSE,
        "teams": [team.pk],
        "speaks": ["zh-hans"],
        "is_active": "on",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
    }
    answer = client.post(f"/admin/accounts/user/{wei.pk}/change/", form)
    assert answer.status_code == 302, answer.context["adminform"].errors
    wei.refresh_from_db()
    assert (list(wei.teams.all()), wei.speaks, wei.time_zone) == ([team], ["zh-hans"], "Asia/Shanghai")


def test_a_lost_second_factor_is_removed_and_told(client: Client, ada: User) -> None:
    wei = build.user("Wei")
    Authenticator.objects.create(user=wei, type=Authenticator.Type.TOTP, data={})
    chosen = {"action": "remove_second_factor", "_selected_action": [wei.pk]}
    for _ in range(2):
        assert client.post("/admin/accounts/user/", chosen).status_code == 302
    assert not Authenticator.objects.exists()
    event = events.history(wei).get()
    assert (event.kind, event.actor_name) == ("user.second_factor_removed", "Ada")


def test_nothing_is_configured_in_two_places(client: Client, ada: User) -> None:
    page = client.get("/admin/").text
    for path in ("auth/group", "account/emailaddress", "mfa/authenticator"):
        assert path not in page


def test_nobody_deletes_a_member(client: Client, ada: User) -> None:
    assert client.post(f"/admin/accounts/user/{build.user('Wei').pk}/delete/").status_code == 403


@pytest.mark.parametrize("path", ["user", "team", "skill"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_list_opens(client: Client, ada: User, path: str, language: str) -> None:
    build.team()
    client.cookies["django_language"] = language
    assert client.get(f"/admin/accounts/{path}/").status_code == 200


def test_there_is_one_default_team(client: Client, ada: User) -> None:
    build.team("support")
    form = {"code": "second", "name_en": "Second", "name_zh": "二线", "is_default": "on"}
    answer = client.post("/admin/accounts/team/add/", form)
    assert answer.status_code == 200
    assert Team.objects.count() == 1


def test_a_member_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_superuser_carries_every_right_and_opens_the_admin(db: None) -> None:
    root = User.objects.create_superuser("Root@staff.example", "secret-of-root", name="Root")
    assert (root.email, root.is_staff, root.has_module_perms("core")) == ("root@staff.example", True, True)
    assert root.has_perm("accounts.change_user")
    assert root.has_perms(["accounts.change_user"])
