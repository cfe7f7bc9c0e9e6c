"""Articles for staff: the list, reading, writing, and suggestions beside a ticket."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import StaffRequest, staff_required
from accounts.models import Language
from accounts.rights import Right
from core import events
from core.paging import Keyset
from core.views.found import SHOWN, Found, found_panel, searched
from core.views.panels import panel
from core.views.verbs import perform
from kb import actions, diffs, markdown
from kb.access import articles_for
from kb.addresses import portal_url
from kb.forms import ArticleFilterForm, ArticleForm, NewArticleForm, RevertForm, initial_of
from kb.models import Article, ArticleVersion
from kb.search import find, suggest
from kb.states import Visibility

LATEST = Keyset(("-updated_at", "-pk"), size=50)
VERSIONS = Keyset(("-number", "-language"), size=20)
COMMENTS_SHOWN = 10
DESK_EVENTS = [
    f"article.{done}" for done in ("created", "edited", "published", "withdrawn", "archived", "restored")
]
MAX_PREVIEW = 50_000


# --- reading -----------------------------------------------------------------------------------------


@require_GET
@staff_required(Right.READ_TICKETS)
def articles(request: StaffRequest) -> HttpResponse:
    """All articles the reader may see, filtered and newest first."""
    form = ArticleFilterForm(request.GET)
    found = form.narrowed(articles_for(request.user))
    page = LATEST.page(found.with_texts(), request.GET)
    context = {"form": form, "page": page, "may_write": request.user.may(Right.WRITE_ARTICLES)}
    return render(request, "kb/console/articles.html", context)


@require_GET
@staff_required(Right.READ_TICKETS)
def found_articles(request: StaffRequest) -> HttpResponse:
    """Articles a search means, beside the tickets it finds."""
    text, language = searched(request), get_language() or ""
    rows = find(articles_for(request.user), text, language=language).rows if text else ()
    named = [
        Found(reverse("console:kb-article", args=[row.article.slug]), row.text.title)
        for row in rows[: SHOWN + 1]
    ]
    return found_panel(request, named, title=_("Articles"), everything="console:kb")


@require_GET
@staff_required(Right.READ_TICKETS)
def article(request: StaffRequest, slug: str) -> HttpResponse:
    """One article as its readers see it, with what happened to it and what they said."""
    return render(request, "kb/console/article.html", _read(request, slug))


def _read(request: StaffRequest, slug: str) -> dict[str, Any]:
    row = _article(request, slug, bodies=True)
    text = row.text(request.GET.get("language") or get_language())
    return {
        "article": row,
        "text": text,
        "body": markdown.render(text.body) if text else "",
        "languages": [(code, label, code in row.languages) for code, label in Language.choices],
        "events": events.history(row, kinds=DESK_EVENTS),
        "comments": row.feedback.exclude(comment="")[:COMMENTS_SHOWN],
        "may_write": request.user.may(Right.WRITE_ARTICLES),
        "portal_url": portal_url(row),
    }


def _article(request: StaffRequest, slug: str, *, bodies: bool = False) -> Article:
    return get_object_or_404(articles_for(request.user).with_texts(bodies=bodies), slug=slug)


@require_GET
@staff_required(Right.READ_TICKETS)
def versions(request: StaffRequest, slug: str) -> HttpResponse:
    """What each edit changed, newest first."""
    row = _article(request, slug)
    page = VERSIONS.page(row.versions.all(), request.GET)
    context = {
        "article": row,
        "page": page,
        "edits": [_edit(version) for version in page],
        "may_write": request.user.may(Right.WRITE_ARTICLES),
    }
    return render(request, "kb/console/versions.html", context)


def _edit(version: ArticleVersion) -> tuple[ArticleVersion, list[list[diffs.Line]], bool]:
    """A version, where it differs from the one before it in its language, and whether it is the first."""
    earlier = ArticleVersion.objects.filter(
        article=version.article_id, language=version.language, number__lt=version.number
    ).first()
    places = diffs.compare(_whole(earlier) if earlier else "", _whole(version))
    return version, places, earlier is None


def _whole(version: ArticleVersion) -> str:
    return f"{version.title}\n{version.summary}\n\n{version.body}".strip()


@require_GET
@staff_required(Right.READ_TICKETS)
def suggestions(request: StaffRequest) -> HttpResponse:
    """Articles about a text, in the language of the customer, with what one may send."""
    text = request.GET.get("q", "")
    language = request.GET.get("language") or get_language() or ""
    found = suggest(articles_for(request.user).published(), text, language=language)
    context = {
        "searched": text,
        "language": language,
        "suggestions": [(row, portal_url(row.article, row.text.language)) for row in found],
    }
    return panel(request, "kb/console/_suggestions.html", context, title=_("Suggested articles"))


# --- writing -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@staff_required(Right.WRITE_ARTICLES)
def new(request: StaffRequest) -> HttpResponse:
    """A new draft."""
    if request.method == "GET":
        return _editor(request, NewArticleForm(initial={"visibility": Visibility.PUBLIC}))
    form = NewArticleForm(request.POST)
    return perform(
        request,
        lambda: actions.create(
            category=form.cleaned_data["category"],
            visibility=form.cleaned_data["visibility"],
            featured=form.cleaned_data["featured"],
            slug=form.cleaned_data["slug"],
            texts=form.texts(),
            by=request.user,
        ),
        form=form,
        page=lambda status: _editor(request, form, status=status),
        to=_page_of,
        said=_("The draft is saved. Publish it when it is ready."),
    )


@require_http_methods(["GET", "POST"])
@staff_required(Right.WRITE_ARTICLES)
def edit(request: StaffRequest, slug: str) -> HttpResponse:
    """Both languages side by side."""
    row = _article(request, slug, bodies=True)
    if request.method == "GET":
        return _editor(request, ArticleForm(initial=initial_of(row)), row)
    form = ArticleForm(request.POST)
    return perform(
        request,
        lambda: actions.edit(
            row,
            texts=form.texts(),
            version=form.cleaned_data["version"] or 0,
            category=form.cleaned_data["category"],
            visibility=form.cleaned_data["visibility"],
            featured=form.cleaned_data["featured"],
            by=request.user,
        ),
        form=form,
        page=lambda status: _editor(request, form, row, status=status),
        to=_page_of,
        said=_("Saved."),
    )


def _editor(
    request: StaffRequest, form: ArticleForm, row: Article | None = None, *, status: int = 200
) -> HttpResponse:
    return render(request, "kb/console/editor.html", {"form": form, "article": row}, status=status)


def _page_of(row: Article) -> str:
    return reverse("console:kb-article", args=[row.slug])


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def preview(request: StaffRequest) -> HttpResponse:
    """What readers will see of a text that is being typed; it comes as the one field "body_<language>"."""
    typed = next((value for name, value in request.POST.items() if name.startswith("body_")), "")
    body = markdown.render(str(typed)[:MAX_PREVIEW])
    return render(request, "kb/console/_preview.html", {"body": body})


# --- verbs -------------------------------------------------------------------------------------------


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def publish(request: StaffRequest, slug: str) -> HttpResponse:
    row = _article(request, slug)
    return perform(
        request,
        lambda: actions.publish(row, by=request.user),
        to=_page_of(row),
        said=_("Published. Readers can find it now."),
    )


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def withdraw(request: StaffRequest, slug: str) -> HttpResponse:
    row = _article(request, slug)
    return perform(
        request,
        lambda: actions.withdraw(row, by=request.user),
        to=_page_of(row),
        said=_("It is a draft again; readers no longer find it."),
    )


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def archive(request: StaffRequest, slug: str) -> HttpResponse:
    row = _article(request, slug)
    return perform(
        request,
        lambda: actions.archive(row, by=request.user),
        to=_page_of(row),
        said=_("Put into the archive."),
    )


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def restore(request: StaffRequest, slug: str) -> HttpResponse:
    row = _article(request, slug)
    return perform(
        request,
        lambda: actions.restore(row, by=request.user),
        to=_page_of(row),
        said=_("It is back from the archive, as a draft."),
    )


@require_POST
@staff_required(Right.WRITE_ARTICLES)
def revert(request: StaffRequest, slug: str) -> HttpResponse:
    """Bring an earlier version back."""
    row = _article(request, slug)
    form = RevertForm(request.POST)
    return perform(
        request,
        lambda: actions.revert(row, **form.cleaned_data, by=request.user),
        form=form,
        to=_page_of(row),
        said=lambda done: _("The text is as it was in version %(number)s.") % form.cleaned_data,
    )
