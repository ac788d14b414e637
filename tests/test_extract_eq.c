// SPDX-License-Identifier: GPL-2.0-or-later
/* EQ fields: rows of instructions and what they show, in tests/data/eq_field.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/eq_field.h"
#include "tests/rows.h"

/* Cut anywhere it ends well, too. */
static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf out;
    buf_init(&out, 4096);
    for (size_t n = 0; n <= row->text_len; n++) {
        buf_clear(&out);
        assert_true(eq_field_text(row->text, n, &out));
    }
    assert_string_equal(buf_terminate(&out), row->expected);
    buf_release(&out);
}

static void eq__does_not_follow_operands_without_end(void **state)
{
    struct buf deep, out;
    (void)state;
    buf_init(&deep, 1 << 20);
    buf_init(&out, 1 << 20);
    assert_true(buf_append_str(&deep, "EQ a"));
    for (unsigned i = 0; i < 100000; i++)
        assert_true(buf_append_str(&deep, "\\o("));
    assert_true(eq_field_text(deep.data, deep.len, &out));
    assert_string_equal(buf_terminate(&out), "a");
    buf_release(&deep);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(eq__does_not_follow_operands_without_end)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + rows_run("eq_field.test", check_row);
}
