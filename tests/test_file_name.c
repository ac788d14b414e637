// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tokenizer/file_name.h"

#define GBK "\xB1\xA8\xB8\xE6"  /* 报告 */
#define BIG5 "\xB3\xF8\xA7\x69" /* 報告 */

static void file_name_decode__takes_what_the_bytes_look_like(void **state)
{
    static const struct {
        const char *name, *text;
        enum file_name kind;
    } rows[] = {
        {"", "", FILE_NAME_UTF8},
        {"2023.txt", "2023.txt", FILE_NAME_UTF8},
        {"报告", "报告", FILE_NAME_UTF8},
        {GBK ".txt", "报告.txt", FILE_NAME_DECODED},
        {BIG5 ".txt", "報告.txt", FILE_NAME_DECODED},
        {"2023" GBK, "2023报告", FILE_NAME_DECODED},
        {"a\xFF", "a\xEF\xBF\xBD", FILE_NAME_BROKEN},
        {GBK "\xB1", "报告\xEF\xBF\xBD", FILE_NAME_BROKEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;
        buf_init(&out, 100);
        assert_int_equal(file_name_decode(rows[i].name, strlen(rows[i].name), &out), rows[i].kind);
        assert_string_equal(buf_terminate(&out), rows[i].text);
        buf_release(&out);
    }
}

static void file_name_decode__is_bounded_by_what_it_fills(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 3);
    assert_int_equal(file_name_decode("2023", 4, &out), FILE_NAME_FAILED);
    assert_int_equal(file_name_decode(GBK, 4, &out), FILE_NAME_FAILED);
    buf_release(&out);
}

static void file_name_encode__gives_the_bytes_or_none(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100);
    assert_true(file_name_encode("报告", 6, ENCODING_GB18030, &out));
    assert_true(file_name_encode("報告", 6, ENCODING_BIG5, &out));
    assert_true(file_name_encode("报", 3, ENCODING_UTF8, &out));
    assert_false(file_name_encode("报告", 6, ENCODING_BIG5, &out));
    assert_true(file_name_encode("", 0, ENCODING_GB18030, &out));
    assert_string_equal(buf_terminate(&out), GBK BIG5 "报");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_name_decode__takes_what_the_bytes_look_like),
        cmocka_unit_test(file_name_decode__is_bounded_by_what_it_fills),
        cmocka_unit_test(file_name_encode__gives_the_bytes_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
