"""Templates: nothing inline that the content security policy would refuse, nothing unescaped."""

import re

import pytest

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
