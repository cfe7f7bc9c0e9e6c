"""Texts that a messenger has approved, and the news of ours that they stand for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from channels.connection_states import TemplateObstacle
from channels.models.connections import Connection


class MessageTemplate(models.Model):
    """A text that a messenger has approved, as it was last asked for.

    `name` is the messenger's name of it, `title` what people there call it. `language` is the messenger's
    word ("en_US"), `speaks` ours. `parameters` are the names of the gaps in `body` in their order ("1", "2",
    or words where they are `is_named`).
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=512)
    title = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=15)
    speaks = models.CharField(max_length=10, choices=Language)
    category = models.CharField(max_length=40, blank=True)
    body = models.TextField(blank=True)
    parameters = models.JSONField(default=list)
    is_named = models.BooleanField(default=False)
    obstacle = models.CharField(max_length=12, choices=TemplateObstacle, blank=True)
    pulled_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["title", "name", "language", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "name", "language"], name="template_once"),
        ]

    def __str__(self) -> str:
        return self.title or f"{self.name} ({self.language})"


class TemplateUse(models.Model):
    """News that a template stands for, and what is put into each of its gaps.

    Each of `values` is the name of a value of the news, or = and a text that is always the same. Connection
    and language are those of the template, so that the database lets only one stand for news in a language.
    """

    template = models.ForeignKey(MessageTemplate, on_delete=models.CASCADE, related_name="uses")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    speaks = models.CharField(max_length=10, choices=Language)
    news = models.CharField(max_length=40)
    values = models.JSONField(default=list)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "news", "speaks"], name="news_has_one_template"),
        ]

    def __str__(self) -> str:
        return f"{self.template} · {self.news}"
