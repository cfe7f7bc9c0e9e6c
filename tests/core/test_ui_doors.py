"""Preferences, error pages and the way refusals reach a reader."""

import json

import pytest
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation

from core import words
from core.errors import Refused
from core.middleware import Reader, Refusals, SignInAgain, Toasts
from core.views import errors
from core.views.verbs import onward, perform

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("alice@example.com", "a long password", name="Alice")


def test_choosing_a_language_is_remembered_by_device_and_person(client, user):
    client.force_login(user)
    answer = client.post("/i18n/language/", {"language": "zh-hans", "next": "/console/"})
    user.refresh_from_db()
    assert answer.headers["Location"] == "/console/"
    assert answer.cookies["django_language"].value == "zh-hans"
    assert user.language == "zh-hans"


def test_an_unknown_language_changes_nothing(client, user):
    client.force_login(user)
    answer = client.post("/i18n/language/", {"language": "xx"})
    user.refresh_from_db()
    assert "django_language" not in answer.cookies
    assert user.language == "en"


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_preferences_lead_back_to_our_own_pages_only(client, foreign):
    assert client.post("/i18n/language/", {"language": "en", "next": foreign}).headers["Location"] == "/"


def test_the_theme_is_remembered_and_forgotten(client):
    assert client.post("/i18n/theme/", {"theme": "dark"}).cookies["theme"].value == "dark"
    assert client.post("/i18n/theme/", {"theme": "system"}).cookies["theme"].value == ""


@pytest.mark.parametrize("address", ["/i18n/language/", "/i18n/theme/"])
def test_preferences_change_by_post_only(client, address):
    assert client.get(address).status_code == 405


def test_a_person_is_spoken_to_in_the_language_of_the_row(rf, user):
    user.language, user.time_zone = "zh-hans", "Asia/Shanghai"
    request = rf.get("/console/")
    request.user = user
    heard = []
    with translation.override("en"):
        Reader(lambda _: heard.append((translation.get_language(), timezone.get_current_timezone_name())))(
            request
        )
    assert heard == [("zh-hans", "Asia/Shanghai")]


@pytest.mark.parametrize(
    ("cookie", "zone"), [("Europe/Berlin", "Europe/Berlin"), ("../etc/passwd", "UTC"), ("", "UTC")]
)
def test_the_device_tells_its_zone(rf, cookie, zone):
    request = rf.get("/")
    request.COOKIES["time_zone"] = cookie
    heard = []
    Reader(lambda _: heard.append(timezone.get_current_timezone_name()))(request)
    assert heard == [zone]


def test_messages_of_a_part_travel_as_toasts(rf):
    request = rf.get("/")
    request.htmx = True
    request._messages = [messages.Message(messages.SUCCESS, "已保存。")]
    answer = Toasts(lambda _: HttpResponse(headers={"HX-Trigger": "saved"}))(request)
    assert json.loads(answer["HX-Trigger"]) == {
        "saved": None,
        "toasts": [{"tone": "success", "text": "已保存。"}],
    }


def test_messages_wait_for_the_next_page_when_htmx_goes_on(rf):
    request = rf.get("/")
    request.htmx = True
    request._messages = [messages.Message(messages.SUCCESS, "Saved.")]
    assert "HX-Trigger" not in Toasts(lambda request: onward(request, "/console/"))(request)


@pytest.mark.parametrize(
    ("status", "english", "chinese"),
    [
        (400, "This request could not be read", "无法识别此请求"),
        (403, "You may not see this", "您无权查看此页面"),
        (404, "This page does not exist", "页面不存在"),
        (409, "This has changed meanwhile", "内容已有变动"),
        (500, "Something went wrong on our side", "我们这边出了问题"),
    ],
)
def test_error_pages_speak_both_languages(rf, status, english, chinese):
    for language, sentence in (("en", english), ("zh-hans", chinese)):
        answer = errors._answer(rf.get("/x/", headers={"accept-language": language}), status, "")
        assert answer.status_code == status
        assert f"<h1>{sentence}</h1>" in answer.content.decode()


def test_a_missing_page_of_the_api_answers_in_json(client):
    answer = client.get("/api/v1/nowhere/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "404"


def test_a_missing_page_says_so(client):
    answer = client.get("/nowhere/", headers={"accept-language": "zh-hans"})
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()


@pytest.fixture
def refusal(monkeypatch):
    monkeypatch.setattr(words, "refusal", lambda refused: f"No: {refused.code}")
    return Refused("sample.no")


def test_a_refusal_nobody_caught_is_a_conflict(rf, refusal):
    answer = Refusals(lambda _: HttpResponse()).process_exception(rf.post("/"), refusal)
    assert answer.status_code == 409
    assert "No: sample.no" in answer.content.decode()


def test_other_exceptions_pass(rf):
    assert Refusals(lambda _: HttpResponse()).process_exception(rf.get("/"), ValueError()) is None


def test_a_verb_goes_on_with_a_toast(rf, monkeypatch):
    said = []
    monkeypatch.setattr(messages, "success", lambda _request, text: said.append(text))
    answer = perform(rf.post("/"), lambda: "T-1", to=lambda done: f"/tickets/{done}/", said="Closed.")
    assert (answer.status_code, answer.headers["Location"], said) == (302, "/tickets/T-1/", ["Closed."])


def test_a_refused_verb_draws_its_page_again(rf, refusal):
    def act():
        raise refusal

    assert (
        perform(rf.post("/"), act, to="/", page=lambda status: HttpResponse(status=status)).status_code == 409
    )


def test_a_refused_verb_without_a_page_says_so_in_a_toast(rf, refusal, monkeypatch):
    said = []
    monkeypatch.setattr(messages, "error", lambda _request, text: said.append(text))

    def act():
        raise refusal

    assert perform(rf.post("/"), act, to="/back/").headers["Location"] == "/back/"
    assert said == ["No: sample.no"]


def test_the_component_page_is_for_administrators(client, user, settings):
    settings.DEBUG = False
    assert client.get("/components/").status_code == 403
    client.force_login(user)
    assert client.get("/components/").status_code == 403
    user.role = "administrator"
    user.save(update_fields=["role"])
    page = client.get("/components/").content.decode()
    assert page.count('data-theme="dark"') == 1


def test_a_part_asked_for_after_the_session_ended_leads_the_page_to_the_sign_in(rf):
    request = rf.get("/console/part/", headers={"HX-Current-URL": "http://testserver/console/?view=late"})
    request.htmx = True
    answer = SignInAgain(lambda _: HttpResponseRedirect("/accounts/login/?next=/console/part/"))(request)
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fconsole%2F%3Fview%3Dlate"


def test_other_redirects_of_a_part_are_followed(rf):
    request = rf.post("/console/part/")
    request.htmx = True
    answer = SignInAgain(lambda _: HttpResponseRedirect("/console/part/"))(request)
    assert answer.headers["Location"] == "/console/part/"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/console/tickets/T-1/reply/", "/console/tickets/T-1/"),
        ("/console/tickets/T-1/reply/5/undo/", "/console/tickets/T-1/"),
        ("/console/inbox/assign/", "/console/"),
        ("/requests/T-1/reply/", "/requests/T-1/"),
    ],
)
def test_the_address_of_a_form_leads_to_its_page(client, path, page):
    answer = client.get(path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert f'href="{page}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("to", "header"),
    [
        ("/console/tickets/T-1/#newest", "HX-Refresh"),
        ("/console/tickets/T-1/", "HX-Redirect"),
        ("/console/tickets/T-1/?all=1#newest", "HX-Redirect"),
        ("/console/tickets/T-2/#newest", "HX-Redirect"),
    ],
)
def test_a_place_on_the_page_that_is_open_is_no_new_page(rf, to, header):
    request = rf.post("/part/", headers={"HX-Current-URL": "http://testserver/console/tickets/T-1/#newest"})
    request.htmx = True
    answer = onward(request, to)
    assert [name for name in ("HX-Refresh", "HX-Redirect") if name in answer] == [header]
