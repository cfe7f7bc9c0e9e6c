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
from channels.connection_states import ConnectionKind
from channels.forms.templates import TemplateForm
from channels.models import Connection, MessageTemplate
from channels.template_previews import lines
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
    listed = [
        (one, [kinds[use.news].label for use in one.uses.all() if use.news in kinds])
        for one in row.templates.prefetch_related("uses")
    ]
    used = {use.news for one, _labels in listed if not one.obstacle for use in one.uses.all()}
    context = {
        "connection": row,
        "templates": listed,
        "empty_hint": _hint(row),
        "missing": [kind for kind in kinds.values() if kind.code not in used and not kind.is_optional],
    }
    return render(request, "channels/console/templates.html", context)


def _hint(connection: Connection) -> str:
    """What to do where there is no template yet."""
    if connection.kind == ConnectionKind.WECHAT:
        return _(
            "Choose templates from the library in the account’s settings at WeChat, and fetch them here."
        )
    return _(
        "Enter the id of the business account in the connection, write templates at WhatsApp, and fetch them "
        "here once they are approved."
    )


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
    """One template: its text, the news it stands for, what is put into each gap.

    With "preview" only what it would become is shown, with "drop" it stands for that news no longer.
    """
    row = get_object_or_404(MessageTemplate, connection=_found(request, slug), pk=pk)
    here = reverse("console:message-template", args=[slug, pk])
    if "drop" in request.POST:
        code = request.POST["drop"]
        return perform(
            request,
            lambda: actions.drop(row, news_code=code, by=request.user),
            to=here,
            said=_("It stands for this news no longer."),
        )
    data = request.POST if request.method == "POST" else None
    form = TemplateForm(data, template=row, chosen=request.GET.get("news", ""))
    if data is None or "preview" in data:
        return _page(request, row, form)
    return perform(
        request,
        lambda: actions.choose(row, news_code=form.cleaned_data["news"], values=form.values, by=request.user),
        to=here,
        said=_("Saved."),
        form=form,
        page=lambda status: _page(request, row, form, status=status),
    )


def _page(
    request: StaffRequest, row: MessageTemplate, form: TemplateForm, *, status: int = 200
) -> HttpResponse:
    kinds = news.known()
    uses = [
        (use, kinds[use.news].label, lines(row, use.values)) for use in row.uses.all() if use.news in kinds
    ]
    context = {"connection": row.connection, "template": row, "form": form, "uses": uses}
    context["preview"] = form.preview if form.is_bound else []
    return render(request, "channels/console/template.html", context, status=status)
