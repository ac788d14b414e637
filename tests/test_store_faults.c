// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults that leave a segment readable but poorer than what was put in: they must be noticed, not
 * committed or called whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "store/check.h"
#include "store/checksums.h"
#include "store/index_writer.h"
#include "store/xapian_c.h"
#include "tests/temp_dir.h"

static struct error err;

#define OK(call)                                                                                   \
    do {                                                                                           \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* ---- a table that cannot be opened while it is copied ---- */

/* Two xdocs, of which one has data; *w has them on the disk. */
static struct xwriter *write_two(const char *data)
{
    const struct xposting posting = {"城市", 6, 8};
    struct xwriter *w = NULL;
    OK(xwriter_open(temp_dir_in("work"), &w, &err));
    OK(xwriter_add(w, &posting, 1, NULL, 0, &err));
    OK(xwriter_add(w, &posting, 1, data, strlen(data), &err));
    OK(xwriter_flush(w, &err));
    return w;
}

/* Xapian takes a table that it cannot open for one that is empty. */
static void xwriter_finish__notices_that_the_texts_were_not_copied(void **state)
{
    (void)state;
    struct xwriter *w = write_two("text");
    assert_int_equal(unlink(temp_dir_in("work/docdata.glass")), 0);
    assert_int_equal(xwriter_finish(w, temp_dir_in("seg"), &err), STATUS_IO);
    assert_non_null(strstr(err.message, "work"));
    xwriter_close(w);
}

static void xwriter_finish__needs_no_texts_where_there_are_none(void **state)
{
    (void)state;
    struct xwriter *w = write_two("");
    OK(xwriter_finish(w, temp_dir_in("seg"), &err));
    xwriter_close(w);
}

/* ---- a segment without the terms of its sources ---- */

static void build_index(void)
{
    static const struct builder_options options = {BUILDER_AUTO, 32 << 20, 1};
    struct source s = {.path = "/a", .path_len = 2, .encoding = ENCODING_UTF8};
    struct report r = {.title = "a", .title_len = 1};
    const struct passage p = {.text = "城市更新\n", .text_len = 13, .number = 1, .line = 1};
    struct index_writer *w = NULL;
    OK(index_writer_open(temp_dir_in("ix"), &options, &w, &err));
    OK(index_writer_begin_source(w, &s, &err));
    OK(index_writer_begin_report(w, &r, &err));
    OK(index_writer_add_passage(w, &p, &err));
    OK(index_writer_end_source(w, &s, &err));
    OK(index_writer_commit(w, &err));
    index_writer_close(w);
}

/* Puts in the segment's place a copy of all that it stores, with the spans given in place of its
 * own unless they are NULL. */
static void replace_spans(const char *spans, size_t n)
{
    static const struct xposting posting = {"城市", 6, 8};
    static const char *const keys[] = {
        "format", "stats", "texts", "reports", "chars", "spans", "R00000000", "S00000000"};
    const char *segment = temp_dir_in("ix/seg-000001");
    struct xdb *db = NULL;
    struct xwriter *w = NULL;
    struct buf value;
    buf_init(&value, 1 << 20);
    OK(xdb_open(&segment, 1, &db, &err));
    OK(xdb_data(db, 0, 1, &value, &err));
    OK(xwriter_open(temp_dir_in("work"), &w, &err));
    OK(xwriter_add(w, &posting, 1, value.data, value.len, &err));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        buf_clear(&value);
        OK(xdb_metadata(db, 0, keys[i], &value, &err));
        bool is_replaced = spans && strcmp(keys[i], "spans") == 0;
        OK(xwriter_set_metadata(
            w, keys[i], is_replaced ? spans : value.data, is_replaced ? n : value.len, &err));
    }
    xdb_close(db);
    OK(file_remove_tree(segment, &err));
    OK(xwriter_finish(w, segment, &err));
    xwriter_close(w);
    OK(checksums_write(segment, NULL, &err));
    buf_release(&value);
}

/* Makes the manifest name the files as they are now, so that only their content can be wrong. */
static void accept_files(void)
{
    struct manifest m;
    OK(manifest_read(temp_dir_in("ix"), &m, &err));
    struct manifest_segment *s = &m.segments[0];
    for (size_t i = 0; i < s->n_files; i++) {
        char name[64];
        snprintf(name, sizeof name, "ix/seg-000001/%s", s->files[i].name);
        OK(file_hash(temp_dir_in(name), &s->files[i].size, &s->files[i].hash, &err));
    }
    OK(manifest_write(temp_dir_in("ix"), &m, &err));
    manifest_release(&m);
}

static size_t count_findings(struct buf *findings)
{
    struct check_result result;
    buf_init(findings, 1 << 16);
    OK(index_check(temp_dir_in("ix"), findings, &result, &err));
    return result.n_findings;
}

/* By them dropped sources are left out, and dates and fields are looked for. */
static void index_check__finds_spans_that_differ_from_the_records(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
    } wrong[] = {
        {"\1\1\2\0", 4}, /* another source */
        {"\2\1\1\0", 4}, /* another report */
        {"\1\1\1\7", 4}, /* another date */
        {"\1\2\1\0", 4}, /* more passages than there are */
        {"\1\1\1", 3},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct buf findings;
        build_index();
        replace_spans(wrong[i].bytes, wrong[i].n);
        accept_files();
        assert_int_equal(count_findings(&findings), 1);
        assert_non_null(strstr(buf_terminate(&findings), "seg-000001"));
        buf_release(&findings);
        temp_dir_tear_down(state);
        temp_dir_set_up(state);
    }
}

static void index_check__of_a_copy_with_the_same_finds_nothing(void **state)
{
    (void)state;
    struct buf findings;
    build_index();
    replace_spans(NULL, 0);
    accept_files();
    assert_int_equal(count_findings(&findings), 0);
    buf_release(&findings);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_set_up, temp_dir_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(xwriter_finish__notices_that_the_texts_were_not_copied),
        TEST(xwriter_finish__needs_no_texts_where_there_are_none),
        TEST(index_check__finds_spans_that_differ_from_the_records),
        TEST(index_check__of_a_copy_with_the_same_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
