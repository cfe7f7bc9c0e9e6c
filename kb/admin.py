"""The shelves of the help centre, which administrators own."""

from django.contrib import admin

from kb.models import Category


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ("name_en", "name_zh", "slug", "icon", "order")
    list_editable = ("order",)
    search_fields = ("name_en", "name_zh", "slug")
    prepopulated_fields = {"slug": ("name_en",)}
