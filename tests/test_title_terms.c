// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of the terms of titles: what a reader of an index finds in it, and runs of more titles than
 * one is made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "store/title_terms.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

/* The numbers of the reports, segment by segment: "1 2 | 3 ". */
static const char *found(struct index *ix, const char *term)
{
    static char out[256];
    size_t n = 0;
    out[0] = '\0';
    for (uint32_t segment = 0; segment < index_manifest(ix)->n_segments; segment++) {
        struct buf numbers;
        buf_init(&numbers, 1 << 20);
        OK(index_title_reports(ix, segment, term, strlen(term), &numbers, &world.err));
        n += (size_t)snprintf(out + n, sizeof out - n, "%s", segment ? "| " : "");
        for (size_t i = 0; i < numbers.len / sizeof(uint32_t); i++)
            n += (size_t)snprintf(
                out + n, sizeof out - n, "%u ", ((const uint32_t *)(const void *)numbers.data)[i]);
        buf_release(&numbers);
    }
    return out;
}

static struct index *open_index(void)
{
    struct index *ix = NULL;
    OK(index_open(world.place, &ix, &world.err));
    return ix;
}

static void index_title_reports__are_those_with_the_term_in_their_title(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "2025年浙江省政府工作报告", TEXTS("各位代表："));
    fixture_add(w, "浙江的浙江", TEXTS("第一段。", "第二段。"));
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    w = fixture_open_writer();
    fixture_add(w, "江苏省政府工作报告", TEXTS("营商环境"));
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    struct index *ix = open_index();
    assert_string_equal(found(ix, "浙江"), "1 2 | ");
    assert_string_equal(found(ix, "工作"), "1 | 3 ");
    assert_string_equal(found(ix, "2025年"), "1 | ");
    assert_string_equal(found(ix, "营商"), "| "); /* is only in the text */
    assert_string_equal(found(ix, "浙"), "| ");   /* no single characters */
    index_close(ix);
}

static void index_title_reports__has_no_title_that_is_the_id_or_has_no_passage(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    fixture_begin(w, &s, "rows.tsv");
    struct report row = {.id = "甲乙丙", .id_len = 9, .title = "甲乙丙", .title_len = 9};
    const struct passage p = {.text = "正文", .text_len = 6, .number = 1, .line = 1};
    OK(index_writer_begin_report(w, &row, &world.err));
    OK(index_writer_add_passage(w, &p, &world.err));
    fixture_add_report(w, "甲乙公报", TEXTS(NULL));
    fixture_add_report(w, "甲乙年鉴", TEXTS("正文"));
    OK(index_writer_end_source(w, &s, &world.err));
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    struct index *ix = open_index();
    assert_string_equal(found(ix, "甲乙"), "3 ");
    assert_string_equal(found(ix, "乙丙"), "");
    index_close(ix);
}

/* Reads the pairs of a bucket; those of a hash go up, and each lies in the bucket. */
static size_t count_pairs(const struct buf *bucket, unsigned bits, uint32_t expected)
{
    struct bytes in = buf_bytes(bucket);
    uint64_t hash = 0;
    size_t n_pairs = 0;
    while (in.at < in.end) {
        hash += bytes_varint(&in);
        assert_int_equal(title_bucket((uint32_t)hash, bits), expected);
        uint64_t n = bytes_varint(&in);
        assert_true(n <= TITLE_REPORTS_MAX);
        n_pairs += n;
        while (n--)
            assert_true(bytes_varint(&in) > 0);
        assert_false(in.is_broken);
    }
    return n_pairs;
}

/* Titles of two random characters each and a common end: 甲乙公报 has 甲乙 乙公 公报. */
static void title_terms__begin_another_run_where_one_is_full(void **state)
{
    (void)state;
    enum { N_TITLES = TITLE_RUN_PAIRS / 3 + 3 * TITLE_REPORTS_MAX };
    struct error err;
    struct spool spool;
    struct title_terms t;
    struct buf bucket;
    size_t n_pairs = 0, n_in_bucket_max = 0;
    char *dir = temp_dir_make(), last_key[16] = "";
    uint64_t seed = 7;
    assert_int_equal(spool_open(&spool, dir, &err), STATUS_OK);
    title_terms_init(&t, &spool);
    buf_init(&bucket, 1 << 28);
    for (uint32_t i = 1; i <= N_TITLES; i++) {
        char title[32];
        size_t n = 0;
        for (int k = 0; k < 2; k++)
            n += utf8_encode(0x4e00 + (uint32_t)world_below(&seed, 5000), title + n);
        n += (size_t)snprintf(title + n, sizeof title - n, "公报");
        assert_int_equal(title_terms_add(&t, i, title, n, &err), STATUS_OK);
    }
    assert_int_equal(title_terms_end(&t, &err), STATUS_OK);
    assert_int_equal(t.bits.len, 2); /* runs */
    for (uint32_t i = 0; i < t.n_buckets; i++) {
        char key[16];
        unsigned run, place;
        assert_int_equal(title_terms_read(&t, i, key, &bucket, &err), STATUS_OK);
        assert_true(strcmp(key, last_key) > 0);
        strcpy(last_key, key);
        assert_int_equal(sscanf(key, "T%4x%4x", &run, &place), 2);
        size_t n = count_pairs(&bucket, (unsigned char)t.bits.data[run], place);
        n_pairs += n;
        n_in_bucket_max = n > n_in_bucket_max ? n : n_in_bucket_max;
    }
    assert_int_equal(
        n_pairs, 2 * N_TITLES); /* 公报 is in all titles: none of its reports is kept */
    assert_true(n_in_bucket_max < 4 * TITLE_BUCKET_PAIRS);
    buf_release(&bucket);
    title_terms_release(&t);
    spool_close(&spool);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(index_title_reports__are_those_with_the_term_in_their_title,
            world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(
            index_title_reports__has_no_title_that_is_the_id_or_has_no_passage, world_set_up,
            world_tear_down),
        cmocka_unit_test(title_terms__begin_another_run_where_one_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
