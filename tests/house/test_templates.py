"""Templates: nothing inline that the content security policy would refuse, nothing unescaped."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.contrib.staticfiles import finders
from django.template.utils import get_app_template_dirs
from django.urls import URLPattern, URLResolver, get_resolver

from aftersales.environment import BASE_DIR
from core import navigation
from tests.house.source import tracked, where

REFUSED = {
    "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\b(src|type=\"application/json\"))[^>]*>", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated htmx": re.compile(r"hx-(on|vals\s*=\s*[\"']js|vars)|\[[^\]]*event", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off"),
    "foreign address": re.compile(r"(src|href)\s*=\s*[\"'](https?:)?//", re.IGNORECASE),
}
COMMENT = re.compile(r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->", re.DOTALL)
# Mail programs load no style sheets; what a mail looks like has to be inside it.
IN_MAILS = {"inline style", "style element"}


@pytest.mark.parametrize("what", REFUSED)
def test_templates_hold_no(what):
    found = []
    for file in tracked("templates/*.html"):
        if what in IN_MAILS and "mail" in file.parts:
            continue
        text = COMMENT.sub("", file.read_text())
        found += [f"{where(file)}: {match.group(0).strip()}" for match in REFUSED[what].finditer(text)]
    assert not found


def test_every_form_that_changes_something_is_guarded():
    post = re.compile(r"<form\b(?=[^>]*method\s*=\s*[\"']post)[^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
    open_forms = [
        where(file)
        for file in tracked("templates/*.html")
        for body in post.findall(file.read_text())
        if "csrf_token" not in body
    ]
    assert not open_forms


NAMED = re.compile(r"{%\s*(?:url|slot)\s+[\"']([\w:-]+)[\"']")
ASSET = re.compile(r"{%\s*static\s+[\"']([^\"']+)[\"']")
MENTION = re.compile(r"[\"']([\w./-]+\.(?:html|txt))[\"']")
COMPOSED = re.compile(r"f[\"']((?:[\w./-]|{[^}]*})+\.(?:html|txt))[\"']")


def named(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Every name that can be reversed, with its namespaces."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        elif pattern.name:
            yield f"{space}{pattern.name}"


def test_every_address_named_in_a_template_exists():
    known = set(named(get_resolver().url_patterns))
    unknown = [
        f"{where(file)}: {name}"
        for file in tracked("templates/*.html", "templates/*.txt")
        for name in NAMED.findall(COMMENT.sub("", file.read_text()))
        if name not in known
    ]
    assert not unknown


def test_every_menu_entry_leads_somewhere():
    known = set(named(get_resolver().url_patterns))
    assert {entry.url_name for entry in (*navigation.CONSOLE, *navigation.PORTAL)} <= known


def test_every_static_file_named_in_a_template_exists():
    missing = [
        f"{where(file)}: {name}"
        for file in tracked("templates/*.html")
        for name in ASSET.findall(file.read_text())
        if finders.find(name) is None
    ]
    assert not missing


def test_every_template_is_used():
    mentioned = {
        name
        for file in tracked("templates/*.html", "templates/*.txt", "*.py")
        if "tests" not in file.parts
        for name in MENTION.findall(file.read_text())
    }
    composed = [
        re.compile("[^/]*".join(map(re.escape, re.split(r"{[^}]*}", name))))
        for file in tracked("*.py")
        if "tests" not in file.parts
        for name in COMPOSED.findall(file.read_text())
    ]
    unused = [
        name
        for file in tracked("templates/*.html", "templates/*.txt")
        if (name := str(file.relative_to(BASE_DIR / "templates"))) not in mentioned
        and not any(pattern.fullmatch(name) for pattern in composed)
        and not stands_in_for_another(name)
    ]
    assert not unused


def stands_in_for_another(name: str) -> bool:
    """Whether a library brings a template of this name, which ours replaces."""
    return any((folder / name).exists() for folder in get_app_template_dirs("templates"))


def test_every_sheet_is_imported():
    sheet = (BASE_DIR / "static/css/main.css").read_text()
    imported = set(re.findall(r"url\(\"([^\"]+)\"\)", sheet))
    ours = {str(file.relative_to(BASE_DIR / "static/css")) for file in tracked("static/css/*.css")}
    assert imported == ours - {"main.css", "admin.css"}
