"""Saved views: kept, changed, shared, removed."""

from typing import Any

from django.db import transaction

from accounts.models import Team, User
from accounts.rights import Right
from core import clock, events
from core.errors import Refused
from tickets import conditions as questions
from tickets.listing import kept
from tickets.models import SavedView
from tickets.states import ViewVisibility

MOST = 50
"""So many views a member may own."""

EVERY_TICKET: dict[str, Any] = {"all": []}


@transaction.atomic
def save_view(
    *,
    conditions: dict[str, str],
    by: User,
    name_en: str = "",
    name_zh: str = "",
    visibility: str = ViewVisibility.PRIVATE,
    team: Team | None = None,
    position: int = 100,
    asks: Any = None,
) -> SavedView:
    """Keep a queue with filters under a name, for oneself, a team of one's own, or everybody.

    `asks` is a tree of `tickets.conditions` that holds besides.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if by.saved_views.count() >= MOST:
        raise Refused("view.too_many", most=MOST)
    team = _checked(by, visibility, team)
    view = SavedView.objects.create(
        owner=by,
        conditions=kept(conditions),
        asks=_readable(asks or {}),
        name_en=name_en.strip(),
        name_zh=name_zh.strip(),
        visibility=visibility,
        team=team,
        position=position,
        created_at=clock.now(),
    )
    _record("view.saved", view, by)
    return view


@transaction.atomic
def change_view(view: SavedView, *, by: User, version: int | None = None, **fields: Any) -> SavedView:
    """Change name, place, conditions, or who sees it; no change records nothing.

    `version` is the one that was looked at; without it the change is made whatever happened since.
    """
    view = SavedView.objects.select_for_update(of=("self",)).select_related("owner").get(pk=view.pk)
    _require_editor(view, by=by)
    if version not in (None, view.version):
        last = events.history(view, kinds=["view.edited"]).last()
        raise Refused("view.changed_meanwhile", who=last.actor_name if last else "")
    fields["team"] = _checked(by, fields.get("visibility", view.visibility), fields.get("team", view.team))
    if "conditions" in fields:
        fields["conditions"] = kept(fields["conditions"])
    if "asks" in fields:
        fields["asks"] = _readable(fields["asks"])
    changed = [name for name, value in fields.items() if getattr(view, name) != value]
    for name in changed:
        setattr(view, name, fields[name])
    if changed:
        view.version += 1
        view.save(update_fields=[*changed, "version"])
        _record("view.edited", view, by)
    return view


@transaction.atomic
def remove_view(view: SavedView, *, by: User) -> None:
    """Take a view away; one that is gone already stays so."""
    found = SavedView.objects.select_for_update().filter(pk=view.pk).first()
    if found is None:
        return
    _require_editor(found, by=by)
    _record("view.removed", found, by)
    found.delete()


def may_edit_view(user: User, view: SavedView) -> bool:
    """One's own; shared ones also with the right to share out work."""
    shared = view.visibility != ViewVisibility.PRIVATE
    return view.owner_id == user.pk or (shared and user.may(Right.ASSIGN_TICKETS))


def _require_editor(view: SavedView, *, by: User) -> None:
    if not may_edit_view(by, view):
        raise Refused("view.not_yours")


def _readable(tree: Any) -> dict[str, Any]:
    """The tree as it is stored; {} for one that holds for every ticket."""
    try:
        stored = questions.tree_of(questions.parse(tree))
    except ValueError as error:
        raise Refused("view.unreadable", problem=str(error)) from error
    return {} if stored == EVERY_TICKET else stored


def _checked(by: User, visibility: str, team: Team | None) -> Team | None:
    """The team a view is shared with; refuses to share further than a member may."""
    if visibility != ViewVisibility.TEAM:
        if visibility == ViewVisibility.ALL and not by.may(Right.ASSIGN_TICKETS):
            raise Refused("view.cannot_share")
        return None
    if team is None:
        raise Refused("view.which_team")
    if not by.may(Right.ASSIGN_TICKETS) and not by.teams.filter(pk=team.pk).exists():
        raise Refused("view.cannot_share")
    return team


def _record(kind: str, view: SavedView, by: User) -> None:
    en, zh = view.name_en or view.name_zh, view.name_zh or view.name_en
    events.record(kind, view, by=by, name_en=en, name_zh=zh)
