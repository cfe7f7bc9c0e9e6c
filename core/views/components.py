"""The component page: every part in each of its states, in both themes side by side."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core import clock
from core.actors import SYSTEM
from core.paging import Page
from core.stepper import Step, StepState


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"), initial="Carol Chen")
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        required=False,
        help_text=gettext_lazy("We only use it for this request."),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("damaged", gettext_lazy("Arrived damaged")), ("changed", gettext_lazy("Changed my mind"))],
    )
    what = forms.CharField(label=gettext_lazy("What happened?"), widget=forms.Textarea)
    channel = forms.ChoiceField(
        label=gettext_lazy("Answer by"),
        choices=[("mail", gettext_lazy("E-mail")), ("phone", gettext_lazy("Phone"))],
        widget=forms.RadioSelect,
        initial="mail",
    )
    agree = forms.BooleanField(label=gettext_lazy("Send me a copy"))
    photos = forms.FileField(label=gettext_lazy("Photos"), required=False)


def component_page(request: HttpRequest) -> HttpResponse:
    """For developers and administrators; others learn nothing here."""
    user = request.user
    if not settings.DEBUG and not (user.is_authenticated and user.may("configure")):
        raise PermissionDenied
    for level, text in ((messages.SUCCESS, _("Saved.")), (messages.ERROR, _("This has changed meanwhile."))):
        messages.add_message(request, level, text)
    return render(request, "components/page.html", _samples())


def _samples() -> dict[str, object]:
    now = clock.now()
    wrong = Sample({"name": "", "email": "carol", "reason": "damaged"}, prefix="wrong")
    return {
        "now": now,
        "form": Sample(),
        "wrong": wrong,
        "tones": ["good", "attention", "urgent", "info", "neutral"],
        "names": ["Carol Chen", pgettext("sample", "Ming Wang"), "Mara Weber", "Østergaard", "Alice", "Lea"],
        "email": "carol@example.com",
        "due": {
            "far": now + timedelta(days=5, hours=1),
            "day": now + timedelta(hours=26, minutes=1),
            "hours": now + timedelta(hours=1, minutes=21),
            "soon": now + timedelta(minutes=38, seconds=30),
            "late": now - timedelta(hours=2),
        },
        "moments": [now, now - timedelta(minutes=5), now - timedelta(hours=26), now - timedelta(days=400)],
        "steps": _steps(),
        "refused_steps": _refused_steps(),
        "entries": _entries(),
        "system": SYSTEM,
        "page": Page([], previous="a", next="b"),
    }


def _steps() -> list[Step]:
    now = clock.now()
    return [
        Step(_("Requested"), StepState.DONE, at=now - timedelta(days=2)),
        Step(_("Approved"), StepState.DONE, at=now - timedelta(days=1)),
        Step(_("Send it back"), StepState.NOW, due_at=now + timedelta(days=6), actor=_("You")),
        Step(_("Inspection"), StepState.NEXT, due_at=now + timedelta(days=9), actor=_("The shop")),
        Step(_("Refund"), StepState.NEXT, due_at=now + timedelta(days=10), actor=_("The shop")),
    ]


def _refused_steps() -> list[Step]:
    now = clock.now()
    return [
        Step(_("Requested"), StepState.DONE, at=now - timedelta(days=2)),
        Step(_("Refused"), StepState.FAILED, at=now - timedelta(hours=3), actor=_("The shop")),
    ]


def _entries() -> list[dict[str, object]]:
    now = clock.now()
    told = [
        ("ticket", _("Alice took the ticket"), 50),
        ("message-square", _("Alice replied"), 12),
        ("banknote", _("The refund was paid out"), 1),
    ]
    return [{"icon": name, "text": text, "at": now - timedelta(hours=hours)} for name, text, hours in told]
