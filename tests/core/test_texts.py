"""Texts to customers: rendered from names alone, worded by administrators, never in the way of a mail."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from core import events, mail, words
from core.errors import Refused
from core.models import Event, OutgoingMail, TextVersion
from core.texts import changing, checking, rendering, versions
from core.texts.declaring import Both, Part, Text, Value, Wording, declared

KEY = "customers.sign_in_code"
CONTEXT = {"code": "123456", "minutes": 10}


@pytest.fixture
def text() -> Text:
    return declared()[KEY]


@pytest.fixture
def change(text: Text, ada: User) -> Callable[..., TextVersion | None]:
    """Word the English of the sign-in code anew."""

    def change(version: int = 0, by: User = ada, **fields: Any) -> TextVersion | None:
        english = replace(versions.standing(text).wordings["en"], **fields)
        return changing.change_text(text, wordings={"en": english}, version=version, by=by)

    return change


def sent(language: str = "en") -> tuple[str, str]:
    return mail.render(KEY, language, CONTEXT)


# --- laying out --------------------------------------------------------------------------------------

LAMP: Text = Text(
    key="shop.lamp",
    about="Lamps",
    name="A lamp",
    when="Now and then.",
    values=(
        Value("name", "a name", lambda given: given["name"], Both("Carol", "王芳")),
        Value("lines", "some lines", lambda given: given["lines"], Both("a\nb", "甲\n乙")),
    ),
    parts=(Part("greeting", "When there is a name", lambda given: bool(given["name"])),),
    en=Wording("Lamp", "{{ greeting }}", {"greeting": "Hello {{ name }}."}),
    zh=Wording("灯", "{{ greeting }}", {"greeting": "{{ name }}，您好。"}),
)


def laid(body: str, name: str = "", lines: str = "") -> str:
    wording = Wording("Lamp", body, LAMP.en.parts)
    return rendering.fill(LAMP, wording, {"name": name, "lines": lines})[1].rstrip("\n")


@pytest.mark.parametrize(
    ("body", "values", "said"),
    [
        ("Hi {{ name }}!", ("Carol",), "Hi Carol!"),
        ("Hi {{name}}!", ("Carol",), "Hi Carol!"),
        ("It came. {{ greeting }}", ("Carol",), "It came. Hello Carol."),
        ("It came. {{ greeting }}", (), "It came."),
        ("It came {{ name }} today.", (), "It came today."),
        ("It came {{ name }}.", (), "It came."),
        ("{{ name }} It came.", (), "It came."),
        ("a\n\n{{ greeting }}\n\nb", (), "a\n\nb"),
        ("a\n\n{{ greeting }}\n{{ name }}\n\nb", (), "a\n\nb"),
        ("a\n{{ greeting }}\nb", (), "a\nb"),
        ("a\n\n\nb", (), "a\n\n\nb"),
        ("a\n\n{{ lines }}\n\nb", ("", "1\n\n\n2"), "a\n\n1\n\n\n2\n\nb"),
        ("{{ greeting }}\n\nb", (), "b"),
        ("  indented {{ name }}", ("Carol",), "indented Carol"),
        ("a\n  indented {{ name }}", ("Carol",), "a\n  indented Carol"),
    ],
)
def test_what_has_no_value_leaves_no_gap(body: str, values: tuple[str, ...], said: str) -> None:
    assert laid(body, *values) == said


@given(name=st.text(max_size=40), lines=st.text(max_size=60))
def test_values_are_never_read_again(name: str, lines: str) -> None:
    tricky = f"{name}{{{{ lines }}}}{{% if x %}}"
    assert tricky.strip() in laid("<{{ name }}>", tricky, lines)


@given(body=st.text(alphabet="ab {}%.\n_[]()|", max_size=80))
def test_whatever_passes_the_check_can_be_sent(body: str) -> None:
    wording = Wording("Lamp", body, LAMP.en.parts)
    if not checking.problems(LAMP, wording):
        rendering.fill(LAMP, wording, {"name": "Carol", "lines": ""})


def test_a_subject_is_one_line_whatever_is_in_it() -> None:
    wording = Wording("Hi {{ lines }}", "x", LAMP.en.parts)
    subject, _body = rendering.fill(LAMP, wording, {"name": "", "lines": "a\r\nBcc: all@example.com"})
    assert subject == "Hi a Bcc: all@example.com"


# --- checking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"body": "{{ coed }}"}, "body", "“{{ coed }}” is no placeholder. Did you mean “{{ code }}”?"),
        ({"body": "{{ code.real }}"}, "body", "is no placeholder"),
        ({"body": "{{ code|upper }}"}, "body", "is no placeholder"),
        ({"body": "{{ code"}, "body", "“{{” stands alone. A placeholder is written as {{ code }}."),
        ({"body": "{% load i18n %}{{ code }}"}, "body", "“{% load i18n %}” means nothing here"),
        ({"body": "Here you are."}, "body", "{{ code }} (the sign-in code) has to be in it."),
        ({"body": " "}, "body", "Nothing is written here."),
        (
            {"body": "{{ code }}" + "x" * 10_000},
            "body",
            "too long: 10010 of at most 10000 characters",
        ),
        ({"subject": ""}, "subject", "Nothing is written here."),
        ({"subject": "a\nBcc: b"}, "subject", "The subject is one line."),
        ({"subject": "{{ code }}"}, "subject", "“{{ code }}” may not stand in the subject"),
        ({"parts": {"extra": "x"}}, "part.extra", "This text has no part “extra”."),
    ],
)
def test_what_nobody_could_send_is_named(text: Text, fields: dict[str, Any], field: str, said: str) -> None:
    found = checking.problems(text, replace(text.en, **fields))
    assert said in found[field]


def test_a_complaint_is_made_in_the_language_of_the_writer(text: Text) -> None:
    with translation.override("zh-hans"):
        assert "您是不是想写" in checking.problems(text, replace(text.en, body="{{ coed }}"))["body"]


def test_a_part_may_have_values_but_no_parts() -> None:
    nested = Wording("Lamp", "x", {"greeting": "{{ greeting }}"})
    assert "is no placeholder" in checking.problems(LAMP, nested)["part.greeting"]


# --- changing ----------------------------------------------------------------------------------------


def test_what_is_sent_has_the_words_that_stand(
    change: Callable[..., TextVersion], text: Text, ada: User
) -> None:
    assert sent()[0] == "Your sign-in code"
    change(subject="Come in", body="Take {{ code }}.")
    assert sent() == ("Come in", "Take 123456.\n")
    assert sent("zh-hans")[0] == "您的登录验证码"
    changing.reset_text(text, version=1, by=ada)
    assert sent()[0] == "Your sign-in code"


def test_the_frame_of_mails_has_the_words_that_stand(db: None, ada: User) -> None:
    head = declared()["core.mail_head"]
    changing.change_text(head, wordings={"zh": Wording("", "灯与<光>")}, version=0, by=ada)
    queued = mail.queue(key="k", to="a@example.com", language="zh-hans", template=KEY, context=CONTEXT)
    assert queued is not None
    drawn = str(mail.compose(queued).alternatives[0][0])
    assert '<td class="head">灯与&lt;光&gt;</td>' in drawn
    assert "您收到这封邮件，是因为您曾联系我们的客户服务。" in drawn


def test_a_queued_mail_keeps_its_words(change: Callable[..., TextVersion]) -> None:
    queued = mail.queue(key="k", to="carol@example.com", language="en", template=KEY, context=CONTEXT)
    change(subject="Come in")
    assert queued is not None
    assert OutgoingMail.objects.get(pk=queued.pk).subject == "Your sign-in code"


def test_every_change_is_a_version_and_an_event(
    change: Callable[..., TextVersion], text: Text, ada: User
) -> None:
    change(subject="One")
    change(1, subject="Two")
    change(2, subject="Two")
    changing.restore_text(text, number=1, version=2, by=ada)
    changing.reset_text(text, version=3, by=ada)
    changing.reset_text(text, version=4, by=ada)
    rows = list(versions.history(text))
    assert [(row.number, row.kind, row.restored) for row in rows] == [
        (4, "reset", None),
        (3, "restored", 1),
        (2, "changed", None),
        (1, "changed", None),
    ]
    assert rows[1].wording["en"]["subject"] == "One"
    assert {row.actor_name for row in rows} == {ada.display_name}
    told = [words.event(event) for row in reversed(rows) for event in events.history(row)]
    assert told == [
        "Ada changed the text “Sign-in code”",
        "Ada changed the text “Sign-in code”",
        "Ada restored an earlier version of the text “Sign-in code”",
        "Ada set the text “Sign-in code” back to its built-in wording",
    ]


def test_words_that_are_the_built_in_ones_count_as_such(
    change: Callable[..., TextVersion], text: Text
) -> None:
    change(subject="One")
    change(1, subject=text.en.subject)
    assert not versions.standing(text).is_changed
    assert versions.latest(text).wording == {}  # type: ignore[union-attr]


def test_who_has_seen_another_version_is_refused(
    change: Callable[..., TextVersion], text: Text, lea: User
) -> None:
    change(subject="One")
    with pytest.raises(Refused) as refused:
        change(0, subject="Mine", by=lea)
    assert refused.value.code == "text.changed_meanwhile"
    assert "Ada has changed this text" in words.refusal(refused.value)
    with pytest.raises(Refused):
        changing.reset_text(text, version=0, by=lea)
    with pytest.raises(Refused):
        changing.restore_text(text, number=1, version=0, by=lea)
    assert versions.history(text).count() == 1


def test_a_version_that_is_not_there_is_not_restored(
    change: Callable[..., TextVersion], text: Text, ada: User
) -> None:
    change(subject="One")
    with pytest.raises(Refused, match=r"text\.no_version"):
        changing.restore_text(text, number=7, version=1, by=ada)


def test_what_nobody_could_send_is_not_stored(change: Callable[..., TextVersion]) -> None:
    with pytest.raises(ValueError, match="has to be in it"):
        change(body="No code.")
    assert not TextVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_is_told(text: Text) -> None:
    from tests import build

    writers = [build.user(f"writer{number}", role="administrator") for number in range(4)]

    def write(by: User) -> str:
        try:
            english = replace(text.en, subject=f"By {by.pk}")
            changing.change_text(text, wordings={"en": english}, version=0, by=by)
        except Refused as refused:
            return refused.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(writers)) as pool:
        answers = sorted(pool.map(write, writers))
    assert answers == ["done", *["text.changed_meanwhile"] * 3]
    assert versions.history(text).count() == 1
    assert Event.objects.filter(kind="text.changed").count() == 1


# --- never in the way --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wording",
    [
        {"en": {"subject": "Hi", "body": "{{ gone }} {{ code }}"}},
        {"en": {"subject": "Hi", "body": "no code"}},
        {"en": {"subject": "Hi", "body": 7}},
        {"en": {"subject": "Hi", "body": ["odd"], "parts": ["odd"]}},
        {"en": ["odd"]},
        {"en": "odd"},
    ],
)
def test_words_that_cannot_be_used_hold_no_mail_up(
    db: None, text: Text, wording: Any, caplog: pytest.LogCaptureFixture
) -> None:
    row = TextVersion.objects.create(
        text=KEY,
        number=1,
        kind="changed",
        wording=wording,
        actor_kind="system",
        created_at="2026-11-23T00:00Z",
    )
    with caplog.at_level(logging.ERROR):
        assert sent()[0] == "Your sign-in code"
        assert sent()[0] == "Your sign-in code"
    assert "cannot be used" in caplog.text
    row.refresh_from_db()
    assert row.failed_at is not None
    assert versions.standing(text).trouble


def test_a_part_that_came_later_has_its_built_in_words(db: None) -> None:
    opened = declared()["tickets.opened"]
    old = {"subject": "[{{ ticket.number }}] Hi", "body": "{{ promise }} {{ link }}"}
    row = TextVersion(text=opened.key, number=1, wording={"en": old})
    wording = versions.own_wording(opened, row, "en")
    assert wording is not None
    assert wording.parts == opened.en.parts
    assert not checking.problems(opened, wording)


# --- differences -------------------------------------------------------------------------------------

lines = st.text(alphabet="ab 您好{}\n.", max_size=60)


@given(old=lines, new=lines)
def test_differences_give_both_texts_back(old: str, new: str) -> None:
    found = list(versions.pieces(old, new))
    assert "".join(piece.words for piece in found if piece.kind != "new") == old
    assert "".join(piece.words for piece in found if piece.kind != "gone") == new


def test_only_fields_that_differ_are_told(text: Text) -> None:
    told = versions.differences(text.en, replace(text.en, subject="Your code"))
    assert [(one.field, [(piece.kind, piece.words) for piece in one.pieces]) for one in told] == [
        ("subject", [("same", "Your "), ("gone", "sign-in "), ("same", "code")])
    ]


def test_texts_are_found_by_their_words_and_state(change: Callable[..., TextVersion]) -> None:
    def keys(asked: str, state: str = "") -> set[str]:
        return {row.text.key for row in versions.found(asked, state)}

    change(subject="Open sesame")
    assert keys("SESAME") == {KEY}
    assert keys("验证码") == {KEY}
    assert keys("", "changed") == {KEY}
    assert keys("", "built-in") == set(declared()) - {KEY}
    assert keys("", "trouble") == set()
