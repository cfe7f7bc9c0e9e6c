"""Mails about rules."""

from accounts.models import Language, User
from accounts.rights import ROLE_RIGHTS, Right
from core import bilingual, mail
from core.models import Event
from tickets.models import AutomationRule


def rule_switched_off(event: Event) -> None:
    """Tell everybody who can mend it."""
    rule = AutomationRule.objects.get(pk=event.subject_pk)
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.CONFIGURE in rights]
    for reader in User.objects.filter(role__in=roles, is_active=True):
        language = reader.language or Language.ENGLISH
        mail.queue(
            key=f"rule.switched_off:{event.pk}:{reader.pk}",
            to=reader.email,
            language=language,
            template="tickets/mail/rule_switched_off.txt",
            context={
                "reader": reader,
                "rule": rule,
                "name": bilingual.pick(rule, "name", language),
                "because": event.data["because"],
                "failures": event.data["failures"],
            },
        )
