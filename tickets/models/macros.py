"""Macros: texts and steps that somebody at the desk uses by hand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from core import bilingual


class MacroQuerySet(models.QuerySet["Macro"]):
    def active(self) -> "MacroQuerySet":
        """Macros that are offered."""
        return self.filter(is_active=True)

    def most_used_first(self) -> "MacroQuerySet":
        return self.order_by("-uses", "code")


class Macro(models.Model):
    """A text with placeholders (`tickets.placeholders`), steps (`tickets.automation.steps`), or both.

    Without `team` everybody may use it. `uses` counts replies and tickets.
    """

    code = models.SlugField(_("code"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    body_en = models.TextField(_("text (English)"), blank=True)
    body_zh = models.TextField(_("text (Chinese)"), blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="macros")
    steps = models.JSONField(_("steps"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    uses = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(body_en="", body_zh="", steps=[]), name="macro_says_or_does_something"
            ),
            models.CheckConstraint(
                condition=Q(body_en="", body_zh="") | (~Q(body_en="") & ~Q(body_zh="")),
                name="macro_text_in_both_languages",
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")

    @property
    def has_text(self) -> bool:
        return bool(self.body_en)
