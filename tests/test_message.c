// SPDX-License-Identifier: GPL-2.0-or-later
/* The Chinese catalogue: sorted, without doubles, each line true to the conversions of its
 * original. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "common/error.h"
#include "common/message.h"

static void message_zh__is_sorted_and_has_no_line_twice(void **state)
{
    (void)state;
    for (size_t i = 1; i < n_message_zh; i++)
        if (strcmp(message_zh[i - 1].english, message_zh[i].english) >= 0)
            fail_msg(
                "\"%s\" stands behind \"%s\"", message_zh[i].english, message_zh[i - 1].english);
}

/* The conversions of a format, one behind the other: "%s %.*s" gives "s.*s". A translation may not
 * reorder them. */
static void conversions(const char *format, char out[64])
{
    size_t n = 0;
    for (const char *p = format; *p; p++) {
        if (*p != '%')
            continue;
        for (p++; *p && n < 62; p++) {
            out[n++] = *p;
            if (strchr("diouxXeEfgGcsp%", *p))
                break;
        }
    }
    out[n] = '\0';
}

static void message_zh__keeps_the_conversions_of_the_original(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_message_zh; i++) {
        char english[64], chinese[64];
        conversions(message_zh[i].english, english);
        conversions(message_zh[i].chinese, chinese);
        if (strcmp(english, chinese) != 0)
            fail_msg("\"%s\": %s, not %s", message_zh[i].english, chinese, english);
    }
}

static void tr__speaks_chinese_where_the_environment_does(void **state)
{
    (void)state;
    unsetenv("DUAN_LANG");
    setenv("LC_ALL", "", 1);
    setenv("LC_MESSAGES", "zh_TW.UTF-8", 1);
    setenv("LANG", "de_DE.UTF-8", 1);
    message_init();
    assert_string_equal(tr("Permission denied"), "没有权限");
    assert_string_equal(tr("no such text"), "no such text");
    setenv("DUAN_LANG", "en", 1);
    message_init();
    assert_string_equal(tr("Permission denied"), "Permission denied");
}

static void error_set__cuts_a_long_message_at_a_character(void **state)
{
    (void)state;
    struct error err;
    char text[1200] = "";
    for (int i = 0; i < 390; i++)
        strcat(text, "段");
    error_set(&err, STATUS_IO, "x%s", text);
    assert_int_equal(strlen(err.message), 1 + 510 / 3 * 3);
    error_context(&err, STATUS_CORRUPT, "yy%s", "z");
    assert_int_equal(err.status, STATUS_CORRUPT);
    assert_int_equal(strncmp(err.message, "yyz: x段", 8), 0);
    assert_int_equal((strlen(err.message) - 6) % 3, 0);
}

static void error_errno__keeps_the_reason_behind_a_long_path(void **state)
{
    (void)state;
    struct error err;
    char path[1200] = "";
    for (int i = 0; i < 390; i++)
        strcat(path, "段");
    errno = EACCES;
    assert_int_equal(error_errno(&err, "cannot open '%s'", path), STATUS_IO);
    assert_int_equal(strncmp(err.message, "cannot open '段", 16), 0);
    assert_non_null(strstr(err.message, "段…: Permission denied"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_zh__is_sorted_and_has_no_line_twice),
        cmocka_unit_test(message_zh__keeps_the_conversions_of_the_original),
        cmocka_unit_test(tr__speaks_chinese_where_the_environment_does),
        cmocka_unit_test(error_set__cuts_a_long_message_at_a_character),
        cmocka_unit_test(error_errno__keeps_the_reason_behind_a_long_path),
    };
    return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
