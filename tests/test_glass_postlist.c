// SPDX-License-Identifier: GPL-2.0-or-later
/* What the tokenizer never gives, and segments of a test never reach: terms at Xapian's limit and
 * with NUL bytes, docids past 2^24. Databases are written entry by entry, and asked through Xapian.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/glass_postlist.h"
#include "store/glass_version.h"
#include "store/xapian_c.h"
#include "tests/temp_dir.h"

/* A term of every step-th document, with wdf 1. */
struct test_term {
    const char *term;
    size_t len;
    uint32_t step;
};

static void add_term(struct glass_table *t, const struct test_term *term, uint32_t n_docs)
{
    struct error err;
    struct glass_list list;
    struct buf entries;
    glass_list_init(&list);
    buf_init(&entries, SIZE_MAX);
    for (uint32_t docid = term->step; docid <= n_docs; docid += term->step)
        assert_int_equal(glass_list_add(&list, docid, 1, &err), STATUS_OK);
    assert_int_equal(
        glass_list_finish_term(&list, term->term, term->len, &entries, &err), STATUS_OK);
    assert_int_equal(glass_entries_add(t, &entries, &err), STATUS_OK);
    glass_list_release(&list);
    buf_release(&entries);
}

static uint32_t length_of(uint32_t docid, const struct test_term *terms, size_t n)
{
    uint32_t len = 0;
    for (size_t i = 0; i < n; i++)
        len += docid % terms[i].step == 0;
    return len;
}

static void write_database(
    uint32_t block_size, const struct test_term *terms, size_t n, uint32_t n_docs)
{
    struct error err;
    struct glass_table *t;
    struct glass_list lengths;
    struct buf entries;
    struct glass_version v = {
        .n_docs = n_docs, .doclen_lower = 1, .wdf_upper = 1, .doclen_upper = (uint32_t)n};
    assert_int_equal(
        glass_table_open(temp_dir_in("postlist.glass"), block_size, &t, &err), STATUS_OK);
    glass_list_init(&lengths);
    buf_init(&entries, SIZE_MAX);
    for (uint32_t docid = 1; docid <= n_docs; docid++) {
        uint32_t len = length_of(docid, terms, n);
        v.total_doclen += len;
        assert_int_equal(glass_list_add(&lengths, docid, len, &err), STATUS_OK);
        if (docid % 100000 == 0)
            assert_int_equal(glass_list_put_lengths(&lengths, false, &entries, &err), STATUS_OK);
    }
    assert_int_equal(glass_list_put_lengths(&lengths, true, &entries, &err), STATUS_OK);
    assert_int_equal(glass_entries_add(t, &entries, &err), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        add_term(t, &terms[i], n_docs);
    assert_int_equal(glass_table_finish(t, &v.roots[GLASS_POSTLIST], NULL, &err), STATUS_OK);
    glass_table_close(t);
    glass_list_release(&lengths);
    buf_release(&entries);
    assert_int_equal(glass_version_write(temp_dir, &v, &err), STATUS_OK);
}

static void check_database(const struct test_term *terms, size_t n, uint32_t n_docs)
{
    struct error err;
    struct buf report;
    struct xdb *db;
    const char *dir = temp_dir;
    buf_init(&report, 1 << 20);
    if (xdb_check(dir, &report, &err) != STATUS_OK)
        fail_msg("%s: %s", err.message, buf_terminate(&report));
    buf_release(&report);
    assert_int_equal(xdb_open(&dir, 1, &db, &err), STATUS_OK);
    for (size_t i = 0; i < n; i++) {
        uint64_t df, cf;
        assert_int_equal(
            xdb_term_stats(db, terms[i].term, terms[i].len, &df, &cf, &err), STATUS_OK);
        assert_int_equal(df, n_docs / terms[i].step);
        assert_int_equal(cf, n_docs / terms[i].step);
        const struct xnode node = {.op = XOP_TERM, .term = terms[i].term, .term_len = terms[i].len};
        const struct xsearch how = {
            .limit = 1, .offset = n_docs / terms[i].step - 1, .is_boolean = true};
        struct xhits hits;
        assert_int_equal(xdb_search(db, &node, &how, &hits, &err), STATUS_OK);
        assert_int_equal(hits.n, 1);
        assert_int_equal(hits.hits[0].docid, n_docs / terms[i].step * terms[i].step);
        xhits_release(&hits);
    }
    xdb_close(db);
}

/* In order: NUL is less than anything but the end. */
static char longest[GLASS_TERM_MAX], longest_nuls[GLASS_TERM_MAX / 2];
static const struct test_term odd_terms[] = {
    {longest_nuls, sizeof longest_nuls, 3},
    {"a", 1, 2},
    {"a\0", 2, 5},
    {"a\0\0b", 4, 7},
    {"a\0b", 3, 2},
    {"a\1", 2, 3},
    {"ab", 2, 1},
    {longest, sizeof longest, 2},
};
enum { N_ODD_TERMS = sizeof odd_terms / sizeof *odd_terms };

static void check_odd_terms(uint32_t block_size)
{
    memset(longest, 'z', sizeof longest);
    write_database(block_size, odd_terms, N_ODD_TERMS, 30000);
    check_database(odd_terms, N_ODD_TERMS, 30000);
}

static void glass_postlist__takes_terms_at_the_limit_and_with_nuls(void **state)
{
    (void)state;
    check_odd_terms(GLASS_BLOCK_DEFAULT);
}

static void glass_postlist__takes_them_in_the_smallest_blocks(void **state)
{
    (void)state;
    check_odd_terms(GLASS_BLOCK_MIN);
}

static void glass_postlist__takes_docids_past_three_bytes(void **state)
{
    (void)state;
    static const struct test_term terms[] = {
        {"a", 1, 1u << 20}, {"b", 1, 16800000}, {"c", 1, 3000}};
    write_database(GLASS_BLOCK_DEFAULT, terms, 3, 16800000);
    check_database(terms, 3, 16800000);
}

static void glass_postlist__refuses_terms_past_the_limit(void **state)
{
    (void)state;
    static const struct {
        const char bytes[GLASS_TERM_MAX + 1];
        size_t n;
    } rows[] = {
        {"", 0}, {"x", GLASS_TERM_MAX}, {"", GLASS_TERM_MAX / 2 + 1}, {"x", GLASS_TERM_MAX + 1}};
    struct error err;
    struct glass_list list;
    struct buf entries;
    glass_list_init(&list);
    buf_init(&entries, SIZE_MAX);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(glass_list_add(&list, 1, 1, &err), STATUS_OK);
        assert_int_equal(glass_list_finish_term(&list, rows[i].bytes, rows[i].n, &entries, &err),
            STATUS_BAD_INPUT);
        glass_list_clear(&list);
    }
    glass_list_release(&list);
    buf_release(&entries);
}

static void glass_postlist__refuses_a_sum_of_wdf_past_32_bits(void **state)
{
    (void)state;
    struct error err;
    struct glass_list list;
    struct buf entries;
    glass_list_init(&list);
    buf_init(&entries, SIZE_MAX);
    assert_int_equal(glass_list_add(&list, 1, UINT32_MAX, &err), STATUS_OK);
    assert_int_equal(glass_list_add(&list, 2, 1, &err), STATUS_OK);
    assert_int_equal(glass_list_finish_term(&list, "a", 1, &entries, &err), STATUS_BAD_INPUT);
    glass_list_release(&list);
    buf_release(&entries);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_dir_set_up, temp_dir_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(glass_postlist__takes_terms_at_the_limit_and_with_nuls),
        IN_FOLDER(glass_postlist__takes_them_in_the_smallest_blocks),
        IN_FOLDER(glass_postlist__takes_docids_past_three_bytes),
        cmocka_unit_test(glass_postlist__refuses_terms_past_the_limit),
        cmocka_unit_test(glass_postlist__refuses_a_sum_of_wdf_past_32_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
