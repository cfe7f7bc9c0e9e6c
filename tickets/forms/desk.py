"""What is said, by whom, and who looks after it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language, Team, User
from core.uploads import FormWithFiles
from tickets.access import assignees
from tickets.placeholders import gaps_in
from tickets.rules import SUBJECT_LENGTH, form_name
from tickets.states import Channel, DraftKind, Priority, TicketType

BODY_LENGTH = 50_000


class MessageForm(FormWithFiles):
    """Something to say: words, files, or both. `key` makes a form that is sent twice one message."""

    body = forms.CharField(
        label=_("Message"), required=False, max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 5})
    )
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("body") and not cleaned.get("attachments") and not cleaned.get("draft"):
            self.add_error("body", _("Write something or attach a file."))
        return cleaned

    @property
    def external_id(self) -> str:
        """What the channel knows this message by; "" lets every sending be a message of its own.

        Who goes back, writes something else and sends that has two messages.
        """
        return form_name(self.cleaned_data["key"], self.cleaned_data["body"])


class AnsweringForm(MessageForm):
    """What is written against a version of the ticket; `seen` is the newest event its writer has seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def external_id(self) -> str:
        """By its key alone: the version tells what its writer did not see, and a draft ends with its key."""
        key = self.cleaned_data["key"]
        return f"form:{key}" if key else ""


class ReplyForm(AnsweringForm):
    """A public answer; `then` is what happens after it was sent.

    `macros` are the codes of those that were used, `steps` the keys of what they do with the reply. A reply
    with a gap that a macro left is sent only `with_gaps`.
    """

    macros = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    steps = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    with_gaps = forms.BooleanField(required=False)

    gaps: Sequence[str] = ()
    then = forms.ChoiceField(
        required=False, choices=[("", ""), ("wait", ""), ("solve", "")], widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.gaps = gaps_in(cleaned.get("body", ""))
        if self.gaps and not cleaned.get("with_gaps"):
            said = _("Something is missing here: %s") % " ".join(self.gaps)
            self.add_error("body", said)
        return cleaned

    @property
    def chosen(self) -> tuple[list[str], list[str]]:
        """The codes of the macros and the keys of the steps, also of a form that was refused."""
        given = self.cleaned_data if self.is_bound else self.initial
        return list(given.get("macros") or ()), list(given.get("steps") or ())


class DraftForm(FormWithFiles):
    """A reply that is being written, carried to the list of macros and back by a page without scripts."""

    body = forms.CharField(required=False, max_length=BODY_LENGTH, strip=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    macros = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    steps = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    insert = forms.SlugField(required=False)


class SavedDraftForm(forms.Form):
    """What a composer keeps while it is written in; its lines are kept as they are."""

    kind = forms.TypedChoiceField(choices=DraftKind, coerce=DraftKind)
    body = forms.CharField(required=False, max_length=BODY_LENGTH, strip=False)
    key = forms.CharField(max_length=60)
    macros = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    steps = forms.Field(required=False, widget=forms.MultipleHiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return cleaned | {name: list(cleaned.get(name) or ()) for name in ("macros", "steps")}


class PictureForm(SavedDraftForm):
    """A picture for the text of what is being written, with the words as they stand."""

    picture = forms.FileField()
    draft = forms.CharField(required=False, max_length=60)


class NoteForm(AnsweringForm):
    """A note among colleagues. It stands beside a reply, so its fields have ids of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="note_%s", **kwargs)


class AssignForm(forms.Form):
    """Who looks after a ticket; an empty assignee takes it from everybody."""

    assignee: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=_("Assignee"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("assignee", "Nobody"),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=pgettext_lazy("team", "None"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = assignees()  # type: ignore[attr-defined]


class PriorityForm(forms.Form):
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority, coerce=int)


class TypeForm(forms.Form):
    type = forms.ChoiceField(label=_("Type"), choices=TicketType)


class BulkForm(forms.Form):
    """Tickets ticked in a list."""

    tickets = forms.TypedMultipleChoiceField(coerce=str)
    everything = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = self.data.getlist("tickets") if isinstance(self.data, QueryDict) else []
        self.fields["tickets"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]
        self.fields["tickets"].error_messages["required"] = _("Tick the tickets first.")
        self.fields["tickets"].required = not self.data.get("everything")


class BulkAssignForm(BulkForm, AssignForm):
    """Tickets ticked in a list, and who is to look after them."""


class BulkPriorityForm(BulkForm, PriorityForm):
    """Tickets ticked in a list, and how urgent they are."""


class BulkTypeForm(BulkForm, TypeForm):
    """Tickets ticked in a list, and what kind of concern they are."""


class BulkMacroForm(BulkForm):
    """Tickets ticked in a list, and the macro to use on each."""

    macro = forms.SlugField(error_messages={"required": _("Choose a macro first.")})


class NewTicketForm(FormWithFiles):
    """A call taken, or a ticket opened for a customer: who, about what."""

    customer = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    name = forms.CharField(label=_("Name"), required=False, max_length=200)
    language = forms.ChoiceField(
        label=_("Language"), choices=Language, required=False, help_text=_("We write in this language.")
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel, initial=Channel.PHONE)
    type = forms.ChoiceField(label=_("Type"), choices=TicketType, initial=TicketType.ENQUIRY)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority, coerce=int, initial=Priority.NORMAL
    )
    order_number = forms.CharField(label=_("Order number"), required=False, max_length=64)
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LENGTH)
    body = forms.CharField(
        label=_("What the customer said"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 6})
    )
    mine = forms.BooleanField(label=_("I look after it"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("customer") and not (cleaned.get("email") or cleaned.get("phone")):
            self.add_error("email", _("An e-mail address or a phone number is needed to know who it is."))
        return cleaned


class ContactForm(FormWithFiles):
    """A question from the portal. Somebody we do not know yet says who they are."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail address"), help_text=_("We send our answer there."))
    order_number = forms.CharField(
        label=_("Order number"), required=False, max_length=64, help_text=_("If it is about an order.")
    )
    subject = forms.CharField(label=_("What is it about?"), max_length=SUBJECT_LENGTH)
    body = forms.CharField(
        label=_("Your message"), max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 7})
    )
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["name"], self.fields["email"]

    @property
    def external_id(self) -> str:
        """See `MessageForm.external_id`."""
        asked = self.cleaned_data
        said = (asked.get("email", ""), asked["order_number"], asked["subject"], asked["body"])
        return form_name(asked["key"], *said)
