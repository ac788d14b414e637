// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

static void assert_text(const char *s, size_t n, const char *expected)
{
    json_t *value = json_text(s, n);
    assert_non_null(value);
    assert_string_equal(json_string_value(value), expected);
    json_decref(value);
}

static void json_text__keeps_what_is_utf8(void **state)
{
    (void)state;
    assert_text("段 𨨏", 8, "段 𨨏");
    assert_text("", 0, "");
    assert_text("段落", 3, "段");
}

static void json_text__replaces_what_is_not(void **state)
{
    (void)state;
    assert_text("a\xff\xb6"
                "b",
        4, "a\uFFFD\uFFFDb");
    assert_text("段\xe6\xae", 5, "段\uFFFD\uFFFD");
    assert_text("\xed\xa0\x80", 3, "\uFFFD\uFFFD\uFFFD"); /* a surrogate */
}

static void json_print_line__is_one_line_whatever_the_text(void **state)
{
    (void)state;
    char *written = NULL;
    size_t n;
    FILE *out = open_memstream(&written, &n);
    assert_non_null(out);
    json_t *value = json_pack("{s:o}", "a", json_text("x\ny\0z", 5));
    assert_true(json_print_line(value, out));
    json_decref(value);
    fclose(out);
    assert_string_equal(written, "{\"a\":\"x\\ny\\u0000z\"}\n");
    free(written);
}

static void json_print_line__escapes_what_could_drive_a_terminal(void **state)
{
    (void)state;
    char *written = NULL;
    size_t n;
    FILE *out = open_memstream(&written, &n);
    assert_non_null(out);
    static const char text[] = "\x1b[31m\x7f\xc2\x9b\xe2\x80\xae中";
    json_t *value = json_pack("[o]", json_text(text, sizeof text - 1));
    assert_true(json_print_line(value, out));
    json_decref(value);
    fclose(out);
    assert_string_equal(written, "[\"\\u001B[31m\\u007F\\u009B\\u202E中\"]\n");
    free(written);
}

/* What is read, written again. */
static void json_read__takes_what_json_allows(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"[0,-1,0.5,1e2]", "[0,-1,0.5,100.0]"},
        {"[12345678901234567890,-12345678901234567890]",
            "[\"12345678901234567890\",\"-12345678901234567890\"]"},
        {"[1e400,0.5e400,-0.1e999]", "[\"1e400\",\"0.5e400\",\"-0.1e999\"]"},
        {"[\"1e400 \\\" 12345678901234567890\"]", "[\"1e400 \\\" 12345678901234567890\"]"},
        {"[\"a\\u0000b\"]", "[\"a\uFFFDb\"]"},
        {"[\"\\uD83D\\uDE00\",\"\\uD83D\",\"\\uDE00\",\"\\ud83dx\"]",
            "[\"\U0001F600\",\"\uFFFD\",\"\uFFFD\",\"\uFFFDx\"]"},
        {"[\"\\uD83D\\uD83D\\uDE00\",\"\\\\uD83D\",\"\\u6BB5\"]",
            "[\"\uFFFD\U0001F600\",\"\\\\uD83D\",\"\u6BB5\"]"},
        {"[1e400", NULL},
        {"[\"\\uD8", NULL},
        {"[12345678901234567890x]", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json_read(rows[i][0], strlen(rows[i][0]));
        char *written = value ? json_dumps(value, JSON_COMPACT) : NULL;
        if (rows[i][1] && written)
            assert_string_equal(written, rows[i][1]);
        else if (rows[i][1] || written)
            fail_msg("%s: %s", rows[i][0], written ? written : "refused");
        free(written);
        json_decref(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_read__takes_what_json_allows),
        cmocka_unit_test(json_text__keeps_what_is_utf8),
        cmocka_unit_test(json_text__replaces_what_is_not),
        cmocka_unit_test(json_print_line__is_one_line_whatever_the_text),
        cmocka_unit_test(json_print_line__escapes_what_could_drive_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
