"""Finding the colleagues a note names: "@Lea", "@Lea Lead", "@lea.lead" (the beginning of an address)."""

from collections.abc import Iterable, Mapping

AT = "@＠"


def named(text: str, names: Mapping[str, int]) -> list[int]:
    """The keys of those whose name stands after an at sign, in the order of the text, nobody twice.

    Of names that begin alike the longest counts; case does not. An at sign inside a word, as in an e-mail
    address, names nobody.
    """
    known = sorted(((name.casefold(), key) for name, key in names.items()), key=_longest_first)
    folded = text.casefold()
    found: dict[int, None] = {}
    for place in _ats(folded):
        rest = folded[place + 1 :]
        key = next((key for name, key in known if rest.startswith(name) and _ends(rest, name)), None)
        if key is not None:
            found[key] = None
    return list(found)


def _longest_first(named: tuple[str, int]) -> int:
    return -len(named[0])


def _ats(text: str) -> Iterable[int]:
    for place, letter in enumerate(text):
        before = text[place - 1] if place else " "
        inside_a_word = before.isascii() and (before.isalnum() or before in "._-+")
        if letter in AT and not inside_a_word:
            yield place


def _ends(rest: str, name: str) -> bool:
    """Whether the name ends there: Latin letters would make another name, Chinese ones are the next word."""
    after = rest[len(name) : len(name) + 1]
    return not (name[-1].isascii() and after.isascii() and after.isalnum())
