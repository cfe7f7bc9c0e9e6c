"""Membership levels, as administrators keep them."""

from django.contrib import admin

from customers.models import Tier


@admin.register(Tier)
class TierAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        *("rank", "code", "name_en", "name_zh"),
        *("window_bonus_days", "free_returns", "auto_approve_bonus"),
    )
    list_display_links = ("code",)
    ordering = ("rank",)
