"""Forms with files: what was uploaded is kept under a draft, so that a refused form loses nothing."""

from collections.abc import MutableMapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core import files
from core.actors import Actor
from core.models import Attachment


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleans to a list. Their content is checked when they are stored."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(upload, initial) for upload in given]


class FormWithFiles(forms.Form):
    """A form to which files may be added; draw `kept` and the hidden `draft` when it is shown again."""

    draft = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    attachments = FilesField(label=_("Photos and files"), required=False)

    kept: list[Attachment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = []

    def keep_files(self, session: MutableMapping[str, Any], *, by: Actor) -> list[Attachment]:
        """Store what was uploaded and return every file of the draft, to be handed to the verb.

        Call it on a valid form, outside of a transaction. Refuses like `files.store`.
        """
        draft = self.cleaned_data["draft"]
        self.kept = list(files.draft_files(session, draft)) if draft else []
        for upload in self.cleaned_data["attachments"]:
            if not self.kept:
                draft = self._begin(session)
            self.kept.append(files.store(upload, subject=draft, by=by))
        return self.kept

    def _begin(self, session: MutableMapping[str, Any]) -> str:
        """A new draft, remembered by the form for when it is drawn again."""
        draft = files.new_draft(session)
        self.data = {**{name: self.data[name] for name in self.data}, self.add_prefix("draft"): draft}
        return draft
