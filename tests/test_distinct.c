// SPDX-License-Identifier: GPL-2.0-or-later
/* One hit a text, in an index whose reports draw their passages from a small pool: nothing of the list is lost, and a page
 * shows what the whole list does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/search.h"
#include "tests/index_fixture.h"

enum {
    N_REPORTS = 200,
    PASSAGES = 3,
    POOL = 70,
    HITS_MAX = N_REPORTS * PASSAGES + 1,
    PAGE = 7,
    STRETCH = 50
};

static unsigned text_of[N_REPORTS][PASSAGES]; /* numbers of texts */

/* Each text stands in the pool in four writings that are one to a reader. */
static void write_text(unsigned number, unsigned writing, char *out, size_t size)
{
    static const char *const writings[] = {"营商环境第%u件：%s。\n", "營商環境第%u件：%s。\n",
        "营商环境 第%u件： %s。\n", "营商环境第%u件:%s。\n"};
    static const char *const ends[] = {"加装电梯", "优化政策", "电梯，电梯"};
    snprintf(out, size, writings[writing], number, ends[number % 3]);
}

static int set_up(void **state)
{
    int failed = world_set_up(state);
    uint64_t random = 5;
    struct index_writer *w = fixture_open_writer();
    for (uint32_t i = 0; i < N_REPORTS; i++) {
        static char texts[PASSAGES][256];
        char name[16];
        for (uint32_t k = 0; k < PASSAGES; k++) {
            text_of[i][k] = (unsigned)world_below(&random, POOL);
            write_text(text_of[i][k], (unsigned)world_below(&random, 4), texts[k], sizeof texts[k]);
        }
        snprintf(name, sizeof name, "report %u", i);
        fixture_add(w, name, TEXTS(texts[0], texts[1], texts[2]));
    }
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    return failed;
}

static const char *const asked[] = {
    "营商环境", "\"电梯\"", "\"营商环境\" 政策", "加装电梯", "优化政策的措施是什么"};

static struct search_results ask(
    const char *text, size_t offset, size_t limit, bool is_grouped, bool is_distinct)
{
    const struct search_options options = {
        .offset = offset, .limit = limit, .is_grouped = is_grouped, .is_distinct = is_distinct};
    return fixture_search(text, &options);
}

static unsigned text_number(const struct search_hit *hit)
{
    return text_of[hit->report.number - 1][hit->passage - 1];
}

static bool is_same_place(const struct search_hit *a, const struct search_hit *b)
{
    return a->report.number == b->report.number && a->passage == b->passage;
}

/* Of a stretch of the list, the first of each text are the hits from `at` on, in order, with the others as their twins.
 * Returns where the next stretch's begin. */
static size_t check_stretch(
    const struct search_hit *list, size_t n, const struct search_results *distinct, size_t at)
{
    size_t n_twins[STRETCH] = {0}, end = at;
    for (size_t i = 0; i < n; i++) {
        size_t k = at;
        while (k < end && text_number(&distinct->hits[k]) != text_number(&list[i]))
            k++;
        assert_true(k < distinct->n);
        const struct search_hit *hit = &distinct->hits[k];
        if (k == end) {
            assert_true(is_same_place(hit, &list[i]));
            end++;
        } else {
            assert_true(n_twins[k - at] < hit->n_twins);
            assert_true(is_same_place(&hit->twins[n_twins[k - at]++], &list[i]));
        }
    }
    for (size_t k = at; k < end; k++)
        assert_int_equal(n_twins[k - at], distinct->hits[k].n_twins);
    return end;
}

static void search_run__shows_a_text_once_and_names_where_else_it_stands(void **state)
{
    (void)state;
    for (size_t q = 0; q < 2 * sizeof asked / sizeof *asked; q++) {
        struct search_results list = ask(asked[q / 2], 0, HITS_MAX, q % 2, false);
        struct search_results distinct = ask(asked[q / 2], 0, HITS_MAX, q % 2, true);
        size_t at = 0;
        for (size_t i = 0; i < list.n; i += STRETCH)
            at = check_stretch(
                list.hits + i, list.n - i < STRETCH ? list.n - i : STRETCH, &distinct, at);
        assert_int_equal(at, distinct.n);
        assert_true(distinct.n < list.n && list.n > STRETCH);
        search_results_release(&list);
        search_results_release(&distinct);
    }
}

static void search_run__gives_pages_of_one_list_of_texts(void **state)
{
    (void)state;
    for (size_t q = 0; q < 2 * sizeof asked / sizeof *asked; q++) {
        struct search_results whole = ask(asked[q / 2], 0, HITS_MAX, q % 2, true);
        for (size_t offset = 0; offset <= whole.n; offset += PAGE) {
            struct search_results page = ask(asked[q / 2], offset, PAGE, q % 2, true);
            assert_int_equal(page.n, whole.n - offset < PAGE ? whole.n - offset : PAGE);
            for (size_t i = 0; i < page.n; i++) {
                const struct search_hit *hit = &whole.hits[offset + i];
                assert_true(is_same_place(&page.hits[i], hit));
                assert_int_equal(page.hits[i].n_twins, hit->n_twins);
                for (size_t k = 0; k < hit->n_twins; k++)
                    assert_true(is_same_place(&page.hits[i].twins[k], &hit->twins[k]));
            }
            search_results_release(&page);
        }
        search_results_release(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_run__shows_a_text_once_and_names_where_else_it_stands),
        cmocka_unit_test(search_run__gives_pages_of_one_list_of_texts),
    };
    return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
