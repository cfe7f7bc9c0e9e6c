"""A return request on its way to being sent: kept on the server after every step."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from core import clock
from core.actors import Actor
from core.errors import Refused
from core.models import Attachment
from orders.models import Order
from returns import kinds, policies, rules
from returns.actions import Ask, Item, submit_request
from returns.actions.intake import evidence_wanted, plans
from returns.models import Case, Reason, ReturnDraft, ReturnPolicy
from returns.offers import offer
from returns.states import CaseKind
from tickets.states import Channel

STEPS = ("items", "reasons", "wishes", "evidence", "review")


def open_draft(order: Order) -> ReturnDraft:
    """The request begun for this order, or a new one; whoever may see the order goes on with the same."""
    now = clock.now()
    draft, _new = ReturnDraft.objects.get_or_create(
        order=order, case=None, defaults={"created_at": now, "updated_at": now}
    )
    return draft


@transaction.atomic
def keep(draft: ReturnDraft, **answers: Any) -> ReturnDraft:
    """Keep the answers of a step; those of the others stay."""
    fresh = ReturnDraft.objects.select_for_update().get(pk=draft.pk)
    fresh.data = {**fresh.data, **answers}
    fresh.updated_at = clock.now()
    fresh.save(update_fields=["data", "updated_at"])
    return fresh


def quantities_of(draft: ReturnDraft) -> dict[int, int]:
    """Units to return, by primary key of the order line."""
    return {int(line): int(units) for line, units in draft.data.get("items", {}).items()}


def reasons_of(draft: ReturnDraft) -> dict[int, str]:
    """Codes of reasons, by primary key of the order line."""
    return {int(line): str(code) for line, code in draft.data.get("reasons", {}).items()}


def chosen_lines(draft: ReturnDraft) -> list[Any]:
    """The order lines that are to go back, in the order of the order."""
    return list(draft.order.lines.filter(pk__in=quantities_of(draft)))


def wishes_of(draft: ReturnDraft) -> dict[int, Mapping[str, str]]:
    """Kind of case and wish, by primary key of the order line."""
    return {int(line): wish for line, wish in draft.data.get("wishes", {}).items()}


def options_of(draft: ReturnDraft) -> dict[int, list[CaseKind]]:
    """What can be asked for with each chosen line, by its primary key: what its reason and the order allow.

    Empty where a reason allows nothing of what is possible now.
    """
    order, at, codes = draft.order, clock.now(), reasons_of(draft)
    reasons = Reason.objects.in_bulk(set(codes.values()), field_name="code")
    active = policies.active_policies()
    options = {}
    for line in chosen_lines(draft):
        possible = kinds.open_kinds(order, offer(order, line, at, active), at)
        reason = reasons.get(codes.get(line.pk, ""))
        options[line.pk] = [kind for kind in possible if reason and kind in reason.kinds]
    return options


def items_of(draft: ReturnDraft) -> list[Item]:
    """What would be sent; refused with case.reason_unknown while a reason is missing."""
    quantities, codes, wishes = quantities_of(draft), reasons_of(draft), wishes_of(draft)
    reasons: Mapping[str, Reason] = Reason.objects.in_bulk(set(codes.values()), field_name="code")
    items = []
    for line in chosen_lines(draft):
        reason = reasons.get(codes.get(line.pk, ""))
        if reason is None:
            raise Refused("case.reason_unknown", reason=codes.get(line.pk, ""))
        wish = wishes.get(line.pk, {})
        kind = wish.get("kind", CaseKind.RETURN_REFUND)
        items.append(Item(line, quantities[line.pk], reason, kind=kind, wish=wish.get("wish", "")))
    return items


def files_subject(draft: ReturnDraft) -> str:
    """What files hang on until the request is sent."""
    return f"draft:{draft.uuid}"


def files_of(draft: ReturnDraft) -> Sequence[Attachment]:
    """Evidence added so far."""
    return list(Attachment.objects.filter(subject=files_subject(draft)))


def wants_evidence(draft: ReturnDraft) -> bool:
    """Whether a chosen reason, keeping the goods, or the policy asks for a photo or file."""
    items = items_of(draft)
    return any(evidence_wanted(item) for item in items) or bool(evidence_asked(draft))


def evidence_asked(draft: ReturnDraft) -> str:
    """What the policies of the chosen items ask to be shown; "" where none does, or nothing is possible."""
    if not ReturnPolicy.objects.filter(is_active=True).exclude(evidence="").exists():
        return ""
    try:
        planned = plans(draft.order, items_of(draft), clock.now())
    except Refused:
        return ""
    return max((one.terms.evidence for one in planned), key=rules.STRICTER.index)


def reached(draft: ReturnDraft) -> str:
    """The furthest step that can be shown: what comes before it is answered."""
    quantities, codes = quantities_of(draft), reasons_of(draft)
    if not quantities:
        return "items"
    if set(quantities) - set(codes):
        return "reasons"
    if not _wishes_fit(draft):
        return "wishes"
    return "review" if draft.data.get("evidence_seen") or not wants_evidence(draft) else "evidence"


def _wishes_fit(draft: ReturnDraft) -> bool:
    """Every item has a wish that its reason allows; whether it is still possible is said at the review."""
    wishes, codes = wishes_of(draft), reasons_of(draft)
    reasons = Reason.objects.in_bulk(set(codes.values()), field_name="code")
    return all(
        wishes.get(line, {}).get("kind") in reasons[codes[line]].kinds for line in quantities_of(draft)
    )


@transaction.atomic
def send(draft: ReturnDraft, *, by: Actor) -> Case:
    """Send the request; sent twice, it is one. Returns its first case; refused, the draft is kept."""
    fresh = (
        ReturnDraft.objects.select_for_update(of=("self",)).select_related("case", "order").get(pk=draft.pk)
    )
    if fresh.case is not None:
        return fresh.case
    cases = submit_request(
        fresh.order,
        items=items_of(fresh),
        by=by,
        ask=Ask(
            description=str(fresh.data.get("description", "")),
            attachments=files_of(fresh),
            channel=Channel.PORTAL,
            external_id=f"return:{fresh.uuid}",
        ),
    )
    fresh.case = cases[0]
    fresh.save(update_fields=["case"])
    return cases[0]
