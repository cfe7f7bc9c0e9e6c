"""The console as an app on a home screen or in a dock."""

import json

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from tests import build

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "name"), [("en", "Aftersales"), ("zh-hans", "售后服务台")])
def test_the_manifest_speaks_the_language_of_its_address(client: Client, language: str, name: str) -> None:
    answer = client.get(f"/console/app/{language}/manifest.webmanifest")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/manifest+json")
    assert "manifest-src 'self'" in answer["Content-Security-Policy"]
    told = json.loads(answer.content)
    assert (told["name"], told["lang"]) == (name, language)
    assert (told["id"], told["start_url"], told["scope"]) == ("/console/", "/console/", "/")
    assert told["display"] == "standalone"
    assert (told["theme_color"], told["background_color"]) == ("#0b6174", "#ffffff")


def test_a_language_we_do_not_speak_has_none(client: Client) -> None:
    assert client.get("/console/app/tlh/manifest.webmanifest").status_code == 404


def test_its_icons_are_there_and_as_large_as_it_says(client: Client) -> None:
    told = json.loads(client.get("/console/app/en/manifest.webmanifest").content)
    found = set()
    for icon in told["icons"]:
        with Image.open(str(finders.find(icon["src"].removeprefix("/static/")))) as image:
            assert (icon["type"], icon["sizes"]) == ("image/png", f"{image.width}x{image.height}")
            corner = image.convert("RGBA").getpixel((0, 0))
        # A mask cuts what it likes: what it may cut is filled to its corners.
        assert (icon["purpose"] == "maskable") == (corner == (11, 97, 116, 255))
        found.add((icon["purpose"], icon["sizes"]))
    assert found == {(why, f"{size}x{size}") for why in ("any", "maskable") for size in (192, 512)}


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_pages_of_the_console_name_it_and_the_colour_of_their_frame(client: Client, theme: str) -> None:
    client.force_login(build.user("Alice"))
    client.cookies["theme"] = theme
    page = client.get("/console/profile/").content.decode()
    assert '<link rel="manifest" href="/console/app/en/manifest.webmanifest">' in page
    assert page.count('name="theme-color"') == (1 if theme else 2)


def test_pages_of_customers_are_no_app(client: Client) -> None:
    assert 'rel="manifest"' not in client.get("/help/", follow=True).content.decode()
