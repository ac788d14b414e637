// SPDX-License-Identifier: GPL-2.0-or-later
/* How headings open, what their neighbours make of them, what is shown of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/heading.h"
#include "store/section.h"
#include "tests/rows.h"

enum { RENDER_MAX = 2048, PARAGRAPHS_MAX = 16 };

static void render_opener(const char *line, size_t n, char *out)
{
    struct opener o;
    if (!opener_parse(line, n, &o)) {
        snprintf(out, RENDER_MAX, "none");
        return;
    }
    snprintf(out, RENDER_MAX, "%d %u \"%.*s\" \"%.*s\"", o.level, o.value, (int)(o.end - o.start),
        line + o.start, (int)(n - o.text), line + o.text);
}

/* Each part between | is a paragraph of one line. */
static void render_levels(const char *text, size_t n, char *out)
{
    struct line lines[PARAGRAPHS_MAX];
    struct heading_state state;
    size_t n_lines = 0, len = 0;
    for (size_t at = 0; at <= n; n_lines++) {
        const char *end = memchr(text + at, '|', n - at);
        size_t part = end ? (size_t)(end - text) - at : n - at;
        assert_true(n_lines < PARAGRAPHS_MAX);
        line_read(&lines[n_lines], text + at, part);
        at += part + 1;
    }
    heading_state_init(&state, false);
    for (size_t i = 0; i < n_lines; i++) {
        unsigned level =
            heading_level(&state, &lines[i], true, i + 1 < n_lines ? &lines[i + 1] : NULL);
        heading_enter(&state, level, (uint32_t)i + 1);
        len += (size_t)snprintf(out + len, RENDER_MAX - len, "%s%u", i ? " " : "", level);
    }
}

static void check_row(void **state)
{
    const struct row *row = *state;
    char out[RENDER_MAX];
    if (strcmp(row->kind, "opener") == 0) {
        render_opener(row->text, row->text_len, out);
    } else if (strcmp(row->kind, "levels") == 0) {
        render_levels(row->text, row->text_len, out);
    } else {
        char label[SECTION_LABEL_MAX];
        size_t n = section_label(row->text, row->text_len, label);
        snprintf(out, sizeof out, "%.*s", (int)n, label);
    }
    assert_string_equal(out, row->expected);
}

static void heading_enter__returns_the_innermost_open_heading(void **state)
{
    (void)state;
    struct heading_state s;
    heading_state_init(&s, false);
    assert_int_equal(heading_enter(&s, 0, 1), 0);
    assert_int_equal(heading_enter(&s, 3, 2), 0);
    assert_int_equal(heading_enter(&s, 5, 3), 2);
    assert_int_equal(heading_enter(&s, 0, 4), 3);
    assert_int_equal(heading_enter(&s, 5, 5), 2);
    assert_int_equal(heading_enter(&s, 3, 6), 0);
    assert_int_equal(heading_enter(&s, 0, 7), 6);
}

static void heading_enter__holds_all_levels_at_once(void **state)
{
    (void)state;
    struct heading_state s;
    heading_state_init(&s, true);
    for (uint32_t level = 1; level <= HEADING_LEVELS; level++)
        assert_int_equal(heading_enter(&s, level, level), level - 1);
    assert_int_equal(heading_enter(&s, HEADING_LEVELS, 10), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heading_enter__returns_the_innermost_open_heading),
        cmocka_unit_test(heading_enter__holds_all_levels_at_once),
    };
    return rows_run("headings.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
