"""Pages with rows that come and go by buttons: each button draws the page again and saves nothing."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict

Typed = TypeVar("Typed", bound=BaseForm)
Rows = TypeVar("Rows", bound="BaseFormSet[Any]")


def only_redraws(data: QueryDict, buttons: Collection[str]) -> bool:
    """Whether one of the buttons sent the form that only draw it again."""
    return not data.keys().isdisjoint(buttons)


def unchecked(form: Typed) -> Typed:
    """The form as it was typed, complaining about nothing."""
    form.errors.clear()
    return form


def unchecked_set(formset: Rows) -> Rows:
    """A set of forms as they were typed, complaining about nothing."""
    for form in formset.forms:
        unchecked(form)
    formset.non_form_errors().clear()
    return formset
