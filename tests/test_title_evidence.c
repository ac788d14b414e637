// SPDX-License-Identifier: GPL-2.0-or-later
/* What titles do to an answer, in an index of 90 reports that all say the same of 营商环境; the title of
 * the last but two alone names 浙江, and 2026 stands in those of the last three. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "search/search.h"
#include "tests/index_fixture.h"

enum { N_REPORTS = 90, ZHEJIANG = 88 };

static int set_up(void **state)
{
    int failed = world_set_up(state);
    struct index_writer *w = fixture_open_writer();
    for (int i = 1; i <= N_REPORTS; i++) {
        char title[64];
        snprintf(title, sizeof title, "%d年%s政府工作报告", i >= ZHEJIANG ? 2026 : 1900 + i,
            i == ZHEJIANG ? "浙江省" : "某省");
        fixture_add(w, title, TEXTS("各位代表：", "持续优化营商环境。", "教育卫生事业发展。"));
    }
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
    return failed;
}

/* "report:passage " of the hits. */
static const char *answer(const char *text, const struct search_options *options)
{
    static char out[1024];
    struct search_results results = fixture_search(text, options);
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < results.n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%u:%u ", results.hits[i].report.number,
            results.hits[i].passage);
    search_results_release(&results);
    return out;
}

static void search_run__has_the_passage_of_the_report_whose_title_is_named_first(void **state)
{
    (void)state;
    const struct search_options one = {.limit = 1};
    assert_string_equal(answer("浙江 营商环境", &one), "88:2 ");
    assert_string_equal(answer("浙江省2026年 营商环境", &one), "88:2 ");
}

/* Grouped, and with a condition that the text decides, too. */
static void search_run__with_conditions_has_the_titled_report_first(void **state)
{
    (void)state;
    const struct search_options one = {.limit = 1}, grouped = {.limit = 2, .is_grouped = true};
    assert_string_equal(answer("\"营商\" 浙江 环境", &one), "88:2 ");
    assert_string_equal(answer("浙江 营商环境 year:2024", &one), "88:2 ");
    assert_string_equal(answer("浙江 营商环境", &grouped), "88:2 1:2 ");
}

/* No passage twice, whatever page it is asked on. */
static void search_run__gives_each_hit_on_one_page(void **state)
{
    (void)state;
    bool is_seen[N_REPORTS + 1] = {false};
    size_t n_seen = 0;
    for (size_t offset = 0; offset < N_REPORTS; offset += 10) {
        const struct search_options page = {.offset = offset, .limit = 10};
        const char *at = answer("浙江 营商环境", &page);
        unsigned report, passage;
        for (int len; sscanf(at, "%u:%u %n", &report, &passage, &len) == 2; at += len) {
            assert_true(report >= 1 && report <= N_REPORTS && passage == 2);
            assert_false(is_seen[report]);
            is_seen[report] = true;
            n_seen++;
        }
    }
    assert_int_equal(n_seen, N_REPORTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_run__has_the_passage_of_the_report_whose_title_is_named_first),
        cmocka_unit_test(search_run__with_conditions_has_the_titled_report_first),
        cmocka_unit_test(search_run__gives_each_hit_on_one_page),
    };
    return cmocka_run_group_tests(tests, set_up, world_tear_down);
}
