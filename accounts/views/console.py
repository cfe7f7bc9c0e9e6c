"""Pages of a member of staff about themselves, and of administrators about API tokens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, pushing, rules
from accounts.access import StaffRequest, staff_required
from accounts.forms import AwayForm, NoticesForm, ProfileForm, ShiftsForm, TokenForm
from accounts.models import ApiToken
from accounts.rights import Right
from accounts.views.browsers import HERE, keep_session
from core import clock, words
from core.errors import Refused
from core.views.preferences import remember_language
from core.views.verbs import perform


@require_http_methods(["GET", "POST"])
@staff_required()
def profile(request: StaffRequest) -> HttpResponse:
    """Name, language and time zone of the reader."""
    user = request.user
    if request.method != "POST":
        return _profile_page(request)
    form = ProfileForm(request.POST)
    response = perform(
        request,
        lambda: actions.change_profile(user, **form.cleaned_data, by=user),
        to="console:profile",
        form=form,
        page=lambda status: _profile_page(request, form=form, status=status),
    )
    return _speaking(request, response, form) if response.status_code in (204, 302) else response


def _profile_page(
    request: StaffRequest,
    *,
    form: ProfileForm | None = None,
    shifts_form: ShiftsForm | None = None,
    away_form: AwayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with its three forms, one of them as it was typed."""
    user, now = request.user, clock.now()
    current = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    absences = user.absences.not_over(now).select_related("cover")
    away = [(absence.starts_at, absence.ends_at) for absence in absences]
    context = {
        "form": form or ProfileForm(initial=current),
        "shifts_form": shifts_form or ShiftsForm(shifts=user.shifts),
        "away_form": away_form or AwayForm(member=user, initial={"starts_at": now}),
        "notices_form": NoticesForm(member=user),
        "browsers": user.push_browsers.all(),
        "here": keep_session(request),
        "browser_here": request.session.get(HERE),
        "push_key": pushing.public_key(),
        "absences": absences,
        "now": now,
        "duty": rules.duty(user.shifts, user.time_zone, away, now),
    }
    return render(request, "accounts/console/profile.html", context, status=status)


@require_POST
@staff_required()
def set_shifts(request: StaffRequest) -> HttpResponse:
    """When the reader works."""
    form = ShiftsForm(request.POST, shifts={})
    return perform(
        request,
        lambda: actions.set_shifts(request.user, shifts=form.shifts, by=request.user),
        to="console:profile",
        said=_("Your shifts were saved."),
        form=form,
        page=lambda status: _profile_page(request, shifts_form=form, status=status),
    )


@require_POST
@staff_required()
def set_away(request: StaffRequest) -> HttpResponse:
    """When the reader is out of office."""
    form = AwayForm(request.POST, member=request.user)
    return perform(
        request,
        lambda: actions.set_away(request.user, **form.cleaned_data, by=request.user),
        to="console:profile",
        said=_("You are noted as out of office."),
        form=form,
        page=lambda status: _profile_page(request, away_form=form, status=status),
    )


@require_POST
@staff_required()
def come_back(request: StaffRequest, pk: int) -> HttpResponse:
    """End an absence of the reader, or take back one that is still to come."""
    absence = get_object_or_404(request.user.absences, pk=pk)
    return perform(
        request,
        lambda: actions.come_back(absence, by=request.user),
        to="console:profile",
        said=_("The absence is over."),
    )


def _speaking(request: StaffRequest, response: HttpResponse, form: ProfileForm) -> HttpResponse:
    """This device speaks the language just chosen, beginning with the sentence that it was saved."""
    language = form.cleaned_data["language"]
    with override(language):
        messages.success(request, _("Your profile was saved."))
    remember_language(response, language)
    return response


@require_safe
@staff_required(Right.CONFIGURE)
def tokens(request: StaffRequest) -> HttpResponse:
    """All API tokens, live ones first, and the form for a new one."""
    return _tokens_page(request, TokenForm(initial={"user": request.user}))


def _tokens_page(
    request: HttpRequest, form: TokenForm, *, issued: str = "", status: int = 200
) -> HttpResponse:
    rows = ApiToken.objects.select_related("user").order_by("revoked_at", "-pk")
    context = {
        "form": form,
        "issued": issued,
        "live": [token for token in rows if token.revoked_at is None],
        "revoked": [token for token in rows if token.revoked_at is not None],
    }
    return render(request, "accounts/console/tokens.html", context, status=status)


@require_POST
@staff_required(Right.CONFIGURE)
def token_issue(request: StaffRequest) -> HttpResponse:
    """Make a token and show its text, this once: it is not kept, so there is nothing to redirect to."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _tokens_page(request, form, status=422)
    try:
        _token, text = actions.issue_token(
            form.cleaned_data["user"], name=form.cleaned_data["name"], by=request.user
        )
    except Refused as refused:
        form.add_error(None, words.refusal(refused))
        return _tokens_page(request, form, status=409)
    response = _tokens_page(request, TokenForm(), issued=text)
    patch_cache_control(response, no_store=True)
    return response


@require_POST
@staff_required(Right.CONFIGURE)
def token_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Make a token worthless at once."""
    token = get_object_or_404(ApiToken, pk=pk)
    said = _("The token “%(name)s” was revoked.") % {"name": token.name}
    return perform(
        request,
        lambda: actions.revoke_token(token, by=request.user),
        to=reverse("console:tokens"),
        said=said,
    )
