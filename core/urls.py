"""Doors that belong to no app in particular: how the reader likes the pages, and the component page."""

from django.urls import path

from core.views import components, preferences

preferences = [
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]

components = [
    path("", components.components, name="components"),
]
