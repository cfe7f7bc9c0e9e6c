"""Forms with files: what was uploaded is not lost when the form is refused."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from core.errors import Refused
from core.models import Attachment
from core.uploads import FormWithFiles
from customers.models import Customer


def upload(name: str = "words.txt", content: bytes = b"words") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


def form(*files: SimpleUploadedFile, draft: str = "") -> FormWithFiles:
    data = QueryDict(mutable=True)
    data["draft"] = draft
    bound = FormWithFiles(data, MultiValueDict({"attachments": list(files)}))
    assert bound.is_valid(), bound.errors
    return bound


def test_files_are_kept_under_one_draft(carol: Customer) -> None:
    session: dict[str, Any] = {}
    bound = form(upload("a.txt"), upload("b.txt"))
    kept = bound.keep_files(session, by=carol)
    assert [file.name for file in kept] == ["a.txt", "b.txt"]
    assert len({file.subject for file in kept}) == 1
    assert bound["draft"].value() == kept[0].subject


def test_a_form_that_comes_again_brings_its_files_back(carol: Customer) -> None:
    session: dict[str, Any] = {}
    first = form(upload("a.txt"))
    first.keep_files(session, by=carol)
    again = form(upload("b.txt"), draft=first["draft"].value())
    assert [file.name for file in again.keep_files(session, by=carol)] == ["a.txt", "b.txt"]


def test_without_files_there_is_no_draft(carol: Customer) -> None:
    session: dict[str, Any] = {}
    assert form().keep_files(session, by=carol) == []
    assert session == {}


def test_somebody_elses_draft_brings_nothing(carol: Customer) -> None:
    theirs = form(upload("secret.txt"))
    theirs.keep_files({}, by=carol)
    assert form(draft=theirs["draft"].value()).keep_files({}, by=carol) == []


def test_what_was_good_is_kept_when_one_file_is_refused(carol: Customer) -> None:
    session: dict[str, Any] = {}
    bound = form(upload("a.txt"), upload("b.exe", b"MZ\x90\x00" + b"\x00" * 60))
    with pytest.raises(Refused) as refused:
        bound.keep_files(session, by=carol)
    assert refused.value.code == "file.type_not_allowed"
    assert [file.name for file in bound.kept] == ["a.txt"]
    assert Attachment.objects.count() == 1
