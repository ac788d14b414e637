// SPDX-License-Identifier: GPL-2.0-or-later
/* Titles and dates: rows of first lines and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/title.h"
#include "store/schema.h"
#include "tests/rows.h"
#include "tokenizer/folded_text.h"

enum { TEXT_BYTES = 128, TEXT_CHARS = 32 };

static void check_row(void **state)
{
    const struct row *row = *state;
    char out[ROW_TEXT_MAX * 2];
    struct buf title;
    uint32_t date = 0;
    buf_init(&title, 1 << 16);
    if (strcmp(row->kind, "ends") == 0) {
        assert_string_equal(date_ends(row->text, row->text_len) ? "yes" : "no", row->expected);
        return;
    }
    if (strcmp(row->kind, "date") == 0) {
        date = date_find(row->text, row->text_len);
    } else if (strcmp(row->kind, "opening") == 0) {
        date = date_opening(row->text, row->text_len);
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

/* Whatever is written between 民國 and 年 says the year that its folding says: what looks ahead for numbers misses none. */
static void date_find__reads_each_character_as_its_folding(void **state)
{
    (void)state;
    size_t n_dates = 0;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char text[TEXT_BYTES], folded[TEXT_BYTES], digit[UTF8_MAX_BYTES];
        uint32_t cps[TEXT_CHARS + 1];
        size_t len = 0;
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        int n = snprintf(text, sizeof text, "民國%.*s年", (int)utf8_encode(cp, digit), digit);
        size_t n_cps = folded_text_start(text, (size_t)n, cps, TEXT_CHARS);
        for (size_t i = 0; i < n_cps; i++)
            len += utf8_encode(cps[i], folded + len);
        uint32_t date = date_find(text, (size_t)n);
        if (date != date_find(folded, len))
            fail_msg("U+%04X: %u, but %u as it is folded", cp, date, date_find(folded, len));
        n_dates += date != 0;
    }
    assert_true(n_dates > 100); /* 1-9, 一 to 十, 百, their full widths, circles, ... */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_find__reads_each_character_as_its_folding),
    };
    int n_failed = rows_run("titles.test", check_row);
    return cmocka_run_group_tests(tests, NULL, NULL) || n_failed;
}
