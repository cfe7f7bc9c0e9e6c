"""The pages and the API on which administrators word texts to customers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core.models import OutgoingMail, TextVersion
from core.texts import versions
from core.texts.declaring import Text, declared

KEY = "tickets.opened"
PAGE = f"/console/texts/{KEY}/"
API = f"/api/v1/texts/{KEY}/"


@pytest.fixture
def text() -> Text:
    return declared()[KEY]


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def api(client: Client, ada: User) -> Client:
    _row, token = issue_token(ada, name="words", by=ada)
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {token}"
    return client


@pytest.fixture
def typed(text: Text) -> Callable[..., dict[str, Any]]:
    """What a form sends: the built-in words, and what is different."""

    def typed(version: int = 0, **fields: str) -> dict[str, Any]:
        said = {
            f"{name}_{language}": words
            for language in ("en", "zh")
            for name, words in (
                ("subject", text.built_in(language).subject),
                ("body", text.built_in(language).body.replace("\n", "\r\n")),
                ("part_promise", text.built_in(language).parts["promise"]),
            )
        }
        return {**said, "version": version, "show_promise": "on", **fields}

    return typed


def html(answer: Any) -> str:
    return str(answer.content.decode())


# --- the list ----------------------------------------------------------------------------------------


def test_every_text_is_listed_with_its_purpose(page: Client) -> None:
    shown = html(page.get("/console/texts/"))
    for text in declared().values():
        assert f"/console/texts/{text.key}/" in shown
    assert "As soon as a request has arrived" in shown


def test_texts_are_found_by_what_they_say(page: Client) -> None:
    shown = html(page.get("/console/texts/", {"q": "voucher", "state": "built-in"}))
    assert "/console/texts/returns.voucher_expires/" in shown
    assert f"/console/texts/{KEY}/" not in shown
    assert "No text has these words" in html(page.get("/console/texts/", {"q": "xyzzy"}))


# --- wording -----------------------------------------------------------------------------------------


def test_what_is_saved_is_sent(page: Client, typed: Callable[..., dict[str, Any]], text: Text) -> None:
    answer = page.post(PAGE, typed(subject_zh="[{{ ticket.number }}] 收到"), follow=True)
    assert "Saved." in html(answer)
    assert versions.standing(text).own == ["zh"]
    assert versions.standing(text).wordings["zh"].subject == "[{{ ticket.number }}] 收到"


def test_saving_what_stands_changes_nothing(page: Client, typed: Callable[..., dict[str, Any]]) -> None:
    page.post(PAGE, typed())
    assert not TextVersion.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body_en": "Hello {{ customer.nme }} {{ link }}"}, "Did you mean “{{ customer.name }}”?"),
        (
            {"body_en": "Nothing to follow."},
            "{{ link }} (the address of the page where it goes on) has to be in it.",
        ),
        ({"part_promise_zh": "{{ promised"}, "“{{” stands alone"),
        ({"subject_en": "Hello"}, "{{ ticket.number }} (ticket number) has to be in it."),
        ({"body_zh": ""}, "This field is required."),
    ],
)
def test_what_nobody_could_send_is_named_and_kept(
    page: Client, typed: Callable[..., dict[str, Any]], fields: dict[str, str], said: str
) -> None:
    answer = page.post(PAGE, typed(**fields))
    assert answer.status_code == 422
    assert said in html(answer)
    assert all(words in html(answer) for words in fields.values())
    assert not TextVersion.objects.exists()


def test_the_second_of_two_sees_what_the_first_did_and_keeps_what_was_typed(
    page: Client, typed: Callable[..., dict[str, Any]], text: Text
) -> None:
    page.post(PAGE, typed(subject_en="[{{ ticket.number }}] First"))
    mine = typed(subject_en="[{{ ticket.number }}] Second")
    answer = page.post(PAGE, mine)
    assert answer.status_code == 409
    shown = html(answer)
    assert "Ada has changed this text while you were writing." in shown
    assert '<ins lang="en">First</ins>' in shown
    assert "[{{ ticket.number }}] Second" in shown
    assert '<input type="hidden" name="version" value="1">' in shown
    assert page.post(PAGE, {**mine, "version": 1}).status_code == 302
    assert versions.standing(text).wordings["en"].subject == "[{{ ticket.number }}] Second"


# --- looking at it -----------------------------------------------------------------------------------


def test_a_preview_shows_what_is_typed_in_both_languages_and_saves_nothing(
    page: Client, typed: Callable[..., dict[str, Any]]
) -> None:
    answer = page.post(f"{PAGE}preview/", typed(body_en="Dear {{ customer.name }}\n\nSee: {{ link }}"))
    shown = html(answer)
    assert "Dear Carol" in shown
    assert "王芳，您好" in shown
    assert "srcdoc" in shown
    assert "style-src 'self' 'sha256-" in answer.headers["Content-Security-Policy"]
    assert not TextVersion.objects.exists()


def test_a_preview_shows_the_parts_that_are_wanted(
    page: Client, typed: Callable[..., dict[str, Any]]
) -> None:
    given = typed()
    part = {"HX-Request": "true"}
    assert "A person answers you by" in html(page.post(f"{PAGE}preview/", given, headers=part))
    del given["show_promise"]
    assert "A person answers you by" not in html(page.post(f"{PAGE}preview/", given, headers=part))


def test_markup_in_a_text_is_only_letters(page: Client, typed: Callable[..., dict[str, Any]]) -> None:
    shown = html(page.post(f"{PAGE}preview/", typed(body_en="<script>x</script> {{ link }}")))
    assert "<script>x" not in shown


def test_a_test_goes_to_oneself_with_what_is_typed(
    page: Client, typed: Callable[..., dict[str, Any]], ada: User
) -> None:
    answer = page.post(f"{PAGE}test/", typed(subject_zh="[{{ ticket.number }}] 收到") | {"language": "zh"})
    assert answer.status_code == 200
    assert "收到" in html(answer)
    sent = OutgoingMail.objects.get()
    assert (sent.to, sent.subject) == (ada.email, "测试：[T-1042] 收到")
    assert "王芳" in sent.text


def test_a_test_of_what_nobody_could_send_is_not_sent(
    page: Client, typed: Callable[..., dict[str, Any]]
) -> None:
    answer = page.post(f"{PAGE}test/", typed(body_en="{{ oops }} {{ link }}") | {"language": "en"})
    assert answer.status_code == 422
    assert "is no placeholder" in html(answer)
    assert not OutgoingMail.objects.exists()


# --- going back --------------------------------------------------------------------------------------


def test_one_goes_back_to_the_built_in_words_and_to_earlier_ones(
    page: Client, typed: Callable[..., dict[str, Any]], text: Text
) -> None:
    page.post(PAGE, typed(subject_en="[{{ ticket.number }}] First"))
    page.post(f"{PAGE}reset/", {"version": 1})
    assert not versions.standing(text).is_changed
    earlier = html(page.get(f"{PAGE}versions/1/"))
    assert "First" in earlier
    assert "Let it stand again" in earlier
    page.post(f"{PAGE}versions/1/restore/", {"version": 2})
    assert versions.standing(text).wordings["en"].subject == "[{{ ticket.number }}] First"
    answer = page.post(f"{PAGE}reset/", {"version": 1}, follow=True)
    assert "has changed this text" in html(answer)
    assert versions.standing(text).is_changed


def test_words_that_cannot_be_sent_are_shown(page: Client) -> None:
    broken = {"en": {"subject": "[{{ ticket.number }}]", "body": "{{ gone }} {{ link }}"}}
    TextVersion.objects.create(
        text=KEY,
        number=1,
        kind="changed",
        wording=broken,
        actor_kind="system",
        created_at="2026-11-23T00:00Z",
    )
    assert "These words cannot be sent" in html(page.get(PAGE))
    assert "Cannot be sent" in html(page.get("/console/texts/", {"state": "trouble"}))


# --- the API -----------------------------------------------------------------------------------------


def test_another_system_reads_and_words_a_text(api: Client) -> None:
    read = api.get(API).json()
    assert (read["version"], read["is_changed"]) == (0, False)
    assert "{{ link }}" in {one["written"] for one in read["placeholders"] if one["is_required"]}
    words = {"subject": "[{{ ticket.number }}] Hi", "body": "{{ promise }} {{ link }}"}
    given = {"version": 0, "en": words}
    changed = api.patch(API, given, content_type="application/json").json()
    assert changed["version"] == 1
    assert changed["own"] == ["en"]
    assert changed["changed_by"] == "Ada"
    assert changed["wordings"]["en"]["parts"] == read["wordings"]["en"]["parts"]
    late = api.patch(API, given, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "text.changed_meanwhile")


def test_a_wrong_word_is_named_by_its_field(api: Client) -> None:
    words = {"subject": "Hi", "body": "{{ linc }}", "parts": {"promise": "{{ promised"}}
    answer = api.patch(API, {"version": 0, "zh": words}, content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"zh.subject", "zh.body", "zh.parts.promise"}


def test_another_system_previews_resets_and_restores(api: Client) -> None:
    json: Any = {"content_type": "application/json"}
    words = {"subject": "[{{ ticket.number }}] Hi", "body": "{{ promise }} {{ link }}"}
    looks = api.post(f"{API}preview/", {"en": words, "shown": []}, **json).json()
    assert [look["language"] for look in looks] == ["en", "zh"]
    assert looks[0]["subject"] == "[T-1042] Hi"
    assert "A person" not in looks[0]["body"]
    api.patch(API, {"version": 0, "en": words}, **json)
    assert not api.post(f"{API}reset/", {"version": 1}, **json).json()["is_changed"]
    assert api.post(f"{API}restore/", {"version": 2, "number": 1}, **json).json()["version"] == 3
    told = api.get(f"{API}versions/").json()["results"]
    assert [(one["number"], one["kind"], one["by"]) for one in told] == [
        (3, "restored", "Ada"),
        (2, "reset", "Ada"),
        (1, "changed", "Ada"),
    ]
    assert {one["key"] for one in api.get("/api/v1/texts/", {"state": "changed"}).json()} == {KEY}
    assert api.get("/api/v1/texts/", {"state": "odd"}).status_code == 400
    assert api.get("/api/v1/texts/no.such/").status_code == 404
