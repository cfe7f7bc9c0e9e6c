"""Markdown: what is typed, what is shown, what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import markdown
from kb.diffs import Line, compare


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("**bold** and *em*", "<p><strong>bold</strong> and <em>em</em></p>\n"),
        ("**注意：**请勿拆机", "<p><strong>注意：</strong>请勿拆机</p>\n"),
        ("编号（以**R-**开头）", "<p>编号（以<strong>R-</strong>开头）</p>\n"),
        ("**“待揽收”**属于*正常*的", "<p><strong>“待揽收”</strong>属于<em>正常</em>的</p>\n"),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("[go](javascript:alert(1))", "<p>[go](javascript:alert(1))</p>\n"),
        ("[go](/requests/)", '<p><a href="/requests/" rel="noopener noreferrer">go</a></p>\n'),
        (
            "![x](https://e.example/x.png)",
            '<p>!<a href="https://e.example/x.png" rel="noopener noreferrer">x</a></p>\n',
        ),
    ],
)
def test_markdown_becomes_clean_html(typed: str, drawn: str) -> None:
    assert markdown.render(typed) == drawn


def test_headings_start_below_the_title_and_carry_anchors() -> None:
    drawn = markdown.render("# One\n\n### Two\n\n## Three")
    assert drawn == '<h2 id="part-1">One</h2>\n<h3 id="part-2">Two</h3>\n<h2 id="part-3">Three</h2>\n'


def test_contents_lists_the_main_headings() -> None:
    contents = markdown.contents("## Pack **it**\n\n### Detail\n\n## Send it")
    assert [(heading.anchor, heading.title) for heading in contents] == [
        ("part-1", "Pack it"),
        ("part-3", "Send it"),
    ]


def test_tables_and_struck_words_are_drawn() -> None:
    drawn = markdown.render("| a | b |\n| - | - |\n| 1 | ~~2~~ |")
    assert "<td>1</td>" in drawn
    assert "<s>2</s>" in drawn


def test_plain_text_keeps_words_apart() -> None:
    assert (
        markdown.plain("## A & B\n\n| c | d |\n| - | - |\n| e | f |\n\n- g\n- [h](/x/)")
        == "A & B c d e f g h"
    )


def test_passages_are_paragraphs_items_and_rows_and_headings_come_again_last() -> None:
    typed = "## Pack it\n\nUse a **strong**\nbox.\n\n- [tape](/x/)\n\n| a | b |\n| - | - |\n| 1 | `2` |"
    assert markdown.passages(typed) == [
        "Use a strong box.",
        "tape",
        "a – b",
        "1 – 2",
        "Pack it – Use a strong box.",
    ]


@given(st.text(max_size=300))
def test_no_text_brings_active_content(text: str) -> None:
    drawn = markdown.render(text).lower()
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert 'href="javascript' not in drawn


def test_a_comparison_shows_what_went_and_came_with_its_surroundings() -> None:
    places = compare("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nD\ne\nf\ng", around=1)
    assert places == [[Line("same", "c"), Line("gone", "d"), Line("new", "D"), Line("same", "e")]]


def test_equal_texts_have_nothing_to_show() -> None:
    assert compare("a\nb", "a\nb") == []
