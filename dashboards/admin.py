"""Targets, for whoever configures."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dashboards.models import KpiTarget


@admin.register(KpiTarget)
class KpiTargetAdmin(admin.ModelAdmin[KpiTarget]):
    """To look at what was set when, and by whom; targets are set on the page of targets."""

    list_display = ["kpi", "value", "valid_from", "set_by", "set_at"]
    list_filter = ["kpi"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
