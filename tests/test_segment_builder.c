// SPDX-License-Identifier: GPL-2.0-or-later
/* A corpus known by heart (tokens in brackets), built by each kind of builder:
 *   source 1  report 1, May 2023   1 中国经济 [中国 国经 经济 济]
 *                                  2 经济 GDP 9.7% [经济 济 gdp 9.7 9.7%]
 *   source 2  report 2             3 。。。 []
 *             report 3             (none)
 *             report 7, 2024       4 中中中 [中中 中中 中]
 * 12 tokens in 4 passages: average length 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/utf8.h"
#include "store/report_codec.h"
#include "store/schema.h"
#include "store/segment_builder.h"
#include "store/text_block.h"
#include "store/xapian_c.h"
#include "tests/segment_dump.h"
#include "tests/temp_dir.h"
#include "tokenizer/tokenizer.h"

static struct error err;

#define assert_ok(call) assert_int_equal(call, STATUS_OK)

static struct segment_builder *open_builder(void **state, const char *name, size_t memory_bytes)
{
    const struct builder_options options = {
        .kind = *(enum builder_kind *)*state, .memory_bytes = memory_bytes, .n_threads = 2};
    struct segment_builder *b;
    assert_ok(segment_builder_open(temp_dir_in(name), &options, &b, &err));
    return b;
}

static struct source source_of(uint32_t number)
{
    return (struct source){.number = number,
        .path = number == 1 ? "/甲.txt" : "/乙.txt",
        .path_len = 8,
        .size = 1000 + number,
        .mtime_ns = -5,
        .encoding = ENCODING_GB18030,
        .n_replaced = number};
}

static struct report report_of(uint32_t number, uint32_t source, uint32_t date)
{
    return (struct report){.number = number,
        .source = source,
        .id = "id",
        .id_len = 2,
        .title = "题",
        .title_len = 3,
        .date = date,
        .fields = "{}",
        .fields_len = 2};
}

static enum status add_text(struct segment_builder *b, const char *text, uint32_t number)
{
    const struct passage p = {
        .text = text, .text_len = strlen(text), .number = number, .line = 2 * number};
    return segment_builder_add_passage(b, &p, &err);
}

static void begin_source(struct segment_builder *b, uint32_t number)
{
    struct source s = source_of(number);
    assert_ok(segment_builder_begin_source(b, &s, &err));
}

static void begin_report(struct segment_builder *b, uint32_t number, uint32_t source, uint32_t date)
{
    struct report r = report_of(number, source, date);
    assert_ok(segment_builder_begin_report(b, &r, &err));
}

static void end_source(struct segment_builder *b, uint32_t number)
{
    struct source s = source_of(number);
    assert_ok(segment_builder_end_source(b, &s, &err));
}

static struct segment_stats finish(struct segment_builder *b)
{
    struct segment_stats stats;
    assert_ok(segment_builder_finish(b, &stats, &err));
    segment_builder_close(b);
    return stats;
}

static struct segment_stats build_small(void **state, const char *name)
{
    struct segment_builder *b = open_builder(state, name, 16 << 20);
    begin_source(b, 1);
    begin_report(b, 1, 1, schema_date(2023, 5, 0));
    assert_ok(add_text(b, "中国经济\n", 1));
    assert_ok(add_text(b, "经济\tGDP 9.7%", 2));
    end_source(b, 1);
    begin_source(b, 2);
    begin_report(b, 2, 2, 0);
    assert_ok(add_text(b, "。。。", 1));
    begin_report(b, 3, 2, 0);
    begin_report(b, 7, 2, schema_date(2024, 0, 0));
    assert_ok(add_text(b, "中中中", 1));
    end_source(b, 2);
    return finish(b);
}

static void assert_text(char *got, const char *want)
{
    assert_string_equal(got, want);
    free(got);
}

static void builder__gives_terms_their_normalised_frequency(void **state)
{
    build_small(state, "terms");
    struct xdb *db = segment_dump_open(temp_dir_in("terms"));
    assert_text(segment_dump_terms(db), "9.7 1 6\n" /* 8 / (.4 + .6 * 5/3) */
                                        "9.7% 1 6\n"
                                        "gdp 1 6\n"
                                        "中中 1 16\n"
                                        "中国 1 7\n" /* 8 / (.4 + .6 * 4/3) */
                                        "国经 1 7\n"
                                        "济 2 13\n"
                                        "经济 2 13\n");
    xdb_close(db);
}

static void builder__writes_statistics_and_directories(void **state)
{
    struct segment_stats s = build_small(state, "stats");
    assert_int_equal(s.n_passages, 4);
    assert_true(s.n_tokens == 12 && s.text_bytes == 13 + 15 + 9 + 9);
    struct xdb *db = segment_dump_open(temp_dir_in("stats"));
    assert_text(segment_dump_varints(db, "stats"), "2 4 4 12 46 1 1 1 3 ");
    char format[32];
    snprintf(format, sizeof format, "%d %d ", SEGMENT_FORMAT, ANALYZER_VERSION);
    assert_text(segment_dump_varints(db, "format"), format);
    assert_text(segment_dump_varints(db, "texts"), "1 ");
    assert_text(segment_dump_varints(db, "reports"), "1 1 ");
    /* number, passages, source, date (2023-05, none, 2024); report 3 has no passages */
    assert_text(segment_dump_varints(db, "spans"), "1 2 1 1035936 1 1 1 0 5 1 0 1036288 ");
    /* 中 U+4E2D twice, four times; 国 U+56FD once; 济 U+6D4E and 经 U+7ECF twice */
    assert_text(segment_dump_varints(db, "chars"), "20013 2 4 2256 1 1 5713 2 2 4481 2 2 ");
    xdb_close(db);
}

/* A site's menu stands in each report of a folder, a line of another folder in one of two. */
static void builder__takes_the_rank_of_furniture_and_of_lines_that_recur(void **state)
{
    struct segment_builder *b = open_builder(state, "unranked", 16 << 20);
    begin_source(b, 1);
    for (uint32_t i = 1; i <= 6; i++) {
        begin_report(b, i, 1, 0);
        assert_ok(add_text(b, "题\n", 1));
        assert_ok(add_text(b, "云陵要闻\n", 2));
        assert_ok(add_text(b, "云陵要闻。\n", 3));
        assert_ok(add_text(b, i < 5 ? "茶业\n" : "窑业\n", 4));
    }
    const struct passage furniture = {
        .text = "茶业\n", .text_len = 7, .number = 5, .line = 9, .is_furniture = true};
    assert_ok(segment_builder_add_passage(b, &furniture, &err));
    end_source(b, 1);
    finish(b);
    struct xdb *db = segment_dump_open(temp_dir_in("unranked"));
    assert_text(segment_dump_varints(db, "recurring"), "2 4 4 4 4 4 ");
    assert_text(segment_dump_varints(db, "furniture"), "25 ");
    uint64_t df, cf;
    assert_ok(xdb_term_stats(db, "要闻", 6, &df, &cf, &err));
    assert_true(df == 12 && cf == 6 * 6); /* those with a stop only */
    assert_ok(xdb_term_stats(db, "茶业", 6, &df, &cf, &err));
    assert_true(df == 5 && cf == 4 * 10); /* four are too few to recur */
    xdb_close(db);
}

static void builder__keeps_sources_and_reports(void **state)
{
    build_small(state, "records");
    struct xdb *db = segment_dump_open(temp_dir_in("records"));
    struct buf block;
    struct source s;
    struct report r;
    char got[200] = "";
    segment_dump_frame(db, "S00000000", &block);
    struct bytes in = {.at = block.data, .end = block.data + block.len};
    while (source_decode(&in, &s))
        sprintf(got + strlen(got), "%u %.*s %u %u+%u %u;", s.number, (int)s.path_len, s.path,
            (unsigned)s.size, s.first_report, s.n_reports, s.n_passages);
    assert_string_equal(got, "1 /甲.txt 1001 1+1 2;2 /乙.txt 1002 2+3 2;");
    buf_release(&block);
    segment_dump_frame(db, "R00000000", &block);
    in = (struct bytes){.at = block.data, .end = block.data + block.len};
    *got = '\0';
    struct report_codec codec;
    report_codec_init(&codec);
    while (report_decode(&codec, &in, &r))
        sprintf(got + strlen(got), "%u<%u %.*s%.*s%.*s %u %u+%u;", r.number, r.source,
            (int)r.id_len, r.id, (int)r.title_len, r.title, (int)r.fields_len, r.fields,
            schema_date_year(r.date), r.first_docid, r.n_passages);
    assert_string_equal(
        got, "1<1 id题{} 2023 1+2;2<2 id题{} 0 3+1;3<2 id题{} 0 4+0;7<2 id题{} 2024 4+1;");
    report_codec_release(&codec);
    buf_release(&block);
    xdb_close(db);
}

static void builder__keeps_the_text_in_blocks(void **state)
{
    static const char *const texts[] = {"中国经济\n", "经济\tGDP 9.7%", "。。。", "中中中"};
    static const uint32_t reports[] = {1, 1, 2, 7};
    build_small(state, "texts");
    struct xdb *db = segment_dump_open(temp_dir_in("texts"));
    struct buf data;
    struct text_block block;
    buf_init(&data, 1 << 20);
    text_block_init(&block);
    assert_ok(xdb_data(db, 0, 1, &data, &err));
    assert_ok(text_block_decode(&block, data.data, data.len, NULL, &err));
    assert_int_equal(block.n_passages, 4);
    for (uint32_t i = 0; i < 4; i++) {
        struct passage p = text_block_passage(&block, i);
        assert_int_equal(p.text_len, strlen(texts[i]));
        assert_memory_equal(p.text, texts[i], p.text_len);
        assert_int_equal(block.entries[i].report, reports[i]);
        buf_clear(&data);
        assert_ok(xdb_data(db, 0, i + 1, &data, &err));
        assert_int_equal(data.len == 0, i > 0);
    }
    text_block_release(&block);
    buf_release(&data);
    xdb_close(db);
}

static void assert_checks(const char *name)
{
    struct buf report;
    buf_init(&report, 1 << 20);
    if (xdb_check(temp_dir_in(name), &report, &err) != STATUS_OK)
        fail_msg("%s: %s", name, err.message);
    buf_release(&report);
}

static void builder__makes_an_empty_segment(void **state)
{
    struct segment_stats s = finish(open_builder(state, "empty", 16 << 20));
    assert_int_equal(s.n_passages, 0);
    struct xdb *db = segment_dump_open(temp_dir_in("empty"));
    assert_text(segment_dump_terms(db), "");
    assert_text(segment_dump_varints(db, "stats"), "0 0 0 0 0 0 0 0 0 ");
    assert_text(segment_dump_varints(db, "texts"), "");
    xdb_close(db);
    assert_checks("empty");
}

static void builder__makes_a_segment_of_sources_without_passages(void **state)
{
    struct segment_builder *b = open_builder(state, "bare", 16 << 20);
    begin_source(b, 1);
    end_source(b, 1);
    begin_source(b, 2);
    begin_report(b, 1, 2, 0);
    end_source(b, 2);
    finish(b);
    struct xdb *db = segment_dump_open(temp_dir_in("bare"));
    assert_text(segment_dump_varints(db, "stats"), "2 1 0 0 0 1 1 0 3 ");
    xdb_close(db);
    assert_checks("bare");
}

/* Invented prose: n passages of up to 200 characters out of 400, some Latin, some reports with a
 * date. */
static void build_prose(void **state, const char *name, size_t memory_bytes, uint32_t n)
{
    struct segment_builder *b = open_builder(state, name, memory_bytes);
    uint32_t seed = 7, in_report = 0;
    begin_source(b, 1);
    for (uint32_t i = 0; i < n; i++) {
        char text[700];
        size_t len = 0;
        if (i % 9 == 0)
            begin_report(b, i + 1, 1, i % 2 ? schema_date(2000 + i % 20, 1, 1) : 0);
        in_report = i % 9 ? in_report + 1 : 1;
        for (uint32_t j = (seed >> 8) % 200 + 1; j; j--) {
            seed = seed * 1103515245 + 12345;
            uint32_t kind = (seed >> 16) % 100;
            uint32_t cp = kind < 8 ? 0x3002 : kind < 12 ? 'a' + kind : 0x4E00 + (seed >> 10) % 400;
            len += utf8_encode(cp, text + len);
        }
        const struct passage p = {.text = text, .text_len = len, .number = in_report};
        assert_ok(segment_builder_add_passage(b, &p, &err));
    }
    end_source(b, 1);
    finish(b);
}

static void builder__needs_no_more_memory_than_it_is_given(void **state)
{
    enum { N = 1500 }; /* 0.4 MB of text */
    build_prose(state, "large", 1 << 30, N);
    build_prose(state, "small", 128 << 10, N);
    struct xdb *large = segment_dump_open(temp_dir_in("large")),
               *small = segment_dump_open(temp_dir_in("small"));
    static const char *const keys[] = {
        "chars", "stats", "texts", "reports", "R00000000", "S00000000"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct buf l, s;
        segment_dump_metadata(large, keys[i], &l);
        segment_dump_metadata(small, keys[i], &s);
        assert_int_equal(l.len, s.len);
        assert_memory_equal(l.data, s.data, l.len);
        buf_release(&l);
        buf_release(&s);
    }
    char *terms = segment_dump_terms(large);
    assert_text(segment_dump_terms(small), terms);
    free(terms);
    for (uint32_t docid = 1; docid <= N; docid++) {
        struct buf l, s;
        buf_init(&l, 1 << 20);
        buf_init(&s, 1 << 20);
        assert_ok(xdb_data(large, 0, docid, &l, &err));
        assert_ok(xdb_data(small, 0, docid, &s, &err));
        assert_int_equal(l.len, s.len);
        assert_true(l.len == 0 || memcmp(l.data, s.data, l.len) == 0);
        buf_release(&l);
        buf_release(&s);
    }
    xdb_close(large);
    xdb_close(small);
    assert_checks("small");
}

static void builder__leaves_nothing_complete_when_killed(void **state)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct segment_builder *b = open_builder(state, "killed", 16 << 20);
        begin_source(b, 1);
        begin_report(b, 1, 1, 0);
        for (uint32_t i = 1; i <= 100; i++)
            assert_ok(add_text(b, "中国经济", i));
        _exit(77);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 77);
    const char *dir = temp_dir_in("killed");
    struct xdb *db;
    assert_int_equal(access(dir, F_OK), 0);
    assert_int_equal(xdb_open(&dir, 1, &db, &err), STATUS_MISSING);
}

static void builder__removes_the_folder_when_closed_unfinished(void **state)
{
    struct segment_builder *b = open_builder(state, "given-up", 16 << 20);
    begin_source(b, 1);
    begin_report(b, 1, 1, 0);
    assert_ok(add_text(b, "中国经济", 1));
    segment_builder_close(b);
    assert_int_equal(access(temp_dir_in("given-up"), F_OK), -1);
    segment_builder_close(NULL);
}

static void builder__leaves_a_folder_that_exists_alone(void **state)
{
    const struct builder_options options = {
        .kind = *(enum builder_kind *)*state, .memory_bytes = 16 << 20, .n_threads = 1};
    struct segment_builder *b = NULL;
    assert_int_equal(segment_builder_open(temp_dir, &options, &b, &err), STATUS_IO);
    assert_null(b);
    assert_int_equal(access(temp_dir, F_OK), 0);
    assert_int_equal(
        segment_builder_open(temp_dir_in("no/such"), &options, &b, &err), STATUS_MISSING);
}

static void builder__refuses_calls_out_of_order(void **state)
{
    struct segment_builder *b = open_builder(state, "order", 16 << 20);
    struct segment_stats stats;
    struct source s = source_of(1);
    struct report r = report_of(1, 1, 0), other = report_of(1, 2, 0);
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_INTERNAL);
    assert_int_equal(add_text(b, "甲", 1), STATUS_INTERNAL);
    assert_int_equal(segment_builder_end_source(b, &s, &err), STATUS_INTERNAL);
    begin_source(b, 1);
    assert_int_equal(segment_builder_begin_source(b, &s, &err), STATUS_INTERNAL);
    assert_int_equal(segment_builder_begin_report(b, &other, &err), STATUS_INTERNAL);
    assert_int_equal(segment_builder_finish(b, &stats, &err), STATUS_INTERNAL);
    begin_report(b, 1, 1, 0);
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_INTERNAL);
    assert_int_equal(add_text(b, "甲", 2), STATUS_INTERNAL);
    end_source(b, 1);
    assert_int_equal(add_text(b, "甲", 1), STATUS_INTERNAL);
    segment_builder_close(b);
}

static void builder__refuses_what_is_too_long(void **state)
{
    static char text[FIELDS_BYTES_MAX + 1];
    struct segment_builder *b = open_builder(state, "limits", 16 << 20);
    struct source s = source_of(1);
    memset(text, 'x', sizeof text);
    s.path = text;
    s.path_len = PATH_BYTES_MAX + 1;
    assert_int_equal(segment_builder_begin_source(b, &s, &err), STATUS_BAD_INPUT);
    s.path_len = PATH_BYTES_MAX;
    assert_ok(segment_builder_begin_source(b, &s, &err));

    const struct report good = report_of(1, 1, 0);
    struct report r = good;
    r.title_len = 0;
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_BAD_INPUT);
    r = good, r.title = text, r.title_len = TITLE_BYTES_MAX + 1;
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_BAD_INPUT);
    r = good, r.id = text, r.id_len = PATH_BYTES_MAX + 1;
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_BAD_INPUT);
    r = good, r.fields = text, r.fields_len = FIELDS_BYTES_MAX + 1;
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_BAD_INPUT);
    r = good, r.date = 1 << 23;
    assert_int_equal(segment_builder_begin_report(b, &r, &err), STATUS_BAD_INPUT);
    r = good, r.title = text, r.title_len = TITLE_BYTES_MAX;
    r.id = text, r.id_len = PATH_BYTES_MAX, r.fields = text, r.fields_len = FIELDS_BYTES_MAX;
    assert_ok(segment_builder_begin_report(b, &r, &err));

    struct passage p = {.text = text, .number = 1};
    assert_int_equal(segment_builder_add_passage(b, &p, &err), STATUS_BAD_INPUT);
    p.text_len = PASSAGE_BYTES_MAX;
    assert_ok(segment_builder_add_passage(b, &p, &err));
    assert_ok(segment_builder_end_source(b, &s, &err));
    finish(b);
    struct xdb *db = segment_dump_open(temp_dir_in("limits"));
    struct buf block;
    segment_dump_frame(db, "R00000000", &block);
    struct bytes in = {.at = block.data, .end = block.data + block.len};
    struct report_codec codec;
    report_codec_init(&codec);
    assert_true(report_decode(&codec, &in, &r));
    assert_int_equal(r.fields_len, FIELDS_BYTES_MAX);
    report_codec_release(&codec);
    buf_release(&block);
    xdb_close(db);
}

static enum builder_kind kinds[] = {BUILDER_API, BUILDER_AUTO};

/* One folder for each test, because both kinds use the same names. */
#define in_folder(test, i)                                                                         \
    cmocka_unit_test_prestate_setup_teardown(test, temp_dir_set_up, temp_dir_tear_down, &kinds[i])
#define each_kind(test) in_folder(test, 0), in_folder(test, 1)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each_kind(builder__gives_terms_their_normalised_frequency),
        each_kind(builder__writes_statistics_and_directories),
        each_kind(builder__takes_the_rank_of_furniture_and_of_lines_that_recur),
        each_kind(builder__keeps_sources_and_reports),
        each_kind(builder__keeps_the_text_in_blocks),
        each_kind(builder__makes_an_empty_segment),
        each_kind(builder__makes_a_segment_of_sources_without_passages),
        each_kind(builder__needs_no_more_memory_than_it_is_given),
        each_kind(builder__leaves_nothing_complete_when_killed),
        each_kind(builder__removes_the_folder_when_closed_unfinished),
        each_kind(builder__leaves_a_folder_that_exists_alone),
        each_kind(builder__refuses_calls_out_of_order),
        each_kind(builder__refuses_what_is_too_long),
    };
    return cmocka_run_group_tests_name("segment_builder", tests, NULL, NULL);
}
