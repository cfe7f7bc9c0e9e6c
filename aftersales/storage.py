"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_MODULES = "js/*.js"
IMPORT = r"""(?P<matched>from\s*["'](?P<url>\./[^"']+)["'])"""


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Our scripts import each other under their changing names too, so browsers may keep every file.

    Django's own support for that would read every script of every package, and some of them import
    files that they do not bring along.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, (OWN_MODULES, ((IMPORT, 'from "%(url)s"'),)))
