// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

static char *printed(json_t *value)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    assert_non_null(out);
    assert_true(json_print_line(value, out));
    assert_int_equal(fclose(out), 0);
    json_decref(value);
    return bytes;
}

static void assert_prints(json_t *value, const char *line)
{
    char *got = printed(value);
    assert_string_equal(got, line);
    free(got);
}

static void json_print_line__is_compact_and_keeps_the_order(void **state)
{
    (void)state;
    assert_prints(json_pack("{s:i, s:[i, i], s:o}", "v", 1, "b", 3, 6, "a", json_text("中国", 6)),
        "{\"v\":1,\"b\":[3,6],\"a\":\"中国\"}\n");
}

static void json_text__takes_any_bytes(void **state)
{
    (void)state;
    assert_prints(json_text("a\xff\xe4\xb8z", 5), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\"\n");
    assert_prints(json_text("\xed\xa0\x80", 3), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"\n");
    assert_prints(json_text(NULL, 0), "\"\"\n");
    assert_prints(json_text("a\0b", 3), "\"a\\u0000b\"\n");
    assert_prints(json_text("𨨏\"\\", 6), "\"𨨏\\\"\\\\\"\n");
}

static void json_print_line__escapes_what_could_drive_a_terminal(void **state)
{
    (void)state;
    assert_prints(json_text("\x1b[31m\x7f\xc2\x9b\xe2\x80\xae", 11),
        "\"\\u001B[31m\\u007F\\u009B\\u202E\"\n");
}

static void json_print_line__tells_of_a_full_disk(void **state)
{
    (void)state;
    FILE *out = fopen("/dev/full", "w");
    if (!out)
        skip();
    setvbuf(out, NULL, _IONBF, 0);
    json_t *value = json_text("中", 3);
    assert_false(json_print_line(value, out));
    json_decref(value);
    fclose(out);
}

static void json_print_line__refuses_null(void **state)
{
    (void)state;
    assert_false(json_print_line(NULL, stdout));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_print_line__is_compact_and_keeps_the_order),
        cmocka_unit_test(json_text__takes_any_bytes),
        cmocka_unit_test(json_print_line__escapes_what_could_drive_a_terminal),
        cmocka_unit_test(json_print_line__tells_of_a_full_disk),
        cmocka_unit_test(json_print_line__refuses_null),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
