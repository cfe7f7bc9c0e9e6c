"""Every text that goes to customers is declared, whole in both languages, and given what it names."""

import ast
import re
from collections.abc import Iterator

import pytest

from aftersales.environment import BASE_DIR
from core import placeholders
from core.texts import checking, rendering
from core.texts.declaring import LANGUAGES, Text, declared
from tests.house.source import calls, product_files, tracked, where

TO_STAFF = {
    "accounts/mail/notification.txt",
    "accounts/mail/text_test.txt",
    "channels/mail/alarm.txt",
    "channels/mail/test.txt",
    "tickets/mail/deadline.txt",
    "tickets/mail/notified.txt",
    "tickets/mail/rule_switched_off.txt",
}
"""Mails that only members of staff get; their templates are ours."""

EVERY = pytest.mark.parametrize("text", declared().values(), ids=declared())
BOTH = pytest.mark.parametrize("name", LANGUAGES)
HOLE = re.compile(r"{[^}]*}")


def templates_named() -> Iterator[tuple[str, str]]:
    """(place, name) of every template that some code hands on to be mailed; what varies is a hole."""
    for file in product_files():
        for call in calls(file, "queue", "write_to_customer", "render"):
            for keyword in call.keywords:
                if keyword.arg == "template" and isinstance(keyword.value, (ast.Constant, ast.JoinedStr)):
                    yield where(file, call), ast.unparse(keyword.value).lstrip("f").strip("'\"")


def test_what_is_mailed_is_a_declared_text_or_for_staff() -> None:
    keys = "\n".join(declared())
    unknown = [
        f"{place}: {name}"
        for place, name in templates_named()
        if name not in TO_STAFF
        and not re.search("^" + "[^\n]*".join(map(re.escape, HOLE.split(name))) + "$", keys, re.MULTILINE)
    ]
    assert not unknown


def test_templates_of_mails_are_for_staff() -> None:
    files = {str(file.relative_to(BASE_DIR / "templates")) for file in tracked("templates/*.txt")}
    assert {name for name in files if "/mail/" in name} == TO_STAFF


@EVERY
def test_a_key_begins_with_its_app(text: Text) -> None:
    app = text.key.partition(".")[0]
    assert (BASE_DIR / app / "texts.py").exists() or (BASE_DIR / app / "texts" / "__init__.py").exists()


@EVERY
@BOTH
def test_built_in_words_could_be_saved_by_hand(text: Text, name: str) -> None:
    assert not checking.problems(text, text.built_in(name))
    assert set(text.built_in(name).parts) == set(text.part_names)


@EVERY
def test_both_languages_say_the_same(text: Text) -> None:
    english, chinese = text.en.fields, text.zh.fields
    assert english.keys() == chinese.keys()
    for field, said in english.items():
        assert placeholders.names_in(said) == placeholders.names_in(chinese[field]), field


@EVERY
def test_every_part_stands_in_the_text(text: Text) -> None:
    for name in LANGUAGES:
        wording = text.built_in(name)
        assert set(text.part_names) <= placeholders.names_in(f"{wording.subject}\n{wording.body}")


@EVERY
@BOTH
def test_a_preview_shows_examples_and_no_braces(text: Text, name: str) -> None:
    for shown in (True, False):
        parts = dict.fromkeys(text.part_names, shown)
        subject, body = rendering.sample(text, text.built_in(name), LANGUAGES[name], parts)
        assert bool(subject) == text.is_mail
        assert not re.search(r"[{}]|\n\n\n| \n", subject + body)
    assert all(value.example.of(name) for value in text.values)


def test_names_in_a_text_are_used_once() -> None:
    for text in declared().values():
        names = [*(value.name for value in text.values), *(part.name for part in text.parts)]
        assert len(names) == len(set(names)), text.key
