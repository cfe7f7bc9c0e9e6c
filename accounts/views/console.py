"""Pages of a member of staff about themselves, and of administrators about API tokens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.access import StaffRequest, staff_required
from accounts.forms import ProfileForm, TokenForm
from accounts.models import ApiToken
from accounts.rights import Right
from core import words
from core.errors import Refused
from core.views.preferences import remember_language
from core.views.verbs import perform


@require_http_methods(["GET", "POST"])
@staff_required()
def profile(request: StaffRequest) -> HttpResponse:
    """Name, language and time zone of the reader."""
    user = request.user
    now = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=now)

    def page(status: int = 200) -> HttpResponse:
        return render(request, "accounts/console/profile.html", {"form": form}, status=status)

    if request.method != "POST":
        return page()
    response = perform(
        request,
        lambda: actions.change_profile(user, **form.cleaned_data, by=user),
        to="console:profile",
        form=form,
        page=page,
    )
    return _speaking(request, response, form) if response.status_code in (204, 302) else response


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
