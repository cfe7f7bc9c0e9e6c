"""Configuration of deadlines that others set, and of routing. Calendars and policies have their own pages."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ManyToManyField
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from tickets.forms import ExternalPromiseForm, RoutingRuleForm
from tickets.models import ExternalPromise, RoutingRule


@admin.register(ExternalPromise)
class ExternalPromiseAdmin(admin.ModelAdmin[ExternalPromise]):
    form = ExternalPromiseForm
    list_display = ("name_en", "name_zh", "starts_on", "met_by", "calendar", "is_active")
    list_display_links = ("name_en", "name_zh")
    list_select_related = ("calendar",)
    fields = (
        ("name_en", "name_zh"),
        ("consequence_en", "consequence_zh"),
        ("starts_on", "met_by", "is_active"),
        ("calendar", "budget"),
        "conditions",
        "ladder",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deadline that clocks follow is switched off, not deleted."""
        in_use = obj is not None and obj.clock_set.exists()
        return super().has_delete_permission(request, obj) and not in_use


@admin.register(RoutingRule)
class RoutingRuleAdmin(admin.ModelAdmin[RoutingRule]):
    form = RoutingRuleForm
    list_display = ("order", "name_en", "name_zh", "team", "is_active")
    list_display_links = ("name_en", "name_zh")
    list_select_related = ("team",)
    fields = (("name_en", "name_zh"), ("order", "is_active"), "conditions", "team", "skills")
    formfield_overrides: ClassVar[dict[Any, Any]] = {ManyToManyField: {"widget": CheckboxSelectMultiple}}
