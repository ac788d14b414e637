// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing missed, nothing false: random pieces of real texts, quoted, are counted by the engine and
 * by a plain scan of the folded passages, and the counts are equal. Over the reports and a part of
 * the laws of CORPORA, with a seed that is printed; DRAWS_FACTOR=10 draws ten times as many, and
 * LAWS names folders to index instead of the part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "search/search.h"
#include "tests/folded_index.h"
#include "tests/temp_dir.h"

static struct folded_index reports, laws;
static bool has_reports, has_laws;
static char *laws_dir;

static int set_up(void **state)
{
    (void)state;
    char command[4096], path[2048];
    snprintf(path, sizeof path, "%s/seed", corpora_path());
    if (access(path, R_OK) != 0)
        return 0;
    random_seed();
    snprintf(command, sizeof command, "'%s'/seed '%s'/reports-*", corpora_path(), corpora_path());
    has_reports = folded_index_open(&reports, command);
    const char *given = getenv("LAWS");
    laws_dir = temp_dir_make();
    snprintf(command, sizeof command, "tar -xJf '%s/laws-cn.tar.xz' -C '%s' files/行政法规",
        corpora_path(), laws_dir);
    if (!given && system(command) == -1)
        return -1;
    has_laws = folded_index_open(&laws, given ? given : laws_dir);
    print_message("%zu passages of reports, %zu of laws\n", reports.n, laws.n);
    return has_reports && has_laws ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (has_reports)
        folded_index_close(&reports);
    if (has_laws)
        folded_index_close(&laws);
    if (laws_dir)
        temp_dir_remove(laws_dir);
    return 0;
}

static size_t plain_scan(const struct folded_index *f, const char *piece)
{
    size_t count = 0, n = strlen(piece), n_text;
    for (size_t i = 0; i < f->n; i++) {
        const char *text = folded_index_text(f, i, &n_text);
        count += memmem(text, n_text, piece, n) != NULL;
    }
    return count;
}

static void compare(const struct folded_index *f, const char *piece)
{
    char text[2 * PIECE_MAX + 3];
    struct query q;
    struct error err = {.message = ""};
    uint64_t count = 0;
    quote_piece(piece, text);
    size_t expected = plain_scan(f, piece);
    assert_int_equal(query_parse(text, strlen(text), &q, &err), STATUS_OK);
    if (search_count(f->ix, &q, &count, &err) != STATUS_OK || count != expected)
        fail_msg("%s: the engine counts %llu, a plain scan %zu; %s", text,
            (unsigned long long)count, expected, err.message);
    query_release(&q);
}

static void compare_draws(
    const struct folded_index *f, size_t n_draws, size_t max_chars, bool only_han)
{
    const char *factor = getenv("DRAWS_FACTOR");
    char piece[PIECE_MAX];
    n_draws *= factor ? strtoull(factor, NULL, 10) : 1;
    for (size_t done = 0; done < n_draws;) {
        if (!folded_index_draw(f, max_chars, only_han, piece))
            continue;
        done++;
        compare(f, piece);
    }
}

static void search_count__equals_a_plain_scan_for_1000_strings_of_han(void **state)
{
    (void)state;
    if (!has_reports)
        skip();
    compare_draws(&reports, 1000, 8, true);
}

static void search_count__equals_a_plain_scan_for_500_strings_of_anything(void **state)
{
    (void)state;
    if (!has_reports)
        skip();
    compare_draws(&reports, 500, 12, false);
}

static void search_count__equals_a_plain_scan_for_100_long_strings(void **state)
{
    (void)state;
    if (!has_reports)
        skip();
    compare_draws(&reports, 100, 200, false);
}

static void search_count__equals_a_plain_scan_for_500_strings_of_laws(void **state)
{
    (void)state;
    if (!has_laws)
        skip();
    compare_draws(&laws, 250, 8, true);
    compare_draws(&laws, 250, 12, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_count__equals_a_plain_scan_for_1000_strings_of_han),
        cmocka_unit_test(search_count__equals_a_plain_scan_for_500_strings_of_anything),
        cmocka_unit_test(search_count__equals_a_plain_scan_for_100_long_strings),
        cmocka_unit_test(search_count__equals_a_plain_scan_for_500_strings_of_laws),
    };
    return cmocka_run_group_tests_name("recall", tests, set_up, tear_down);
}
