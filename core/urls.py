"""Doors that belong to no app in particular: how the reader likes the pages, and the component page."""

from django.urls import path

from core.views.components import component_page
from core.views.preferences import language, theme

preferences = [
    path("language/", language, name="language"),
    path("theme/", theme, name="theme"),
]

components = [
    path("", component_page, name="components"),
]
