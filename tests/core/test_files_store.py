"""Taking files: told by their content, checked, kept without their names, few enough."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils.translation import override
from PIL import Image

from core import clock, files, filetypes, words
from core.errors import Refused
from core.models import Attachment
from tests import build
from tests.core import pictures

KINDS = [
    (pictures.image("JPEG"), "photo.jpg", "image/jpeg"),
    (pictures.image("PNG"), "photo.png", "image/png"),
    (pictures.image("WEBP"), "photo.webp", "image/webp"),
    (pictures.image("GIF"), "photo.gif", "image/gif"),
    (pictures.HEIC, "photo.heic", "image/heif"),
    (pictures.PDF, "invoice.pdf", "application/pdf"),
    (pictures.MP4, "film.mp4", "video/mp4"),
    (pictures.MOV, "film.mov", "video/quicktime"),
    (pictures.WEBM, "film.webm", "video/webm"),
    ("屏幕一直闪烁\r\n\tabc".encode(), "note.txt", "text/plain"),
    ("屏幕一直闪烁".encode("gb18030"), "note.txt", "text/plain"),
    (("说明书" * 3000).encode(), "long.log", "text/plain"),
    (b"BMW is a car, not a bitmap", "cars.txt", "text/plain"),
]

NOT_OURS = [
    (b"MZ\x90\x00" + bytes(100), "setup.exe"),
    (b"MZ\x90\x00" + bytes(100), "photo.jpg"),
    (b"<html><script>alert(1)</script>", "page.html"),
    (b"<html><script>alert(1)</script>", "photo.jpg"),
    (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "drawing.svg"),
    (b"PK\x03\x04" + bytes(60), "archive.zip"),
    (b"PK\x03\x04" + bytes(60), "note.txt"),
    (bytes(5000), "note.txt"),
    (b"plain words", "words.doc"),
    (b"plain words", "words"),
    (pictures.image("TIFF"), "photo.tiff"),
    (pictures.image("BMP"), "photo.bmp"),
]


def kept(content: bytes, name: str, by: Any, **options: Any) -> Attachment:
    return files.store(pictures.upload(content, name), **{"subject": "draft:d0", "by": by, **options})


def content_of(attachment: Attachment) -> bytes:
    with attachment.file.open() as stored:
        return bytes(stored.read())


def refusal(content: bytes, name: str, by: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        kept(content, name, by)
    assert not Attachment.objects.exists()
    return refused.value


def stored_files(folder: Any) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize(("content", "name", "content_type"), KINDS, ids=[name for _, name, _ in KINDS])
def test_a_file_is_told_by_its_content(carol: Any, content: bytes, name: str, content_type: str) -> None:
    attachment = kept(content, name, carol)
    assert (attachment.name, attachment.content_type) == (name, content_type)
    assert (attachment.size, attachment.sha256) == (len(content), sha256(content).hexdigest())
    assert content_of(attachment) == content
    assert (attachment.actor_kind, attachment.actor_id, attachment.public) == ("customer", carol.pk, False)


@pytest.mark.parametrize(("content", "name"), NOT_OURS, ids=[name for _, name in NOT_OURS])
def test_other_kinds_are_refused(carol: Any, content: bytes, name: str) -> None:
    assert refusal(content, name, carol).code == "file.type_not_allowed"


def test_the_browsers_word_about_the_type_does_not_count(carol: Any) -> None:
    upload = pictures.upload(b"MZ\x90\x00" + bytes(100), "photo.jpg", "image/jpeg")
    with pytest.raises(Refused):
        files.store(upload, subject="draft:d0", by=carol)


def test_it_hangs_on_a_row_or_a_draft(carol: Any) -> None:
    assert kept(pictures.PDF, "a.pdf", carol, subject=carol).subject == f"customer:{carol.pk}"
    assert kept(pictures.PDF, "a.pdf", carol, subject="draft:77").subject == "draft:77"


def test_an_empty_file_is_refused(carol: Any) -> None:
    assert refusal(b"", "photo.jpg", carol).code == "file.empty"


@pytest.mark.parametrize(
    ("content", "name", "family"),
    [
        (pictures.image("PNG"), "photo.png", "image"),
        (pictures.MP4, "film.mp4", "video"),
        (pictures.PDF, "a.pdf", "pdf"),
        (b"words " * 20, "note.txt", "text"),
    ],
    ids=["image", "video", "pdf", "text"],
)
def test_each_kind_has_its_limit(carol: Any, settings: Any, content: bytes, name: str, family: str) -> None:
    settings.FILE_SIZE_LIMITS = settings.FILE_SIZE_LIMITS | {family: len(content)}
    kept(content, name, carol)
    settings.FILE_SIZE_LIMITS = settings.FILE_SIZE_LIMITS | {family: len(content) - 1}
    with pytest.raises(Refused) as refused:
        kept(content, name, carol)
    assert refused.value.code == "file.too_large"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "“photo.jpg” is too large (16.5 MB). Files of this kind may have up to 15 MB."),
        ("zh-hans", "“photo.jpg”过大（16.5 MB）。此类文件最大为 15 MB。"),
    ],
)
def test_the_sentence_names_file_and_limit(language: str, sentence: str) -> None:
    megabyte = 1024 * 1024
    with override(language):
        refused = Refused("file.too_large", name="photo.jpg", size=int(16.5 * megabyte), limit=15 * megabyte)
        assert words.refusal(refused) == sentence


# --- images ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_an_image_gets_a_thumbnail(carol: Any, kind: str) -> None:
    attachment = kept(pictures.image(kind, size=(1600, 800)), f"photo.{kind.lower()}", carol)
    with attachment.thumbnail.open() as stored, Image.open(stored) as small:
        assert (small.format, small.size) == ("WEBP", (480, 240))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "1")],
)
def test_images_of_every_colour_space_can_be_drawn(carol: Any, kind: str, mode: str) -> None:
    assert kept(pictures.image(kind, mode=mode), f"photo.{kind.lower()}", carol).thumbnail


def test_a_thumbnail_stands_upright_and_tells_nothing_of_the_camera(carol: Any) -> None:
    content = pictures.turned((640, 320))
    attachment = kept(content, "photo.jpg", carol)
    with attachment.thumbnail.open() as stored, Image.open(stored) as small:
        assert small.size == (240, 480)
        assert not small.getexif()
    assert content_of(attachment) == content


def test_what_cannot_be_drawn_has_no_thumbnail(carol: Any) -> None:
    assert not kept(pictures.PDF, "a.pdf", carol).thumbnail


@pytest.mark.parametrize(
    "content",
    [
        pictures.image("JPEG", size=(640, 640))[:400],
        pictures.image("PNG", size=(640, 640))[:60],
        pictures.image("GIF", size=(640, 640))[:40],
        pictures.image("WEBP", size=(640, 640))[:30],
        b"\xff\xd8\xff\xe0" + bytes(300),
    ],
    ids=["jpeg", "png", "gif", "webp", "nothing but a beginning"],
)
def test_a_damaged_image_is_refused(carol: Any, content: bytes) -> None:
    assert refusal(content, "photo.jpg", carol).code == "file.damaged"


@pytest.mark.parametrize("size", [(8_001, 8_000), (10_000, 10_000), (60_000, 60_000), (2_000_000_000, 9)])
def test_a_bomb_is_refused_before_it_is_unpacked(carol: Any, size: tuple[int, int]) -> None:
    refused = refusal(pictures.bomb(*size), "photo.png", carol)
    assert refused.code == "file.too_many_pixels"
    assert words.refusal(refused) == "“photo.png” has too many pixels. Images may have up to 64 megapixels."


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Photo of lamp.JPG", "Photo of lamp.JPG"),
        ("灯罩.jpeg", "灯罩.jpeg"),
        ("photo.exe", "photo.exe.jpg"),
        ("photo", "photo.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\carol\\lamp.jpg", "lamp.jpg"),
        ("..", "file.jpg"),
        ('a<b>:"c|?*.jpg', "a b c.jpg"),
        ("in\r\nvoice\u202egpj.jpg", "invoicegpj.jpg"),
        ("x" * 300 + ".jpg", "x" * 150 + ".jpg"),
    ],
)
def test_a_name_is_tidy_and_its_ending_honest(given: str, shown: str) -> None:
    assert filetypes.tidy_name(given, filetypes.JPEG) == shown


def test_no_name_reaches_the_disk(carol: Any, settings: Any) -> None:
    attachment = kept(pictures.image(), "secret-name.jpg", carol)
    paths = [str(path) for path in stored_files(settings.MEDIA_ROOT)]
    assert len(paths) == 2
    assert all(str(attachment.uuid) in path and "secret" not in path for path in paths)


# --- how many ----------------------------------------------------------------------------------------


def test_only_so_many_files_fit(carol: Any, settings: Any) -> None:
    settings.FILES_PER_SUBJECT = 2
    for _ in range(2):
        kept(pictures.PDF, "a.pdf", carol)
    with pytest.raises(Refused) as refused:
        kept(pictures.PDF, "a.pdf", carol)
    assert words.refusal(refused.value) == "At most 2 files can be attached here."
    assert len(stored_files(settings.MEDIA_ROOT)) == 2


def test_uploads_at_once_do_not_slip_past_the_limit(
    together: Callable[..., list[Any]], carol: Any, settings: Any
) -> None:
    settings.FILES_PER_SUBJECT = 3
    together(*[partial(kept, pictures.PDF, "a.pdf", carol)] * 9)
    assert Attachment.objects.count() == 3
    assert len(stored_files(settings.MEDIA_ROOT)) == 3


# --- drafts ------------------------------------------------------------------------------------------


def test_a_session_sees_its_own_drafts_only(carol: Any) -> None:
    mine: dict[str, Any] = {}
    draft = files.new_draft(mine)
    attachment = kept(pictures.PDF, "a.pdf", carol, subject=draft)
    assert list(files.draft_files(mine, draft)) == [attachment]
    assert not files.draft_files({}, draft).exists()


def test_a_session_remembers_its_latest_drafts() -> None:
    session: dict[str, Any] = {}
    drafts = [files.new_draft(session) for _ in range(files.DRAFTS_PER_SESSION + 1)]
    assert len(session["drafts"]) == files.DRAFTS_PER_SESSION
    assert drafts[-1] == f"draft:{session['drafts'][-1]}"


def test_claimed_drafts_belong_to_their_row(carol: Any) -> None:
    alice = build.user("Alice")
    attachment = kept(pictures.PDF, "a.pdf", carol)
    (claimed,) = files.claim([attachment], subject=carol, by=alice, public=True)
    assert (claimed.subject, claimed.public) == (f"customer:{carol.pk}", True)
    assert (claimed.actor_kind, claimed.actor_id) == ("user", alice.pk)


def test_claiming_twice_changes_nothing(carol: Any) -> None:
    attachment = kept(pictures.PDF, "a.pdf", carol, public=True)
    for _ in range(2):
        (claimed,) = files.claim([attachment], subject=carol, by=carol)
    assert (claimed.subject, claimed.public) == (f"customer:{carol.pk}", True)


def test_what_was_sent_with_something_else_stays_there(carol: Any) -> None:
    attachment = kept(pictures.PDF, "a.pdf", carol)
    files.claim([attachment], subject=carol, by=carol)
    with pytest.raises(Refused) as refused:
        files.claim([attachment], subject=build.customer("Charlie"), by=carol)
    assert refused.value.code == "file.already_used"


def test_a_row_takes_only_so_many_drafts(carol: Any, settings: Any) -> None:
    first = [kept(pictures.PDF, "a.pdf", carol, subject="draft:1") for _ in range(2)]
    second = [kept(pictures.PDF, "a.pdf", carol, subject="draft:2") for _ in range(2)]
    settings.FILES_PER_SUBJECT = 3
    files.claim(first, subject=carol, by=carol)
    with pytest.raises(Refused) as refused:
        files.claim(second, subject=carol, by=carol)
    assert refused.value.code == "file.too_many"


def test_a_discarded_draft_is_gone_with_its_file(carol: Any, settings: Any) -> None:
    attachment = kept(pictures.image(), "a.jpg", carol)
    for _ in range(2):
        files.discard(attachment)
    assert not Attachment.objects.exists()
    assert stored_files(settings.MEDIA_ROOT) == []


def test_what_was_just_sent_is_not_discarded(carol: Any) -> None:
    attachment = kept(pictures.PDF, "a.pdf", carol)
    files.claim([attachment], subject=carol, by=carol)
    with pytest.raises(Refused) as refused:
        files.discard(attachment)
    assert refused.value.code == "file.already_used"
    assert content_of(attachment) == pictures.PDF


def test_drafts_nobody_sends_are_swept(carol: Any, settings: Any) -> None:
    with time_machine.travel(clock.now() - timedelta(days=2, minutes=1)):
        old = kept(pictures.image(), "old.jpg", carol)
        sent = kept(pictures.PDF, "sent.pdf", carol)
        files.claim([sent], subject=carol, by=carol)
    kept(pictures.PDF, "new.pdf", carol)
    assert files.sweep_drafts() == 1
    assert set(Attachment.objects.values_list("name", flat=True)) == {"sent.pdf", "new.pdf"}
    assert len(stored_files(settings.MEDIA_ROOT)) == 2
    with pytest.raises(Refused) as refused:
        files.claim([old], subject=carol, by=carol)
    assert refused.value.code == "file.gone"
