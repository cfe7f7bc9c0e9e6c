"""Connections for administrators: listed, made, changed, tried, given new secrets, paused."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels import previews
from channels.access import connections_for
from channels.actions import connecting
from channels.adapters import adapter_of
from channels.connection_states import ConnectionKind
from channels.forms.connections import FORMS, ConnectionForm, GenericForm, secrets_form
from channels.models import Connection
from core import events
from core.crypto import CannotUnseal
from core.views.verbs import perform

EVENTS_SHOWN = 30


def _found(request: StaffRequest, slug: str) -> Connection:
    return get_object_or_404(connections_for(request.user).select_related("shop", "team"), slug=slug)


@require_safe
@staff_required(Right.CONFIGURE)
def connections(request: StaffRequest) -> HttpResponse:
    """All of them, and the ways to make one."""
    context = {"connections": connections_for(request.user), "kinds": ConnectionKind.choices}
    return render(request, "channels/console/connections.html", context)


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def connection_new(request: StaffRequest) -> HttpResponse:
    """A new connection of the kind in the address. Its secret is shown with the answer, this once."""
    kind = request.GET.get("kind", ConnectionKind.GENERIC)
    kind = kind if kind in ConnectionKind.values else ConnectionKind.GENERIC
    form = FORMS[kind](_data(request))
    if request.method == "GET" or _wants_preview(request):
        return _form_page(request, form, kind)
    if not form.is_valid():
        return _form_page(request, form, kind, status=422)
    made: list[Connection] = []

    def act() -> Connection:
        told = {"slug": form.cleaned_data["slug"], "secrets": form.secrets, **form.told}
        made.append(connecting.connect(kind=kind, by=request.user, **told))
        return made[0]

    response = perform(
        request,
        act,
        to=lambda row: reverse("console:connection", args=[row.slug]),
        said=lambda row: _("%(name)s is connected.") % {"name": row.name},
        form=form,
        page=lambda status: _form_page(request, form, kind, status=status),
    )
    return _page(request, made[0], secret=made[0].tell("secret")) if made and kind == "generic" else response


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def connection_edit(request: StaffRequest, slug: str) -> HttpResponse:
    """Change it; with "preview" only look at what the sample would become."""
    row = _found(request, slug)
    form = FORMS[row.kind](_data(request), connection=row)
    if request.method == "GET" or _wants_preview(request):
        return _form_page(request, form, row.kind, row)
    return perform(
        request,
        lambda: connecting.change(row, by=request.user, **form.told),
        to=reverse("console:connection", args=[row.slug]),
        said=_("Saved."),
        form=form,
        page=lambda status: _form_page(request, form, row.kind, row, status=status),
    )


def _data(request: StaffRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _wants_preview(request: StaffRequest) -> bool:
    return "preview" in request.POST


def _form_page(
    request: StaffRequest,
    form: ConnectionForm,
    kind: str,
    row: Connection | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "kind_label": ConnectionKind(kind).label,
        "connection": row,
        "secret_fields": [form[name] for name in form.secret_fields if name in form.fields],
    }
    if isinstance(form, GenericForm):
        context["paths"] = form.paths
        sample = str(form["sample"].value() or "")
        if sample:
            context["preview"] = previews.preview(sample, form.mapping_now, channel=form.channel_now)
    return render(request, "channels/console/connection_edit.html", context, status=status)


@require_safe
@staff_required(Right.CONFIGURE)
def connection(request: StaffRequest, slug: str) -> HttpResponse:
    """One connection: its door, how it stands, what happened."""
    return _page(request, _found(request, slug))


def _page(request: StaffRequest, row: Connection, *, secret: str = "") -> HttpResponse:
    newest = list(events.timeline(row).order_by("-pk")[:EVENTS_SHOWN])
    context = {
        "connection": row,
        "door": settings.PUBLIC_URL + reverse("api:channel-inbound", args=[row.slug]),
        "secret": secret,
        "stuck": row.inbound.stuck().order_by("-pk")[:20],
        "latest": row.inbound.order_by("-pk")[:10],
        "events": reversed(newest),
        "mapping": [
            (previews.LABELS[name], path) for name, path in row.mapping.items() if name in previews.LABELS
        ],
        "can_be_opened": _can_be_opened(row),
        "has_templates": adapter_of(row).has_templates,
    }
    response = render(request, "channels/console/connection.html", context)
    if secret:
        patch_cache_control(response, no_store=True)
    return response


def _can_be_opened(row: Connection) -> bool:
    try:
        row.tell("secret")
    except CannotUnseal:
        return False
    return True


@require_POST
@staff_required(Right.CONFIGURE)
def connection_test(request: StaffRequest, slug: str) -> HttpResponse:
    """Try whether the other side answers."""
    row = _found(request, slug)
    return perform(
        request,
        lambda: connecting.test(row, by=request.user),
        to=reverse("console:connection", args=[slug]),
        said=_("%(name)s answers.") % {"name": row.name},
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def connection_rotate(request: StaffRequest, slug: str) -> HttpResponse:
    """New secrets. The one we make ourselves is shown with the answer, this once."""
    row = _found(request, slug)
    form = secrets_form(row, _data(request))

    def page(status: int = 200) -> HttpResponse:
        context = {"connection": row, "form": form, "hours": int(connecting.OVERLAP.total_seconds()) // 3600}
        return render(request, "channels/console/connection_rotate.html", context, status=status)

    if request.method == "GET":
        return page()
    response = perform(
        request,
        lambda: connecting.rotate(row, secrets=form.cleaned_data, by=request.user),
        to=reverse("console:connection", args=[slug]),
        said=_("The new secrets hold."),
        form=form,
        page=page,
    )
    if row.kind != ConnectionKind.GENERIC or not form.is_valid():
        return response
    fresh = _found(request, slug)
    return _page(request, fresh, secret=fresh.tell("secret"))


@require_POST
@staff_required(Right.CONFIGURE)
def connection_pause(request: StaffRequest, slug: str) -> HttpResponse:
    """Pause it, or with "on" let it go on."""
    row, on = _found(request, slug), bool(request.POST.get("on"))
    verb = connecting.go_on if on else connecting.pause
    said = _("%(name)s goes on.") if on else _("%(name)s is paused; what comes in is kept.")
    return perform(
        request,
        lambda: verb(row, by=request.user),
        to=reverse("console:connection", args=[slug]),
        said=said % {"name": row.name},
    )
