// SPDX-License-Identifier: GPL-2.0-or-later
/* What is no index, one of a newer version, or a damaged one: each is refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/check.h"
#include "store/checksums.h"
#include "store/index_parts.h"
#include "store/manifest_text.h"
#include "store/schema.h"
#include "store/xapian_c.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"
#include "tokenizer/tokenizer.h"

/* ---- what is no index, or a broken one ---- */

static void assert_open(enum status expected, const char *part)
{
    struct index *ix = NULL;
    assert_int_equal(index_open(world.place, &ix, &world.err), expected);
    assert_null(ix);
    if (!strstr(world.err.message, world.place) || !strstr(world.err.message, part))
        fail_msg("'%s' without '%s'", world.err.message, part);
}

static void index_open__says_what_is_not_there(void **state)
{
    (void)state;
    assert_open(STATUS_MISSING, "duan index -i");
    assert_int_equal(mkdir(world.place, 0777), 0);
    assert_open(STATUS_MISSING, "no index at");
    temp_dir_write(fixture_in("manifest"), "{\"name\":\"app\"}", 14);
    assert_open(STATUS_FOREIGN, "no index of duan's");
}

static void index_writer_open__leaves_a_foreign_folder_alone(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    assert_int_equal(mkdir(world.place, 0777), 0);
    temp_dir_write(fixture_in("thesis.txt"), "x", 1);
    assert_int_equal(mkdir(fixture_in("seg-000001"), 0777), 0);
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_FOREIGN);
    assert_string_equal(fixture_folder(), "seg-000001 thesis.txt ");
    assert_int_not_equal(access(fixture_in("lock"), F_OK), 0);
    temp_dir_write(fixture_in("manifest"), "{}", 2);
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_FOREIGN);
    assert_string_equal(fixture_folder(), "seg-000001 thesis.txt ");
    assert_int_not_equal(access(fixture_in("lock"), F_OK), 0);
    assert_null(w);
}

static void index_writer_open__touches_nothing_of_an_index_without_a_manifest(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    fixture_build_two();
    assert_int_equal(unlink(fixture_in("manifest")), 0);
    assert_open(STATUS_CORRUPT, "is missing");
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_CORRUPT);
    assert_string_equal(fixture_folder(), "seg-000001 seg-000002 ");
}

static void index_writer_open__touches_nothing_of_a_damaged_index(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    fixture_build_two();
    size_t n;
    char *bytes = temp_dir_read(fixture_in("manifest"), &n);
    bytes[n / 2] ^= 1;
    temp_dir_write(fixture_in("manifest"), bytes, n);
    free(bytes);
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_CORRUPT);
    assert_string_equal(fixture_folder(), "seg-000001 seg-000002 ");
    assert_open(STATUS_CORRUPT, "damaged");
}

static void index_writer_open__refuses_a_file(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    temp_dir_write(world.place, "x", 1);
    assert_int_not_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_OK);
    assert_non_null(strstr(world.err.message, world.place));
    world.place = temp_dir_path(world.dir, "none/ix");
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_MISSING);
}

static void index_writer_open__does_not_follow_a_link_for_a_lock(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    temp_dir_write(temp_dir_path(world.dir, "precious"), "x", 1);
    assert_int_equal(mkdir(world.place, 0777), 0);
    assert_int_equal(symlink("../precious", fixture_in("lock")), 0);
    assert_int_equal(index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_IO);
    size_t n;
    free(temp_dir_read(temp_dir_path(world.dir, "precious"), &n));
    assert_int_equal(n, 1);
}

static void index_open__names_the_file_that_was_cut(void **state)
{
    (void)state;
    fixture_build_two();
    assert_int_equal(truncate(fixture_in("seg-000002/docdata.glass"), 100), 0);
    assert_open(STATUS_CORRUPT, "seg-000002/docdata.glass' has 100 bytes");
    assert_int_equal(unlink(fixture_in("seg-000002/docdata.glass")), 0);
    assert_open(STATUS_CORRUPT, "seg-000002/docdata.glass' is missing");
}

static void index_open__notices_a_segment_in_the_place_of_another(void **state)
{
    (void)state;
    struct manifest m;
    fixture_build_two();
    OK(manifest_read(world.place, &m, &world.err));
    m.segments[0].stats.n_tokens++;
    OK(manifest_write(world.place, &m, &world.err));
    manifest_release(&m);
    assert_open(STATUS_CORRUPT, "statistics");
}

static void index_open__names_a_newer_index(void **state)
{
    (void)state;
    struct manifest m;
    struct buf text;
    struct index_writer *w = NULL;
    fixture_build_two();
    buf_init(&text, MANIFEST_BYTES_MAX);
    OK(manifest_read(world.place, &m, &world.err));
    m.analyzer++;
    OK(manifest_encode(&m, &text, &world.err));
    temp_dir_write(fixture_in("manifest"), text.data, text.len);
    assert_open(STATUS_NEWER, "analyzer");
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &w, &world.err), STATUS_NEWER);
    assert_string_equal(fixture_folder(), "seg-000001 seg-000002 ");
    buf_release(&text);
    manifest_release(&m);
}

/* ---- a segment that lies ---- */

struct metadata_value {
    const char *key, *value;
    size_t n;
};

/* What the metadata of a crafted segment say: one source of one report of two passages, in blocks
 * of each kind, but for the keys that are to be others. */
static void craft_with(const struct metadata_value *others, size_t n_others)
{
    static const char format[] = {SEGMENT_FORMAT, ANALYZER_VERSION};
    static const struct metadata_value right[] = {
        {"format", format, 2},
        {"stats", "\1\1\2\4\6\1\1\1\0", 9},
        {"texts", "\1", 1},
        {"reports", "\1\1", 2},
        {"chars", "\x64\1\1", 3},
        {"spans", "\1\2\1\0", 4},
    };
    struct manifest m;
    struct manifest_segment segment = {
        .name = "seg-000001", .stats = {1, 1, 2, 4, 6, 1, 1, 1, 0}, .n_files = 0};
    struct xwriter *w = NULL;
    temp_dir_remove(world.dir);
    world.dir = temp_dir_make();
    world.place = temp_dir_path(world.dir, "ix");
    assert_int_equal(mkdir(world.place, 0777), 0);
    OK(xwriter_open(fixture_in("work"), &w, &world.err));
    for (int i = 0; i < 2; i++)
        OK(xwriter_add(w, NULL, 0, "no frame", 8, &world.err));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        OK(xwriter_set_metadata(w, right[i].key, right[i].value, right[i].n, &world.err));
    for (size_t i = 0; i < n_others; i++)
        OK(xwriter_set_metadata(w, others[i].key, others[i].value, others[i].n, &world.err));
    OK(xwriter_finish(w, fixture_in("seg-000001"), &world.err));
    xwriter_close(w);
    OK(checksums_write(fixture_in("seg-000001"), NULL, &world.err));
    manifest_init(&m);
    m.next_segment = m.next_source = m.next_report = 2;
    OK(manifest_add_segment(&m, &segment, &world.err));
    OK(manifest_write(world.place, &m, &world.err));
    manifest_release(&m);
}

static void craft(const char *wrong_key, const char *value, size_t n)
{
    craft_with(&(struct metadata_value){wrong_key, value, n}, wrong_key != NULL);
}

static void assert_damaged(enum status s, const char *what)
{
    assert_int_equal(s, STATUS_CORRUPT);
    if (!strstr(world.err.message, "seg-000001") || !strstr(world.err.message, what))
        fail_msg("'%s' without '%s'", world.err.message, what);
}

/* The files are as they were written, so only the content can tell. */
static void assert_check_finds(const char *what)
{
    struct buf findings;
    struct check_result result;
    buf_init(&findings, 1 << 16);
    OK(index_check(world.place, &findings, &result, &world.err));
    assert_int_equal(result.n_findings, 1);
    const char *found = buf_terminate(&findings);
    if (!strstr(found, "seg-000001") || !strstr(found, what))
        fail_msg("'%s' without '%s'", found, what);
    buf_release(&findings);
}

static void assert_check_finds_it(void)
{
    assert_check_finds("");
}

static void index__names_what_is_wrong_in_a_segment(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        size_t n;
    } texts[] = {{"", 0}, {"\0", 1}, {"\2", 1}, {"\3", 1}, {"\1\1", 2}, {"\x81", 1}},
      reports_[] = {{"", 0}, {"\1", 1}, {"\0\1", 2}, {"\2\1", 2}, {"\1\0", 2}, {"\1\1\1", 3}},
      chars[] = {{"\x64", 1}, {"\x64\1", 2}, {"\x64\0\0", 3}, {"\x64\3\3", 3}, {"\x64\2\1", 3},
          {"\x64\1\1\0\1\1", 6}, {"\xff\xff\xff\xff\x7f\1\1", 7}},
      spans[] = {{"", 0}, {"\1\2\1", 3}, {"\0\2\1\0", 4}, {"\1\2\0\0", 4}, {"\1\1\1\0", 4},
          {"\1\3\1\0", 4}, {"\1\0\1\0\1\2\0\0", 8}, {"\1\1\1\0\1\1\0\0", 8},
          {"\1\2\1\x80\x80\x80\x80\1", 8}, {"\1\2\1\0\0", 5}};
    struct stored_passage p;
    struct stored_report r;
    uint64_t df, cf;
    craft("format", (const char[]){SEGMENT_FORMAT + 1, ANALYZER_VERSION}, 2);
    assert_open(STATUS_NEWER, "seg-000001");
    craft("format", "", 0);
    assert_open(STATUS_CORRUPT, "format");
    craft("stats", "\1\1\2\4\6\1\1\1", 8);
    assert_open(STATUS_CORRUPT, "statistics");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        craft("texts", texts[i].value, texts[i].n);
        struct index *ix = world_open_index();
        assert_damaged(index_passage(ix, 0, 1, &p, &world.err), "texts");
        index_close(ix);
        assert_check_finds_it();
    }
    static const char *const dictionaries[] = {"\3", "\1\2", "\x81"};
    for (size_t i = 0; i < sizeof dictionaries / sizeof *dictionaries; i++) {
        craft("dictionaries", dictionaries[i], strlen(dictionaries[i]));
        struct index *ix = world_open_index();
        assert_damaged(index_passage(ix, 0, 1, &p, &world.err), "dictionaries");
        assert_damaged(index_passage(ix, 0, 1, &p, &world.err), "dictionaries");
        index_close(ix);
        assert_check_finds_it();
    }
    for (size_t i = 0; i < sizeof reports_ / sizeof *reports_; i++) {
        craft("reports", reports_[i].value, reports_[i].n);
        struct index *ix = world_open_index();
        assert_damaged(index_report_of(ix, 0, 1, &r, &world.err), "reports");
        index_close(ix);
        assert_check_finds_it();
    }
    for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
        craft("chars", chars[i].value, chars[i].n);
        struct index *ix = world_open_index();
        assert_damaged(index_char_stats(ix, 0x64, &df, &cf, &world.err), "chars");
        assert_damaged(index_char_stats(ix, 0x64, &df, &cf, &world.err), "chars");
        index_close(ix);
        assert_check_finds_it();
    }
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        const struct xnode all = {.op = XOP_ALL};
        const struct xsearch by_date = {.limit = 1, .order = XORDER_LATEST};
        struct xhits hits;
        craft("spans", spans[i].value, spans[i].n);
        struct index *ix = world_open_index();
        assert_damaged(index_search(ix, &all, &by_date, &hits, &world.err), "spans");
        assert_damaged(index_search(ix, &all, &by_date, &hits, &world.err), "spans");
        index_close(ix);
        assert_check_finds_it();
    }
}

/* A source, or a report, as a record block, in *frame. */
static void make_block(const struct source *s, const struct report *r, struct buf *frame)
{
    struct buf records;
    struct frame_codec codec;
    struct report_codec reports;
    buf_init(&records, RECORD_BLOCK_BYTES_MAX);
    buf_init(frame, RECORD_BLOCK_BYTES_MAX);
    frame_codec_init(&codec);
    report_codec_init(&reports);
    assert_true(s ? source_encode(&records, s) : report_encode(&reports, &records, r));
    report_codec_release(&reports);
    OK(frame_encode(&codec, records.data, records.len, frame, &world.err));
    frame_codec_release(&codec);
    buf_release(&records);
}

static void craft_block(const char *key, const struct source *s, const struct report *r)
{
    struct buf frame;
    make_block(s, r, &frame);
    craft(key, frame.data, frame.len);
    buf_release(&frame);
}

/* A segment that says it has a dictionary and does not, or one that is none. */
static void index__names_a_dictionary_that_is_wrong(void **state)
{
    (void)state;
    struct stored_passage p;
    craft("dictionaries", "\1", 1);
    struct index *ix = world_open_index();
    assert_damaged(index_passage(ix, 0, 1, &p, &world.err), "D00000000");
    assert_damaged(index_passage(ix, 0, 2, &p, &world.err), "D00000000");
    index_close(ix);
    assert_check_finds_it();
}

static void index__names_a_block_that_is_wrong(void **state)
{
    (void)state;
    struct stored_passage p;
    struct stored_report r;
    struct source s;
    craft(NULL, NULL, 0);
    struct index *ix = world_open_index();
    assert_damaged(index_passage(ix, 0, 1, &p, &world.err), "text");
    assert_damaged(index_report_of(ix, 0, 1, &r, &world.err), "R00000000");
    assert_damaged(index_report_by_number(ix, 1, &r, &world.err), "R00000000");
    assert_damaged(index_source_by_number(ix, 0, 1, &s, &world.err), "S00000000");
    index_close(ix);
    assert_check_finds_it();
    craft_block("R00000000", NULL, &(struct report){1, 1, "", 0, "t", 1, 0, "", 0, "", 0, 1, 2});
    ix = world_open_index();
    assert_damaged(index_report_of(ix, 0, 1, &r, &world.err), "S00000000");
    index_close(ix);
    assert_check_finds_it();
    craft_block("R00000000", NULL, &(struct report){1, 1, "", 0, "t", 1, 0, "", 0, "", 0, 1, 1});
    ix = world_open_index();
    assert_damaged(
        index_report_of(ix, 0, 2, &r, &world.err), "reports"); /* which has one passage */
    index_close(ix);
    assert_check_finds_it();
    craft_block("S00000000", &(struct source){.number = 0, .path = "/", .path_len = 1}, NULL);
    ix = world_open_index();
    assert_damaged(index_source_by_number(ix, 0, 1, &s, &world.err), "sources");
    index_close(ix);
    assert_check_finds_it();
}

/* Records that can be read, and do not say the same as each other, the table of reports or the statistics. */
static void index_check__compares_the_records(void **state)
{
    (void)state;
    const struct source source = {.number = 1,
        .path = "/",
        .path_len = 1,
        .first_report = 1,
        .n_reports = 1,
        .n_passages = 2};
    const struct report report = {.number = 1,
        .source = 1,
        .id = "",
        .title = "t",
        .title_len = 1,
        .fields = "",
        .stuffed = "",
        .first_docid = 1,
        .n_passages = 2};
    enum { ROWS = 11 };
    struct source s[ROWS];
    struct report r[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        s[i] = source, r[i] = report;
    const char *expected[ROWS] = {"text"}; /* which is no frame, and comes behind the records */
    r[1].source = 2, expected[1] = "a report belongs to another source";
    s[2].first_report = 2, expected[2] = expected[1];
    r[3].n_passages = 3, expected[3] = "the passages of a report are not where they should be";
    r[4].date = 5, expected[4] = "the table of reports differs from their records";
    s[5].n_passages = 1, expected[5] = "a source has other passages than its reports";
    s[6].n_reports = 2, expected[6] = "a report is missing";
    s[7].n_reports = 0, s[7].n_passages = 0, expected[7] = "a report belongs to no source";
    s[8].number = 2, expected[8] = "the numbers of sources do not rise";
    s[9].n_replaced = 1, expected[9] = "its records do not add up to its statistics";
    r[10].n_passages = 1, expected[10] = expected[4];
    for (size_t i = 0; i < ROWS; i++) {
        struct buf sources, reports;
        make_block(&s[i], NULL, &sources);
        make_block(NULL, &r[i], &reports);
        const struct metadata_value blocks[] = {
            {"S00000000", sources.data, sources.len}, {"R00000000", reports.data, reports.len}};
        craft_with(blocks, 2);
        assert_check_finds(expected[i]);
        buf_release(&sources);
        buf_release(&reports);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_open__says_what_is_not_there),
        TEST(index_writer_open__leaves_a_foreign_folder_alone),
        TEST(index_writer_open__touches_nothing_of_a_damaged_index),
        TEST(index_writer_open__touches_nothing_of_an_index_without_a_manifest),
        TEST(index_writer_open__refuses_a_file),
        TEST(index_writer_open__does_not_follow_a_link_for_a_lock),
        TEST(index_open__names_the_file_that_was_cut),
        TEST(index_open__notices_a_segment_in_the_place_of_another),
        TEST(index_open__names_a_newer_index),
        TEST(index__names_what_is_wrong_in_a_segment),
        TEST(index__names_a_dictionary_that_is_wrong),
        TEST(index__names_a_block_that_is_wrong),
        TEST(index_check__compares_the_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
