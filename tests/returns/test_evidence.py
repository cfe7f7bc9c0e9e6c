"""The evidence pack: complete, true to the byte, and without what is nobody else's business."""

import io
import json
import zipfile
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from accounts.actions import issue_token
from accounts.models import Language, User
from core import clock, files
from core.actors import SYSTEM
from core.models import Attachment, Event
from customers.models import Customer
from orders.actions import record_tracking
from orders.models import Order
from returns import actions, evidence_pack
from returns.models import Case
from returns.states import CaseStatus
from tests import build
from tests.core import pictures
from tests.returns import shop
from tests.returns.papers import pages
from tickets import actions as tickets
from tickets.states import Channel


@pytest.fixture
def case(order: Order, alice: User, carol: Customer) -> Case:
    """A return with a photo, a parcel that is tracked, an answer, and a note that stays inside."""
    shop.centre()
    photo = files.store(pictures.upload(pictures.image(), "crack.jpg"), subject="draft:photo", by=carol)
    made = actions.submit(
        order,
        items=[shop.item(order, code="defective")],
        attachments=[photo],
        description="The shade is cracked.",
        by=carol,
    )
    actions.approve(made, by=alice)
    actions.add_tracking(made, carrier="SF Express", tracking_number="SF1234567890123", by=carol)
    parcel = made.parcels.get().shipment
    record_tracking(
        parcel, status="in_transit", occurred_at=clock.now(), description="Left the hub", by=SYSTEM
    )
    tickets.reply(made.ticket, body="We have it on its way.", by=alice)
    tickets.add_note(made.ticket, body="Customer is a friend of the boss.", by=alice)
    tickets.receive(made.ticket, body="Thank you.", channel=Channel.PORTAL, by=carol)
    build.ticket(customer=carol, subject="Something else", body="Where is my invoice?")
    return Case.objects.get(pk=made.pk)


def opened(pack: evidence_pack.Pack) -> dict[str, bytes]:
    with pack.file, zipfile.ZipFile(pack.file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_part_has_its_hash_in_the_manifest(case: Case, alice: User) -> None:
    pack = actions.pack_evidence(case, by=alice)
    parts = opened(pack)
    manifest = parts.pop("manifest.json")
    assert pack.digest == sha256(manifest).hexdigest()
    told = json.loads(manifest)
    assert (told["case"], told["shop"]) == (case.number, "lamps")
    assert {each["path"]: each["sha256"] for each in told["files"]} == {
        path: sha256(content).hexdigest() for path, content in parts.items()
    }
    assert pack.files == len(parts)


def test_files_are_packed_as_they_were_sent(case: Case, alice: User) -> None:
    parts = opened(actions.pack_evidence(case, by=alice))
    photo = Attachment.objects.get(subject=f"case:{case.pk}")
    with photo.file.open("rb") as original:
        assert parts["files/01-crack.jpg"] == original.read()
    told = json.loads(parts["manifest.json"])["files"][-1]
    assert told["sha256"] == told["sha256_when_received"] == photo.sha256
    assert told["from"] == "customer"


def test_the_summary_tells_the_whole_story(case: Case, alice: User) -> None:
    parts = opened(actions.pack_evidence(case, by=alice))
    summary = " ".join(pages(parts["summary.pdf"]))
    for said in (
        case.number,
        case.order.number,
        "The shade is cracked.",
        "SF1234567890123",
        "Left the hub",
        "We have it on its way.",
        "Thank you.",
        "crack.jpg",
    ):
        assert said in summary
    assert "Left the hub" in parts["tracking.txt"].decode()
    assert "Carol asked to return 1 unit" in parts["timeline.txt"].decode()
    assert "Lamps & More\nWe have it on its way." in parts["messages.txt"].decode()


def test_what_is_nobody_else_s_business_stays_inside(case: Case, alice: User) -> None:
    for part in opened(actions.pack_evidence(case, by=alice)).values():
        for secret in (b"friend of the boss", b"invoice", b"Alice", alice.email.encode()):
            assert secret not in part
    told = opened(actions.pack_evidence(case, by=alice))
    summary = " ".join(pages(told["summary.pdf"]))
    assert "friend of the boss" not in summary
    assert "Alice" not in summary


def test_photos_of_the_bench_are_in_it(case: Case, alice: User, wei: User) -> None:
    actions.receive(case, counts=shop.all_units(case), by=wei)
    actions.start_inspection(case, by=wei)
    photo = files.store(pictures.upload(pictures.image(), "bench.jpg"), subject="draft:bench", by=wei)
    actions.inspect(case, lots=shop.lots(case, attachments=[photo]), by=wei)
    assert "files/02-bench.jpg" in opened(actions.pack_evidence(case, by=alice))


def test_what_is_too_large_or_gone_is_named(case: Case, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = Attachment.objects.get(subject=f"case:{case.pk}")
    monkeypatch.setattr(evidence_pack, "MOST_BYTES", photo.size - 1)
    told = json.loads(opened(actions.pack_evidence(case, by=alice))["manifest.json"])["files"][-1]
    assert (told["left_out"], told["sha256_when_received"]) == ("too_large", photo.sha256)
    monkeypatch.undo()
    photo.file.storage.delete(str(photo.file.name))
    photo.thumbnail.storage.delete(str(photo.thumbnail.name))
    told = json.loads(opened(actions.pack_evidence(case, by=alice))["manifest.json"])["files"][-1]
    assert told["left_out"] == "missing"


def test_names_of_files_cannot_climb_out(case: Case, alice: User) -> None:
    Attachment.objects.filter(subject=f"case:{case.pk}").update(name="../../etc/passwd")
    names = opened(actions.pack_evidence(case, by=alice))
    assert not [name for name in names if ".." in name.split("/") or name.count("/") > 1]


def test_it_speaks_the_reader_s_language(case: Case, alice: User) -> None:
    with translation.override(Language.CHINESE):
        parts = opened(actions.pack_evidence(case, by=alice))
    assert "的证据" in pages(parts["summary.pdf"])[0]


def test_taking_it_is_on_record_and_no_customer_sees_that(case: Case, alice: User) -> None:
    pack = actions.pack_evidence(case, by=alice)
    pack.file.close()
    event = Event.objects.get(kind="case.evidence_packed")
    assert (event.public, event.data["manifest"], event.data["files"]) == (False, pack.digest, pack.files)


def test_a_button_and_the_api_hand_it_out(case: Case, alice: User, wei: User, client: Client) -> None:
    client.force_login(alice)
    address = f"/cases/{case.number}/evidence-pack/"
    assert f"/console{address}" in client.get(f"/console/cases/{case.number}/").content.decode()
    token = issue_token(alice, name="Shop", by=alice)[1]
    page: Any = client.post(f"/console{address}")
    other: Any = Client().post(f"/api/v1{address}", headers={"authorization": f"Token {token}"})
    for answer in (page, other):
        assert f'filename="{case.number}.zip"' in answer["Content-Disposition"]
        body = io.BytesIO(b"".join(answer.streaming_content))
        assert "manifest.json" in zipfile.ZipFile(body).namelist()
    client.force_login(wei)
    assert client.post(f"/console{address}").status_code == 403


def test_without_files_there_is_a_pack_too(order: Order, alice: User) -> None:
    bare = shop.case(order, status=CaseStatus.SUBMITTED)
    assert "summary.pdf" in opened(actions.pack_evidence(bare, by=alice))


def test_a_file_of_another_kind_is_packed(case: Case, alice: User, carol: Customer) -> None:
    paper = SimpleUploadedFile("receipt.pdf", b"%PDF-1.4\n%receipt\n%%EOF\n", "application/pdf")
    files.store(paper, subject=case, by=carol, public=True)
    parts = opened(actions.pack_evidence(case, by=alice))
    assert parts["files/02-receipt.pdf"].startswith(b"%PDF")
