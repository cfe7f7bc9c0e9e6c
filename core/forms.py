"""What forms of all rooms do alike."""

from collections.abc import Mapping
from typing import Any

from django import forms


def say_what_empty_means(form: forms.BaseForm, words: Mapping[str, Any]) -> None:
    """Words for the empty choice of lists of rows, by the name of the field; Django writes dashes there."""
    for name, said in words.items():
        field = form.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.empty_label = said
