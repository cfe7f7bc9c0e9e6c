"""What is typed into a chat."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from channels.chat import rules
from channels.models import ChatGiving
from core.uploads import FormWithFiles


class ChatMessageForm(FormWithFiles):
    """Something to say: words, files, or both. `key` is the browser's own name for it."""

    body = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=rules.BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not rules.is_key(key):
            raise forms.ValidationError(_("Reload the page and send it again."))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            not (cleaned.get("body") or cleaned.get("attachments") or cleaned.get("draft"))
            and not self.errors
        ):
            self.add_error("body", _("Write something or attach a file."))
        return cleaned


class StartForm(ChatMessageForm):
    """The first message. Who we do not know may say who they are; it proves nothing."""

    name = forms.CharField(label=_("Your name"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("So that our answer reaches you when you have to leave."),
    )
    chat = forms.CharField(max_length=60, widget=forms.HiddenInput)
    order = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    page = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["name"], self.fields["email"]

    def clean_chat(self) -> str:
        chat: str = self.cleaned_data["chat"]
        if not rules.is_key(chat):
            raise forms.ValidationError(_("Reload the page and send it again."))
        return chat


class AwayForm(StartForm):
    """A message while nobody takes chats: it becomes a request, and is answered by mail."""

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, is_known=is_known, **kwargs)
        for name in ("name", "email"):
            if name in self.fields:
                self.fields[name].required = True
        if "email" in self.fields:
            self.fields["email"].help_text = _("We send our answer there.")


class MailForm(forms.Form):
    """Where a chat goes on by mail."""

    email = forms.EmailField(label=_("Your e-mail address"), required=False)


class RateForm(forms.Form):
    """What the customer thinks of a chat."""

    score = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=[(score, str(score)) for score in rules.SCORES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of five stars.")},
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=rules.BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AvailableForm(forms.Form):
    """Whether somebody takes chats, and how many at once."""

    on = forms.BooleanField(required=False)
    capacity = forms.IntegerField(label=_("Chats at once"), min_value=1, max_value=20, required=False)


class GivingForm(forms.ModelForm[ChatGiving]):
    """How chats find somebody."""

    class Meta:
        model = ChatGiving
        fields = ("way", "strategy", "ring_seconds", "missed_at_most", "widen_seconds", "gone_seconds")
        widgets: ClassVar[dict[str, Any]] = {"way": forms.RadioSelect}
        help_texts: ClassVar[dict[str, Any]] = {
            "ring_seconds": _("Then it rings for the next."),
            "missed_at_most": _("Whoever missed so many in a row takes no more until they say otherwise."),
            "widen_seconds": _(
                "So long a chat waits for those of its team with the language and the skills who are busy."
            ),
            "gone_seconds": _(
                "When nothing was heard of a member's pages for so long, their chats go to a colleague."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, span in rules.SECONDS.items():
            field = self.fields[name]
            field.validators = [*field.validators, MinValueValidator(span[0]), MaxValueValidator(span[-1])]
            field.widget.attrs |= {"min": span[0], "max": span[-1]}


class AnswerForm(ChatMessageForm):
    """What a member of staff says, with the macros that were used and the steps that go with it."""

    macros = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    steps = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    @property
    def chosen(self) -> tuple[list[str], list[str]]:
        """The codes of the macros and the keys of the steps."""
        return list(self.cleaned_data["macros"] or ()), list(self.cleaned_data["steps"] or ())
