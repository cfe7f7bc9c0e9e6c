"""Texts to customers: which there are, how they are worded, and what they said before."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, wraps
from itertools import groupby
from typing import Concatenate, ParamSpec, cast
from uuid import uuid4

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.models import Language
from accounts.rights import Right
from accounts.text_forms import TextForm
from core import mail
from core.limits import Limit, spend
from core.models import TextVersion
from core.texts import changing, checking, rendering, versions
from core.texts.declaring import LANGUAGES, Text, Value, Wording, declared
from core.texts.versions import Difference, Standing
from core.views.verbs import UNREADABLE, perform

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

TESTS = Limit("text-test", 30, timedelta(hours=1))

STATES = (
    ("", gettext_lazy("All")),
    ("changed", pgettext_lazy("wording", "Changed")),
    ("built-in", gettext_lazy("Built-in wording")),
    ("trouble", gettext_lazy("Cannot be sent")),
)

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


# --- the list ----------------------------------------------------------------------------------------


@require_safe
@staff_required(Right.CONFIGURE)
def texts(request: StaffRequest) -> HttpResponse:
    """Every text by what it is about, with both languages and whose words they are."""
    asked, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    found = versions.found(asked, state)
    context = {
        "groups": [
            (about, list(rows)) for about, rows in groupby(found, key=lambda row: str(row.text.about))
        ],
        "asked": asked,
        "state": state,
        "states": STATES,
        "labels": {name: Language(tag).label for name, tag in LANGUAGES.items()},
    }
    return render(request, "accounts/console/texts.html", context)


# --- one text ----------------------------------------------------------------------------------------


def _styled(view: Page[P]) -> Page[P]:
    """Let the page show mails as they look: their own style sheet, and no other, is let through."""

    @wraps(view)
    def shown(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        allowed = {"style-src": [SELF, f"'sha256-{_style_digest()}'"]}
        answer: HttpResponseBase = csp_update(allowed)(view)(request, *args, **kwargs)
        return answer

    return cast("Page[P]", shown)


@cache
def _style_digest() -> str:
    style = "".join(_STYLE.findall(_as_mail("", "", Language.ENGLISH)))
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@require_http_methods(["GET", "POST"])
@_styled
@staff_required(Right.CONFIGURE)
def text(request: StaffRequest, key: str) -> HttpResponse:
    """Both languages beside each other, what may stand in them, and how they look; the way to change them."""
    chosen = _found(key)
    if request.method == "GET":
        stands = versions.standing(chosen)
        return _page(request, TextForm(initial=TextForm.initial_of(stands), text=chosen), stands)
    form = TextForm(request.POST, text=chosen)
    return perform(
        request,
        lambda: changing.change_text(
            chosen, wordings=form.as_typed(), version=form.cleaned_data["version"], by=request.user
        ),
        to=_address(chosen),
        said=_("Saved. What is sent from now on has these words; what is already on its way keeps its own."),
        form=form,
        page=lambda status: _page(request, form, versions.standing(chosen), status=status),
    )


@require_POST
@_styled
@staff_required(Right.CONFIGURE)
def text_preview(request: StaffRequest, key: str) -> HttpResponse:
    """How the words look that stand in the form; nothing is saved."""
    chosen = _found(key)
    form = TextForm(request.POST, text=chosen)
    if request.headers.get("HX-Request") == "true":
        return render(request, "accounts/console/_text_preview.html", {"text": chosen, "looks": _looks(form)})
    return _page(request, form, versions.standing(chosen))


@require_POST
@_styled
@staff_required(Right.CONFIGURE)
def text_test(request: StaffRequest, key: str) -> HttpResponse:
    """Send the words that stand in the form to oneself, with the examples in them; nothing is saved."""
    chosen = _found(key)
    form = TextForm(request.POST, text=chosen)
    if not chosen.is_mail:
        raise Http404
    asked = request.POST.get("language", "")
    name = asked if asked in LANGUAGES else next(iter(LANGUAGES))
    wrong = checking.problems(chosen, form.as_typed()[name])
    if not wrong:
        _send_test(request, form, name)
        messages.success(request, _("A test is on its way to %(address)s.") % {"address": request.user.email})
    stands = versions.standing(chosen)
    return _page(request, form, stands, status=UNREADABLE if wrong else 200)


def _send_test(request: StaffRequest, form: TextForm, name: str) -> None:
    spend(TESTS, f"user {request.user.pk}")
    language = LANGUAGES[name]
    subject, body = rendering.sample(form.text, form.as_typed()[name], language, form.shown)
    mail.queue(
        key=f"text-test:{request.user.pk}:{uuid4()}",
        to=request.user.email,
        language=language,
        template="accounts/mail/text_test.txt",
        context={"subject": subject, "text": body},
    )


@require_POST
@staff_required(Right.CONFIGURE)
def text_reset(request: StaffRequest, key: str) -> HttpResponse:
    """Go back to the built-in wording."""
    chosen = _found(key)
    return perform(
        request,
        lambda: changing.reset_text(chosen, version=_version(request), by=request.user),
        to=_address(chosen),
        said=_("The built-in wording stands again. The former words are kept in the history."),
    )


@dataclass(frozen=True)
class Look:
    """A wording as it goes out, with examples; `wrong` says what keeps it from that."""

    language: Language
    subject: str
    body: str
    html: str
    wrong: Sequence[str]


def _looks(form: TextForm) -> Sequence[Look]:
    return [
        _look(form, Language(tag), wording)
        for tag, wording in zip(LANGUAGES.values(), form.as_typed().values(), strict=True)
    ]


def _look(form: TextForm, language: Language, wording: Wording) -> Look:
    subject, body = rendering.sample(form.text, wording, language, form.shown)
    html = _as_mail(subject, body, language) if form.text.is_mail else ""
    return Look(language, subject, body, html, list(checking.problems(form.text, wording).values()))


def _as_mail(subject: str, body: str, language: str) -> str:
    with translation.override(language):
        return render_to_string("mail/base.html", {"subject": subject, "text": body, "pictures": {}})


def _page(request: StaffRequest, form: TextForm, stands: Standing, *, status: int = 200) -> HttpResponse:
    context = {
        "text": stands.text,
        "standing": stands,
        "form": form,
        "sides": list(form.sides()),
        "looks": _looks(form),
        "shows": [form[f"show_{part.name}"] for part in stands.text.parts],
        "names": _names(stands.text, request.LANGUAGE_CODE),
        "language": request.LANGUAGE_CODE,
        "history": versions.history(stands.text),
        "meanwhile": _meanwhile(form, stands),
    }
    return render(request, "accounts/console/text.html", context, status=status)


def _names(chosen: Text, language: str) -> Sequence[tuple[Value, str, str]]:
    """Each placeholder with an example in the reader's language, and where it has to be, "" for nowhere."""
    return [(value, value.example.of(language), _needed(chosen, value.name)) for value in chosen.values]


def _needed(chosen: Text, name: str) -> str:
    if name in chosen.required:
        return _("has to be in the text")
    return _("has to be in the subject") if name in chosen.in_subject else ""


def _meanwhile(form: TextForm, stands: Standing) -> Mapping[Language, Sequence[Difference]]:
    """What others changed since the writer has seen the text, by language."""
    seen = form["version"].value() if form.is_bound else None
    if not str(seen).isdigit() or int(str(seen)) >= stands.number:
        return {}
    row = versions.history(stands.text).filter(number=int(str(seen))).first()
    return _between(versions.wordings(stands.text, row), stands.wordings)


def _between(
    old: Mapping[str, Wording], new: Mapping[str, Wording]
) -> Mapping[Language, Sequence[Difference]]:
    changed = {Language(tag): versions.differences(old[name], new[name]) for name, tag in LANGUAGES.items()}
    return {language: found for language, found in changed.items() if found}


# --- what it said before -----------------------------------------------------------------------------


@require_safe
@staff_required(Right.CONFIGURE)
def text_version(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """A version: what it changed, and all of its words."""
    chosen = _found(key)
    row = _row(chosen, number)
    before = versions.history(chosen).filter(number__lt=number).first()
    said = versions.wordings(chosen, row)
    context = {
        "text": chosen,
        "row": row,
        "standing": versions.standing(chosen),
        "changed": _between(versions.wordings(chosen, before), said),
        "said": [(Language(LANGUAGES[name]), wording, name in row.wording) for name, wording in said.items()],
    }
    return render(request, "accounts/console/text_version.html", context)


@require_POST
@staff_required(Right.CONFIGURE)
def text_restore(request: StaffRequest, key: str, number: int) -> HttpResponse:
    """Let an earlier version stand again."""
    chosen = _found(key)
    row = _row(chosen, number)
    return perform(
        request,
        lambda: changing.restore_text(chosen, number=row.number, version=_version(request), by=request.user),
        to=_address(chosen),
        said=_("Version %(number)s stands again.") % {"number": number},
    )


def _found(key: str) -> Text:
    try:
        return declared()[key]
    except KeyError as error:
        raise Http404 from error


def _row(chosen: Text, number: int) -> TextVersion:
    row = versions.history(chosen).filter(number=number).first()
    if row is None:
        raise Http404
    return row


def _version(request: StaffRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1


def _address(chosen: Text) -> str:
    return reverse("console:text", args=[chosen.key])
