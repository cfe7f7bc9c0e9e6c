"""Papers of a case for staff: label and guide, the customs declaration, the evidence in one file."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import words
from core.errors import Refused
from core.views.downloads import document
from core.views.panels import panel
from core.views.verbs import onward, perform
from returns import actions
from returns.customs import declaration
from returns.customs_forms import CustomsForm
from returns.papers import papers
from returns.views.console.cases import found


@require_safe
@staff_required(Right.READ_CASES)
def label(request: StaffRequest, number: str) -> HttpResponse:
    """What the customer prints, for one who has no printer; before there is an address, back to the case."""
    case = found(request, number)
    try:
        return document(papers(case), name=f"{number}.pdf", content_type="application/pdf")
    except Refused as refused:
        messages.error(request, words.refusal(refused))
        return onward(request, "console:case", number)


@require_http_methods(["GET", "POST"])
@staff_required(Right.DECIDE_CASES)
def declare_customs(request: StaffRequest, number: str) -> HttpResponse:
    """Read and correct what customs are told."""
    case = found(request, number)
    told = declaration(case)
    form = CustomsForm(request.POST if request.method == "POST" else None, case=case, declaration=told)
    to = reverse("console:case", args=[number])
    title = f"{_('Customs declaration')} · {number}"

    def page(status: int) -> HttpResponse:
        context = {"case": case, "form": form, "told": told, "back": to}
        return panel(request, "returns/console/_customs.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(
        request,
        lambda: actions.declare_customs(case, by=request.user, **form.told()),
        to=to,
        said=_("The customs declaration is on record; it is printed with the label."),
        form=form,
        page=page,
    )


@require_POST
@staff_required(Right.DECIDE_CASES)
def evidence_pack(request: StaffRequest, number: str) -> HttpResponseBase:
    """Everything about a case in one ZIP, for a platform's dispute or a carrier's claim."""
    case = found(request, number)
    pack = actions.pack_evidence(case, by=request.user)
    return FileResponse(
        pack.file, as_attachment=True, filename=f"{number}.zip", content_type="application/zip"
    )
