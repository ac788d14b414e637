// SPDX-License-Identifier: GPL-2.0-or-later
/* What users of other engines complain about, as rows: tests/data/cases.test over
 * tests/data/cases.tsv and cases.jsonl. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "search/report_match.h"
#include "search/search.h"
#include "tests/temp_dir.h"

enum { ROWS_MAX = 512 };
struct row {
    char name[64];
    char query[256], expected[512], shown[1024];
};
static struct row *rows;
static size_t n_rows;
static struct index *ix;
static char *dir;

static void read_rows(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[2048];
    for (int number = 1; file && fgets(line, sizeof line, file); number++) {
        if (n_rows == ROWS_MAX)
            abort();
        struct row *r = &rows[n_rows];
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (sscanf(line, "%255[^\t]\t%511[^\t]\t%1023[^\n]", r->query, r->expected, r->shown) < 2)
            abort();
        snprintf(r->name, sizeof r->name, "cases.test:%d %.30s", number, r->query);
        n_rows++;
    }
    if (file)
        fclose(file);
}

static int set_up(void **state)
{
    (void)state;
    char command[4096];
    struct error err;
    const char *duan = getenv("DUAN");
    dir = temp_dir_make();
    snprintf(command, sizeof command,
        "'%s' index -q -i '%s' tests/data/cases.tsv tests/data/cases.jsonl",
        duan ? duan : "build/duan", temp_dir_path(dir, "r.duan"));
    return system(command) != 0 || index_open(temp_dir_path(dir, "r.duan"), &ix, &err) != STATUS_OK;
}

static int tear_down(void **state)
{
    (void)state;
    index_close(ix);
    temp_dir_remove(dir);
    return 0;
}

static const char *with_marks(const struct shown_text *shown)
{
    static char out[4096];
    size_t n = 0, at = 0;
    for (size_t i = 0; i < shown->marks.n; i++) {
        const struct range *m = &shown->marks.at[i];
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s«%.*s»", (int)(m->start - at),
            shown->text + at, (int)(m->end - m->start), shown->text + m->start);
        at = m->end;
    }
    snprintf(out + n, sizeof out - n, "%.*s", (int)(shown->n - at), shown->text + at);
    return out;
}

static bool is_hit(const struct search_results *results, const char *id)
{
    for (size_t i = 0; i < results->n; i++)
        if (strcmp(results->hits[i].report.id, id) == 0)
            return true;
    return false;
}

static void meets(const struct search_results *results, const struct query *q, const char *word)
{
    struct error err;
    uint64_t count;
    switch (word[0]) {
    case '!':
        if (is_hit(results, word + 1))
            fail_msg("%s is a hit", word + 1);
        break;
    case '=':
        assert_int_equal(search_count(ix, q, &count, &err), STATUS_OK);
        assert_int_equal(count, strtoull(word + 1, NULL, 10));
        break;
    case '1':
        if (results->n == 0 || strcmp(results->hits[0].report.id, word + 2) != 0)
            fail_msg("first is %s, not %s", results->n ? results->hits[0].report.id : "nothing",
                word + 2);
        break;
    default:
        if (!is_hit(results, word))
            fail_msg("%s is no hit", word);
    }
}

static bool has_field(void *context, const char *name, size_t n)
{
    (void)context;
    struct error err;
    bool has = false;
    assert_int_equal(report_has_field(ix, name, n, &has, &err), STATUS_OK);
    return has;
}

static void search__answers_as_the_row_says(void **state)
{
    const struct row *r = *state;
    struct query q;
    struct error err;
    struct search_results results;
    const struct query_fields fields = {.has = has_field};
    assert_int_equal(query_parse_with(r->query, strlen(r->query), &fields, &q, &err), STATUS_OK);
    assert_int_equal(
        search_run(ix, &q, &(struct search_options){.limit = 10}, &results, &err), STATUS_OK);
    char words[512], *rest = words;
    snprintf(words, sizeof words, "%s", r->expected);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        meets(&results, &q, word);
    if (*r->shown) {
        assert_true(results.n > 0);
        assert_string_equal(with_marks(&results.hits[0].shown), r->shown);
    }
    search_results_release(&results);
    query_release(&q);
}

int main(void)
{
    rows = calloc(ROWS_MAX, sizeof *rows);
    read_rows("tests/data/cases.test");
    struct CMUnitTest *tests = calloc(n_rows + 1, sizeof *tests);
    for (size_t i = 0; i < n_rows; i++)
        tests[i] = (struct CMUnitTest){.name = rows[i].name,
            .test_func = search__answers_as_the_row_says,
            .initial_state = &rows[i]};
    int failed = n_rows ? _cmocka_run_group_tests("cases", tests, n_rows, set_up, tear_down) : 1;
    free(tests);
    free(rows);
    return failed;
}
