// SPDX-License-Identifier: GPL-2.0-or-later
/* Front matter of Markdown: rows of text, and `title|date|the text behind`. What becomes of it: commands/index.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/front_matter.h"
#include "store/schema.h"
#include "tests/rows.h"

static void check_row(void **state)
{
    const struct row *row = *state;
    struct front_matter found;
    char out[ROW_TEXT_MAX];
    front_matter_find(&found, row->text, row->text_len);
    size_t n = row->text_len - found.len;
    snprintf(out, sizeof out, "%.*s|%u-%u-%u|%.*s", (int)found.title_len,
        found.title ? found.title : "", schema_date_year(found.date), schema_date_month(found.date),
        schema_date_day(found.date), (int)n, row->text + found.len);
    assert_string_equal(out, row->expected);
}

static void front_matter_find__leaves_what_is_too_long_a_text(void **state)
{
    (void)state;
    static const char head[] = "---\ntitle: a\n", end[] = "\n---\n";
    struct front_matter found;
    size_t n = FRONT_MATTER_MAX;
    char *text = malloc(n + 1);
    assert_non_null(text);
    memset(text, '\n', n + 1);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + n - sizeof end + 1, end, sizeof end - 1);
    front_matter_find(&found, text, n);
    assert_int_equal(found.len, n);
    memcpy(text + n - sizeof end + 2, end, sizeof end - 1);
    front_matter_find(&found, text, n + 1);
    assert_int_equal(found.len, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_matter_find__leaves_what_is_too_long_a_text),
    };
    return rows_run("front_matter.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
