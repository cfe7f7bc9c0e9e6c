"""All there is about a case for a platform's dispute desk or a carrier's claim desk, in one ZIP.

In it: a summary to read (PDF), timeline, messages and tracking as text, the files as they were sent, and a
manifest with the SHA-256 of every part. Out of it: internal notes, staff by name, anybody else's data.
"""

import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import dates, events, paper, words
from core.models import Attachment, Event, key_of
from core.money import Money, format_money
from core.paper import Block, Facts, Heading, Picture, Table, Text
from orders.models import Shipment
from returns.models import Case, Inspection
from tickets.access import messages_of
from tickets.models import Message

MOST_BYTES = 200 * 1024 * 1024
"""Files beyond this sum are named in the manifest with their hash, but not packed."""

MOST_PICTURES = 24
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 256 * 1024


@dataclass
class Pack:
    """The finished ZIP, open at its beginning; `files` counts the parts beside the manifest."""

    file: IO[bytes]
    files: int
    digest: str
    """SHA-256 of the manifest, which vouches for all else."""


@dataclass
class Contents:
    """What a pack is made from, read once."""

    case: Case
    at: datetime
    happened: Sequence[Event] = field(default_factory=list)
    messages: Sequence[Message] = field(default_factory=list)
    parcels: Sequence[Shipment] = field(default_factory=list)
    attachments: Sequence[Attachment] = field(default_factory=list)


def build(case: Case, at: datetime) -> Pack:
    """Pack everything about a case, in the active language and the zone of the case."""
    with timezone.override(case.terms.zone):
        contents = _gather(case, at)
        texts = {
            "summary.pdf": paper.write(
                _summary(contents), title=_title(case), foot=f"{case.number} · {dates.exact(at)}"
            ),
            "timeline.txt": "\n".join(_timeline(contents)).encode(),
            "messages.txt": "\n\n".join(_conversation(contents)).encode(),
            "tracking.txt": "\n".join(_tracking(contents)).encode(),
        }
        return _zipped(contents, texts)


# --- what there is ------------------------------------------------------------------------------------


def _gather(case: Case, at: datetime) -> Contents:
    subjects = [key_of(case), *(f"refund:{pk}" for pk in case.refunds.values_list("pk", flat=True))]
    happened = events.timeline(case.ticket, public_only=True).filter(subject__in=subjects)
    messages = list(messages_of(case.ticket).order_by("pk"))
    return Contents(
        case=case,
        at=at,
        happened=list(happened),
        messages=messages,
        parcels=_parcels(case),
        attachments=_attachments(case, messages),
    )


def _parcels(case: Case) -> list[Shipment]:
    """The parcels of the case, and those that brought its goods to the customer."""
    lines = case.lines.values("order_line")
    sent = Shipment.objects.filter(order=case.order, lines__line__in=lines)
    ours = Shipment.objects.filter(return_parcel__case=case)
    keys = {*sent.values_list("pk", flat=True), *ours.values_list("pk", flat=True)}
    return list(Shipment.objects.filter(pk__in=keys).prefetch_related("tracking_events"))


def _attachments(case: Case, messages: Sequence[Message]) -> list[Attachment]:
    """What the customer sent, what the bench photographed, and the files of the conversation."""
    benches = Inspection.objects.filter(case_line__case=case)
    subjects = [key_of(case), *map(key_of, benches), *map(key_of, messages)]
    return list(Attachment.objects.filter(subject__in=subjects))


def _who(case: Case, row: Event | Message) -> str:
    """Customers by name, staff as the shop, the machine as itself."""
    if row.actor_kind == "user":
        return case.order.shop.name
    return row.actor_name or _("System")


def _sentence(case: Case, happened: Event) -> str:
    happened.actor_name = _who(case, happened)
    return words.event(happened)


# --- as text ------------------------------------------------------------------------------------------


def _timeline(contents: Contents) -> Iterator[str]:
    for happened in contents.happened:
        yield f"{dates.exact(happened.at)}  {_sentence(contents.case, happened)}"


def _conversation(contents: Contents) -> Iterator[str]:
    for message in contents.messages:
        yield f"{dates.exact(message.created_at)}  {_who(contents.case, message)}\n{message.body}"


def _tracking(contents: Contents) -> Iterator[str]:
    for parcel in contents.parcels:
        yield f"{parcel.carrier} {parcel.tracking_number} ({parcel.get_direction_display()})"
        for news in reversed(parcel.news):
            said = (news.get_status_display(), news.description, news.location)
            yield f"  {dates.exact(news.occurred_at or news.received_at)}  {' · '.join(filter(None, said))}"


# --- to read ------------------------------------------------------------------------------------------


def _title(case: Case) -> str:
    return _("Evidence on %(number)s") % {"number": case.number}


def _summary(contents: Contents) -> list[Block]:
    case = contents.case
    blocks: list[Block] = [
        Heading(_title(case), 1),
        Facts(list(_facts(case))),
        Heading(_("Items")),
        _items(case),
    ]
    if case.description:
        blocks += [Heading(_("What the customer says")), Text(case.description)]
    blocks += [Heading(_("What happened")), _rows(list(_timeline_rows(contents)))]
    blocks += [Heading(_("Parcels")), *_parcel_blocks(contents)]
    blocks += [Heading(_("Messages")), *(Text(said) for said in _conversation(contents))]
    return [*blocks, Heading(_("Files")), *_file_blocks(contents)]


def _facts(case: Case) -> Iterator[tuple[str, str]]:
    def money(amount: int) -> str:
        return format_money(Money(amount, case.currency))

    yield _("Shop"), case.order.shop.name
    yield _("Order"), case.order.number
    yield _("Name"), case.customer.display_name
    yield _("Kind"), str(case.get_kind_display())
    yield _("Status"), str(case.get_status_display())
    yield _("Reason"), str(case.reason)
    yield pgettext("amount", "Requested"), money(case.requested_amount)
    if case.refund_amount is not None:
        yield _("Refund"), money(case.refund_amount)


def _items(case: Case) -> Table:
    rows = [
        (
            f"{line.order_line.title}\n{line.order_line.sku}",
            str(line.quantity_requested),
            str(line.quantity_received),
            str(line.quantity_accepted),
        )
        for line in case.lines.select_related("order_line")
    ]
    head = (
        _("Item"),
        pgettext("amount", "Requested"),
        pgettext("units", "Received"),
        pgettext("units", "Accepted"),
    )
    return Table(head, rows, (0.55, 0.15, 0.15, 0.15), numeric=(1, 2, 3))


def _timeline_rows(contents: Contents) -> Iterator[tuple[str, str]]:
    for happened in contents.happened:
        yield dates.exact(happened.at), _sentence(contents.case, happened)


def _rows(rows: Sequence[tuple[str, str]]) -> Table:
    return Table((_("When"), _("What")), rows, (0.4, 0.6))


def _parcel_blocks(contents: Contents) -> Iterator[Block]:
    for parcel in contents.parcels:
        yield Text(f"{parcel.carrier} {parcel.tracking_number} · {parcel.get_direction_display()}")
        rows = [
            (
                dates.exact(news.occurred_at or news.received_at),
                " · ".join(filter(None, (news.get_status_display(), news.description, news.location))),
            )
            for news in reversed(parcel.news)
        ]
        yield _rows(rows)


def _file_blocks(contents: Contents) -> Iterator[Block]:
    for attachment in contents.attachments:
        yield Text(f"{attachment.name}\nSHA-256 {attachment.sha256}\n{dates.exact(attachment.created_at)}")
    for attachment in [each for each in contents.attachments if each.thumbnail][:MOST_PICTURES]:
        try:
            with attachment.thumbnail.open("rb") as small:
                yield Picture(small.read(), attachment.name)
        except FileNotFoundError:
            continue


# --- packed -------------------------------------------------------------------------------------------


def _zipped(contents: Contents, texts: dict[str, bytes]) -> Pack:
    spool: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # handed on open
    entries: list[dict[str, Any]] = []
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in texts.items():
            archive.writestr(_entry(name, contents.at), content)
            entries.append({"path": name, "bytes": len(content), "sha256": sha256(content).hexdigest()})
        left = MOST_BYTES
        for number, attachment in enumerate(contents.attachments, start=1):
            entries.append(_pack_file(archive, attachment, number, contents.at, left))
            left -= entries[-1].get("bytes", 0)
        manifest = _manifest(contents, entries)
        archive.writestr(_entry("manifest.json", contents.at), manifest)
    spool.seek(0)
    return Pack(spool, len(entries), sha256(manifest).hexdigest())


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, date_time=at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _pack_file(
    archive: zipfile.ZipFile, attachment: Attachment, number: int, at: datetime, left: int
) -> dict[str, Any]:
    """Copy a file byte for byte; what is too large or gone is named all the same."""
    sent: dict[str, Any] = {
        "name": attachment.name,
        "sha256_when_received": attachment.sha256,
        "received_at": attachment.created_at.isoformat(),
        "from": "customer" if attachment.actor_kind == "customer" else "shop",
    }
    if attachment.size > left:
        return {**sent, "left_out": "too_large"}
    path, digest, size = f"files/{number:02d}-{_flat(attachment.name)}", sha256(), 0
    try:
        original = attachment.file.open("rb")
    except FileNotFoundError:
        return {**sent, "left_out": "missing"}
    info = _entry(path, at)
    info.compress_type = zipfile.ZIP_STORED  # photos and videos are compressed already
    with original, archive.open(info, "w", force_zip64=True) as packed:
        while chunk := original.read(CHUNK):
            packed.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"path": path, "bytes": size, "sha256": digest.hexdigest(), **sent}


def _flat(name: str) -> str:
    """A name that stays in its folder wherever it is unpacked."""
    return re.sub(r"[/\\\x00-\x1f]", "_", name)


def _manifest(contents: Contents, entries: list[dict[str, Any]]) -> bytes:
    case = contents.case
    told = {
        "case": case.number,
        "order": case.order.number,
        "shop": case.order.shop.code,
        "made_at": contents.at.isoformat(),
        "files": entries,
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()
