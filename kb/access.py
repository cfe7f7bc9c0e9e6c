"""Who may read which article; pages, search, suggestions and the API all ask here."""

from accounts.models import User
from accounts.rights import Right
from customers.access import Portal
from kb.models import Article, ArticleQuerySet
from kb.states import Visibility


def articles_for(user: User) -> ArticleQuerySet:
    """Staff read what is published, whoever it is meant for; writers also drafts and the archive."""
    if not user.is_active:
        return Article.objects.none()
    return Article.objects.all() if user.may(Right.WRITE_ARTICLES) else Article.objects.published()


def articles_of(portal: Portal) -> ArticleQuerySet:
    """What a visitor of the portal may read: published and public, signed-in customers a little more."""
    open_to = [Visibility.PUBLIC, *([Visibility.CUSTOMERS] if portal.customer else [])]
    return Article.objects.published().filter(visibility__in=open_to)
