// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader: passages, reports, cursors and counts of small indexes of invented sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/utf8.h"
#include "store/index_parts.h"
#include "store/schema.h"
#include "store/xapian_c.h"
#include "tests/index_fixture.h"

static void index_search__asks_all_segments(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    assert_string_equal(fixture_found(ix, "营商"), "0.1 0.3 1.2");
    assert_string_equal(fixture_found(ix, "下线"), "1.1");
    assert_string_equal(fixture_found(ix, "没有"), "");
    assert_string_equal(index_dir(ix), world.place);
    index_close(ix);
}

/* Passage i of a text that goes through more than one stretch, and what its n bytes are. */
static size_t long_text(uint32_t i, char text[200])
{
    uint64_t seed = i / 3 + 1; /* some of it stands three times */
    size_t n = 0;
    while (n < 150)
        n += utf8_encode((uint32_t)(0x4E00 + world_below(&seed, 400)), text + n);
    text[n++] = '\n';
    return n;
}

static void index_passage__reads_texts_that_refer_to_a_dictionary(void **state)
{
    (void)state;
    enum { N = 40000 };
    char text[200];
    struct source s;
    struct report r = {.title = "长文", .title_len = strlen("长文")};
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "/long");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= N; i++) {
        const struct passage p = {
            .text = text, .text_len = long_text(i, text), .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    struct index *ix = world_open_index();
    for (uint32_t i = N; i; i -= 1 + (i > 100) * 77) {
        struct stored_passage p;
        size_t n = long_text(i, text);
        OK(index_passage(ix, 0, i, &p, &world.err));
        assert_int_equal(p.passage.text_len, n);
        assert_memory_equal(p.passage.text, text, n);
    }
    assert_int_equal(ix->segments[0].dictionary_docids.n, 1);
    assert_non_null(ix->segments[0].dictionaries[0].decoder);
    index_close(ix);
    world_assert_whole();
}

static void index_search__ranks_with_our_k1(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    const struct xnode node = {.op = XOP_TERM, .term = "养老", .term_len = strlen("养老")};
    const struct xsearch how = {.limit = 10};
    struct xhits hits;
    OK(index_search(ix, &node, &how, &hits, &world.err));
    assert_int_equal(hits.n, 1);
    assert_int_equal(hits.hits[0].segment, 1);
    assert_int_equal(hits.hits[0].docid, 3);
    assert_true(hits.hits[0].score > 0);
    xhits_release(&hits);
    index_close(ix);
}

static void index_totals__count_what_is_alive(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct index_totals t = index_totals(ix);
    assert_true(t.n_passages == 6 && t.n_reports == 3 && t.n_sources == 3);
    assert_true(t.text_bytes == 25 + 13 + 19 + 19 + 19 + 13);
    uint64_t n_tokens = t.n_tokens;
    index_close(ix);
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 0, 2);
    world_commit(w);
    ix = world_open_index();
    t = index_totals(ix);
    assert_true(t.n_passages == 5 && t.n_reports == 2 && t.n_sources == 2);
    assert_true(t.n_tokens < n_tokens && t.n_tokens > 0);
    assert_true(index_n_stored(ix) == 6);
    index_close(ix);
}

static void index_term_df__sums_the_segments(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    uint64_t df = 99;
    OK(index_term_df(ix, "营商", strlen("营商"), &df, &world.err));
    assert_true(df == 3);
    OK(index_term_df(ix, "没有", strlen("没有"), &df, &world.err));
    assert_true(df == 0);
    index_close(ix);
}

static void index_terms__walks_a_prefix(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct buf terms;
    size_t n, len;
    buf_init(&terms, 1 << 16);
    OK(index_terms(ix, "优", strlen("优"), 10, &terms, &n, &world.err));
    assert_int_equal(n, 1);
    struct bytes at = {.at = terms.data, .end = terms.data + terms.len};
    const char *term = bytes_string(&at, &len);
    assert_int_equal(len, strlen("优化"));
    assert_memory_equal(term, "优化", len);
    assert_true(bytes_varint(&at) == 2);
    buf_release(&terms);
    index_close(ix);
}

static void index_char_stats__sums_the_segments(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    uint64_t df, cf;
    OK(index_char_stats(ix, 0x5316 /* 化 */, &df, &cf, &world.err));
    assert_true(df == 2 && cf == 2);
    OK(index_char_stats(ix, 0x57CE /* 城 */, &df, &cf, &world.err));
    assert_true(df == 1 && cf == 1);
    OK(index_char_stats(ix, 0x9F98, &df, &cf, &world.err));
    assert_true(df == 0 && cf == 0);
    index_close(ix);
}

static void index_passage__gives_back_the_text(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct stored_passage p;
    OK(index_passage(ix, 1, 2, &p, &world.err));
    assert_int_equal(p.passage.text_len, strlen("优化营商环境\n"));
    assert_memory_equal(p.passage.text, "优化营商环境\n", p.passage.text_len);
    assert_int_equal(p.passage.number, 2);
    assert_int_equal(p.passage.line, 3);
    assert_int_equal(p.report, 3);
    assert_int_equal(index_passage(ix, 1, 4, &p, &world.err), STATUS_MISSING);
    assert_int_equal(index_passage(ix, 1, 0, &p, &world.err), STATUS_MISSING);
    assert_int_equal(index_passage(ix, 2, 1, &p, &world.err), STATUS_MISSING);
    index_close(ix);
}

static void index_report_of__names_report_and_source(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct stored_report r;
    OK(index_report_of(ix, 0, 3, &r, &world.err));
    assert_int_equal(r.report.number, 2);
    assert_int_equal(r.report.first_docid, 3);
    assert_int_equal(r.report.date, schema_date(2024, 5, 0));
    assert_int_equal(r.source.number, 2);
    assert_memory_equal(r.source.path, "/b", 2);
    assert_int_equal(r.source.certainty, 99);
    assert_false(r.is_dead);
    assert_int_equal(index_report_of(ix, 0, 4, &r, &world.err), STATUS_MISSING);
    index_close(ix);
}

static void index_report_by_number__finds_it_in_its_segment(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct stored_report r;
    OK(index_report_by_number(ix, 3, &r, &world.err));
    assert_int_equal(r.segment, 1);
    assert_memory_equal(r.report.title, "/c", 2);
    assert_int_equal(r.report.n_passages, 3);
    assert_int_equal(index_report_by_number(ix, 0, &r, &world.err), STATUS_MISSING);
    assert_int_equal(index_report_by_number(ix, 4, &r, &world.err), STATUS_MISSING);
    index_close(ix);
}

static void index_cursor__walks_live_sources_and_reports(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:1/a 0:2/b 1:3/c ");
    assert_string_equal(fixture_reports(ix), "0:1/a(2) 0:2/b(1) 1:3/c(3) ");
    index_close(ix);
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 0, 1);
    world_commit(w);
    ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:2/b 1:3/c ");
    assert_string_equal(fixture_reports(ix), "0:2/b(1) 1:3/c(3) ");
    index_close(ix);
}

/* Thousands of reports and passages: several blocks of each kind, more than are kept. */
static void index__finds_its_way_through_many_blocks(void **state)
{
    (void)state;
    enum { SOURCES = 1000, REPORTS = 5 };
    char long_text[1200], path[400], text[1300];
    struct index_writer *w = fixture_open_writer();
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    memset(path, 'p', sizeof path);
    for (int i = 0; i < SOURCES; i++) {
        struct source s;
        snprintf(path + 300, 100, "/%d", i + 1);
        fixture_begin(w, &s, path);
        for (int k = 0; k < REPORTS; k++) {
            snprintf(text, sizeof text, "%d %s\n", i * REPORTS + k + 1, long_text);
            /* Each fifth report is empty: it shares its docid with the next. */
            fixture_add_report(w, path, k == 2 ? TEXTS(NULL) : TEXTS(text));
        }
        OK(index_writer_end_source(w, &s, &world.err));
    }
    world_commit(w);
    struct index *ix = world_open_index();
    const struct segment_stats *stats = &index_manifest(ix)->segments[0].stats;
    assert_true(stats->n_source_blocks > 3 && stats->n_report_blocks > 16 &&
                stats->n_text_blocks > TEXT_BLOCKS_KEPT);
    uint32_t n = stats->n_passages;
    assert_int_equal(n, SOURCES * (REPORTS - 1));
    for (uint32_t i = 0, docid = 1; i < n; i++, docid = (docid + 1000) % n + 1) {
        struct stored_passage p;
        struct stored_report r;
        OK(index_passage(ix, 0, docid, &p, &world.err));
        OK(index_report_of(ix, 0, docid, &r, &world.err));
        assert_int_equal(p.report, r.report.number);
        assert_int_equal(r.report.first_docid, docid);
        assert_int_equal(atoi(p.passage.text), p.report);
        assert_int_equal(r.source.number, (r.report.number - 1) / REPORTS + 1);
        assert_int_equal(atoi(r.source.path + 301), r.source.number);
        OK(index_report_by_number(ix, p.report, &r, &world.err));
        assert_int_equal(r.report.first_docid, docid);
    }
    struct stored_report r;
    OK(index_report_by_number(ix, 3, &r, &world.err));
    assert_int_equal(r.report.n_passages, 0);
    index_close(ix);
}

static void index__without_anything_is_an_index(void **state)
{
    (void)state;
    world_commit(fixture_open_writer());
    struct index *ix = world_open_index();
    struct index_totals t = index_totals(ix);
    struct stored_passage p;
    struct stored_report r;
    uint64_t df = 9;
    assert_true(t.n_passages == 0 && t.n_sources == 0);
    assert_string_equal(fixture_found(ix, "营商"), "");
    assert_string_equal(fixture_sources(ix), "");
    OK(index_term_df(ix, "营商", 6, &df, &world.err));
    assert_true(df == 0);
    assert_int_equal(index_passage(ix, 0, 1, &p, &world.err), STATUS_MISSING);
    assert_int_equal(index_report_by_number(ix, 1, &r, &world.err), STATUS_MISSING);
    index_close(ix);
    struct index_writer *w = fixture_open_writer();
    assert_null(index_writer_reader(w));
    world_commit(w);
}

static void index__of_an_empty_file_knows_the_file(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    fixture_begin(w, &s, "/empty");
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    struct index *ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:1/empty ");
    assert_string_equal(fixture_found(ix, "营商"), "");
    index_close(ix);
}

static void index__is_a_snapshot(void **state)
{
    (void)state;
    fixture_build_two();
    struct index *ix = world_open_index();
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 1, 3); /* the whole of the second segment */
    fixture_add(w, "/d", TEXTS("营商环境报告\n"));
    world_commit(w);
    struct stored_passage p;
    assert_string_equal(fixture_found(ix, "营商"), "0.1 0.3 1.2");
    OK(index_passage(ix, 1, 3, &p, &world.err));
    index_close(ix);
    ix = world_open_index();
    assert_string_equal(fixture_found(ix, "营商"), "0.1 0.3 1.1");
    assert_string_equal(fixture_sources(ix), "0:1/a 0:2/b 1:4/d ");
    index_close(ix);
}

/* A writer commits again and again, each time with the old segment dead; readers never fail
 * meanwhile. */
static void index_open__is_not_disturbed_by_a_writer(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/0", TEXTS("营商环境\n"));
    world_commit(w);
    pid_t child = fork();
    if (child == 0) {
        for (uint32_t i = 1; i <= 25; i++) {
            w = fixture_open_writer();
            fixture_drop(w, 0, i);
            fixture_add(w, "/n", TEXTS("营商环境\n"));
            world_commit(w);
        }
        _exit(0);
    }
    int status, n_opened = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        struct index *ix = world_open_index();
        assert_string_equal(fixture_found(ix, "营商"), "0.1");
        index_close(ix);
        n_opened++;
    }
    assert_int_equal(status, 0);
    assert_true(n_opened > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_search__asks_all_segments),
        TEST(index_passage__reads_texts_that_refer_to_a_dictionary),
        TEST(index_search__ranks_with_our_k1),
        TEST(index_totals__count_what_is_alive),
        TEST(index_term_df__sums_the_segments),
        TEST(index_terms__walks_a_prefix),
        TEST(index_char_stats__sums_the_segments),
        TEST(index_passage__gives_back_the_text),
        TEST(index_report_of__names_report_and_source),
        TEST(index_report_by_number__finds_it_in_its_segment),
        TEST(index_cursor__walks_live_sources_and_reports),
        TEST(index__finds_its_way_through_many_blocks),
        TEST(index__without_anything_is_an_index),
        TEST(index__of_an_empty_file_knows_the_file),
        TEST(index__is_a_snapshot),
        TEST(index_open__is_not_disturbed_by_a_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
