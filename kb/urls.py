"""Addresses of the knowledge base, by surface."""

from django.urls import path

from kb.api import ArticleDetail, ArticleList, ArticleSearch
from kb.views import console as staff
from kb.views import portal as readers

console = [
    path("kb/", staff.articles, name="kb"),
    path("search/articles/", staff.found_articles, name="found-articles"),
    path("kb/new/", staff.new, name="kb-article-new"),
    path("kb/preview/", staff.preview, name="kb-article-preview"),
    path("kb/suggestions/", staff.suggestions, name="article-suggestions"),
    path("kb/<slug:slug>/", staff.article, name="kb-article"),
    path("kb/<slug:slug>/edit/", staff.edit, name="kb-article-edit"),
    path("kb/<slug:slug>/versions/", staff.versions, name="kb-article-versions"),
    path("kb/<slug:slug>/revert/", staff.revert, name="kb-article-revert"),
    path("kb/<slug:slug>/publish/", staff.publish, name="kb-article-publish"),
    path("kb/<slug:slug>/withdraw/", staff.withdraw, name="kb-article-withdraw"),
    path("kb/<slug:slug>/archive/", staff.archive, name="kb-article-archive"),
    path("kb/<slug:slug>/restore/", staff.restore, name="kb-article-restore"),
]

portal = [
    path("help/", readers.home, name="help"),
    path("help/search/", readers.search, name="help-search"),
    path("help/suggest/", readers.suggestions, name="help-suggest"),
    path("help/popular/", readers.popular, name="help-popular"),
    path("help/<slug:category>/", readers.category, name="help-category"),
    path("help/<slug:category>/<slug:slug>/", readers.article, name="help-article"),
    path("help/<slug:category>/<slug:slug>/rate/", readers.rate, name="help-article-rate"),
    path("help/<slug:category>/<slug:slug>/comment/", readers.comment, name="help-article-comment"),
]

api = [
    path("articles/", ArticleList.as_view(), name="articles"),
    path("articles/search/", ArticleSearch.as_view(), name="article-search"),
    path("articles/<slug:slug>/", ArticleDetail.as_view(), name="article"),
]
