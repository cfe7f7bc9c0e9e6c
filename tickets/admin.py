"""Configuration of promises: service calendars and service level policies."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tickets.forms import ServiceCalendarForm, SlaPolicyForm
from tickets.models import ServiceCalendar, SlaPolicy


@admin.register(ServiceCalendar)
class ServiceCalendarAdmin(admin.ModelAdmin[ServiceCalendar]):
    form = ServiceCalendarForm
    list_display = ("code", "name_en", "name_zh", "zone")
    fields = (("code", "zone"), ("name_en", "name_zh"), "weekly", "holidays", "extra_days")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A calendar on which clocks run stays; one that nothing counts with may go."""
        in_use = obj is not None and (obj.slapolicy_set.exists() or obj.clock_set.exists())
        return super().has_delete_permission(request, obj) and not in_use


@admin.register(SlaPolicy)
class SlaPolicyAdmin(admin.ModelAdmin[SlaPolicy]):
    form = SlaPolicyForm
    list_display = (
        "order",
        "name_en",
        "name_zh",
        "ticket_type",
        "channel",
        "min_priority",
        "calendar",
        "is_active",
    )
    list_display_links = ("name_en", "name_zh")
    list_select_related = ("calendar",)
    fields = (
        ("name_en", "name_zh"),
        ("order", "is_active"),
        ("ticket_type", "channel", "min_priority"),
        "calendar",
        ("first_response", "resolution"),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A policy that tickets are pinned to is switched off, not deleted."""
        in_use = obj is not None and obj.ticket_set.exists()
        return super().has_delete_permission(request, obj) and not in_use
