"""Tokens of core.search: what meets what, what never breaks, and that the index is used."""

import json
from collections.abc import Iterator

import pytest
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock, search
from core.models import Event

ROWS = {
    1: ("如何退貨與退款", "收到商品後七天內可以申請退貨。", ""),
    2: ("换货说明", "尺码不合适时可以换货，我们承担运费。", ""),
    3: ("Returning an item", "Refunds are paid within five days.", "T-10042"),
    4: ("Café machine", "Model SKU-AB/1234, order ＡＢＣ９９", ""),
    5: ("Shipping", "Your parcel is delivered; 保修 one year.", ""),
}


@pytest.fixture
def rows(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE searched (id int, search tsvector)")
        cursor.execute("CREATE INDEX searched_gin ON searched USING gin (search)")
        for key, texts in ROWS.items():
            cursor.execute("INSERT INTO searched VALUES (%s, %s::tsvector)", [key, search.literal(*texts)])
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE searched")


def compiled(wanted: SearchQuery) -> str:
    return str(wanted.get_source_expressions()[0].value)


def found(text: str) -> set[int]:
    wanted = search.query(text)
    assert wanted is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM searched WHERE search @@ %s::tsquery", [compiled(wanted)])
        return {key for (key,) in cursor.fetchall()}


def plan(text: str) -> str:
    wanted = search.query(text)
    assert wanted is not None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT id FROM searched WHERE search @@ %s::tsquery", [compiled(wanted)]
        )
        return json.dumps(cursor.fetchone())


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        ("refund refunds refunded refunding", "refund"),
        ("return returns returned returning", "return"),
        ("ship ships shipped shipping", "ship"),
        ("cancel cancels cancelled cancelling canceled", "cancel"),
        ("exchange exchanges exchanged exchanging", "exchang"),
        ("delivery deliveries", "deliveri"),
        ("reply replies replied", "repli"),
        ("box boxes", "box"),
        ("policy policies", "polici"),
        ("string", "string"),
        ("need", "need"),
        ("status", "status"),
        ("key keys", "key"),
        ("café", "café"),
    ],
)
def test_forms_of_a_word_meet_in_one_stem(words: str, stem: str) -> None:
    assert {search.stem(word) for word in words.split()} == {stem}


def test_chinese_becomes_characters_and_pairs_in_simplified_form() -> None:
    assert search.document("如何退貨") == "如 何 退 货 如何 何退 退货"


@pytest.mark.parametrize(
    ("code", "tokens"),
    [
        ("T-10042", "t10042 t 10042"),
        ("T10042", "t10042 t 10042"),
        ("SKU-AB/1234", "skuab1234 sku ab 1234"),
        ("ＡＢＣ９９", "abc99 abc 99"),
        ("carol@example.com", "carolexamplecom carol exampl com"),
        ("10042", "10042"),
    ],
)
def test_codes_are_kept_whole_and_in_parts(code: str, tokens: str) -> None:
    assert search.document(code) == tokens


def test_case_width_accents_and_apostrophes_make_no_difference() -> None:
    assert search.document("ＣＡＦÉ Cafe\u0301 customer's don’t") == "caf caf customer dont"


def test_invisible_characters_do_not_hide_a_word() -> None:
    assert search.document("退\u200b货 re\u00adfund") == search.document("退货 refund")


def test_nul_and_lone_surrogates_separate_words_and_reach_no_database() -> None:
    assert search.document("退款\x00now\ud800then") == "退 款 退款 now then"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("退货", {1}),
        ("退貨", {1}),
        ("换货", {2}),
        ("換貨運費", set()),
        ("运费", {2}),
        ("货", {1, 2}),
        ("货退", set()),
        ("退款 申请", {1}),
        ("return refund", {3}),
        ("refu", {3}),
        ("return exchange", set()),
        ("T-10042", {3}),
        ("t10042", {3}),
        ("1004", {3}),
        ("SKU-AB/1234", {4}),
        ("skuab12", {4}),
        ("abc99", {4}),
        ("cafe", {4}),
        ("保修 delivered", {5}),
        ("where is my parcel", {5}),
    ],
)
def test_a_search_finds_exactly_what_holds_all_its_terms(rows: None, text: str, keys: set[int]) -> None:
    assert found(text) == keys


@pytest.mark.parametrize("text", ["退货", "换货", "货", "refund", "T-10042", "退货 refu"])
def test_a_search_can_use_the_index(rows: None, text: str) -> None:
    assert "searched_gin" in plan(text)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "!?。，", "'", "\ud800", "-_-", "\u200b"])
def test_nothing_to_look_for_is_no_query(text: str) -> None:
    assert search.query(text) is None


def test_only_small_words_are_still_searched_for() -> None:
    wanted = search.query("how do I")
    assert wanted is not None
    assert compiled(wanted) == "'how' & 'do' & 'i'"


def test_a_longer_text_is_searched_by_any_of_its_meaningful_words() -> None:
    wanted = search.any_of("我想问一下怎么退货 my phones broke")
    assert wanted is not None
    terms = compiled(wanted).split(" | ")
    assert "'退货'" in terms
    assert "'phon'" in terms
    assert not {"'怎么'", "'我想'", "'my'"} & set(terms)


def test_a_text_of_small_words_only_asks_for_nothing() -> None:
    assert search.any_of("how do I") is None
    assert search.any_of("我") is None


@pytest.mark.django_db
def test_queries_filter_and_combine_like_any_other() -> None:
    Event.objects.create(kind="x", subject="x:1", thread="x:1", at=clock.now(), next_attempt_at=clock.now())
    rows = Event.objects.annotate(search=search.vector("退款", "refund"))
    refund, money, goods = search.query("refund"), search.query("退款"), search.query("退货")
    assert refund is not None
    assert money is not None
    assert goods is not None
    assert rows.filter(search=refund & money).exists()
    assert rows.filter(search=refund | goods).exists()
    assert not rows.filter(search=refund & goods).exists()
    assert not rows.filter(search=~refund).exists()
    title, body = SearchRank(F("search"), money), SearchRank(F("search"), refund)
    by_title, by_body = rows.values_list(title, body).get()
    assert by_title > by_body


anything = st.text(max_size=400) | st.text(
    alphabet=st.sampled_from("退貨换T1-_'’./@ \x00:*&|!()\\<>%a\ud800é＇"), max_size=80
)
within_one_test = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.django_db
@within_one_test
@given(anything)
def test_any_text_makes_a_vector_and_queries_that_postgres_reads(text: str) -> None:
    queries = [compiled(wanted) for wanted in (search.query(text), search.any_of(text)) if wanted]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector", [search.literal(text, text)])
        for wanted in queries:
            cursor.execute("SELECT %s::tsquery", [wanted])


@pytest.mark.django_db
@within_one_test
@given(anything)
def test_a_text_is_found_by_itself(text: str) -> None:
    wanted = search.query(text)
    if wanted is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [search.literal(text), compiled(wanted)])
            assert cursor.fetchone() == (True,)


@given(anything, anything)
def test_marking_cuts_but_never_changes_the_text(text: str, searched: str) -> None:
    pieces = search.marked(text, searched)
    assert search.fold("".join(piece.text for piece in pieces)) == search.fold(text)
    assert all(piece.text for piece in pieces)
    search.excerpt(text, searched)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(0x4E00 + i % 20_000) for i in range(200_000)),
        "".join(chr(0x20000 + i * 7 % 42_000) for i in range(200_000)),
        " ".join(f"w{i}x" for i in range(60_000)),
        "a" * 500_000,
        "a-" * 100_000,
        "ﷺ" * 50_000,
    ],
    ids=["han", "rare-han", "codes", "one-word", "one-code", "ligatures"],
)
def test_very_long_texts_fit_into_a_vector(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(%s::tsvector)", [search.literal(text, text, text)])
        assert cursor.fetchone()[0] > 0
    assert len(search.document(text)) < 8 * search.MAX_TEXT


def hits(text: str, searched: str) -> list[str]:
    return [piece.text for piece in search.marked(text, searched) if piece.hit]


def test_hits_are_marked_in_the_words_of_the_text() -> None:
    assert hits("我要退貨，Returned ＲＥＦＵＮＤ T-10042", "退货 return refund t10042") == [
        "退貨",
        "Returned",
        "ＲＥＦＵＮＤ",
        "T-10042",
    ]


def test_overlapping_hits_are_marked_once() -> None:
    assert hits("退货退货退", "退货 货退") == ["退货退货退"]


def test_small_words_are_not_marked() -> None:
    assert hits("How to do it: the refund", "how to refund") == ["refund"]


def test_an_excerpt_shows_the_first_hit_and_says_where_it_was_cut() -> None:
    pieces = search.excerpt("before " * 60 + "the refund " + "after " * 60, "refunds", width=80)
    shown = "".join(piece.text for piece in pieces)
    assert "refund" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 82


def test_an_excerpt_begins_and_ends_between_words_and_counts_chinese_double() -> None:
    pieces = search.excerpt("beginning " * 30 + "the refund " + "ending " * 30, "refunds", width=80)
    shown = "".join(piece.text for piece in pieces).strip("…")
    assert set(shown.split()) == {"beginning", "the", "refund", "ending"}
    assert sum(len(piece.text) for piece in search.excerpt("退" * 500, "退货", width=80)) == 41


def test_an_excerpt_without_a_hit_is_the_beginning() -> None:
    assert search.excerpt("Short text.", "nothing") == [search.Piece("Short text.")]
