"""Chinese is complete, says the same thing the same way everywhere, and lives in the catalogues only."""

import io
import re
import tokenize
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

from core import catalogues
from tests.house.source import product_files, tracked, where

APPS = settings.APPS
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|{\w*}")
CHINESE = re.compile(r"[\u3400-\u9fff]")
HALF_WIDTH = re.compile(
    r"(?<=[\u4e00-\u9fff])[,;:!?](?=[\u4e00-\u9fff]|$)|(?<=[\u4e00-\u9fff])\.$|\.\.\.|\([^()]*[\u4e00-\u9fff][^()]*\)"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
ADDRESS = re.compile(r"\S*[/?=@]\S*")

# Rooms whose texts are stored in both languages or are Chinese by nature.
BILINGUAL = ("defaults", "demo", "search", "names", "importing", "starter", "texts")
# Blocks that fill a class or an attribute.
WORDLESS_BLOCKS = {"surface", "workspace_class", "main_class", "card_class", "code"}
OWN_NAME_OF_A_LANGUAGE = {"简体中文", "中文"}


def entries(app):
    return catalogues.messages_of(catalogues.stored(app)).items()


def forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("app", APPS)
def test_the_catalogue_is_up_to_date(app):
    assert catalogues.update([app], write=False) == [], f"run manage.py messages {app}"


@pytest.mark.parametrize("app", APPS)
def test_every_sentence_has_chinese(app):
    assert catalogues.missing(app) == []


@pytest.mark.parametrize("app", APPS)
def test_translations_keep_the_placeholders(app):
    wrong = [
        key[1]
        for key, message in entries(app)
        for text in forms(message)
        if not _same_placeholders(message, text)
    ]
    assert not wrong


def _same_placeholders(message, text):
    """The Chinese takes every fact of the sentence; a plural's sentences may differ in the count alone."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    return any(sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(text)) for source in sources)


def test_one_sentence_has_one_translation():
    said = defaultdict(set)
    for app in APPS:
        for key, message in entries(app):
            said[key].add(forms(message)[0])
    assert {key: texts for key, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("app", APPS)
def test_chinese_is_punctuated_as_chinese(app):
    wrong = [
        text
        for _, message in entries(app)
        for text in forms(message)
        if HALF_WIDTH.search(PLACEHOLDER.sub("", text))
    ]
    assert not wrong


def test_code_holds_no_chinese():
    found = []
    for file in product_files():
        if not any(name in part for part in file.with_suffix("").parts[-3:] for name in BILINGUAL):
            found += [f"{where(file)}:{line} {text}" for line, text in _chinese_strings(file)]
    assert not found


def _chinese_strings(file):
    """String literals with Chinese; docstrings are for those who read the code, like comments."""
    previous = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type == tokenize.STRING and previous not in (tokenize.NEWLINE, tokenize.INDENT, tokenize.NL):
            text = token.string.strip("rbfu").strip("\"'")
            if CHINESE.search(text) and text not in OWN_NAME_OF_A_LANGUAGE:
                yield token.start[0], text
        if token.type != tokenize.COMMENT:
            previous = token.type


class Words(HTMLParser):
    """Collects the words of a template that stand outside of translations."""

    SPOKEN = ("title", "placeholder", "alt", "aria-label", "aria-description", "data-label")
    SILENT = ("script", "style", "code", "kbd", "svg")

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in self.SILENT
        names = dict(attrs)
        spoken = [*self.SPOKEN, *(["value"] if names.get("type") in ("submit", "button") else [])]
        self.found += [names[name] for name in spoken if LATIN.search(ADDRESS.sub("", names.get(name) or ""))]

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent and LATIN.search(ADDRESS.sub("", data)):
            self.found.append(data.strip())


def untranslated(source: str) -> list[str]:
    """Words of a template that no language but English would see."""
    text, inside = [], ""
    for token in Lexer(source).tokenize():
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK and token.contents else ""
        if inside:
            inside = "" if name == inside else inside
        elif name in ("blocktranslate", "blocktrans", "comment") or _wordless(token.contents):
            inside = f"end{name}"
        elif token.token_type == TokenType.TEXT:
            text.append(token.contents)
        else:
            text.append("\u00b7")
    words = Words()
    words.feed("".join(text))
    words.close()
    return words.found


def _wordless(contents: str) -> bool:
    return contents.split()[:1] == ["block"] and contents.split()[1] in WORDLESS_BLOCKS


@pytest.mark.parametrize("file", tracked("templates/*.html", "templates/*.txt"), ids=where)
def test_templates_hold_no_words_outside_translations(file: Path):
    assert not untranslated(file.read_text())


def test_words_outside_translations_are_noticed():
    assert untranslated("<p>{% translate 'Fine' %} not fine</p>") == ["· not fine"]
    assert untranslated("<input placeholder='Your name'>") == ["Your name"]
    assert untranslated("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %} <kbd>Esc</kbd>") == []


def test_extraction_knows_every_way_of_asking(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    for folder in ("core", "templates/core"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "core/words.py").write_text(
        'A = gettext("one")\nB = pgettext_lazy("where", "two")\n'
        'C = ngettext("%(n)s cat", "%(n)s cats", 2)\nD = npgettext("zoo", "%(n)s ape", "%(n)s apes", 2)\n'
    )
    (tmp_path / "templates/core/page.html").write_text(
        "<div>\n      {% translate 'three' context 'page' %}\n  {% blocktranslate trimmed count n=n %}\n"
        "    {{ n }} dog\n  {% plural %}\n    {{ n }} dogs\n  {% endblocktranslate %}</div>"
        "{% empty _('four') %}"
    )
    found = catalogues.found_in("core")
    assert {key: entry.plural for key, entry in found.items()} == {
        ("", "one"): "",
        ("where", "two"): "",
        ("", "%(n)s cat"): "%(n)s cats",
        ("zoo", "%(n)s ape"): "%(n)s apes",
        ("page", "three"): "",
        ("", "%(n)s dog"): "%(n)s dogs",
        ("", "four"): "",
    }


def test_merging_keeps_translations_and_drops_what_is_gone(settings, tmp_path):
    settings.BASE_DIR, settings.APPS = tmp_path, ["core"]
    (tmp_path / "core").mkdir()
    source = tmp_path / "core/words.py"
    source.write_text('A = gettext("stays")\nB = gettext("goes")\n')
    assert catalogues.update(["core"], write=True) == ["core"]
    path = catalogues.catalogue_path("core")
    path.write_text(path.read_text().replace('msgid "stays"\nmsgstr ""', 'msgid "stays"\nmsgstr "留下"'))
    source.write_text('# moved\n\nA = gettext("stays")\nC = gettext("comes")\n')
    catalogues.update(["core"], write=True)
    assert 'msgid "stays"\nmsgstr "留下"' in path.read_text()
    assert "goes" not in path.read_text()
    assert catalogues.missing("core") == ["comes"]
    assert catalogues.update(["core"], write=True) == []
