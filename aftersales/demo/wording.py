"""One text to customers in the shop's own words, changed twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from accounts.models import User
from aftersales.demo.stories import Story
from core import clock
from core.texts.changing import change_text
from core.texts.declaring import declared
from core.texts.versions import standing

FIRST = {
    "en": """\
Hello {{ customer.name }},

thank you for writing to Larch Lamps. Your request has the number {{ ticket.number }}. {{ promise }}

See your request: {{ link }}""",
    "zh": """\
{{ customer.name }}，您好：

感谢您联系落叶松灯具。您的申请编号为 {{ ticket.number }}。{{ promise }}

查看您的申请: {{ link }}""",
}
THEN = {
    "en": FIRST["en"].replace("\n\nSee", "\n\nPhotos of the lamp and of its type plate help us most.\n\nSee"),
    "zh": FIRST["zh"].replace("\n\n查看", "\n\n附上灯具和铭牌的照片，我们能更快为您处理。\n\n查看"),
}


def reworded(staff: Mapping[str, User]) -> Story:
    """An administrator words what goes out when a request arrives, and a day later adds a line."""
    text = declared()["tickets.opened"]
    for version, bodies in enumerate((FIRST, THEN)):
        said = standing(text).wordings
        wordings = {name: replace(said[name], body=body) for name, body in bodies.items()}
        change_text(text, wordings=wordings, version=version, by=staff["admin"])
        yield clock.now() + timedelta(days=1)
