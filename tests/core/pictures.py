"""Files to send: small real ones, made on the spot."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + bytes(200)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + bytes(200)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)


def upload(content: bytes, name: str = "photo.jpg", content_type: str = "application/octet-stream") -> Any:
    return SimpleUploadedFile(name, content, content_type)


def image(
    kind: str = "JPEG", *, size: tuple[int, int] = (64, 32), mode: str = "RGB", **options: Any
) -> bytes:
    target = BytesIO()
    Image.new(mode, size, 0 if mode in ("L", "1", "P", "I;16") else None).save(target, kind, **options)
    return target.getvalue()


def turned(size: tuple[int, int] = (64, 32)) -> bytes:
    """A JPEG whose camera was held upright: stored lying, to be shown standing."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return image(size=size, exif=exif)


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )
