// SPDX-License-Identifier: GPL-2.0-or-later
/* Titles and dates: rows of first lines and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/date.h"
#include "indexer/title.h"
#include "store/schema.h"
#include "tests/rows.h"

static void check_row(void **state)
{
    const struct row *row = *state;
    char out[ROW_TEXT_MAX * 2];
    struct buf title;
    uint32_t date = 0;
    buf_init(&title, 1 << 16);
    if (strcmp(row->kind, "date") == 0) {
        date = date_find(row->text, row->text_len);
    } else if (strcmp(row->kind, "name") == 0) {
        date = date_find_in_name(row->text, row->text_len);
    } else {
        const char *bar = memchr(row->text, '|', row->text_len);
        size_t name = (size_t)(bar - row->text);
        struct title_input in = {bar + 1, row->text_len - name - 1, row->text, name,
            .is_markdown = name > 3 && memcmp(bar - 3, ".md", 3) == 0};
        assert_true(title_find(&in, &title, &date));
        assert_true(buf_append_byte(&title, ' '));
    }
    snprintf(out, sizeof out, "%.*s%u-%u-%u", (int)title.len, title.len ? title.data : "",
        schema_date_year(date), schema_date_month(date), schema_date_day(date));
    assert_string_equal(out, row->expected);
    buf_release(&title);
}

int main(void)
{
    return rows_run("titles.test", check_row);
}
