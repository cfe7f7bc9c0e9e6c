"""What a message says in another language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from tickets.models.tickets import Message


class MessageTranslation(models.Model):
    """A message in another language, as a service put it; asked for once, for all who may read it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, choices=Language)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [
            models.UniqueConstraint(fields=["message", "language"], name="message_translated_once")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.language}"
