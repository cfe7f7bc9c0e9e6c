"""Photos that customers of the demo shop send: drawn, because no real ones are ours to give away."""

from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)


def photo(dice: Random, name: str) -> SimpleUploadedFile:
    """A JPEG of a box with a crack on a table, different every time."""
    table = tuple(dice.randint(150, 215) for _ in range(3))
    picture = Image.new("RGB", SIZE, table)
    draw = ImageDraw.Draw(picture)
    left, top = dice.randint(180, 300), dice.randint(140, 220)
    right, bottom = left + dice.randint(360, 460), top + dice.randint(280, 360)
    draw.ellipse((left - 30, bottom - 40, right + 50, bottom + 50), fill=tuple(c - 45 for c in table))
    body = tuple(dice.randint(60, 200) for _ in range(3))
    draw.rounded_rectangle((left, top, right, bottom), 28, fill=body)
    draw.rounded_rectangle(
        (left + 24, top + 24, right - 24, top + 90), 14, fill=tuple(c // 2 + 110 for c in body)
    )
    x, y = dice.randint(left + 60, right - 120), top + 100
    crack = [(x, y)]
    while y < bottom - 30:
        x, y = x + dice.randint(-28, 34), y + dice.randint(18, 46)
        crack.append((x, y))
    draw.line(crack, fill=tuple(c // 4 for c in body), width=5, joint="curve")
    stream = BytesIO()
    picture.filter(ImageFilter.SMOOTH).save(stream, "JPEG", quality=82)
    return SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")
