// SPDX-License-Identifier: GPL-2.0-or-later
/* What headings and characters bring to an answer, in an index of 60 reports that say 优化营商环境 in a line of prose, one in
 * which it is a heading, over a paragraph that does not say it and a section within, one that says 政策, and one that has the two
 * characters apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/search.h"
#include "tests/index_fixture.h"

enum { N_PLAIN = 60, HEADED = N_PLAIN + 1, APART = HEADED + 2 };

static void add_headed_report(struct index_writer *w)
{
    static const struct {
        const char *text;
        uint32_t section;
        uint8_t level;
    } passages[] = {
        {"一、优化营商环境\n", 0, 1},
        {"降低企业成本，减轻负担。\n", 1, 0},
        {"（一）政务服务\n", 1, 2},
        {"一网通办。\n", 3, 0},
        {"二、教育\n", 0, 1},
        {"办好学校。\n", 5, 0},
    };
    struct source s;
    struct report r = {.title = "公报", .title_len = strlen("公报")};
    fixture_begin(w, &s, "headed");
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 0; i < sizeof passages / sizeof *passages; i++) {
        const struct passage p = {.text = passages[i].text,
            .text_len = strlen(passages[i].text),
            .number = i + 1,
            .line = i + 1,
            .section = passages[i].section,
            .level = passages[i].level};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
}

static int set_up(void **state)
{
    int failed = world_set_up(state);
    struct index_writer *w = fixture_open_writer();
    for (int i = 0; i < N_PLAIN; i++) {
        char name[16], text[64]; /* the same line in all of them would not rank */
        snprintf(name, sizeof name, "plain %d", i);
        snprintf(text, sizeof text, "优化营商环境，这是%d号。\n", i);
        fixture_add(w, name, TEXTS(i == 0 ? "优化营商环境。\n" : text));
    }
    add_headed_report(w);
    fixture_add(w, "together", TEXTS("政策公开。\n"));
    fixture_add(w, "apart", TEXTS("施政有方，良策频出。\n"));
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    return failed;
}

/* The passages of the headed report among the hits, in their order: "1 2 ". The best hit stands before them, with its
 * report where that is another: "7:1| ". */
static const char *headed(const char *text, bool is_grouped)
{
    static char out[256];
    const struct search_options options = {.limit = 100, .is_grouped = is_grouped};
    struct search_results results = fixture_search(text, &options);
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < results.n; i++) {
        const struct search_hit *hit = &results.hits[i];
        if (hit->report.number == HEADED)
            n += (size_t)snprintf(out + n, sizeof out - n, "%u ", hit->passage);
        else if (i == 0)
            n += (size_t)snprintf(out, sizeof out, "%u:%u| ", hit->report.number, hit->passage);
    }
    search_results_release(&results);
    return out;
}

static void search_run__has_what_stands_directly_under_a_heading_of_the_query(void **state)
{
    (void)state;
    assert_string_equal(headed("优化营商环境", false), "1 2 3 ");
}

static void search_run__has_nothing_from_a_heading_of_little_of_the_query(void **state)
{
    (void)state;
    assert_string_equal(headed("优化营商环境，减轻企业和群众的办事负担", false), "2 1 ");
}

static void search_run__has_only_what_meets_the_conditions(void **state)
{
    (void)state;
    assert_string_equal(headed("优化 \"营商环境\"", false), "1 ");
    assert_string_equal(headed("优化营商环境 -成本", false), "1 ");
    assert_string_equal(headed("优化营商环境", true), "1 ");
}

/* Where the report with the characters of 政策 apart stands among the best, from 1; 0: it does not. */
static size_t rank_of_apart(const char *text, size_t limit, bool is_grouped)
{
    const struct search_options options = {.limit = limit, .is_grouped = is_grouped};
    struct search_results results = fixture_search(text, &options);
    size_t rank = 0;
    for (size_t i = 0; i < results.n; i++)
        if (results.hits[i].report.number == APART)
            rank = i + 1;
    search_results_release(&results);
    return rank;
}

static void search_run__of_a_question_has_its_characters_behind_the_first_pages(void **state)
{
    (void)state;
    assert_int_equal(rank_of_apart("优化营商环境的政策是什么", 50, false), 0);
    size_t rank = rank_of_apart("优化营商环境的政策是什么", 60, false);
    assert_true(rank > 50);
    assert_int_equal(rank_of_apart("优化营商环境的政策是什么", 62, false), rank);
    assert_int_equal(rank_of_apart("优化营商环境的政策", 60, false), 0);
    assert_int_equal(rank_of_apart("优化营商环境的政策是什么", 60, true), rank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_run__has_what_stands_directly_under_a_heading_of_the_query),
        cmocka_unit_test(search_run__has_nothing_from_a_heading_of_little_of_the_query),
        cmocka_unit_test(search_run__has_only_what_meets_the_conditions),
        cmocka_unit_test(search_run__of_a_question_has_its_characters_behind_the_first_pages),
    };
    return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
