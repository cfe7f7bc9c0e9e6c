"""What `collectstatic` makes of our sheets and modules."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

from core.assets import HashedAssets

LAYERS = "@layer reset, tokens, base, layout, components, utilities;"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Our own files as a release serves them."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def release(collected, settings):
    settings.STATIC_ROOT = collected
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "core.assets.HashedAssets"}}
    if not (collected / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    return HashedAssets(location=collected)


def text(release, name):
    return (Path(release.location) / release.stored_name(name)).read_text()


def test_the_sheet_is_one_file_in_its_layers(release):
    sheet = text(release, "css/main.css")
    assert "@import" not in sheet
    assert sheet.index(LAYERS) < sheet.index("@layer tokens {")
    assert re.search(r"@layer utilities \{\s*@media print \{", sheet)
    assert sheet.count("{") == sheet.count("}")


def test_modules_import_each_other_by_the_names_of_their_content(release):
    imports = re.findall(r'from "\./([^"]+)"', text(release, "js/main.js"))
    assert imports
    assert all(re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name) for name in imports)


def test_the_sheet_of_the_admin_finds_its_tokens(release):
    assert re.search(r'@import url\("tokens\.[0-9a-f]{12}\.css"\)', text(release, "css/admin.css"))
