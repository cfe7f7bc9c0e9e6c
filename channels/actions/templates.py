"""Texts that a messenger has approved: asked for, and chosen for news of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from channels import rules
from channels.adapters import adapter_of
from channels.connection_states import Reason, TemplateObstacle
from channels.models import Connection, MessageTemplate, OutboundDelivery, TemplateUse
from channels.reading import Filled, Pulled, TryLater, Undeliverable
from core import bilingual, clock, events, news
from core.actors import Actor
from core.crypto import CannotUnseal
from core.errors import Refused

FIXED = "="
"""What a value begins with that is the same in every message; the rest of it is the text."""


def pull(connection: Connection, *, by: Actor) -> Sequence[MessageTemplate]:
    """Ask the messenger for its templates; call it outside of any transaction.

    One that is gone, or whose gaps have changed, stands for nothing any more. Refuses with
    template.no_account, and with connection.no_answer and what the other side said.
    """
    adapter = adapter_of(connection)
    if adapter.needs_business_account and not connection.business_account:
        raise Refused("template.no_account", name=connection.name)
    try:
        pulled = adapter.templates(connection)
    except (Undeliverable, TryLater, CannotUnseal) as error:
        told = str(error) or str(Reason.NOT_ALLOWED.label)
        raise Refused("connection.no_answer", name=connection.name, told=told[:300]) from error
    return keep(connection, pulled, by=by)


@transaction.atomic
def keep(connection: Connection, pulled: Sequence[Pulled], *, by: Actor) -> Sequence[MessageTemplate]:
    """Keep the templates as they were told; those not among them are gone.

    One that is gone, or has other gaps than before, stands for nothing any more.
    """
    Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    now = clock.now()
    known = {(row.name, row.language): row for row in connection.templates.all()}
    rows = [_row(connection, one, known.pop((one.name, one.language), None), now) for one in pulled]
    for row in known.values():
        row.obstacle = TemplateObstacle.GONE
        row.save(update_fields=["obstacle"])
        row.uses.all().delete()
    events.record("connection.templates_pulled", connection, by=by, name=connection.name, count=len(rows))
    return rows


def _row(connection: Connection, one: Pulled, row: MessageTemplate | None, now: datetime) -> MessageTemplate:
    row = row or MessageTemplate(connection=connection, name=one.name, language=one.language)
    changed = row.parameters != list(one.parameters)
    row.speaks = bilingual.CHINESE if bilingual.is_chinese(one.language) else bilingual.ENGLISH
    row.category, row.body, row.obstacle, row.title = one.category, one.body, one.obstacle, one.title
    row.parameters, row.is_named, row.pulled_at = list(one.parameters), one.is_named, now
    row.save()
    if changed:
        row.uses.all().delete()
    return row


# --- what a template stands for ----------------------------------------------------------------------


@transaction.atomic
def choose(template: MessageTemplate, *, news_code: str, values: Sequence[str], by: Actor) -> TemplateUse:
    """Let a template stand for a kind of news, with a value for each gap, or = and a text of its own.

    Refuses with template.unusable, template.unknown_news, template.wrong_values, template.not_filled,
    template.does_not_fit or template.taken.
    """
    row = _locked(template)
    chosen = [_tidy(value) for value in values]
    _check(row, news_code, chosen)
    use = row.uses.filter(news=news_code).first() or TemplateUse(
        template=row, connection=row.connection, speaks=row.speaks, news=news_code
    )
    if use.pk and use.values == chosen:
        return use
    use.values = chosen
    try:
        with transaction.atomic():
            use.save()
    except IntegrityError as error:
        raise Refused("template.taken", name=row.connection.name, news=news_code) from error
    events.record("connection.template_chosen", row.connection, by=by, template=str(row), news=news_code)
    return use


@transaction.atomic
def drop(template: MessageTemplate, *, news_code: str, by: Actor) -> MessageTemplate:
    """Let a template stand for a kind of news no longer; where it does not, nothing changes."""
    row = _locked(template)
    gone, _rows = row.uses.filter(news=news_code).delete()
    if gone:
        events.record("connection.template_dropped", row.connection, by=by, template=str(row), news=news_code)
    return row


def _locked(template: MessageTemplate) -> MessageTemplate:
    rows = MessageTemplate.objects.select_for_update(of=("self",)).select_related("connection")
    return rows.get(pk=template.pk)


def _tidy(value: str) -> str:
    return FIXED + value[len(FIXED) :].strip() if value.startswith(FIXED) else value


def _check(row: MessageTemplate, news_code: str, values: Sequence[str]) -> None:
    if row.obstacle:
        raise Refused("template.unusable", template=str(row), obstacle=row.obstacle)
    kind = news.known().get(news_code)
    if kind is None:
        raise Refused("template.unknown_news", news=news_code)
    wrong = [name for name in values if not name.startswith(FIXED) and name not in kind.all_values]
    if wrong or len(values) != len(row.parameters):
        raise Refused("template.wrong_values", news=news_code, wrong=wrong, needed=len(row.parameters))
    for gap, value in zip(row.parameters, values, strict=True):
        check_gap(row, gap, value)


def check_gap(row: MessageTemplate, gap: str, value: str) -> None:
    """Refuse a value that cannot stand in a gap: template.not_filled, template.does_not_fit."""
    field = adapter_of(row.connection).field(gap)
    text = example(value, row.speaks)
    if not text:
        raise Refused("template.not_filled", gap=gap)
    is_fixed = value.startswith(FIXED)
    fits = field.fit(text)
    may_be_cut = not is_fixed and value != "link"
    if not fits or (field.is_fixed and not is_fixed) or (not may_be_cut and fits != text):
        raise Refused("template.does_not_fit", gap=gap, value=value, text=text, kind=field.kind)


def example(value: str, language: str) -> str:
    """What a value of a use may look like; a fixed text is as it is."""
    return fixed(value) or news.example(value, language)


def fixed(value: str) -> str:
    """The text of a value that is the same in every message; "" for the name of a value."""
    return value[len(FIXED) :] if value.startswith(FIXED) else ""


# --- filling one -------------------------------------------------------------------------------------


def fitting(connection: Connection, news_code: str, language: str) -> TemplateUse | None:
    """The use of a template that may be sent for a kind of news in a language; None without one."""
    uses = TemplateUse.objects.filter(connection=connection, news=news_code, speaks=language)
    return uses.filter(template__obstacle="").select_related("template__connection").first()


def part(use: TemplateUse, facts: Mapping[str, str]) -> dict[str, Any] | None:
    """What a delivery of news as a template is made of; None where a value cannot stand in its gap."""
    template = use.template
    adapter = adapter_of(template.connection)
    values = [
        adapter.field(gap).fit(fixed(value) or facts.get(value, ""))
        for gap, value in zip(template.parameters, use.values, strict=True)
    ]
    if not all(values):
        return None
    text = rules.filled(template.body, dict(zip(template.parameters, values, strict=True)))
    return {"template": template, "values": values, "text": text, "link": facts.get("link", "")}


def filled(row: OutboundDelivery) -> Filled:
    """What is sent: each gap with its value."""
    template = row.template
    assert template is not None
    names = template.parameters if template.is_named else [""] * len(template.parameters)
    return Filled(template.name, template.language, tuple(zip(names, row.values, strict=True)), row.link)
