"""The help centre: everybody reads, searches and says whether it helped."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import limits, words
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.limits import Limit
from core.views.panels import panel
from core.views.verbs import CONFLICT, UNREADABLE, perform
from customers.access import PortalRequest
from kb import actions, markdown
from kb.access import articles_of
from kb.forms import CommentForm, RatingForm
from kb.models import Article, ArticleFeedback, ArticleTranslation, Category, SearchLog
from kb.search import find, suggest

P = ParamSpec("P")
View = Callable[Concatenate[PortalRequest, P], HttpResponse]

POPULAR = 6
RELATED = 4
RATING_LIMIT = Limit("article-rating", 60, timedelta(hours=1))
READER = "help_reader"


def in_asked_language(view: View[P]) -> View[P]:
    """Let `?lang=` choose the language of one page, so that each language has an address of its own.

    The choice ends with the page: its links and its language menu lead on without it.
    """

    @wraps(view)
    def speaking(request: PortalRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        language = request.GET.get("lang", "")
        if language not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        parameters = request.GET.copy()
        del parameters["lang"]
        request.META["QUERY_STRING"] = parameters.urlencode()
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        return response

    return cast("View[P]", speaking)


# --- reading -----------------------------------------------------------------------------------------


@require_GET
@in_asked_language
def home(request: PortalRequest) -> HttpResponse:
    """The shelves, and what most people ask."""
    return render(request, "kb/portal/help.html", {**_popular(request), "alternates": _alternates(request)})


@require_GET
def popular(request: PortalRequest) -> HttpResponse:
    """Shelves and popular articles, for another page."""
    return panel(request, "kb/portal/_popular.html", _popular(request), title=_("Help"), surface="portal")


def _popular(request: PortalRequest) -> dict[str, Any]:
    readable = articles_of(request.portal)
    articles = list(readable.popular_first().with_texts()[:POPULAR])
    return {"categories": Category.objects.with_readable(readable), "articles": articles}


@require_GET
@in_asked_language
def category(request: PortalRequest, category: str) -> HttpResponse:
    """The articles of one shelf."""
    shelf = get_object_or_404(Category, slug=category)
    articles = articles_of(request.portal).filter(category=shelf).popular_first().with_texts()
    context = {"category": shelf, "articles": list(articles), "alternates": _alternates(request)}
    return render(request, "kb/portal/category.html", context)


@require_GET
@in_asked_language
def article(request: PortalRequest, category: str, slug: str) -> HttpResponse:
    """One article, in the reader's language or, with a notice, in the other."""
    row = _article(request, slug)
    if row.category.slug != category:  # it has moved to another shelf since the link was made
        return redirect("portal:help-article", row.category.slug, row.slug, permanent=True)
    text = _text(row)
    related = articles_of(request.portal).filter(category=row.category_id).exclude(pk=row.pk)
    context = {
        "article": row,
        "text": text,
        "body": markdown.render(text.body),
        "contents": markdown.contents(text.body),
        "is_other_language": text.language != get_language(),
        "related": list(related.popular_first().with_texts()[:RELATED]),
        "alternates": _alternates(request, row.languages),
        **_feedback(request, row),
    }
    return render(request, "kb/portal/article.html", context)


def _article(request: PortalRequest, slug: str) -> Article:
    return get_object_or_404(articles_of(request.portal).with_texts(bodies=True), slug=slug)


def _text(row: Article) -> ArticleTranslation:
    text = row.text()
    if text is None:
        raise LookupError(f"{row} has no text")
    return text


def _alternates(request: PortalRequest, languages: list[str] | None = None) -> list[tuple[str, str]]:
    """The address of this page in each language, for search engines."""
    codes = [code for code, _name in settings.LANGUAGES if languages is None or code in languages]
    return [(code, f"{settings.PUBLIC_URL}{request.path}?lang={code}") for code in codes]


# --- searching ---------------------------------------------------------------------------------------


@require_GET
def search(request: PortalRequest) -> HttpResponse:
    """Articles with the words of the search; what nobody finds is remembered as a gap."""
    text = " ".join(request.GET.get("q", "").split())
    if not text:
        return redirect("portal:help")
    language = get_language() or ""
    findings = find(articles_of(request.portal), text, language=language)
    actions.log_search(text, language=language, results=findings.hits, source=SearchLog.Source.PORTAL)
    otherwise = {} if findings.rows else _popular(request)
    return render(request, "kb/portal/search.html", {"searched": text, "findings": findings, **otherwise})


@require_GET
def suggestions(request: PortalRequest) -> HttpResponse:
    """Articles about what a customer is typing: `q`, or the fields "subject" and "body" of a form."""
    text = " ".join(request.GET.get(name, "") for name in ("q", "subject", "body")).strip()
    found = suggest(articles_of(request.portal), text, language=get_language() or "", limit=3)
    context = {"suggestions": found}
    return panel(
        request, "kb/portal/_suggestions.html", context, title=_("Suggested articles"), surface="portal"
    )


# --- what readers say --------------------------------------------------------------------------------


@require_POST
def rate(request: PortalRequest, category: str, slug: str) -> HttpResponse:
    """Whether it helped; "solved" says that nobody needs to be asked any more."""
    row = _article(request, slug)
    form = RatingForm(request.POST)

    def act() -> ArticleFeedback:
        limits.spend(RATING_LIMIT, limits.client_address(request))
        return actions.rate(
            row,
            visitor=_visitor(request),
            helpful=form.cleaned_data["answer"] != "no",
            solved=form.cleaned_data["answer"] == "solved",
            language=_text(row).language,
            by=_reader(request),
        )

    return _answered(request, row, act, form)


@require_POST
def comment(request: PortalRequest, category: str, slug: str) -> HttpResponse:
    """The reader's words on top of the rating."""
    row = _article(request, slug)
    form = CommentForm(request.POST)

    def act() -> ArticleFeedback:
        limits.spend(RATING_LIMIT, limits.client_address(request))
        text = form.cleaned_data["comment"]
        return actions.comment(row, visitor=_visitor(request), text=text, by=_reader(request))

    return _answered(request, row, act, form)


def _answered(
    request: PortalRequest, row: Article, act: Callable[[], ArticleFeedback], form: forms.Form
) -> HttpResponse:
    """The part of the page with the thanks; without htmx the page again, at that part."""
    if not getattr(request, "htmx", False):
        address = reverse("portal:help-article", args=[row.category.slug, row.slug])
        return perform(request, act, form=form, to=f"{address}#feedback")
    status = 200 if form.is_valid() else UNREADABLE
    if form.is_valid():
        try:
            act()
        except Refused as refused:
            form.add_error(None, words.refusal(refused))
            status = CONFLICT
    return _feedback_part(request, row, form, status)


def _feedback_part(request: PortalRequest, row: Article, form: forms.Form, status: int) -> HttpResponse:
    context = {"article": row, "failed": form, **_feedback(request, row)}
    if form.errors and isinstance(form, CommentForm):
        context["comment_form"] = form
    return render(request, "kb/portal/_feedback.html", context, status=status)


def _feedback(request: PortalRequest, row: Article) -> dict[str, Any]:
    visitor = _known_visitor(request)
    given = row.feedback.filter(visitor=visitor).first() if visitor else None
    return {"feedback": given, "comment_form": CommentForm()}


def _reader(request: PortalRequest) -> Actor:
    return request.portal.customer or SYSTEM


def _known_visitor(request: PortalRequest) -> str:
    """Who reads, as a key: the customer, or the browser once it has rated something; else ""."""
    if request.portal.customer:
        return f"customer:{request.portal.customer.pk}"
    return str(request.session.get(READER, ""))


def _visitor(request: PortalRequest) -> str:
    if not _known_visitor(request):
        request.session[READER] = f"browser:{secrets.token_hex(16)}"
    return _known_visitor(request)
