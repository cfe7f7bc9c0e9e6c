"""Help articles for other systems: a shop's own pages, an app, a chat window."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Language, User
from kb import actions, markdown
from kb.access import articles_for
from kb.addresses import portal_url
from kb.models import Article, ArticleQuerySet, ArticleTranslation, SearchLog
from kb.search import Found, find, matching
from kb.states import ArticleStatus, Visibility


class TextOut(serializers.ModelSerializer[ArticleTranslation]):
    class Meta:
        model = ArticleTranslation
        fields = ("language", "title", "summary", "updated_at")


class WholeTextOut(TextOut):
    """`body` is Markdown, `html` the same for showing: clean, without pictures and scripts."""

    html = serializers.SerializerMethodField()

    class Meta(TextOut.Meta):
        fields = (*TextOut.Meta.fields, "body", "html")  # type: ignore[assignment]

    def get_html(self, text: ArticleTranslation) -> str:
        return markdown.render(text.body)


class ArticleOut(serializers.ModelSerializer[Article]):
    """`url` is the page for customers; empty while they cannot read it."""

    category = serializers.CharField(source="category.slug")
    url = serializers.SerializerMethodField()
    texts = TextOut(source="translations", many=True)

    class Meta:
        model = Article
        fields = (
            "slug",
            "category",
            "status",
            "visibility",
            "featured",
            "helpful",
            "unhelpful",
            "solved",
            "published_at",
            "updated_at",
            "url",
            "texts",
        )

    def get_url(self, article: Article) -> str:
        return portal_url(article)


class ArticleDetailOut(ArticleOut):
    texts = WholeTextOut(source="translations", many=True)


class ArticleFilter(filters.FilterSet):
    """Published articles unless `status` says otherwise; drafts and the archive are for writers."""

    q = filters.CharFilter(method="search")
    category = filters.CharFilter(field_name="category__slug")
    language = filters.ChoiceFilter(field_name="translations__language", choices=Language.choices)
    status = filters.ChoiceFilter(choices=ArticleStatus.choices)
    visibility = filters.ChoiceFilter(choices=Visibility.choices)

    class Meta:
        model = Article
        fields = ("q", "category", "language", "status", "visibility", "featured")

    def search(self, rows: ArticleQuerySet, _name: str, text: str) -> ArticleQuerySet:
        return matching(rows, text)

    def filter_queryset(self, queryset: QuerySet[Article]) -> QuerySet[Article]:
        found: QuerySet[Article] = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data.get("status")
        return found if chosen else found.filter(status=ArticleStatus.PUBLISHED)


class ArticleList(generics.ListAPIView[Article]):
    """Articles, the latest changed first."""

    serializer_class = ArticleOut
    filterset_class = ArticleFilter
    ordering = ("-updated_at", "-pk")

    def get_queryset(self) -> QuerySet[Article]:
        return _readable(self.request).with_texts()


class ArticleDetail(generics.RetrieveAPIView[Article]):
    """One article with its texts in all languages."""

    serializer_class = ArticleDetailOut
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Article]:
        return _readable(self.request).with_texts(bodies=True)


class SearchIn(serializers.Serializer[Any]):
    """What to look for; `language` is the reader's, by default the one of the request."""

    q = serializers.CharField(max_length=300)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    audience = serializers.ChoiceField(choices=Visibility.choices, required=False)


class FoundOut(serializers.Serializer[Found]):
    """An article that was found; `excerpt` is plain text around the first hit."""

    slug = serializers.CharField(source="article.slug")
    category = serializers.CharField(source="article.category.slug")
    language = serializers.CharField(source="text.language")
    title = serializers.CharField(source="text.title")
    summary = serializers.CharField(source="text.summary")
    excerpt = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_excerpt(self, found: Found) -> str:
        return "".join(piece.text for piece in found.excerpt)

    def get_url(self, found: Found) -> str:
        return portal_url(found.article, found.text.language)


class FindingsOut(serializers.Serializer[Any]):
    """Best first. Not `exact`: nothing has all the words, these have some."""

    exact = serializers.BooleanField()
    results = FoundOut(many=True, source="rows")


class ArticleSearch(APIView):
    """Published articles by rank, in one answer of at most twenty."""

    @extend_schema(parameters=[SearchIn], responses=FindingsOut)
    def get(self, request: Request) -> Response:
        asked = SearchIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        language = asked.validated_data.get("language") or get_language() or Language.ENGLISH
        articles = _readable(request).published()
        if audience := asked.validated_data.get("audience"):
            articles = articles.filter(visibility=audience)
        findings = find(articles, asked.validated_data["q"], language=language)
        actions.log_search(
            asked.validated_data["q"],
            language=language,
            results=findings.hits,
            source=SearchLog.Source.API,
        )
        return Response(FindingsOut(findings).data)


def _readable(request: Request) -> ArticleQuerySet:
    return articles_for(request.user) if isinstance(request.user, User) else Article.objects.none()
