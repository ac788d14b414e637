// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs against a table of what went in: random tokens, terms of all lengths of body, gaps and frequencies on both sides of
 * where a number takes a byte more, several runs from one collector. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "store/glass_pack.h"
#include "store/postings.h"
#include "store/run_store.h"
#include "tests/temp_dir.h"

#define assert_ok(call) assert_int_equal(call, STATUS_OK)

static struct error err;

/* Tokens that went in, as they come out: by term, then by passage. */
struct entry {
    char term[16];
    uint32_t docid;
};
struct entries {
    struct entry list[200000];
    size_t n;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->term, y->term);
    return order ? order : (x->docid > y->docid) - (x->docid < y->docid);
}

static void note(struct entries *e, uint32_t docid, uint32_t first, uint32_t second)
{
    struct entry *to = &e->list[e->n++];
    assert_true(e->n <= sizeof e->list / sizeof *e->list);
    *to = (struct entry){.docid = docid};
    size_t n = utf8_encode(first, to->term);
    if (second)
        utf8_encode(second, to->term + n);
}

static void add_pair(
    struct postings *p, struct entries *e, uint32_t docid, uint32_t first, uint32_t second)
{
    const uint32_t cps[] = {first, second};
    const struct token single = {.first_cp = first, .kind = TOKEN_SINGLE};
    assert_ok(
        second ? postings_add_runs(p, docid, cps, 1, &err) : postings_add(p, docid, &single, &err));
    note(e, docid, first, second);
}

static void add_word(struct postings *p, struct entries *e, uint32_t docid, const char *word)
{
    const struct token t = {.term = word, .term_len = strlen(word), .kind = TOKEN_WORD};
    assert_ok(postings_add(p, docid, &t, &err));
    struct entry *to = &e->list[e->n++];
    *to = (struct entry){.docid = docid};
    memcpy(to->term, word, t.term_len);
}

/* Takes the entries of the record from *at on. */
static void check_record(const struct run_cursor *c, const struct entries *e, size_t *at)
{
    const char *term = e->list[*at].term;
    assert_int_equal(c->term_len, strlen(term));
    assert_memory_equal(c->term, term, c->term_len);
    struct posting_cursor body;
    posting_cursor_init(&body, c->body, c->body_len);
    while (posting_cursor_next(&body)) {
        for (uint32_t tf = body.tf; tf > 0; tf--, ++*at) {
            assert_true(*at < e->n);
            assert_string_equal(e->list[*at].term, term);
            assert_int_equal(e->list[*at].docid, body.docid);
        }
    }
    assert_true(*at == e->n || strcmp(e->list[*at].term, term) != 0);
}

/* How many terms of the passage occur so many times, from the sorted entries. */
static void count_terms(const struct entries *e, uint32_t docid, size_t *once, size_t *often)
{
    *once = *often = 0;
    for (size_t i = 0, end; i < e->n; i = end) {
        for (end = i + 1; end < e->n && compare(&e->list[i], &e->list[end]) == 0;)
            end++;
        if (e->list[i].docid == docid)
            ++*(end - i == 1 ? once : often);
    }
}

static void check_lengths(
    const struct run_store *s, const struct entries *e, uint32_t first, uint32_t last)
{
    struct buf scratch;
    struct bytes in;
    buf_init(&scratch, SIZE_MAX);
    assert_ok(run_store_tfs(s, 0, &scratch, &in, &err));
    assert_int_equal(bytes_varint(&in), first);
    assert_int_equal(bytes_varint(&in), last - first + 1);
    for (uint32_t docid = first; docid <= last; docid++) {
        size_t once, often;
        bool is_looked_at = docid % 37 == 0 || docid < first + 5 || docid == last;
        if (is_looked_at)
            count_terms(e, docid, &once, &often);
        size_t has_once = (size_t)bytes_varint(&in), has_often = (size_t)bytes_varint(&in);
        for (size_t i = 0; i < has_often; i++)
            bytes_varint(&in);
        if (is_looked_at)
            assert_int_equal(has_once, once);
        if (is_looked_at)
            assert_int_equal(has_often, often);
    }
    assert_true(in.at == in.end && !in.is_broken);
    buf_release(&scratch);
}

static void check_run(struct postings *p, struct entries *e, uint32_t first, uint32_t last)
{
    struct run run;
    struct run_store *s;
    struct run_cursor c;
    bool has_one;
    size_t at = 0;
    assert_ok(postings_encode(p, &run, &err));
    assert_ok(run_store_open("/nowhere", SIZE_MAX, &s, &err));
    assert_ok(run_store_add(s, &run, &err));
    qsort(e->list, e->n, sizeof *e->list, compare);
    run_cursor_init(&c, s, 0, 4096);
    for (;;) {
        assert_ok(run_cursor_next(&c, &has_one, &err));
        if (!has_one)
            break;
        check_record(&c, e, &at);
    }
    assert_int_equal(at, e->n);
    check_lengths(s, e, first, last);
    run_cursor_release(&c);
    run_store_close(s);
    e->n = 0;
}

static void postings__come_back_by_term_and_passage(void **state)
{
    (void)state;
    struct entries *e = calloc(1, sizeof *e);
    struct postings *p;
    assert_ok(postings_open(64 << 20, &p, &err));
    srand(7);
    for (uint32_t round = 0, first = 1; round < 3; round++, first += 2000) {
        for (uint32_t docid = first; docid < first + 1500; docid++) {
            for (int i = 0; i < 20; i++) /* few characters: many come twice */
                add_pair(
                    p, e, docid, 0x4e00 + (uint32_t)rand() % 9, 0x4e00 + (uint32_t)rand() % 90);
            add_word(p, e, docid, docid % 2 ? "2023" : "gdp");
            if (docid % 100 == 0)
                add_word(p, e, docid,
                    "\xe4\xb8\x80"
                    "2023"); /* among the pairs */
            if (docid % 3 == 0)
                add_pair(p, e, docid, 0x4e05, 0);
        }
        check_run(p, e, first, first + 1499);
    }
    postings_close(p);
    free(e);
}

/* Docids with gaps of 1 and 2 bytes and more, as a body has them, which is twice the gap and one for a tf past 1; tfs that
 * take 1 and 2. */
static void postings__hold_gaps_and_frequencies_of_any_size(void **state)
{
    static const uint32_t docids[] = {1, 2, 3, 66, 67, 130, 131, 195, 260, 8000, 16191, 16192,
        24383, 24384, 32576, 40769, 57153, 73538, 89924, 90000};
    enum { N = sizeof docids / sizeof *docids };
    (void)state;
    struct entries *e = calloc(1, sizeof *e);
    struct postings *p;
    assert_ok(postings_open(64 << 20, &p, &err));
    for (unsigned is_often = 0; is_often < 2; is_often++) {
        for (uint32_t i = 0; i < N; i++) {
            const uint32_t tf = is_often ? 2 + 125 * (i % 3) + i % 2 : 1;
            for (uint32_t k = 0; k < tf; k++)
                add_pair(p, e, docids[i], 0x4e2d, 0x56fd);
        }
        check_run(p, e, docids[0], docids[N - 1]);
    }
    postings_close(p);
    free(e);
}

static void glass_pack_gap__is_glass_pack_uint(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 34; bits++) {
        for (uint64_t v = ((uint64_t)1 << bits) - 1; v <= ((uint64_t)1 << bits) + 1; v++) {
            uint8_t a[GLASS_UINT_MAX] = {0}, b[GLASS_UINT_MAX] = {0};
            ptrdiff_t n = glass_pack_uint(a, v) - a;
            assert_int_equal(glass_pack_gap(b, v) - b, n);
            assert_memory_equal(a, b, (size_t)n);
            struct posting_cursor c;
            posting_cursor_init(&c, a, (size_t)n);
            assert_int_equal(posting_cursor_gap(&c), v);
            assert_ptr_equal(c.at, c.end);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(postings__come_back_by_term_and_passage),
        cmocka_unit_test(postings__hold_gaps_and_frequencies_of_any_size),
        cmocka_unit_test(glass_pack_gap__is_glass_pack_uint),
    };
    return cmocka_run_group_tests_name("postings", tests, NULL, NULL);
}
