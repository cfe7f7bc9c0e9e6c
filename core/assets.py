"""Static files under names that change with their content, so that a browser may keep them for ever."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULE_IMPORT = r"""(?P<matched>import\s+(?P<names>[^"';]+?)\s+from\s+["'](?P<url>\./[^"']+)["'];)"""
SHEET = "css/main.css"
SHEET_IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\) layer\((?P<layer>\w+)\)(?P<media>[^;]*);')


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Also our own JavaScript modules import each other by these names; libraries are left as they are.

    The style sheet, many small files to write, is one file to fetch.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", ((MODULE_IMPORT, """import %(names)s from "%(url)s";"""),)),
    )

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Join the sheet, then name and compress everything."""
        if SHEET in paths and not dry_run:
            joined = self._joined(paths)
            self.delete(SHEET)
            self.save(SHEET, ContentFile(joined.encode()))
            paths = {**paths, SHEET: (self, SHEET)}
        yield from super().post_process(paths, dry_run, **options)

    def _joined(self, paths: dict[str, Any]) -> str:
        folder = SHEET.rpartition("/")[0]

        def inlined(match: re.Match[str]) -> str:
            rules = _text(paths, f"{folder}/{match['name']}")
            media = match["media"].strip()
            return f"@layer {match['layer']} {{\n{f'@media {media} {{{rules}}}' if media else rules}}}"

        return SHEET_IMPORT.sub(inlined, _text(paths, SHEET))


def _text(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
