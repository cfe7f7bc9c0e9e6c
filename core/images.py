"""Looking inside images other people made: is it whole, is its size sane, what does it look like small."""

from io import BytesIO
from typing import IO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
THUMBNAIL_SIZE = (480, 480)
THUMBNAIL_TYPE = "image/webp"


class DamagedError(Exception):
    """The bytes are not the image they claim to be."""


class TooManyPixelsError(Exception):
    """Small as a file, enormous once unpacked."""


def thumbnail(file: IO[bytes], *, max_pixels: int) -> bytes:
    """A small upright WebP picture of an image; of a moving one, its first frame.

    Drawing it proves that the image can be decoded. Raises `DamagedError` or `TooManyPixelsError`; the size
    is read from the header, before anything is unpacked.
    """
    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > max_pixels:
                raise TooManyPixelsError
            return _drawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixelsError from None
    except (TooManyPixelsError, MemoryError):
        raise
    except Exception as error:  # decoders fail in every way there is when fed with broken bytes
        raise DamagedError from error


def width_of(content: bytes) -> int:
    """How many pixels wide an image is; 0 for what is none."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            return image.width
    except Exception:  # decoders fail in every way there is
        return 0


def _drawn(image: Image.Image) -> bytes:
    image.draft("RGB", THUMBNAIL_SIZE)  # a JPEG is unpacked at a fraction of its size; others ignore it
    upright = ImageOps.exif_transpose(image)
    small = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    small.thumbnail(THUMBNAIL_SIZE)
    target = BytesIO()
    small.save(target, "WEBP", quality=80, icc_profile=_profile(upright), exif=b"", xmp=b"")
    return target.getvalue()


def _profile(image: Image.Image) -> bytes:
    """The colour profile, where it describes the colours the thumbnail has."""
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    return profile if isinstance(profile, bytes) else b""
