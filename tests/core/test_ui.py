"""The parts of a page: what they say, in both languages, and that nothing slips through unescaped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from core import durations, navigation, words
from core.actors import SYSTEM
from core.models import Event
from core.paging import Page
from core.stepper import Step, StepState
from core.templatetags import ui

NOW = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def draw(source, language="en", **context):
    with translation.override(language):
        return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=5), "1 min", "1 分钟"),
        (timedelta(minutes=38, seconds=59), "38 min", "38 分钟"),
        (timedelta(minutes=60), "1 h", "1 小时"),
        (timedelta(minutes=80), "1 h 20 min", "1 小时 20 分钟"),
        (timedelta(hours=4, minutes=59), "4 h", "4 小时"),
        (timedelta(hours=47, minutes=59), "47 h", "47 小时"),
        (timedelta(hours=48), "2 days", "2 天"),
        (timedelta(days=-5, hours=-1), "5 days", "5 天"),
    ],
)
def test_lengths_are_rounded_down(length, english, chinese):
    with translation.override("en"):
        assert durations.words(length) == english
    with translation.override("zh-hans"):
        assert durations.words(length) == chinese


@pytest.mark.parametrize(
    ("left", "state", "tone", "english", "chinese"),
    [
        (timedelta(hours=26, minutes=1), "running", "running", "due in 26 h", "还剩 26 小时"),
        (timedelta(minutes=38, seconds=1), "running", "soon", "due in 38 min", "还剩 38 分钟"),
        (timedelta(hours=-2), "running", "late", "2 h late", "已超时 2 小时"),
        (timedelta(hours=-2), "late", "late", "2 h late", "已超时 2 小时"),
        (timedelta(hours=3), "paused", "paused", "paused", "已暂停"),
        (timedelta(hours=-3), "fulfilled", "met", "met", "已达成"),
    ],
)
def test_a_deadline_says_how_it_stands(left, state, tone, english, chinese):
    for language, said in (("en", english), ("zh-hans", chinese)):
        chip = draw("{% deadline due state %}", language, due=NOW + left, state=state)
        assert f"deadline--{tone}" in chip
        assert f">{said}<" in chip


def test_only_a_running_deadline_is_kept_fresh():
    due = NOW + timedelta(hours=1)
    assert f'data-due-at="{due.isoformat()}"' in draw("{% deadline due %}", due=due)
    assert "data-due-at" not in draw("{% deadline due 'paused' %}", due=due)
    assert "data-due-at" not in draw("{% deadline due 'late' at=stopped %}", due=due, stopped=NOW)


def test_a_missed_deadline_does_not_grow_after_its_clock_stopped():
    due = NOW - timedelta(days=9)
    assert "2 h late" in draw("{% deadline due 'late' at=at %}", due=due, at=due + timedelta(hours=2))


def test_a_deadline_opens_its_explanation():
    chip = draw("{% deadline due url=url %}", due=NOW + timedelta(hours=1), url="/why/?a=1&b=2")
    assert '<a class="deadline-link" href="/why/?a=1&amp;b=2" data-dialog-href' in chip


def test_no_deadline_shows_nothing():
    assert draw("{% deadline due %}", due=None) == ""


@pytest.mark.parametrize(
    ("moment", "english", "chinese"),
    [
        (NOW, "just now", "刚刚"),
        (NOW - timedelta(minutes=5), "5 min. ago", "5分钟前"),
        (NOW + timedelta(hours=3), "in 3 hr.", "3小时后"),
        (NOW - timedelta(hours=22), "yesterday 14:00", "昨天 14:00"),
        (NOW - timedelta(days=20), "16 Feb 12:00", "2月16日 12:00"),
        (NOW - timedelta(days=400), "1 Feb 2025 12:00", "2025年2月1日 12:00"),
    ],
)
def test_moments_are_told_from_now(moment, english, chinese):
    assert f">{english}</time>" in draw("{% when moment %}", moment=moment)
    assert f">{chinese}</time>" in draw("{% when moment %}", "zh-hans", moment=moment)


def test_the_exact_moment_is_in_the_readers_zone():
    with timezone.override("Asia/Shanghai"):
        english = draw("{% when moment focus=True %}", moment=NOW)
        chinese = draw("{% when moment %}", "zh-hans", moment=NOW)
    assert 'title="Sunday, 8 March 2026, 20:00 (Asia/Shanghai)"' in english
    assert 'tabindex="0"' in english
    assert 'title="2026年3月8日星期日 20:00 (Asia/Shanghai)"' in chinese


def test_money_has_its_currency_and_locale():
    assert draw("{% money 129900 'CNY' %}", "zh-hans") == '<span class="money">¥1,299.00</span>'
    assert draw("{% money 5000 'JPY' %}") == '<span class="money">¥5,000</span>'
    assert draw("{% money nothing 'EUR' %}", nothing=None) == ui.NOTHING


def test_status_is_word_and_shape():
    assert draw("{% status 'Late' 'urgent' %}") == '<span class="status status--urgent">Late</span>'
    with pytest.raises(ValueError, match="not a tone"):
        ui.status("Late", "red")


def test_icons_are_decoration_unless_they_speak():
    assert 'aria-hidden="true"' in draw("{% icon 'inbox' %}")
    spoken = draw("{% icon 'inbox' label=label %}", label='In"box')
    assert 'role="img"' in spoken
    assert 'aria-label="In&quot;box"' in spoken


EVIL = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    "source",
    [
        "{% status evil 'info' %}",
        "{% avatar evil %}",
        "{% icon 'x' label=evil %}",
        "{% empty evil evil evil evil %}",
        "{% deadline due url=evil %}",
        "{% meter 1 2 label=evil %}",
        "{% stepper steps %}",
        "{% timeline events %}",
        "{% person evil_person %}",
    ],
)
def test_nothing_slips_through_unescaped(source, monkeypatch):
    monkeypatch.setattr(words, "event", lambda event: event.kind)
    drawn = draw(
        source,
        evil=EVIL,
        due=NOW + timedelta(hours=1),
        steps=[Step(EVIL, StepState.NOW, at=NOW, actor=EVIL)],
        events=[Event(kind=EVIL, at=NOW, actor_kind="user", actor_name=EVIL, data={"x": EVIL})],
        evil_person=type("Person", (), {"actor_kind": "user", "display_name": EVIL, "pk": 1})(),
    )
    assert "<script" not in drawn


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Carol Chen", "CC"),
        ("王小明", "小明"),
        ("李雷", "李雷"),
        ("Østergaard", "Ø"),
        ("Ana María Ruiz", "AR"),
        ("", "·"),
    ],
)
def test_initials(name, shown):
    assert ui.initials(name) == shown


def test_the_system_is_a_person_of_its_own():
    assert "系统" in draw("{% person who %}", "zh-hans", who=SYSTEM)
    assert draw("{% person who %}", who=None) == ui.NOTHING


def test_a_stepper_says_now_and_by_when():
    steps = [
        Step("Requested", StepState.DONE, at=NOW - timedelta(days=1)),
        Step("Send it back", StepState.NOW, due_at=NOW + timedelta(days=5), actor="You"),
        Step("Refund", StepState.NEXT, due_at=NOW + timedelta(days=9)),
        Step("Refused", StepState.FAILED),
    ]
    drawn = draw("{% stepper steps %}", steps=steps)
    assert drawn.count('aria-current="step"') == 1
    assert "due in 5 days" in drawn
    assert "by 17 Mar" in drawn
    assert "3月17日前" in draw("{% stepper steps %}", "zh-hans", steps=steps)


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the parcel")
    note = forms.CharField(label="Note", required=False)
    agree = forms.BooleanField(label="Agree")
    way = forms.ChoiceField(label="Way", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    photo = forms.FileField(label="Photo")
    token = forms.CharField(widget=forms.HiddenInput)


def test_a_field_ties_label_help_and_error_together():
    drawn = draw("{% field form.name %}", form=SampleForm({}))
    assert '<label class="field__label" for="id_name">Name' in drawn
    assert 'id="id_name_helptext"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_error"' in drawn


def test_each_kind_of_field_has_its_shape():
    form = SampleForm()
    assert "optional" in draw("{% field form.note %}", form=form)
    assert 'class="choice"' in draw("{% field form.agree %}", form=form)
    assert "<fieldset" in draw("{% field form.way %}", form=form)
    assert "data-dropzone" in draw("{% field form.photo %}", form=form)
    assert (
        draw("{% field form.token %}", form=form).strip()
        == '<input type="hidden" name="token" id="id_token">'
    )


def test_a_field_takes_other_words():
    drawn = draw("{% field form.name label='Who' hint='' %}", form=SampleForm())
    assert ">Who" in drawn
    assert "As on the parcel" not in drawn


def test_options_are_escaped_and_the_chosen_one_is_selected():
    drawn = draw("{% options pairs chosen %}", pairs=[(1, "<b>"), (2, "Lea")], chosen="2")
    assert drawn == '<option value="1">&lt;b&gt;</option><option value="2" selected>Lea</option>'


def test_a_remembered_part_follows_its_values_and_the_language_and_sees_nothing_else():
    links = (navigation.Link("/a/", "<A>", "inbox", "g a", True),)
    source = '{% remembered "console/_shortcuts.html" entries=entries %}'
    english, chinese = (draw(source, language, entries=links) for language in ("en", "zh-hans"))
    assert "&lt;A&gt;" in english
    assert "Keyboard shortcuts" in english
    assert "Keyboard shortcuts" not in chinese
    assert draw(source, entries=links) == english
    assert "&lt;A&gt;" not in draw(source, entries=(replace(links[0], label="B"),))
    assert "somebody" not in draw(source, entries=links, request="somebody")


def test_the_pager_keeps_the_filters():
    request = RequestFactory().get("/list/", {"state": "open", "cursor": "old"})
    drawn = draw("{% pager page %}", page=Page([], previous="", next="n"), request=request)
    assert 'href="?state=open&amp;cursor=n" rel="next"' in drawn
    assert "rel=" not in draw("{% pager page %}", page=Page([]), request=request)


def test_an_address_changes_one_filter_and_begins_at_the_first_page():
    request = RequestFactory().get("/list/", {"state": "open", "cursor": "old"})
    assert draw("{% address team='a' %}", request=request) == "?state=open&amp;team=a"
    assert draw("{% address state=None %}", request=request) == "/list/"


def test_an_unknown_room_leaves_its_slot_empty():
    assert draw("{% slot 'console:nowhere' 1 %}").strip() == ""


def test_a_slot_is_a_link_without_a_script():
    drawn = draw("{% slot 'components' label='Parts' %}")
    assert 'hx-get="/components/"' in drawn
    assert '<a class="slot__link" href="/components/">Parts</a>' in drawn


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/console/", "Inbox"),
        ("/console/tickets/T-10001/", "Inbox"),
        ("/console/surveys/", "Visits"),
        ("/console/visits/V-10001/", "Visits"),
        ("/console/profile/", None),
        ("/dashboards/csat/", "Figures"),
    ],
)
def test_the_menu_says_where_one_is(path, entry):
    everywhere = [replace(each, right="") for each in navigation.CONSOLE]
    links = navigation.links(everywhere, path=path)
    assert [str(link.label) for link in links if link.current] == ([entry] if entry else [])


@pytest.mark.parametrize(
    ("path", "entry"), [("/", "Home"), ("/orders/O-10001/", "My orders"), ("/contact/", None)]
)
def test_the_menu_of_the_portal_says_where_one_is(path, entry):
    links = navigation.links(navigation.PORTAL, path=path)
    assert [str(link.label) for link in links if link.current] == ([entry] if entry else [])


def test_an_address_breaks_after_its_sign():
    drawn = draw("{% mail_link address %}", address="a<b@example.com")
    assert drawn == '<a href="mailto:a&lt;b@example.com">a&lt;b@<wbr>example.com</a>'


def test_no_two_entries_have_the_same_keys():
    keys = [entry.keys for entry in navigation.CONSOLE if entry.keys]
    assert sorted(keys) == sorted({*keys, "g n"} - {"g n"})  # that one leads to the notifications
