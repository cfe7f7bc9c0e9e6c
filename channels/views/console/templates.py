"""Texts that a messenger has approved, and the news each of them stands for."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from channels.access import connections_for
from channels.actions import templates as actions
from channels.forms.templates import TemplateForm
from channels.models import Connection, MessageTemplate
from core import news
from core.views.verbs import perform


def _found(request: StaffRequest, slug: str) -> Connection:
    return get_object_or_404(connections_for(request.user), slug=slug)


@require_safe
@staff_required(Right.CONFIGURE)
def templates(request: StaffRequest, slug: str) -> HttpResponse:
    """All templates of a connection as they were last fetched, and what each is used for."""
    row = _found(request, slug)
    kinds = news.known()
    listed = [(one, kinds.get(one.news)) for one in row.templates.all()]
    used = {one.news for one, kind in listed if kind and not one.obstacle}
    context = {
        "connection": row,
        "templates": listed,
        "missing": [kind for kind in kinds.values() if kind.code not in used and not kind.is_optional],
    }
    return render(request, "channels/console/templates.html", context)


@require_POST
@staff_required(Right.CONFIGURE)
def pull(request: StaffRequest, slug: str) -> HttpResponse:
    """Ask the messenger for its templates."""
    row = _found(request, slug)
    return perform(
        request,
        lambda: actions.pull(row, by=request.user),
        to=reverse("console:message-templates", args=[slug]),
        said=lambda rows: _("Templates fetched: %(count)s") % {"count": len(rows)},
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.CONFIGURE)
def template(request: StaffRequest, slug: str, pk: int) -> HttpResponse:
    """One template: its text, the news it stands for, what is put into each gap."""
    connection = _found(request, slug)
    row = get_object_or_404(MessageTemplate, connection=connection, pk=pk)
    form = TemplateForm(request.POST if request.method == "POST" else None, template=row)

    def page(status: int = 200) -> HttpResponse:
        context = {"connection": connection, "template": row, "form": form}
        return render(request, "channels/console/template.html", context, status=status)

    if request.method == "GET":
        return page()
    return perform(
        request,
        lambda: actions.choose(row, news_code=form.cleaned_data["news"], values=form.values, by=request.user),
        to=reverse("console:message-templates", args=[slug]),
        said=_("Saved."),
        form=form,
        page=page,
    )
