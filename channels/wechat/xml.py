"""The flat XML that WeChat sends: names and texts. A document that declares anything is not read at all."""

from xml.parsers import expat

from channels.reading import Unreadable

LONGEST = 1024 * 1024
DEEPEST = 8


def fields(body: bytes | str) -> dict[str, str]:
    """The texts directly under the root, by name. Raises `Unreadable`."""
    content = body.encode() if isinstance(body, str) else body
    if len(content) > LONGEST:
        raise Unreadable("too long")
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise Unreadable(f"no XML: {error}"[:200]) from error
    return {name: "".join(parts).strip() for name, parts in reader.found.items()}


class _Reader:
    """Collects what stands on the second level; refuses document types, and with them every entity."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self.path: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse

    def _refuse(self, *_facts: object) -> None:
        raise ValueError("declarations are not read")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise ValueError("too deep")

    def _end(self, _name: str) -> None:
        self.path.pop()

    def _text(self, text: str) -> None:
        if len(self.path) == 2:
            self.found.setdefault(self.path[1], []).append(text)
