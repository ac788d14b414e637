// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of many chunks, gaps of one byte, of two, of both and of three: gone through, and skipped in by steps of all
 * sizes; and the ANDs that do so. What they hold is what the passages were made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "store/term_list.h"
#include "tests/index_fixture.h"

enum { N_PASSAGES = 60000, N_TERMS = 6 };

/* A term is in one passage of so many; the last one in a stretch of each, and then in none for long. */
static const struct {
    const char *term;
    unsigned one_of;
} terms[N_TERMS] = {
    {"总则", 1}, {"条例", 3}, {"国家", 40}, {"法律", 170}, {"机构", 20000}, {"第一", 2}};

static uint8_t times[N_TERMS][N_PASSAGES + 1]; /* a term stands in a passage */

static void draw(void)
{
    uint64_t seed = 20261126;
    for (size_t t = 0; t < N_TERMS; t++)
        for (uint32_t i = 1; i <= N_PASSAGES; i++) {
            bool is_there = world_below(&seed, terms[t].one_of) == 0 &&
                            (t != N_TERMS - 1 || i % 20000 > 19000 || i == N_PASSAGES);
            times[t][i] = is_there ? (uint8_t)(1 + world_below(&seed, 3)) : 0;
        }
}

static int set_up(void **state)
{
    struct source s;
    struct buf text;
    struct report r = {.title = "a", .title_len = 1};
    if (world_set_up(state) != 0)
        return -1;
    draw();
    buf_init(&text, 1 << 16);
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "a");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= N_PASSAGES; i++) {
        buf_clear(&text);
        for (size_t t = 0; t < N_TERMS; t++)
            for (unsigned n = times[t][i]; n; n--)
                assert_true(buf_append_str(&text, terms[t].term) && buf_append_str(&text, ","));
        assert_true(buf_append_str(&text, ".\n"));
        const struct passage p = {.text = text.data, .text_len = text.len, .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    buf_release(&text);
    return 0;
}

struct opened {
    struct segment_reader segment;
    struct arena arena;
    struct list_faults faults;
    uint8_t key[TERM_KEY_MAX];
    struct term_list list;
};

static void open_list(struct opened *o, size_t t)
{
    o->faults = (struct list_faults){.err = &world.err};
    arena_init(&o->arena, 1 << 20);
    OK(segment_reader_open(fixture_in("seg-000001"), &o->segment, &world.err));
    size_t n = segment_term_key(terms[t].term, strlen(terms[t].term), o->key);
    OK(term_list_open(&o->list, &o->segment, o->key, n, &o->arena, &o->faults, &world.err));
}

static void close_list(struct opened *o)
{
    assert_int_equal(o->faults.status, STATUS_OK);
    term_list_release(&o->list);
    segment_reader_close(&o->segment);
    arena_release(&o->arena);
}

/* The first passage from docid on that has the term. */
static uint32_t next_of(size_t t, uint32_t docid)
{
    while (docid <= N_PASSAGES && !times[t][docid])
        docid++;
    return docid <= N_PASSAGES ? docid : DOCID_END;
}

/* Seeks by steps up to `step`. A wdf is what it was when each posting was gone to. */
static void check_steps(size_t t, uint32_t step, uint64_t *seed)
{
    static uint32_t wdfs[N_PASSAGES + 1];
    struct opened o;
    open_list(&o, t);
    for (uint32_t target = 1;;) {
        uint32_t docid = term_list_seek(&o.list, target);
        assert_int_equal(docid, next_of(t, target));
        if (docid == DOCID_END)
            break;
        uint32_t wdf = o.list.wdfs[o.list.at];
        assert_int_equal(o.list.docids[o.list.at], docid);
        assert_true(wdf > 0 && (step == 1 || wdf == wdfs[docid]));
        wdfs[docid] = wdf;
        target = docid + 1 + (uint32_t)world_below(seed, step);
    }
    close_list(&o);
}

static void term_list_seek__finds_what_is_there(void **state)
{
    static const uint32_t steps[] = {1, 2, 7, 30, 300, 3000, 30000};
    uint64_t seed = 1;
    (void)state;
    for (size_t t = 0; t < N_TERMS; t++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
            check_steps(t, steps[i], &seed);
}

/* In batches, as a window is filled from it. */
static void term_list_seek__goes_through_all(void **state)
{
    (void)state;
    for (size_t t = 0; t < N_TERMS; t++) {
        struct opened o;
        uint32_t want = next_of(t, 1);
        open_list(&o, t);
        struct term_list *l = &o.list;
        for (uint32_t docid = term_list_seek(l, 1); docid != DOCID_END;) {
            for (; l->at < l->n; l->at++) {
                assert_int_equal(l->docids[l->at], want);
                want = next_of(t, want + 1);
            }
            l->at = l->n - 1;
            l->docid = l->docids[l->at];
            docid = term_list_seek(l, l->docid + 1);
        }
        assert_int_equal(want, DOCID_END);
        close_list(&o);
    }
}

/* How many passages hold all the terms whose bits are set; the first of them. */
static size_t count_all(unsigned set, uint32_t *first)
{
    size_t n = 0;
    for (uint32_t i = N_PASSAGES; i > 0; i--) {
        bool has_all = true;
        for (size_t t = 0; t < N_TERMS; t++)
            has_all = has_all && (!(set >> t & 1) || times[t][i]);
        n += has_all;
        *first = has_all ? i : *first;
    }
    return n;
}

static void evaluate__finds_all_that_an_and_matches(void **state)
{
    (void)state;
    struct index *ix = world_open_index();
    for (unsigned set = 1; set < 1 << N_TERMS; set++) {
        struct xnode nodes[N_TERMS];
        const struct xnode *children[N_TERMS];
        struct xnode query = {.op = XOP_AND, .children = children};
        for (size_t t = 0; t < N_TERMS; t++)
            if (set >> t & 1) {
                nodes[t] = (struct xnode){
                    .op = XOP_TERM, .term = terms[t].term, .term_len = strlen(terms[t].term)};
                children[query.n_children++] = &nodes[t];
            }
        struct xsearch how = {.limit = 10, .check_at_least = N_PASSAGES, .is_boolean = set % 2};
        struct xhits counted, best;
        uint32_t first = 0;
        size_t n = count_all(set, &first);
        OK(index_search(ix, &query, &how, &counted, &world.err));
        assert_int_equal(counted.n_estimated, n);
        if (how.is_boolean && n)
            assert_int_equal(counted.hits[0].docid, first);
        how.check_at_least = 0;
        how.is_boolean = false;
        OK(index_search(ix, &query, &how, &best, &world.err));
        assert_int_equal(best.n, n < how.limit ? n : how.limit);
        for (size_t i = 0; i < best.n && !(set % 2); i++) { /* what was passed over is no better */
            assert_int_equal(best.hits[i].docid, counted.hits[i].docid);
            assert_true(best.hits[i].score == counted.hits[i].score);
        }
        xhits_release(&counted);
        xhits_release(&best);
    }
    index_close(ix);
}

/* Of a key "ab" and its continuation "ab", NUL and docid 5. */
static void term_chunk_parse__refuses_what_is_no_chunk(void **state)
{
    (void)state;
    static const uint8_t first[] = "ab", other[] = "ab\0\0\5";
    static const struct {
        bool is_first;
        const char *tag;
        size_t n;
    } refused[] = {
        {true, "", 0}, {true, "\1\1\4", 3}, /* no more than df, cf, docid - 1 */
        {true,
            "\0\1\4"
            "1\0\1",
            6},                                /* in no passage */
        {false, "", 0}, {false, "1", 1},       /* without its length */
        {false, "1\xff\xff\xff\xff\x0f\1", 7}, /* beyond all docids */
        {false, "1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1",
            12}, /* a length that wraps: back before its first */
    };
    struct term_chunk chunk;
    assert_true(term_chunk_parse(first, 2, 2,
        (const uint8_t *)"\2\3\4"
                         "1\7\1",
        6, &chunk));
    assert_int_equal(chunk.first, 5);
    assert_int_equal(chunk.last, 12);
    assert_true(chunk.is_last);
    assert_int_equal(chunk.end - chunk.body, 1);
    assert_true(term_chunk_parse(other, sizeof other - 1, 2, (const uint8_t *)"0\7\1", 3, &chunk));
    assert_false(chunk.is_last);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (term_chunk_parse(refused[i].is_first ? first : other,
                refused[i].is_first ? 2 : sizeof other - 1, 2, (const uint8_t *)refused[i].tag,
                refused[i].n, &chunk))
            fail_msg("row %zu is taken for one", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(term_chunk_parse__refuses_what_is_no_chunk),
        cmocka_unit_test(term_list_seek__finds_what_is_there),
        cmocka_unit_test(term_list_seek__goes_through_all),
        cmocka_unit_test(evaluate__finds_all_that_an_and_matches),
    };
    return cmocka_run_group_tests_name("term_list", tests, set_up, world_tear_down);
}
