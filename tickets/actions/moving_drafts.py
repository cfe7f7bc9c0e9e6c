"""What members are writing on a ticket goes along when it is merged, and back when that is undone.

Whoever writes on both tickets finds both texts in one; files go with them. Undoing gives back what nobody has
written on since; the rest stays where it is read.
"""

from typing import Any

from django.db import transaction

from core.models import Attachment
from tickets.models import Draft, Ticket

SAID = ("body", "key", "macros", "steps", "files")


def take_along(source: Ticket, target: Ticket) -> list[dict[str, Any]]:
    """Let the drafts of a merged ticket stand on the one that goes on; returns what undoing needs."""
    drafts = list(Draft.objects.select_for_update().filter(ticket=source).order_by("pk"))
    return [_moved(draft, target) for draft in drafts]


@transaction.atomic
def take_draft(draft: Draft, *, into: Ticket) -> None:
    """Let what was written on a merged ticket go on where that goes on; a draft that is gone stays gone."""
    row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if row is not None:
        _moved(row, into)


def _moved(draft: Draft, target: Ticket) -> dict[str, Any]:
    there = Draft.objects.select_for_update().filter(user=draft.user_id, ticket=target, kind=draft.kind)
    other = there.first()
    if other is None:
        draft.ticket = target
        draft.save(update_fields=["ticket"])
        return {"draft": draft.pk, "said": _said(draft)}
    was = {"theirs": _said(draft), "ours": _said(other), "kind": draft.kind, "user": draft.user_id}
    _join(draft, other)
    draft.delete()
    return {"draft": other.pk, "said": _said(other), **was}


def _said(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in SAID} | {"updated_at": draft.updated_at.isoformat()}


def _join(draft: Draft, other: Draft) -> None:
    """Both texts in one, the one of the ticket that goes on first."""
    other.body = "\n\n".join(filter(None, [other.body.rstrip(), draft.body.strip()]))
    other.macros = list(dict.fromkeys([*other.macros, *draft.macros]))
    other.steps = list(dict.fromkeys([*other.steps, *draft.steps]))
    if other.files and draft.files:
        Attachment.objects.filter(subject=f"draft:{draft.files}").update(subject=f"draft:{other.files}")
    other.files = other.files or draft.files
    other.save(update_fields=["body", "macros", "steps", "files"])


def bring_back(moved: list[dict[str, Any]], source: Ticket, target: Ticket) -> None:
    """Give back the drafts that came along, as far as nobody wrote on them since."""
    for one in moved:
        draft = Draft.objects.select_for_update().filter(pk=one["draft"], ticket=target).first()
        if draft is None or _said(draft) != one["said"]:
            continue
        if "theirs" in one:
            _say(draft, one["ours"])
            Draft.objects.create(ticket=source, kind=one["kind"], user_id=one["user"], **one["theirs"])
        elif not Draft.objects.filter(user=draft.user_id, ticket=source, kind=draft.kind).exists():
            draft.ticket = source
            draft.save(update_fields=["ticket"])


def _say(draft: Draft, said: dict[str, Any]) -> None:
    Draft.objects.filter(pk=draft.pk).update(**said)
