"""Every refusal and every event has a sentence, with all the facts that the sentence needs."""

import ast
import re
from functools import cache

import pytest
from django.utils import translation

from aftersales.environment import BASE_DIR
from core import words
from tests.house.source import calls, product_files, tree, where

FACT = re.compile(r"%\((\w+)\)")


def literals(*names):
    """(place, code, names of the facts given, whether more facts may come from a **mapping)."""
    for file in product_files():
        for call in calls(file, *names):
            code = call.args[0] if call.args else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and "." in code.value:
                facts = {keyword.arg for keyword in call.keywords if keyword.arg}
                if isinstance(call.func, ast.Name):
                    facts |= added_on_the_way(file.relative_to(BASE_DIR).parts[0], call.func.id)
                open_ended = any(keyword.arg is None for keyword in call.keywords)
                yield where(file, call), code.value, facts, open_ended


@cache
def added_on_the_way(app, name):
    """Facts that an app's own `record` adds to each call before it hands it on."""
    return {
        keyword.arg
        for file in product_files()
        if file.relative_to(BASE_DIR).parts[0] == app
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef) and node.name == name
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg
    }


def speechless(table, found):
    known = words._gathered(table)
    return sorted(f"{place} {code}" for place, code, _, _ in found if code not in known)


def without_facts(table, found, always):
    known = words._gathered(table)
    for place, code, facts, open_ended in found:
        sentence = known.get(code)
        if sentence is None or callable(sentence) or open_ended:
            continue
        missing = set(FACT.findall(str(sentence))) - facts - always
        if missing:
            yield f"{place} {code} lacks {', '.join(sorted(missing))}"


def test_every_refusal_has_words():
    assert not speechless("REFUSALS", literals("Refused"))


def test_every_event_has_words():
    assert not speechless("EVENTS", literals("record", "build"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_sentences_get_their_facts(language):
    with translation.override(language):
        assert not list(without_facts("REFUSALS", literals("Refused"), set()))
        assert not list(without_facts("EVENTS", literals("record", "build"), {"actor"}))
