"""Mails about rules."""

from django.utils import translation

from accounts.models import Language, User
from accounts.rights import ROLE_RIGHTS, Right
from core import bilingual, mail, words
from core.errors import Refused
from core.models import Event
from tickets.models import AutomationRule
from tickets.states import RunOutcome


def why(rule: AutomationRule) -> str:
    """Why a rule was switched off, in the reader's language: a refusal as its sentence, an error as it is."""
    failed = rule.runs.filter(outcome=RunOutcome.FAILED).order_by("-pk").first()
    if failed is None or not failed.said.get("code"):
        return rule.switched_off_because
    return words.refusal(Refused(failed.said["code"], **failed.said.get("facts", {})))


def rule_switched_off(event: Event) -> None:
    """Tell everybody who can mend it."""
    rule = AutomationRule.objects.get(pk=event.subject_pk)
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.CONFIGURE in rights]
    for reader in User.objects.filter(role__in=roles, is_active=True):
        language = reader.language or Language.ENGLISH
        with translation.override(language):
            because = why(rule)
        mail.queue(
            key=f"rule.switched_off:{event.pk}:{reader.pk}",
            to=reader.email,
            language=language,
            template="tickets/mail/rule_switched_off.txt",
            context={
                "reader": reader,
                "rule": rule,
                "name": bilingual.pick(rule, "name", language),
                "because": because,
                "failures": event.data["failures"],
            },
        )
