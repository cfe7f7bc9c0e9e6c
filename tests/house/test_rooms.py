"""What each room may hold, beyond the import contracts in pyproject.toml."""

import ast

import pytest

from aftersales.environment import BASE_DIR
from tests.house.source import imported, product_files, tracked, tree, where

NAMELESS = {
    "utils.py",
    "util.py",
    "helpers.py",
    "helper.py",
    "common.py",
    "misc.py",
    "services.py",
    "signals.py",
}
# A lazy sentence is data; a choice is a named value. Everything else of Django's database stays outside.
CHOICES = {"django.db.models", "django.db.models.TextChoices", "django.db.models.IntegerChoices"}


def room(file):
    return next((part.removesuffix(".py") for part in file.relative_to(BASE_DIR).parts[1:]), "")


def broken(rooms, forbidden, allowed=()):
    return [
        f"{where(file, node)} imports {module}"
        for file in product_files()
        if room(file) in rooms
        for node, module in imported(file)
        if module.startswith(tuple(forbidden)) and module not in allowed
    ]


def test_rules_are_pure():
    outside = [
        "django.db",
        "django.http",
        "django.conf",
        "django.shortcuts",
        "rest_framework",
        "celery",
        "core.clock",
    ]
    assert not broken({"rules"}, outside, CHOICES)


def test_states_are_tables():
    assert not broken(
        {"states"},
        ["django.db", "django.http", "django.conf", "rest_framework"],
        {*CHOICES, "django.db.models"},
    )


def test_verbs_know_no_request():
    assert not broken(
        {"actions", "models"}, ["django.http", "django.shortcuts", "rest_framework", "django.forms"]
    )


def test_nobody_listens_to_signals():
    assert not broken(
        {room(file) for file in product_files()}, ["django.dispatch", "django.db.models.signals"]
    )


def test_every_file_has_a_name_of_its_own():
    assert not [where(file) for file in tracked("*.py") if file.name in NAMELESS]


def test_rows_are_saved_as_they_are():
    overrides = [
        where(file, method)
        for file in product_files()
        if room(file) == "models"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete"}
    ]
    assert not overrides


def test_time_comes_from_the_clock():
    """`timezone.now()` elsewhere would be a second clock that tests cannot hold."""
    clocks = [
        where(file, node)
        for file in product_files()
        if file.name != "clock.py" and "embedded" not in file.parts
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"timezone", "datetime", "date"}
    ]
    assert not clocks


def test_by_whom_is_said_by_name():
    """`close(ticket, by=alice)`: who did it must not slip into another argument's place."""
    positional = [
        where(file, node)
        for file in product_files()
        if room(file) == "actions"
        for node in tree(file).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "by" in {argument.arg for argument in node.args.args}
    ]
    assert not positional


@pytest.mark.parametrize("word", ["csrf_exempt", "mark_safe", "time.sleep"])
def test_the_product_does_without(word):
    found = [
        where(file) for file in product_files() if "embedded" not in file.parts and word in file.read_text()
    ]
    assert not found


def test_tests_wait_for_nothing_and_leave_nothing_out():
    marks = {"skip", "skipif", "xfail", "importorskip"}
    found = [
        where(file, node)
        for file in tracked("tests/*.py")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute)
        and (
            (node.attr in marks and ast.unparse(node).startswith("pytest."))
            or ast.unparse(node) == "time.sleep"
        )
    ]
    assert not found
