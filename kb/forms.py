"""What writers and readers type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language
from kb.models import Article, ArticleQuerySet, Category, not_reserved
from kb.rules import MAX_SLUG, Text, Texts
from kb.search import matching
from kb.states import ArticleStatus, Visibility

FIELD_SUFFIX = {Language.ENGLISH: "en", Language.CHINESE: "zh"}
MAX_BODY = 50_000
MAX_COMMENT = 2_000
ANY = "any"


class ArticleForm(forms.Form):
    """An article in both languages; a language is written whole or left out."""

    category = forms.ModelChoiceField(Category.objects.all(), label=_("Category"), empty_label=None)
    visibility = forms.ChoiceField(label=_("Who may read it"), choices=Visibility.choices)
    featured = forms.BooleanField(label=_("Show it among the first in the help centre"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, suffix in FIELD_SUFFIX.items():
            self.fields[f"title_{suffix}"] = forms.CharField(
                label=_("Title"), max_length=200, required=False, widget=_spoken(forms.TextInput, language)
            )
            self.fields[f"summary_{suffix}"] = forms.CharField(
                label=_("Summary"),
                max_length=300,
                required=False,
                widget=_spoken(forms.Textarea, language, rows=2),
            )
            self.fields[f"body_{suffix}"] = forms.CharField(
                label=pgettext_lazy("article", "Text"),
                max_length=MAX_BODY,
                required=False,
                widget=_spoken(forms.Textarea, language, rows=18),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(self.texts().values()):
            self.add_error(None, _("An article needs a title and a body in at least one language."))
        for language, text in self.texts().items():
            if text and not text.is_complete:
                missing = "title" if not text.title else "body"
                self.add_error(
                    f"{missing}_{FIELD_SUFFIX[Language(language)]}",
                    _("Write this too, or leave this language empty."),
                )
        return cleaned

    def texts(self) -> Texts:
        """What was typed, by language; line ends as on Unix, so that a comparison shows only real changes."""
        return {
            language: Text(*(self._typed(f"{part}_{suffix}") for part in ("title", "summary", "body")))
            for language, suffix in FIELD_SUFFIX.items()
        }

    @property
    def texts_to_write(self) -> list[dict[str, Any]]:
        """For each language its name and its fields, side by side in the editor."""
        return [
            {
                "language": language.value,
                "name": language.label,
                "suffix": suffix,
                **{part: self[f"{part}_{suffix}"] for part in ("title", "summary", "body")},
            }
            for language, suffix in FIELD_SUFFIX.items()
        ]

    def _typed(self, name: str) -> str:
        return str(self.cleaned_data.get(name, "")).replace("\r\n", "\n").strip()


def _spoken(widget: type[forms.Widget], language: str, **attrs: Any) -> forms.Widget:
    return widget(attrs={"lang": language, **attrs})


class NewArticleForm(ArticleForm):
    """A first draft; its address can be chosen and stays."""

    slug = forms.SlugField(
        label=_("Address"),
        max_length=MAX_SLUG,
        required=False,
        validators=[not_reserved],
        help_text=_("Made from the title when left empty. It stays as it is, so that links keep working."),
    )


def initial_of(article: Article) -> dict[str, Any]:
    """What the editor shows before anything is typed."""
    filled: dict[str, Any] = {
        "category": article.category,
        "visibility": article.visibility,
        "featured": article.featured,
        "version": article.version,
    }
    for text in article.translations.all():
        suffix = FIELD_SUFFIX[Language(text.language)]
        filled |= {
            f"title_{suffix}": text.title,
            f"summary_{suffix}": text.summary,
            f"body_{suffix}": text.body,
        }
    return filled


class ArticleFilterForm(forms.Form):
    """Filters of the list; they live in its address, and a wrong one filters nothing."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *ArticleStatus.choices]
    )
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=_("Category"),
        required=False,
        to_field_name="slug",
        empty_label=_("All"),
    )
    visibility = forms.ChoiceField(
        label=_("Readers"), required=False, choices=[("", _("All")), *Visibility.choices]
    )
    missing = forms.ChoiceField(
        label=_("Missing"),
        required=False,
        choices=[("", _("All")), (ANY, _("one language")), *Language.choices],
    )

    def narrowed(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """The articles that pass the filters."""
        self.is_valid()
        chosen = self.cleaned_data
        exact = {name: chosen[name] for name in ("status", "category", "visibility") if chosen.get(name)}
        articles = articles.filter(**exact)
        if chosen.get("missing"):
            articles = articles.untranslated()
            if chosen["missing"] != ANY:
                articles = articles.exclude(translations__language=chosen["missing"])
        return matching(articles, chosen["q"]) if chosen.get("q") else articles

    @property
    def is_filtering(self) -> bool:
        return any(self.cleaned_data.values())


class RevertForm(forms.Form):
    """Which version to bring back, and on top of which."""

    number = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=1)


class RatingForm(forms.Form):
    """Whether an article helped, or even solved the problem."""

    answer = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No")), ("solved", _("Solved"))])


class CommentForm(forms.Form):
    """What a reader missed, or liked."""

    comment = forms.CharField(
        label=_("Your comment"),
        max_length=MAX_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Please leave out names, addresses and order numbers; we cannot answer here."),
    )
