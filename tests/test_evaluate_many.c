// SPDX-License-Identifier: GPL-2.0-or-later
/* An OR of very many terms, of which the evaluation keeps what they match of a window, against what is known of the
 * passages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/top_hits.h"
#include "tests/index_fixture.h"

enum { VERY_MANY = 300, ALL = 1000000 };

/* Passage i holds one of VERY_MANY words with an a if 5 divides it, one with a b if 7 does. */
static void add_words(struct index_writer *w, uint32_t n)
{
    struct source s;
    struct report r = {.title = "词", .title_len = strlen("词")};
    fixture_begin(w, &s, "/words");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= n; i++) {
        char text[100];
        int len = snprintf(text, sizeof text, "天地");
        if (i % 5 == 0)
            len += snprintf(text + len, sizeof text - (size_t)len, " a%u", i / 5 * 17 % VERY_MANY);
        if (i % 7 == 0)
            len += snprintf(text + len, sizeof text - (size_t)len, " b%u", i / 7 * 17 % VERY_MANY);
        const struct passage p = {.text = text, .text_len = (size_t)len, .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
}

struct very_many {
    char text[VERY_MANY][8];
    struct xnode terms[VERY_MANY], any;
    const struct xnode *children[VERY_MANY];
};

static void make_very_many(struct very_many *m, char letter, enum xop op)
{
    for (unsigned i = 0; i < VERY_MANY; i++) {
        size_t n = (size_t)snprintf(m->text[i], sizeof m->text[i], "%c%u", letter, i);
        m->terms[i] = (struct xnode){.op = XOP_TERM, .term = m->text[i], .term_len = n};
        m->children[i] = &m->terms[i];
    }
    m->any = (struct xnode){.op = op, .children = m->children, .n_children = VERY_MANY};
}

/* Of n passages those match that `each` divides. */
static void assert_multiples(
    struct index *ix, const struct xnode *query, uint32_t each, uint32_t n, bool is_boolean)
{
    const struct xsearch how = {.limit = ALL, .check_at_least = ALL, .is_boolean = is_boolean};
    struct xhits hits;
    OK(index_search(ix, query, &how, &hits, &world.err));
    assert_int_equal(hits.n, n / each);
    qsort(hits.hits, hits.n, sizeof *hits.hits, xhit_by_place);
    for (uint32_t i = 0; i < hits.n; i++)
        assert_int_equal(hits.hits[i].docid, (i + 1) * each);
    xhits_release(&hits);
}

static void evaluate__keeps_of_very_many_terms_what_they_match(void **state)
{
    (void)state;
    enum { N = 20000 };
    static struct very_many a, b;
    struct index_writer *w = fixture_open_writer();
    add_words(w, N);
    world_commit(w);
    struct index *ix = world_open_index();
    const struct xnode all = {.op = XOP_ALL};
    make_very_many(&b, 'b', XOP_SYNONYM);
    const struct xnode *pair[2] = {&a.any, &b.any}, *rest[2] = {&all, NULL};
    for (int op = XOP_OR; op <= XOP_SYNONYM; op++) {
        make_very_many(&a, 'a', (enum xop)op);
        const struct xnode both = {.op = XOP_AND, .children = pair, .n_children = 2};
        const struct xnode kept = {.op = XOP_FILTER, .children = pair, .n_children = 2};
        const struct xnode none = {.op = XOP_AND_NOT, .children = pair, .n_children = 2};
        const struct xnode maybe = {.op = XOP_AND_MAYBE, .children = pair, .n_children = 2};
        rest[1] = &none;
        const struct xnode without = {.op = XOP_AND_NOT, .children = rest, .n_children = 2};
        for (int is_boolean = 0; is_boolean < 2; is_boolean++) {
            assert_multiples(ix, &both, 35, N, is_boolean);
            assert_multiples(ix, &kept, 35, N, is_boolean);
            assert_multiples(ix, &maybe, 5, N, is_boolean);
        }
        const struct xsearch how = {.limit = 0, .check_at_least = ALL, .is_boolean = true};
        struct xhits hits;
        OK(index_search(ix, &without, &how, &hits, &world.err));
        assert_int_equal(hits.n_estimated, N - N / 5 + N / 35);
        xhits_release(&hits);
    }
    index_close(ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            evaluate__keeps_of_very_many_terms_what_they_match, world_set_up, world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
