"""Search tokens for Chinese and Latin text, made here so that every table and every query agree.

Postgres never parses text: a row stores a finished tsvector and a search sends a finished tsquery,
both written as literals of the tokens below. Nothing depends on extensions, dictionaries or the
locale of the database.

- Text is folded character by character: full width to half width (NFKC), upper to lower case,
  accents off Latin letters, traditional Chinese to simplified. Format characters vanish.
- A run of Chinese, Japanese or Korean characters becomes its characters and its pairs, so that
  two-character words (退货, 换货) are found through the index without a dictionary.
- A Latin word is stemmed lightly (see `stem`).
- A code such as "T-10042" or "SKU-AB/12" becomes the whole ("t10042") and its parts ("t", "10042").
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import opencc
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Expression, Value
from django.db.models.functions import Cast

MAX_TEXT = 30_000  # characters of one row; keeps a tsvector of the worst text below its limit of 1 MB
MAX_QUERY = 300  # characters of a search
MAX_TERMS = 32
MAX_TOKEN = 64
MAX_CUT = 20  # characters an excerpt moves to begin and end between words
MAX_POSITION = 16_383  # of a tsvector

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_CJK = f"{_HAN}\u3041-\u3096\u30a1-\u30fa\u30fc\uac00-\ud7af"
_JOINERS = "-\u2010-\u2013_./@"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+(?:[{_JOINERS}'\u2019][^\\W_{_CJK}]+)*")
_IS_HAN = re.compile(f"[{_HAN}]")
_IS_CJK = re.compile(f"[{_CJK}]")
_JOINER = re.compile(f"[{_JOINERS}]")
_APOSTROPHE = re.compile("['\u2019](?:s(?![a-z]))?")
_CODE_PART = re.compile(r"\d+|\D+")
_VOWEL = re.compile("[aeiouy]")

# Words that say nothing about what is looked for; dropped from a search unless it has no others.
_SMALL_WORDS = """
    a an and are as at be can could do does for from had has have how i if in into is it its me my of on or
    our please so than that the their them then there they this to was we were what when where which who why
    will with would you your
"""
_SMALL_PAIRS = """
    我的 我要 我想 你们 我们 请问 怎么 么办 怎样 如何 什么 时候 多久 可以 是否 不能 能不 一个 这个 那个
    没有 还没 想要 需要 了吗
"""
_STOP_WORDS = frozenset(_SMALL_WORDS.split())
_STOP_PAIRS = frozenset(_SMALL_PAIRS.split())


class _Folding(dict[int, str]):
    """What each character becomes, worked out when it is first met; a table for `str.translate`."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold_character(chr(point))
        return folded


_FOLDING = _Folding()


def _fold_character(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_fold_letter(letter) for letter in plain)


def _fold_letter(letter: str) -> str:
    if _IS_HAN.match(letter):
        return str(_simplifier().convert(letter))
    base = unicodedata.normalize("NFD", letter)
    return base[0] if base[0].isascii() else letter


@cache
def _simplifier() -> Any:
    """Loaded with the first Chinese character: most commands never need it."""
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """The form in which texts are compared: half width, lower case, no accents, simplified Chinese."""
    return unicodedata.normalize("NFC", text).translate(_FOLDING)


def _folded(text: str, room: int) -> str:
    return fold(text[:room])[:room]  # one ligature can unfold into eighteen letters


def stem(word: str) -> str:
    """Take the commonest English endings off, so that "refunds", "refunded" and "refunding" meet.

    Plural -s/-es/-ies, then -ed/-ing where a vowel and three letters remain, then a doubled last consonant,
    a final e, and y after a consonant becomes i. Words with anything but a-z stay, short ones too.
    """
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    return _trim_end(_without_past(_without_plural(word)))


def _without_plural(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]


def _without_past(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWEL.search(rest) and not word.endswith("eed"):
            return rest
    return word


def _trim_end(word: str) -> str:
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if word[-1] == "y" and word[-2] not in "aeiou":
        word = word[:-1] + "i"
    return word


@dataclass(frozen=True)
class _Run:
    """Characters that belong together: a stretch of CJK, a word, or a code."""

    text: str
    start: int
    end: int

    @property
    def is_cjk(self) -> bool:
        return bool(_IS_CJK.match(self.text))

    @property
    def pairs(self) -> list[str]:
        return [self.text[i : i + 2] for i in range(len(self.text) - 1)]

    @property
    def pieces(self) -> list[str]:
        """The words of a code, stemmed; one for a simple word."""
        return [_token(piece) for piece in _JOINER.split(_APOSTROPHE.sub("", self.text)) if piece]

    @property
    def whole(self) -> str:
        return _token(_JOINER.sub("", _APOSTROPHE.sub("", self.text)))


def _token(word: str) -> str:
    return stem(word[:MAX_TOKEN])


def _runs(folded: str) -> Iterator[_Run]:
    for match in _RUN.finditer(folded):
        yield _Run(match[0], match.start(), match.end())


def _tokens(folded: str) -> Iterator[str]:
    for run in _runs(folded):
        if run.is_cjk:
            yield from run.text
            yield from run.pairs
        elif len(run.text) <= MAX_TOKEN:
            yield from _word_tokens(run.text)
        else:
            yield from _latin_tokens(run)


@lru_cache(maxsize=32_768)
def _word_tokens(word: str) -> tuple[str, ...]:
    """The tokens of a word of ordinary length; texts say the same words over and over."""
    return tuple(_latin_tokens(_Run(word, 0, len(word))))


def _latin_tokens(run: _Run) -> Iterator[str]:
    pieces = run.pieces
    seen = dict.fromkeys([run.whole, *pieces])
    for piece in pieces:
        if any(c.isdigit() for c in piece):
            seen |= dict.fromkeys(_token(part) for part in _CODE_PART.findall(piece))
    yield from (token for token in seen if token)


def document(text: str) -> str:
    """All tokens of a text, joined by spaces; at most `MAX_TEXT` characters of it are read."""
    return " ".join(_tokens(_folded(text, MAX_TEXT)))


def literal(a: str, b: str = "", c: str = "") -> str:
    """A tsvector as Postgres reads it ("'refund':1A,7C '退货':2A"), for COPY and bulk SQL.

    `a` weighs most (a title), then `b`, then `c`; what is over `MAX_TEXT` characters in all is left out.
    """
    places: dict[str, list[str]] = {}
    position, room = 0, MAX_TEXT
    for weight, text in (("A", a), ("B", b), ("C", c)):
        for token in _tokens(_folded(text, room)):
            position = min(position + 1, MAX_POSITION)
            places.setdefault(token, []).append(f"{position}{weight}")
        room -= min(room, len(text))
    return " ".join(f"'{token}':{','.join(where)}" for token, where in places.items())


def vector(a: str, b: str = "", c: str = "") -> Expression:
    """The weighted tsvector of up to three texts, to be saved into a `SearchVectorField`."""
    return Cast(Value(literal(a, b, c)), SearchVectorField())


class TokenQuery(SearchQuery):
    """A finished tsquery; usable wherever a `SearchQuery` is (filter, `SearchRank`, `&`, `|`, `~`)."""

    template = "%(expressions)s::tsquery"

    def __init__(self, expression: str) -> None:
        super().__init__(Value(expression), search_type="raw")


def query(text: str) -> SearchQuery | None:
    """The search a person means: every term is required, the last Latin word may be unfinished.

    None when there is nothing to look for; then the list is empty or unfiltered, as the page likes.
    """
    runs = _meaningful(_runs(fold(text[:MAX_QUERY])))[:MAX_TERMS]
    terms = [_required(run, unfinished=run is runs[-1]) for run in runs]
    terms = [term for term in dict.fromkeys(terms) if term]
    return TokenQuery(" & ".join(terms)) if terms else None


def any_of(text: str) -> SearchQuery | None:
    """A search for whatever a longer text is about: one term is enough, rank tells the good ones.

    Words of no meaning and single Chinese characters are left out, so None is common for short texts.
    """
    terms: dict[str, None] = {}
    for run in _meaningful(_runs(fold(text[: MAX_QUERY * 4])), keep_if_alone=False):
        tokens = [pair for pair in run.pairs if pair not in _STOP_PAIRS] if run.is_cjk else [run.whole]
        terms |= dict.fromkeys(f"'{token}'" for token in tokens if len(token) > 1)
    return TokenQuery(" | ".join(list(terms)[: MAX_TERMS * 2])) if terms else None


def _meaningful(runs: Iterable[_Run], *, keep_if_alone: bool = True) -> list[_Run]:
    everything = list(runs)
    kept = [run for run in everything if run.text not in _STOP_WORDS]
    return kept or (everything if keep_if_alone else [])


def _required(run: _Run, *, unfinished: bool) -> str:
    if run.is_cjk:
        return " & ".join(f"'{token}'" for token in dict.fromkeys(run.pairs or [run.text]))
    star = ":*" if unfinished and len(run.whole) > 1 else ""
    whole = f"'{run.whole}'{star}"
    if len(run.pieces) < 2:
        return whole if run.whole else ""
    parts = " & ".join(f"'{piece}'" for piece in run.pieces)
    return f"({whole} | ({parts}{star}))"


@dataclass(frozen=True)
class Piece:
    """A stretch of text and whether the search found it; templates draw `<mark>` around the hits."""

    text: str
    hit: bool = False


def marked(text: str, searched: str) -> list[Piece]:
    """The text cut where the search hits it. Joined together the pieces are the text (in NFC)."""
    text = unicodedata.normalize("NFC", text)
    pieces, at = [], 0
    for start, end in _hits(text, searched):
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], hit=True))
        at = end
    return [*pieces, Piece(text[at:])] if at < len(text) else pieces


def excerpt(text: str, searched: str, *, width: int = 160) -> list[Piece]:
    """About `width` columns around the first hit (else the beginning), cut as by `marked`.

    A Chinese character takes two columns.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    length = width // 2 if _IS_CJK.search(text) else width
    first = next(iter(_hits(text, searched)), (0, 0))[0]
    start = max(0, min(first - length // 3, len(text) - length))
    end = start + length
    if start:
        start = text.rfind(" ", max(0, start - MAX_CUT), start) + 1 or start
    if end < len(text):
        space = text.rfind(" ", end - MAX_CUT, end)
        end = space if space > first else end
    return marked(f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}", searched)


def _hits(text: str, searched: str) -> list[tuple[int, int]]:
    """Stretches of an NFC text that the search found, in order and apart from each other."""
    folded, origin = _fold_with_origin(text)
    wanted = _meaningful(_runs(fold(searched[:MAX_QUERY])))[:MAX_TERMS]
    words = [token for run in wanted if not run.is_cjk for token in (run.whole, *run.pieces) if token]
    stretches = {run.text for run in wanted if run.is_cjk}
    unfinished = wanted[-1].whole if wanted and not wanted[-1].is_cjk else ""
    found: list[tuple[int, int]] = []
    for run in _runs(folded):
        if run.is_cjk:
            found += _stretches_in(run, stretches)
        elif _is_hit(run, words, unfinished):
            found.append((run.start, run.end))
    return _joined((origin[start], origin[end - 1] + 1) for start, end in sorted(found))


def _fold_with_origin(text: str) -> tuple[str, Sequence[int]]:
    """The folded text and, for each of its characters, the index it came from."""
    folded = [_FOLDING[ord(character)] for character in text]
    return "".join(folded), [index for index, part in enumerate(folded) for _letter in part]


def _stretches_in(run: _Run, stretches: set[str]) -> list[tuple[int, int]]:
    return [
        (run.start + at.start(), run.start + at.start() + len(stretch))
        for stretch in stretches
        for at in re.finditer(f"(?={stretch})", run.text)
    ]


def _is_hit(run: _Run, words: list[str], unfinished: str) -> bool:
    tokens = list(_latin_tokens(run))
    if any(word in tokens for word in words):
        return True
    return len(unfinished) > 1 and any(token.startswith(unfinished) for token in tokens)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
