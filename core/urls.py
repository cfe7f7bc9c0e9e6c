"""Doors that belong to no app in particular: how the reader likes the pages, and the component page."""

from django.urls import path

from core.views.components import component_page
from core.views.files import show, thumbnail
from core.views.preferences import language, theme

preferences = [
    path("language/", language, name="language"),
    path("theme/", theme, name="theme"),
]

files = [
    path("<uuid:uuid>/", show, name="file"),
    path("<uuid:uuid>/thumbnail/", thumbnail, name="file-thumbnail"),
]

components = [
    path("", component_page, name="components"),
]
