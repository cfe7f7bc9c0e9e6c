"""Where the pages and endpoints of channels are."""

from django.urls import URLPattern

console: list[URLPattern] = []

portal: list[URLPattern] = []

api: list[URLPattern] = []
