"""Handing files out: by right, sealed, and as nothing but what they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client

from core import files
from core.models import Attachment
from tests import build
from tests.core import pictures


def asked(request: HttpRequest, pk: str, attachment: Attachment) -> bool:
    """A gate of an app: it opens for whoever says the right word."""
    return request.GET.get("word") == f"{pk}-{attachment.name}"


@pytest.fixture(autouse=True)
def gates(settings: Any) -> None:
    settings.ATTACHMENT_GATES = settings.ATTACHMENT_GATES | {"message": f"{__name__}.asked"}


@pytest.fixture
def photo(db: None) -> Attachment:
    carol = build.customer("Carol")
    return files.store(pictures.upload(pictures.image(), "灯.jpg"), subject="message:5", by=carol)


def body(answer: Any) -> bytes:
    chunks: Iterator[bytes] = answer.streaming_content
    return b"".join(chunks)


def test_the_gate_of_its_app_opens(client: Client, photo: Attachment) -> None:
    answer = client.get(photo.get_absolute_url(), {"word": "5-灯.jpg"})
    assert answer.status_code == 200
    assert body(answer) == pictures.image()


@pytest.mark.parametrize("ending", ["", "thumbnail/"])
def test_without_right_there_is_no_file(client: Client, photo: Attachment, ending: str) -> None:
    assert client.get(photo.get_absolute_url() + ending).status_code == 404
    client.force_login(build.user("Alice"))
    assert client.get(photo.get_absolute_url() + ending, {"word": "no"}).status_code == 404


@pytest.mark.parametrize("subject", ["invoice:5", "message", "", "draft:elsewhere"])
def test_what_hangs_on_nothing_known_is_seen_by_nobody(
    client: Client, photo: Attachment, subject: str
) -> None:
    Attachment.objects.update(subject=subject)
    assert client.get(photo.get_absolute_url(), {"word": "5-灯.jpg"}).status_code == 404


def test_there_is_nothing_under_other_numbers(client: Client, db: None) -> None:
    assert client.get("/files/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.get("/files/1/").status_code == 404


def test_a_draft_is_seen_by_its_session(client: Client, db: None) -> None:
    session = client.session
    draft = files.new_draft(session)
    session.save()
    attachment = files.store(
        pictures.upload(pictures.PDF, "a.pdf"), subject=draft, by=build.customer("Carol")
    )
    assert body(client.get(attachment.get_absolute_url())) == pictures.PDF
    assert Client().get(attachment.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "content_type", "shown"),
    [
        (pictures.image(), "a.jpg", "image/jpeg", "inline"),
        (pictures.PDF, "a.pdf", "application/pdf", "inline"),
        (pictures.MP4, "a.mp4", "video/mp4", "inline"),
        (pictures.HEIC, "a.heic", "image/heif", "attachment"),
        (b"<script>alert(1)</script>", "a.txt", "text/plain", "attachment"),
    ],
    ids=["jpeg", "pdf", "mp4", "heic", "text"],
)
def test_a_file_is_sealed(
    client: Client, db: None, content: bytes, name: str, content_type: str, shown: str
) -> None:
    carol = build.customer("Carol")
    attachment = files.store(pictures.upload(content, name), subject="message:5", by=carol)
    answer = client.get(attachment.get_absolute_url(), {"word": f"5-{name}"})
    assert body(answer) == content
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'{shown}; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert ("sandbox" in answer["Content-Security-Policy"]) == (content_type != "application/pdf")
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_thumbnail_is_small_and_sealed(client: Client, photo: Attachment) -> None:
    answer = client.get(photo.thumbnail_url, {"word": "5-灯.jpg"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert body(answer)[8:12] == b"WEBP"


def test_what_has_no_thumbnail_shows_none(client: Client, db: None) -> None:
    carol = build.customer("Carol")
    attachment = files.store(pictures.upload(pictures.PDF, "a.pdf"), subject="message:5", by=carol)
    assert attachment.thumbnail_url == ""
    assert client.get(f"{attachment.get_absolute_url()}thumbnail/", {"word": "5-a.pdf"}).status_code == 404


def test_a_reader_who_has_it_is_not_sent_it_again(client: Client, photo: Attachment) -> None:
    word = {"word": "5-灯.jpg"}
    first = client.get(photo.get_absolute_url(), word)
    body(first)
    again = client.get(photo.get_absolute_url(), word, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    assert client.get(photo.get_absolute_url(), headers={"If-None-Match": first["ETag"]}).status_code == 404


def test_a_file_cannot_be_posted_to(client: Client, photo: Attachment) -> None:
    assert client.post(photo.get_absolute_url()).status_code == 405
