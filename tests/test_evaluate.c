// SPDX-License-Identifier: GPL-2.0-or-later
/* Our evaluation against Xapian's: random queries of all operators over segments of invented and of
 * real text, with dropped sources. A hit is right when Xapian gives that passage that score, and a
 * page when the score at each place is that of Xapian's page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "store/schema.h"
#include "store/top_hits.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

enum { NODES_MAX = 400, CHILDREN_MAX = 6, TERMS_MAX = 4000, ALL = 1000000 };

static char terms[TERMS_MAX][8];
static size_t n_terms;

/* ---- queries ---- */

struct tree {
    struct xnode nodes[NODES_MAX];
    const struct xnode *children[NODES_MAX][CHILDREN_MAX];
    size_t n;
    bool has_synonym;            /* whose df Xapian estimates and rounds step by step */
    bool has_prefix;             /* whose df is to Xapian that of the segment */
    struct docid_ranges *ranges; /* one a segment */
    uint64_t *random;
};

/* Xapian has no ranges in synonyms. */
static const struct xnode *leaf(struct tree *t, bool in_synonym)
{
    struct xnode *n = &t->nodes[t->n++];
    const char *term = terms[world_below(t->random, n_terms)];
    uint64_t kind = world_below(t->random, 40);
    *n = (struct xnode){.op = XOP_TERM, .term = term, .term_len = strlen(term)};
    if (kind == 0)
        n->op = XOP_ALL;
    if (kind == 4 && !in_synonym)
        *n = (struct xnode){.op = XOP_RANGES, .ranges = t->ranges};
    if (kind == 1)
        n->term = "没有", n->term_len = 6;
    if (kind == 2 || kind == 3) {
        n->op = XOP_PREFIX;
        n->term_len = 3;
        t->has_prefix = true;
    }
    return n;
}

/* Synonyms of what Xapian sums up as we do: terms, and all of several terms. */
static const struct xnode *random_node(struct tree *t, unsigned depth, bool in_synonym)
{
    static const enum xop inner[] = {XOP_OR, XOP_OR, XOP_OR, XOP_AND, XOP_AND, XOP_AND_MAYBE,
        XOP_AND_MAYBE, XOP_AND_NOT, XOP_FILTER, XOP_SCALE, XOP_SYNONYM};
    if (depth == 0 || t->n + 8 > NODES_MAX || world_below(t->random, 4) == 0)
        return leaf(t, in_synonym);
    size_t at = t->n++;
    struct xnode *n = &t->nodes[at];
    *n = (struct xnode){.op = inner[world_below(t->random, sizeof inner / sizeof *inner)],
        .children = t->children[at]};
    if (in_synonym)
        n->op = XOP_AND;
    if (n->op == XOP_SYNONYM)
        t->has_synonym = true;
    n->weight = (double)world_below(t->random, 4) / 2;
    size_t n_children = n->op == XOP_SCALE ? 1 : 1 + world_below(t->random, CHILDREN_MAX);
    in_synonym |= n->op == XOP_SYNONYM;
    for (size_t i = 0; i < n_children; i++)
        t->children[at][n->n_children++] =
            random_node(t, in_synonym && n->op == XOP_AND ? 0 : depth - 1, in_synonym);
    return n;
}

/* The query in Polish notation, for the message of a failure. */
static void print_query(const struct xnode *n)
{
    static const char *const names[] = {
        "", "prefix ", "all", "AND", "OR", "SYNONYM", "NOT", "MAYBE", "FILTER", "SCALE", "ranges"};
    print_message("%s%.*s", names[n->op], (int)n->term_len, n->term_len ? n->term : "");
    if (n->op == XOP_SCALE)
        print_message(" %g", n->weight);
    for (size_t i = 0; i < n->n_children; i++) {
        print_message(i ? " " : "(");
        print_query(n->children[i]);
    }
    print_message(n->n_children ? ")" : "");
}

/* ---- comparing ---- */

static bool is_near(double a, double b, const struct tree *t)
{
    return t->has_prefix || fabs(a - b) <= (t->has_synonym ? 2e-2 : 1e-9) * fmax(1, fabs(b));
}

/* ours: a page; all: what Xapian finds, best first; placed: the same, by place. */
static void assert_page(const struct tree *t, const struct xhits *ours, size_t offset, size_t limit,
    const struct xhits *all, const struct xhits *placed, uint64_t seed, const struct xnode *query)
{
    size_t n = all->n > offset ? all->n - offset : 0;
    if (ours->n != (n < limit ? n : limit))
        fail_msg("seed %llu: %zu hits of %zu", (unsigned long long)seed, ours->n, all->n);
    for (size_t i = 0; i < ours->n; i++) {
        const struct xhit *h = &ours->hits[i];
        const struct xhit *same =
            bsearch(h, placed->hits, placed->n, sizeof *placed->hits, xhit_by_place);
        bool in_order = i == 0 || h[-1].score > h->score ||
                        (h[-1].score == h->score && xhit_by_place(&h[-1], h) < 0);
        if (!same || !in_order || !is_near(h->score, same->score, t) ||
            !is_near(h->score, all->hits[offset + i].score, t)) {
            print_query(query);
            print_message("\n");
            fail_msg("seed %llu: hit %zu is %u.%u %.12f, not %.12f", (unsigned long long)seed, i,
                h->segment, h->docid, h->score, all->hits[offset + i].score);
        }
    }
}

/* Every few passages some. */
static void make_ranges(struct tree *t, struct index *ix, struct arena *arena)
{
    t->ranges = index_ranges_make(ix, arena);
    assert_non_null(t->ranges);
    for (size_t i = 0; i < index_manifest(ix)->n_segments; i++) {
        uint64_t n = index_manifest(ix)->segments[i].stats.n_passages;
        for (uint64_t at = 1 + world_below(t->random, 9); at <= n;) {
            uint64_t len = 1 + world_below(t->random, 5);
            len = len > n - at + 1 ? n - at + 1 : len;
            assert_true(docid_ranges_add(&t->ranges[i], (uint32_t)at, (uint32_t)len, arena));
            at += len + world_below(t->random, 3) * world_below(t->random, 2000);
        }
    }
}

/* In another order than by score: the same passages, but where scores are as good as equal. n_all of them match. */
static void compare_order(struct index *native, struct index *xapian, const struct xnode *query,
    struct xsearch how, size_t n_all, const struct tree *t, uint64_t seed)
{
    struct xhits ours, theirs;
    OK(index_search(native, query, &how, &ours, &world.err));
    OK(index_search(xapian, query, &how, &theirs, &world.err));
    assert_int_equal(ours.n, theirs.n);
    const size_t n_left = n_all > how.offset ? n_all - how.offset : 0;
    if (!how.is_one_a_report)
        assert_int_equal(ours.n, n_left < how.limit ? n_left : how.limit);
    else if (how.offset == 0)
        assert_int_equal(ours.n == 0, n_all == 0);
    for (size_t i = 0; i < ours.n; i++) {
        struct stored_report a, b;
        OK(index_report_of(native, ours.hits[i].segment, ours.hits[i].docid, &a, &world.err));
        uint32_t date = a.report.date, number = a.report.number;
        OK(index_report_of(xapian, theirs.hits[i].segment, theirs.hits[i].docid, &b, &world.err));
        bool is_same = how.order == XORDER_SCORE || date == b.report.date;
        if (!is_same || !is_near(ours.hits[i].score, theirs.hits[i].score, t))
            fail_msg("seed %llu: hit %zu of report %u, score %.9f; report %u, %.9f",
                (unsigned long long)seed, i, number, ours.hits[i].score, b.report.number,
                theirs.hits[i].score);
    }
    xhits_release(&ours);
    xhits_release(&theirs);
}

static void compare_query(struct index *native, struct index *xapian, uint64_t *random)
{
    struct xhits all, placed, whole, ours, boolean;
    uint64_t seed = *random;
    struct tree *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->random = random;
    struct arena arena;
    arena_init(&arena, 1 << 26);
    make_ranges(t, native, &arena);
    const struct xnode *query = random_node(t, 4, false);
    struct xsearch how = {.limit = ALL, .check_at_least = ALL};
    OK(index_search(xapian, query, &how, &all, &world.err));
    placed = all;
    placed.hits = malloc((all.n + 1) * sizeof *all.hits);
    assert_non_null(placed.hits);
    if (all.n)
        memcpy(placed.hits, all.hits, all.n * sizeof *all.hits);
    qsort(placed.hits, all.n, sizeof *all.hits, xhit_by_place);
    OK(index_search(native, query, &how, &whole, &world.err));
    assert_int_equal(whole.n_estimated, all.n);
    assert_page(t, &whole, 0, ALL, &all, &placed, seed, query);
    how.check_at_least = 0;
    how.offset = world_below(random, 3) ? 0 : world_below(random, 30);
    how.limit = 1 + world_below(random, 40);
    OK(index_search(native, query, &how, &ours, &world.err));
    assert_page(t, &ours, how.offset, how.limit, &all, &placed, seed, query);
    for (size_t i = 0; i < ours.n; i++) /* nothing was passed over that would have been better */
        assert_memory_equal(&ours.hits[i], &whole.hits[how.offset + i], sizeof *ours.hits);
    xhits_release(&ours);
    xhits_release(&whole);
    how.is_boolean = true;
    how.check_at_least = world_below(random, 2) ? ALL : 0;
    OK(index_search(native, query, &how, &boolean, &world.err));
    if (how.check_at_least)
        assert_int_equal(boolean.n_estimated, all.n);
    for (size_t i = 0; i < boolean.n; i++)
        assert_int_equal(xhit_by_place(&boolean.hits[i], &placed.hits[how.offset + i]), 0);
    assert_int_equal(boolean.n, all.n < how.offset               ? 0
                                : all.n - how.offset < how.limit ? all.n - how.offset
                                                                 : how.limit);
    xhits_release(&boolean);
    how.is_boolean = false;
    how.check_at_least = 0;
    for (int order = XORDER_SCORE; order <= XORDER_LATEST; order++) {
        how.order = (enum xorder)order;
        how.is_one_a_report = order == XORDER_SCORE || world_below(random, 2);
        compare_order(native, xapian, query, how, all.n, t, seed);
    }
    arena_release(&arena);
    xhits_release(&all);
    free(placed.hits);
    free(t);
}

static void compare(size_t n_queries, uint64_t seed)
{
    struct index *native = world_open_index(), *xapian;
    setenv("DUAN_ENGINE", "xapian", 1);
    xapian = world_open_index();
    unsetenv("DUAN_ENGINE");
    for (size_t i = 0; i < n_queries; i++)
        compare_query(native, xapian, &seed);
    index_close(native);
    index_close(xapian);
}

/* ---- corpora ---- */

static void add_term(const char *at, size_t n)
{
    if (n_terms == TERMS_MAX || n >= sizeof *terms)
        return;
    memcpy(terms[n_terms], at, n);
    terms[n_terms++][n] = '\0';
}

static void evaluate__is_xapians_over_invented_text(void **state)
{
    (void)state;
    uint64_t seed = 20261125;
    struct invented sources[12];
    n_terms = 0;
    for (int i = 0; i < 300; i++) {
        char term[8];
        size_t n = utf8_encode((uint32_t)(0x4E00 + world_below(&seed, 60)), term);
        n += utf8_encode((uint32_t)(0x4E00 + world_below(&seed, 60)), term + n);
        add_term(term, n);
    }
    world_run(sources, 4, 100, 300);
    world_run(sources + 4, 4, 200, 40);
    world_run(sources + 8, 4, 300, 3);
    struct index_writer *w = world_open_writer();
    world_drop(w, sources[1].number);
    world_drop(w, sources[2].number);
    world_drop(w, sources[8].number);
    world_commit(w);
    compare(400, seed);
}

/* Lines of a file as passages of one source, again and again until some chunks are full. */
static void add_file(struct index_writer *w, const char *path, const char *name, unsigned n_times)
{
    struct source s;
    size_t n;
    char *text = temp_dir_read(path, &n);
    fixture_begin(w, &s, name);
    for (unsigned time = 0; time < n_times; time++) {
        struct report r = {.title = name, .title_len = strlen(name)};
        uint32_t number = 0;
        OK(index_writer_begin_report(w, &r, &world.err));
        for (const char *at = text, *end; at < text + n; at = end) {
            end = memchr(at, '\n', (size_t)(text + n - at));
            end = end ? end + 1 : text + n;
            number++;
            const struct passage p = {
                .text = at, .text_len = (size_t)(end - at), .number = number, .line = number};
            OK(index_writer_add_passage(w, &p, &world.err));
            if (time == 0 && end - at > 60 && ((unsigned char)at[30] & 0xf0) == 0xe0 &&
                number % 4 == 0)
                add_term(at + 30, 6);
        }
    }
    OK(index_writer_end_source(w, &s, &world.err));
    free(text);
}

static void evaluate__is_xapians_over_reports(void **state)
{
    (void)state;
    const char *corpora = getenv("CORPORA");
    struct dirent **names = NULL;
    char dir[1024], path[1400];
    snprintf(dir, sizeof dir, "%s/reports-party-congress", corpora ? corpora : "");
    int n = corpora ? scandir(dir, &names, NULL, alphasort) : -1;
    if (n < 0)
        skip();
    struct index_writer *w = world_open_writer();
    n_terms = 0;
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            add_file(w, path, names[i]->d_name, i % 3 ? 1 : 12);
        free(names[i]);
        if (i % 6 == 5) {
            world_commit(w);
            w = world_open_writer();
        }
    }
    free(names);
    world_commit(w);
    w = world_open_writer();
    world_drop(w, 5);
    world_commit(w);
    assert_true(n_terms > 300);
    compare(400, 7);
}

/* An AND whose next match lies beyond the window: what stands before that is not looked at again, when lists have
 * moved on, and what is to be left out would not be found. */
static void evaluate__does_not_look_back_over_the_end_of_a_window(void **state)
{
    (void)state;
    enum { N = 6000 };
    struct source s;
    struct report r = {.title = "窗", .title_len = strlen("窗")};
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "/window");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= N; i++) {
        const char *text = i == 5          ? "甲乙，丙丁，戊己"
                           : i % 1000 == 0 ? "甲乙"
                           : i % 5 == 0    ? "甲乙，丙丁"
                                           : "庚辛";
        const struct passage p = {.text = text, .text_len = strlen(text), .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    const struct xnode all = {.op = XOP_ALL},
                       a = {.op = XOP_PREFIX, .term = "甲", .term_len = strlen("甲")},
                       b = {.op = XOP_TERM, .term = "丙丁", .term_len = strlen("丙丁")},
                       c = {.op = XOP_TERM, .term = "戊己", .term_len = strlen("戊己")};
    const struct xnode *without[] = {&all, &b};
    const struct xnode not_b = {.op = XOP_AND_NOT, .children = without, .n_children = 2};
    const struct xnode *either[] = {&not_b, &c};
    const struct xnode or = {.op = XOP_OR, .children = either, .n_children = 2};
    const struct xnode *both[] = {&a, & or };
    const struct xnode query = {.op = XOP_AND, .children = both, .n_children = 2};
    struct index *ix = world_open_index();
    for (int is_boolean = 0; is_boolean < 2; is_boolean++) {
        const struct xsearch how = {.limit = ALL, .check_at_least = ALL, .is_boolean = is_boolean};
        struct xhits hits;
        OK(index_search(ix, &query, &how, &hits, &world.err));
        assert_int_equal(hits.n, 7);
        assert_int_equal(hits.n_estimated, 7);
        xhits_release(&hits);
    }
    index_close(ix);
}

/* ---- long lists ---- */

/* Passage i holds 甲乙 if 2 divides it, 丙丁 if 3 does, 戊己 7, 庚辛 500: lists that are met in step, and one whose few
 * postings are looked up in the others. */
static void add_multiples(uint32_t n)
{
    struct source s;
    struct report r = {.title = "倍", .title_len = strlen("倍")};
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "/multiples");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= n; i++) {
        char text[100];
        int len = snprintf(text, sizeof text, "天地%s%s%s%s", i % 2 ? "" : "，甲乙",
            i % 3 ? "" : "，丙丁", i % 7 ? "" : "，戊己", i % 500 ? "" : "，庚辛");
        const struct passage p = {.text = text, .text_len = (size_t)len, .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
}

/* Passages first to last are let through; those of them that `each` divides match. */
static void assert_multiples(struct index *ix, const struct xnode *query, uint32_t each,
    uint32_t first, uint32_t last, bool is_boolean)
{
    const uint32_t next = (first + each - 1) / each * each, n = last / each - (next / each - 1);
    const struct xsearch how = {.limit = ALL, .check_at_least = ALL, .is_boolean = is_boolean};
    struct xhits hits, best;
    OK(index_search(ix, query, &how, &hits, &world.err));
    assert_int_equal(hits.n, n);
    assert_int_equal(hits.n_estimated, n);
    qsort(hits.hits, hits.n, sizeof *hits.hits, xhit_by_place);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(hits.hits[i].docid, next + i * each);
    xhits_release(&hits);
    const struct xsearch page = {.limit = 5, .offset = 3};
    OK(index_search(ix, query, &how, &hits, &world.err));
    OK(index_search(ix, query, &page, &best, &world.err));
    if (!is_boolean)
        assert_memory_equal(best.hits, hits.hits + 3, best.n * sizeof *best.hits);
    assert_int_equal(best.n, n < 8 ? n - 3 : 5);
    xhits_release(&best);
    xhits_release(&hits);
}

static void evaluate__finds_all_that_long_lists_share(void **state)
{
    (void)state;
    enum { N = 20000 };
    static const char *const words[] = {"甲乙", "丙丁", "戊己", "庚辛"};
    struct xnode leaves[4];
    for (int i = 0; i < 4; i++)
        leaves[i] = (struct xnode){.op = XOP_TERM, .term = words[i], .term_len = 6};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    add_multiples(N);
    struct index *ix = world_open_index();
    struct docid_ranges *middle = index_ranges_make(ix, &arena);
    assert_non_null(middle);
    assert_true(docid_ranges_add(middle, 5001, 10000, &arena));
    const struct xnode some = {.op = XOP_RANGES, .ranges = middle};
    static const struct {
        int words[3];
        uint32_t each;
    } rows[] = {{{0, 1, 2}, 42}, {{1, 0, 3}, 1500}, {{2, 1, 2}, 21}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct xnode *children[3];
        for (int k = 0; k < 3; k++)
            children[k] = &leaves[rows[i].words[k]];
        const struct xnode all = {.op = XOP_AND, .children = children, .n_children = 3};
        const struct xnode *pair[] = {&all, &some};
        const struct xnode within = {.op = XOP_FILTER, .children = pair, .n_children = 2};
        for (int is_boolean = 0; is_boolean < 2; is_boolean++) {
            assert_multiples(ix, &all, rows[i].each, 1, N, is_boolean);
            assert_multiples(ix, &within, rows[i].each, 5001, 15000, is_boolean);
        }
    }
    index_close(ix);
    arena_release(&arena);
}

static void evaluate__refuses_what_xapian_refuses(void **state)
{
    (void)state;
    char long_term[300];
    struct xnode deep[70];
    const struct xnode *below[70];
    struct xhits hits;
    fixture_build_two();
    struct index *ix = world_open_index();
    const struct xsearch how = {.limit = 10};
    memset(long_term, 'a', sizeof long_term);
    struct xnode n = {.op = XOP_TERM, .term = "", .term_len = 0};
    assert_int_equal(index_search(ix, &n, &how, &hits, &world.err), STATUS_BAD_INPUT);
    n = (struct xnode){.op = XOP_PREFIX, .term = long_term, .term_len = 246};
    assert_int_equal(index_search(ix, &n, &how, &hits, &world.err), STATUS_BAD_INPUT);
    for (int i = 0; i < 70; i++) {
        below[i] = &deep[i + 1 < 70 ? i + 1 : i];
        deep[i] =
            (struct xnode){.op = XOP_SCALE, .weight = 1, .children = &below[i], .n_children = 1};
    }
    deep[69] = (struct xnode){.op = XOP_ALL};
    assert_int_equal(index_search(ix, deep, &how, &hits, &world.err), STATUS_BAD_INPUT);
    OK(index_search(ix, deep + 10, &how, &hits, &world.err));
    assert_int_equal(hits.n, 6);
    xhits_release(&hits);
    deep[20].weight = -1;
    assert_int_equal(index_search(ix, deep + 10, &how, &hits, &world.err), STATUS_BAD_INPUT);
    index_close(ix);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(evaluate__is_xapians_over_invented_text),
        TEST(evaluate__is_xapians_over_reports),
        TEST(evaluate__does_not_look_back_over_the_end_of_a_window),
        TEST(evaluate__finds_all_that_long_lists_share),
        TEST(evaluate__refuses_what_xapian_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
