"""Where customers read an article."""

from django.conf import settings
from django.urls import reverse

from kb.models import Article
from kb.states import ArticleStatus, Visibility


def portal_url(article: Article, language: str = "") -> str:
    """The whole address of its page, in `language` if given; "" while customers cannot read it."""
    if article.status != ArticleStatus.PUBLISHED or article.visibility == Visibility.STAFF:
        return ""
    path = reverse("portal:help-article", args=[article.category.slug, article.slug])
    return f"{settings.PUBLIC_URL}{path}{f'?lang={language}' if language else ''}"
