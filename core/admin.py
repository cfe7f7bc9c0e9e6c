"""What happened and what was written, to look at; nothing here is changed by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.models import Event, OutgoingMail


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only the product itself writes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "kind", "subject", "thread", "actor_name", "dispatched_at", "parked_at")
    list_filter = (("parked_at", admin.EmptyFieldListFilter),)
    search_fields = ("=kind", "=subject", "=thread")
    ordering = ("-id",)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The texts are left out: some hold codes."""

    list_display = ("id", "created_at", "to", "subject", "language", "state", "attempts", "sent_at")
    list_filter = ("state", "language")
    search_fields = ("=to", "=about")
    ordering = ("-id",)
    exclude = ("text", "headers", "key")
