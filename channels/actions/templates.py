"""Texts that a messenger has approved: asked for, and chosen for news of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from channels import rules
from channels.adapters import adapter_of
from channels.connection_states import Reason, TemplateObstacle
from channels.models import Connection, MessageTemplate
from channels.reading import Filled, Pulled, TryLater, Undeliverable
from core import bilingual, clock, events, news
from core.actors import Actor
from core.crypto import CannotUnseal
from core.errors import Refused


def pull(connection: Connection, *, by: Actor) -> Sequence[MessageTemplate]:
    """Ask the messenger for its templates; call it outside of any transaction.

    One that is gone, or whose gaps have changed, stands for nothing any more. Refuses with
    template.no_account, and with connection.no_answer and what the other side said.
    """
    if not connection.business_account:
        raise Refused("template.no_account", name=connection.name)
    try:
        pulled = adapter_of(connection).templates(connection)
    except (Undeliverable, TryLater, CannotUnseal) as error:
        told = str(error) or str(Reason.NOT_ALLOWED.label)
        raise Refused("connection.no_answer", name=connection.name, told=told[:300]) from error
    return keep(connection, pulled, by=by)


@transaction.atomic
def keep(connection: Connection, pulled: Sequence[Pulled], *, by: Actor) -> Sequence[MessageTemplate]:
    """Keep the templates as they were told; those not among them are gone."""
    Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    now = clock.now()
    known = {(row.name, row.language): row for row in connection.templates.all()}
    rows = [_row(connection, one, known.pop((one.name, one.language), None), now) for one in pulled]
    for row in known.values():
        row.obstacle, row.news, row.values = TemplateObstacle.GONE, "", []
        row.save(update_fields=["obstacle", "news", "values"])
    events.record("connection.templates_pulled", connection, by=by, name=connection.name, count=len(rows))
    return rows


def _row(connection: Connection, one: Pulled, row: MessageTemplate | None, now: datetime) -> MessageTemplate:
    row = row or MessageTemplate(connection=connection, name=one.name, language=one.language)
    if row.parameters != list(one.parameters):
        row.news, row.values = "", []
    row.speaks = bilingual.CHINESE if bilingual.is_chinese(one.language) else bilingual.ENGLISH
    row.category, row.body, row.obstacle = one.category, one.body, one.obstacle
    row.parameters, row.is_named, row.pulled_at = list(one.parameters), one.is_named, now
    row.save()
    return row


@transaction.atomic
def choose(template: MessageTemplate, *, news_code: str, values: Sequence[str], by: Actor) -> MessageTemplate:
    """Let a template stand for a kind of news, with one of its values for each gap; "" for no news.

    Refuses with template.unusable, template.unknown_news, template.wrong_values or template.taken.
    """
    row = (
        MessageTemplate.objects.select_for_update(of=("self",))
        .select_related("connection")
        .get(pk=template.pk)
    )
    chosen = list(values) if news_code else []
    if news_code:
        _check(row, news_code, chosen)
    if (row.news, row.values) == (news_code, chosen):
        return row
    row.news, row.values = news_code, chosen
    try:
        with transaction.atomic():
            row.save(update_fields=["news", "values"])
    except IntegrityError as error:
        raise Refused("template.taken", name=row.connection.name, news=news_code) from error
    events.record("connection.template_chosen", row.connection, by=by, template=str(row), news=news_code)
    return row


def _check(row: MessageTemplate, news_code: str, values: Sequence[str]) -> None:
    if row.obstacle:
        raise Refused("template.unusable", template=str(row), obstacle=row.obstacle)
    kind = news.known().get(news_code)
    if kind is None:
        raise Refused("template.unknown_news", news=news_code)
    wrong = [name for name in values if name not in kind.all_values]
    if wrong or len(values) != len(row.parameters):
        raise Refused("template.wrong_values", news=news_code, wrong=wrong, needed=len(row.parameters))


def fitting(connection: Connection, news_code: str, language: str) -> MessageTemplate | None:
    """The template that may be sent for a kind of news in a language; None without one."""
    rows = connection.templates.filter(news=news_code, speaks=language, obstacle="")
    return rows.select_related("connection").first()


def filled(template: MessageTemplate, values: Sequence[str]) -> Filled:
    """What is sent: each gap with its value."""
    names = template.parameters if template.is_named else [""] * len(template.parameters)
    return Filled(template.name, template.language, tuple(zip(names, values, strict=True)))


def said(template: MessageTemplate, facts: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text that template and facts make together, and the values in it."""
    values = [facts.get(name, "") for name in template.values]
    by_gap = dict(zip(template.parameters, values, strict=True))
    return rules.filled(template.body, by_gap), values
