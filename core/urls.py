"""Doors that belong to no app in particular: how the reader likes the pages, and the component page."""

from django.urls import path

from core.views.components import component_page
from core.views.files import show, thumbnail
from core.views.live import renew, stream
from core.views.preferences import language, theme

preferences = [
    path("language/", language, name="language"),
    path("theme/", theme, name="theme"),
]

files = [
    path("<uuid:uuid>/", show, name="file"),
    path("<uuid:uuid>/thumbnail/", thumbnail, name="file-thumbnail"),
]

streams = [
    path("", stream, name="live"),
    path("token/", renew, name="live-token"),
]

components = [
    path("", component_page, name="components"),
]
