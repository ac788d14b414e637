// SPDX-License-Identifier: GPL-2.0-or-later
/* One answer, whatever page of it is asked for: in an index of reports of a few words each, of which some are rare, some
 * common, and some numbers in either writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/search.h"
#include "tests/index_fixture.h"

enum { N_REPORTS = 300, PASSAGES = 4, HITS_MAX = N_REPORTS * PASSAGES + 1, PAGE = 10 };

static void invent(uint64_t *random, uint32_t number, char *text, size_t size)
{
    static const char *const words[] = {"优化", "营商环境", "加装", "电梯", "低空经济", "政策",
        "施政有方，良策频出", "共有45个", "共有四十五个", "四十。十五", "经济", "环境", "优越",
        "化工"};
    enum { N_WORDS = sizeof words / sizeof *words };
    size_t n = (size_t)snprintf(text, size, "第%u件：", number); /* or it would recur */
    for (uint64_t k = 1 + world_below(random, 6); k; k--) {
        uint64_t i = world_below(random, N_WORDS);
        i = i == 4 && world_below(random, 8) ? 10 : i;
        n += (size_t)snprintf(text + n, size - n, "%s%s", words[i], k > 1 ? "，" : "。\n");
    }
}

static int set_up(void **state)
{
    int failed = world_set_up(state);
    uint64_t random = 11;
    struct index_writer *w = fixture_open_writer();
    for (uint32_t i = 0; i < N_REPORTS; i++) {
        static char texts[PASSAGES][256];
        char name[16];
        for (uint32_t k = 0; k < PASSAGES; k++)
            invent(&random, i * PASSAGES + k, texts[k], sizeof texts[k]);
        snprintf(name, sizeof name, "report %u", i);
        fixture_add(w, name, TEXTS(texts[0], texts[1], texts[2], texts[3]));
    }
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    return failed;
}

static const char *const asked[] = {"优化营商环境", "低空经济", "电梯 加装", "低空经济的政策是什么",
    "政策", "怎样优化营商环境和政策", "45", "四十五个", "\"营商环境\" 优化", "\"电梯\"",
    "经济 -电梯"};

struct places {
    size_t n;
    struct {
        uint32_t report, passage;
    } at[HITS_MAX];
};

static void ask(const char *text, size_t offset, size_t limit, bool is_grouped, struct places *out)
{
    const struct search_options options = {
        .offset = offset, .limit = limit, .is_grouped = is_grouped};
    struct search_results results = fixture_search(text, &options);
    assert_true(results.n <= limit && out->n + results.n <= HITS_MAX);
    for (size_t i = 0; i < results.n; i++, out->n++) {
        out->at[out->n].report = results.hits[i].report.number;
        out->at[out->n].passage = results.hits[i].passage;
        assert_true(i == 0 || results.hits[i].score <= results.hits[i - 1].score);
    }
    search_results_release(&results);
}

static void assert_pages_are_of_one_list(const char *text, bool is_grouped)
{
    static struct places whole, pages, part;
    whole.n = pages.n = 0;
    ask(text, 0, HITS_MAX, is_grouped, &whole);
    for (size_t offset = 0; offset <= whole.n; offset += PAGE)
        ask(text, offset, PAGE, is_grouped, &pages);
    assert_int_equal(pages.n, whole.n);
    assert_memory_equal(pages.at, whole.at, whole.n * sizeof *whole.at);
    for (size_t limit = 1; limit < whole.n; limit = limit * 3 / 2 + 1) {
        part.n = 0;
        ask(text, 0, limit, is_grouped, &part);
        assert_int_equal(part.n, limit);
        assert_memory_equal(part.at, whole.at, limit * sizeof *whole.at);
    }
    for (size_t i = 0; i < whole.n; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(whole.at[i].report == whole.at[k].report &&
                         (is_grouped || whole.at[i].passage == whole.at[k].passage));
}

static void search_run__gives_pages_of_one_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (int is_grouped = 0; is_grouped < 2; is_grouped++)
            assert_pages_are_of_one_list(asked[i], is_grouped);
}

static void search_run__groups_under_the_best_passage_of_each_report(void **state)
{
    (void)state;
    static struct places whole, grouped;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        size_t n = 0;
        whole.n = grouped.n = 0;
        ask(asked[i], 0, HITS_MAX, false, &whole);
        ask(asked[i], 0, PAGE, true, &grouped);
        for (size_t k = 0; k < whole.n && n < grouped.n; k++) {
            bool is_first = true;
            for (size_t before = 0; before < k; before++)
                is_first = is_first && whole.at[before].report != whole.at[k].report;
            if (is_first)
                assert_memory_equal(&whole.at[k], &grouped.at[n++], sizeof *whole.at);
        }
        assert_int_equal(n, PAGE);
    }
}

/* Every passage with the number in either writing, and none that has but its characters. */
static void search_run__of_a_number_has_all_of_it_and_no_fragments(void **state)
{
    (void)state;
    static struct places found;
    uint64_t random = 11;
    size_t n = 0;
    found.n = 0;
    ask("45", 0, HITS_MAX, false, &found);
    for (uint32_t i = 0; i < N_REPORTS * PASSAGES; i++) {
        char text[256];
        invent(&random, i, text, sizeof text);
        bool holds = strstr(text, "45个") || strstr(text, "四十五个"), is_found = false;
        for (size_t k = 0; k < found.n; k++)
            is_found = is_found || (found.at[k].report == i / PASSAGES + 1 &&
                                       found.at[k].passage == i % PASSAGES + 1);
        assert_true(is_found == holds || strstr(text, "第45件"));
        n += holds;
    }
    assert_true(n > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_run__gives_pages_of_one_list),
        cmocka_unit_test(search_run__groups_under_the_best_passage_of_each_report),
        cmocka_unit_test(search_run__of_a_number_has_all_of_it_and_no_fragments),
    };
    return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
