// SPDX-License-Identifier: GPL-2.0-or-later
/* Which terms the words of a query ask for, in an index where 犇 stands in one passage of 202, as 犇牛,
 * and 电梯 in all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/plan.h"
#include "tests/index_fixture.h"

enum { N_COMMON = 201 };

static int set_up(void **state)
{
    const char *texts[N_COMMON + 2] = {NULL};
    int failed = world_set_up(state);
    for (size_t i = 0; i < N_COMMON; i++)
        texts[i] = "这里加装了电梯。";
    texts[N_COMMON] = "牧场的犇牛都在山上。";
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "report", texts);
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    return failed;
}

/* The terms of a query: "term ", with a * behind a prefix. */
static const char *terms_of(const char *text)
{
    static char out[512];
    struct index *ix;
    struct query query;
    struct plan plan;
    size_t n = 0;
    OK(index_open(world.place, &ix, &world.err));
    OK(query_parse(text, strlen(text), &query, &world.err));
    OK(plan_make(ix, &query, &plan, &world.err));
    out[0] = '\0';
    for (size_t i = 0; i < plan.n_terms; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s%s ", (int)plan.terms[i].n,
            plan.terms[i].bytes, plan.terms[i].is_prefix ? "*" : "");
    plan_release(&plan);
    query_release(&query);
    index_close(ix);
    return out;
}

static void soft_terms__of_a_question_have_a_rare_character_that_lost_its_bigrams(void **state)
{
    (void)state;
    assert_string_equal(terms_of("谁是犇"), "是犇 犇* ");
    assert_string_equal(terms_of("什么犇呢"), "犇* ");
}

static void soft_terms__have_no_character_that_is_held_or_common_or_absent(void **state)
{
    (void)state;
    assert_string_equal(terms_of("什么是犇牛"), "是犇 犇牛 ");
    assert_string_equal(terms_of("哪里有梯"), "有梯 ");
    assert_string_equal(terms_of("谁是骉"), "是骉 ");
}

static void soft_terms__of_a_keyword_are_its_bigrams_alone(void **state)
{
    (void)state;
    assert_string_equal(terms_of("犇叫"), "犇叫 ");
}

/* How many passages the loose node of a query matches; -1 where it has none. */
static int n_loose(const char *text)
{
    struct index *ix;
    struct query query;
    struct plan plan;
    struct xhits hits;
    const struct xsearch how = {.limit = N_COMMON + 2};
    int n = -1;
    OK(index_open(world.place, &ix, &world.err));
    OK(query_parse(text, strlen(text), &query, &world.err));
    OK(plan_make(ix, &query, &plan, &world.err));
    if (plan.loose) {
        OK(index_search(ix, plan.loose, &how, &hits, &world.err));
        n = (int)hits.n;
        xhits_release(&hits);
    }
    plan_release(&plan);
    query_release(&query);
    index_close(ix);
    return n;
}

static void plan__of_a_question_with_a_slip_still_has_its_characters(void **state)
{
    (void)state;
    assert_int_equal(n_loose("犇羊是什么"), 1); /* 犇 alone */
    assert_int_equal(n_loose("电楼是什么"), N_COMMON);
    assert_int_equal(n_loose("谁是骉"), 0);
    assert_int_equal(n_loose("犇羊"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(soft_terms__of_a_question_have_a_rare_character_that_lost_its_bigrams),
        cmocka_unit_test(soft_terms__have_no_character_that_is_held_or_common_or_absent),
        cmocka_unit_test(soft_terms__of_a_keyword_are_its_bigrams_alone),
        cmocka_unit_test(plan__of_a_question_with_a_slip_still_has_its_characters),
    };
    return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
