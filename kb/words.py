"""What the knowledge base says: refusals and events."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Language
from kb.states import ArticleStatus

Words = Promise | Callable[[Mapping[str, Any]], str]


def _with_status(sentence: Promise) -> Words:
    return lambda facts: str(sentence) % {"status": ArticleStatus(facts["status"]).label}


def _text_unfinished(facts: Mapping[str, Any]) -> str:
    named = {"language": Language(facts["language"]).label}
    return _("The text in %(language)s needs both a title and a body, or neither.") % named


def _edited(facts: Mapping[str, Any]) -> str:
    if not facts["languages"]:
        return _("%(actor)s changed the place of the article or its readers") % {"actor": facts["actor"]}
    languages = ", ".join(str(Language(code).label) for code in facts["languages"])
    named = {"actor": facts["actor"], "languages": languages}
    return _("%(actor)s edited the text (%(languages)s)") % named


def _rated(facts: Mapping[str, Any]) -> str:
    if facts["solved"]:
        return _("The article solved a reader’s problem")
    return (
        _("A reader found the article helpful") if facts["helpful"] else _("A reader missed something here")
    )


REFUSALS: Mapping[str, Words] = {
    "article.no_text": gettext_lazy("An article needs a title and a body in at least one language."),
    "article.text_unfinished": _text_unfinished,
    "article.slug_taken": gettext_lazy("Another article already has the address “%(slug)s”."),
    "article.changed_meanwhile": gettext_lazy(
        "%(actor)s has changed this article meanwhile. What you typed is still here; compare and save again."
    ),
    "article.cannot_publish": _with_status(
        gettext_lazy(
            "An article that is “%(status)s” cannot be published; bring it back from the archive first."
        )
    ),
    "article.cannot_withdraw": _with_status(
        gettext_lazy("An article that is “%(status)s” cannot be taken back to draft.")
    ),
    "article.cannot_restore": _with_status(
        gettext_lazy("An article that is “%(status)s” is not in the archive.")
    ),
    "article.not_rated": gettext_lazy("Please say first whether the article helped you."),
}

EVENTS: Mapping[str, Words] = {
    "article.created": gettext_lazy("%(actor)s wrote the article “%(title)s”"),
    "article.edited": _edited,
    "article.published": gettext_lazy("%(actor)s published the article"),
    "article.withdrawn": gettext_lazy("%(actor)s took the article back to draft"),
    "article.archived": gettext_lazy("%(actor)s put the article into the archive"),
    "article.restored": gettext_lazy("%(actor)s brought the article back from the archive"),
    "article.rated": _rated,
    "article.commented": gettext_lazy("A reader commented on the article"),
}
