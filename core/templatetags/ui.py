"""The parts every page is made of. Small hot parts are drawn here, larger ones by templates/components/."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.db.models import Model
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from core import clock, dates, durations, live, navigation, words
from core.models import Event, key_of
from core.money import Money, format_money
from core.paging import Page
from core.stepper import Step

register = template.Library()

TONES = frozenset({"good", "attention", "urgent", "info", "neutral"})
AVATAR_SHADES = 6
FIRST_CJK = 0x2E80
SOON_SECONDS = 3600
NOTHING = SafeString('<span class="faint">–</span>')


# --- small parts -------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: object = "") -> SafeString:
    """An icon as inline SVG. Without a `label` it is decoration, hidden from assistive technology."""
    return _drawing(str(name), str(label))


@lru_cache(maxsize=512)
def _drawing(name: str, label: str) -> SafeString:
    attributes: dict[str, Any] = {"class": f"icon icon-{name}"}
    attributes |= {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    drawn = lucide(name, **attributes)
    return SafeString("".join(line.strip() for line in drawn.splitlines()))


@register.simple_tag
def money(amount: int | None, currency: str) -> SafeString:
    """Minor units as the reader writes money; a dash where there is no amount."""
    if amount is None:
        return NOTHING
    return format_html('<span class="money">{}</span>', format_money(Money(int(amount), currency)))


@register.simple_tag
def status(label: object, tone: str = "neutral") -> SafeString:
    """A status as word, shape and colour. `tone`: good, attention, urgent, info or neutral."""
    if tone not in TONES:
        raise ValueError(f"{tone!r} is not a tone; the tones are {sorted(TONES)}")
    return format_html('<span class="status status--{}">{}</span>', tone, label)


@register.simple_tag
def when(moment: datetime | None, focus: bool = False) -> SafeString:
    """A moment as "5 min ago", the exact one on hover, and on keyboard focus where `focus` asks for it."""
    if moment is None:
        return NOTHING
    return _moment(moment.isoformat(), dates.exact(moment), dates.relative(moment, clock.now()), focus)


@lru_cache(maxsize=4096)
def _moment(stamp: str, exact: str, relative: str, focus: bool) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}"{}>{}</time>',
        stamp,
        exact,
        format_html(' data-exact="{}" tabindex="0"', exact) if focus else "",
        relative,
    )


@register.simple_tag
def day(value: Any) -> SafeString:
    """A calendar day as "8 Mar"; a dash where there is none."""
    if value is None:
        return NOTHING
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), dates.day(value, clock.now()))


@register.simple_tag
def by(moment: datetime) -> SafeString:
    """A promise further away: "by 8 Mar", the exact moment on hover."""
    text = _("by %(date)s") % {"date": dates.day(moment, clock.now())}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), dates.exact(moment), text
    )


@register.simple_tag
def deadline(
    due_at: datetime | None, state: str = "running", url: str | None = None, at: datetime | None = None
) -> SafeString:
    """A deadline as a chip: "due in 38 min", "2 h late", "paused", "met".

    `state` is running, paused, fulfilled or late; `url` leads to the explanation of this deadline; `at`
    is the moment the clock stopped, so that a missed deadline does not grow later for ever.
    """
    tone, text = _deadline_words(due_at, str(state), at or clock.now())
    if not text:
        return SafeString("")
    exact = dates.exact(due_at) if due_at else text
    moves = due_at.isoformat() if due_at and at is None and state in ("running", "late") else ""
    return _chip(tone, text, exact, moves, url)


@lru_cache(maxsize=4096)
def _chip(tone: str, text: str, exact: str, moves: str, url: str | None) -> SafeString:
    """`moves` is the moment towards which the page goes on counting, "" when nothing moves any more."""
    chip = format_html(
        '<span class="deadline deadline--{}" title="{}"{}>{}</span>',
        tone,
        exact,
        format_html(' data-due-at="{}"', moves) if moves else "",
        text,
    )
    if not url:
        return chip
    return format_html(
        '<a class="deadline-link" href="{}" data-dialog-href data-exact="{}">{}</a>', url, exact, chip
    )


def _deadline_words(due_at: datetime | None, state: str, now: datetime) -> tuple[str, str]:
    if state == "fulfilled":
        return "met", _("met")
    if state == "paused":
        return "paused", _("paused")
    if due_at is None:
        return "late", _("late") if state == "late" else ""
    left = (due_at - now).total_seconds()
    tone = "late" if left <= 0 else "soon" if left <= SOON_SECONDS else "running"
    return tone, durations.until(due_at, now)


@register.simple_tag
def time_words() -> SafeString:
    """The sentences of deadline chips, for the script that keeps them fresh."""
    return _time_words(get_language())


@lru_cache(maxsize=8)
def _time_words(_language: str | None) -> SafeString:
    return format_html(
        '<template id="time-words" data-due="{}" data-late="{}" data-days="{}" data-day="{}" '
        'data-fine="{}" data-hours="{}" data-minutes="{}" data-soon="{}"></template>',
        _("due in %(time)s"),
        _("%(time)s late"),
        durations.day_pattern(2),
        durations.day_pattern(1),
        _("%(hours)s h %(minutes)s min"),
        _("%(hours)s h"),
        _("%(minutes)s min"),
        SOON_SECONDS,
    )


@register.simple_tag
def mail_link(email: str) -> SafeString:
    """A link to write to an address; in a narrow column the line breaks after its @."""
    name, at, host = email.partition("@")
    return format_html('<a href="mailto:{}">{}{}<wbr>{}</a>', email, name, at, host)


@register.simple_tag
def avatar(name: object, large: bool = False) -> SafeString:
    """Initials on a shade that belongs to the name. Decoration: the name itself stands beside it."""
    text = str(name).strip()
    shade = sum(map(ord, text)) % AVATAR_SHADES + 1
    size = " avatar--large" if large else ""
    return format_html(
        '<span class="avatar avatar--{}{}" aria-hidden="true">{}</span>', shade, size, initials(text)
    )


def initials(name: str) -> str:
    """ "Carol Chen" -> "CC"; a Chinese name gives its last two characters, nothing gives a dot."""
    parts = name.split()
    if not parts:
        return "·"
    if len(parts) == 1 and ord(name[0]) >= FIRST_CJK:
        return name[-2:]
    return "".join(part[0] for part in (parts[0], *parts[1:][-1:])).upper()


@register.simple_tag
def person(actor: Any) -> SafeString:
    """Who: picture and name of a user, a customer or the system; a dash for nobody."""
    if actor is None:
        return NOTHING
    if actor.actor_kind == "system":
        return format_html('<span class="person">{}<span>{}</span></span>', icon("cog"), _("System"))
    name = actor.display_name
    return format_html(
        '<span class="person">{}<span class="person__name">{}</span></span>', avatar(name), name
    )


@register.simple_tag
def meter(value: float, maximum: float = 100, label: object = "", tone: str = "accent") -> SafeString:
    """How full: a bar drawn without a style attribute. `tone` accent, good, attention or urgent."""
    share = 0.0 if not maximum else min(max(float(value) / float(maximum), 0.0), 1.0)
    return format_html(
        '<svg class="meter meter--{}" role="img" aria-label="{}" viewBox="0 0 100 4" '
        'preserveAspectRatio="none"><rect class="meter__track" width="100" height="4"/>'
        '<rect class="meter__value" width="{}" height="4"/></svg>',
        tone,
        label or f"{share:.0%}",
        f"{share * 100:.1f}",
    )


@register.simple_tag
def hidden(field: BoundField) -> SafeString:
    """A hidden field. Django's widget is three templates inside each other, for one line."""
    value = field.value()
    return format_html(
        '<input type="hidden" name="{}" value="{}">', field.html_name, "" if value is None else value
    )


@register.simple_tag
def options(choices: Iterable[tuple[object, object]], chosen: object = "") -> SafeString:
    """The options of a select from pairs of value and label, `chosen` selected.

    For the selects of our own templates: those beside a list have hundreds of options on every page.
    """
    return _options(tuple((str(value), str(label)) for value, label in choices), str(chosen))


@lru_cache(maxsize=512)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SafeString(" selected" if value == chosen else ""), label) for value, label in choices),
    )


# --- parts with a template ---------------------------------------------------------------------------


@register.simple_tag
def remembered(template_name: str, **shown: Hashable) -> SafeString:
    """A part that shows nothing but what it is given, drawn once for the same values.

    Its template knows neither the request nor the rest of the page, and tells no moments: what it said of
    them would be remembered along.
    """
    return _remembered(template_name, tuple(shown.items()), get_language())


@lru_cache(maxsize=1024)
def _remembered(
    template_name: str, shown: tuple[tuple[str, Hashable], ...], _language: str | None
) -> SafeString:
    return render_to_string(template_name, dict(shown))


EVENT_ICONS: Mapping[str, str] = {
    "ticket": "ticket",
    "message": "message-square",
    "chat": "message-circle",
    "clock": "alarm-clock",
    "macro": "zap",
    "case": "package",
    "refund": "banknote",
    "survey": "smile",
    "visit": "phone-call",
    "order": "shopping-bag",
    "shipment": "truck",
    "file": "paperclip",
    "article": "book-open",
    "call": "phone",
    "channel": "radio-tower",
    "connection": "plug",
    "delivery": "circle-alert",
}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Event]) -> dict[str, object]:
    """What happened, who, when: events in the reader's words, in the order given."""
    entries = [
        {
            "icon": EVENT_ICONS.get(event.kind.partition(".")[0], "circle-dot"),
            "text": words.event(event),
            "at": event.at,
        }
        for event in events
    ]
    return {"entries": entries}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Iterable[Step]) -> dict[str, object]:
    """The way of a case: what is done, what is now, what comes next, by when and by whom."""
    return {"steps": list(steps)}


@register.inclusion_tag("components/empty.html")
def empty(
    title: object, text: object = "", action_url: str = "", action_label: object = "", icon: str = "inbox"
) -> dict[str, object]:
    """Nothing here: says so, and what to do next."""
    return {
        "title": title,
        "text": text,
        "action_url": action_url,
        "action_label": action_label,
        "icon_name": icon,
    }


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: object = "", hint: object = None, depends: bool = False
) -> dict[str, object]:
    """A form field with label, help and errors, tied together for assistive technology.

    `label` and `hint` stand in for the form's own words; a hint of "" leaves the help away.
    Whether a field that `depends` is needed is decided by a choice elsewhere, so nothing is said about it.
    """
    if hint is not None:
        bound.help_text = str(hint)  # whether the input refers to its help depends on there being one
    return {
        "field": bound,
        "kind": _field_kind(bound),
        "label": label or bound.label,
        "hint": bound.help_text,
        "is_optional": not bound.field.required and not depends,
    }


def _field_kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, FileInput) else "text"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, object]:
    """Links to the page before and the page after; filters in the address stay."""
    request: HttpRequest = context["request"]
    return {
        "newer": _with_parameters(request, cursor=page.previous) if page.previous else "",
        "older": _with_parameters(request, cursor=page.next) if page.next else "",
    }


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: object) -> str:
    """This page's address with some parameters changed; None or "" takes one away, paging starts anew."""
    return _with_parameters(context["request"], **({"cursor": None} | changes))


def _with_parameters(request: HttpRequest, **changes: object) -> str:
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in (None, ""):
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else request.path


@register.inclusion_tag("components/slot.html", name="slot")
def slot(
    url_name: str, *arguments: object, label: object = "", about: str = "", q: str = ""
) -> dict[str, object]:
    """Another room's panel, fetched after the page; a plain link to it where there is no JavaScript.

    A room that is not part of this installation leaves its slot empty. `about` is the noun of those events
    after which it is fetched again; `q` is what it is to look for.
    """
    try:
        url = reverse(url_name, args=arguments)
    except NoReverseMatch:
        url = ""
    if url and q:
        url += f"?{urlencode({'q': q})}"
    name = url_name.replace(":", "-")
    return {"url": url, "label": label or _("Show this part"), "about": about, "name": name}


# --- the frame of a page -----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def menu(context: Context, surface: str) -> tuple[navigation.Link, ...]:
    """The menu entries of a surface ("console" or "portal") for this reader."""
    request: HttpRequest | None = context.get("request")
    entries = navigation.CONSOLE if surface == "console" else navigation.PORTAL
    path = request.path if request else ""
    return navigation.links(entries, path=path, user=getattr(request, "user", None))


@register.simple_tag(takes_context=True)
def search_address(context: Context) -> str:
    """Where the console's search box leads; "" for a reader who may not search."""
    return navigation.search_address(getattr(context.get("request"), "user", None))


@register.inclusion_tag("components/live_stream.html", takes_context=True)
def live_stream(context: Context, *topics: Model | str) -> dict[str, object]:
    """The page hears of what happens to these rows and topics; once a page, for a reader who may see them."""
    named = [topic if isinstance(topic, str) else key_of(topic) for topic in topics]
    return {"token": live.token(named), "csrf_token": context.get("csrf_token", "")}


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme the reader chose: "light", "dark" or "" (as the device has it)."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get("theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else ""


@register.simple_tag
def languages() -> list[dict[str, object]]:
    """The languages to choose from, each in its own name."""
    names = {"en": "English", "zh-hans": "简体中文"}
    active = get_language()
    return [
        {"code": code, "name": names.get(code, name), "active": code == active}
        for code, name in settings.LANGUAGES
    ]
