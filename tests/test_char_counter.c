// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/char_counter.h"

#define assert_ok(call) assert_int_equal(call, STATUS_OK)

static struct error err;

static void char_counter_merge__adds_what_others_counted(void **state)
{
    (void)state;
    struct char_counter a, b;
    struct buf out;
    buf_init(&out, 100);
    assert_ok(char_counter_init(&a, &err));
    assert_ok(char_counter_init(&b, &err));
    char_counter_add(&a, 5);
    char_counter_add(&a, 5);
    char_counter_end_passage(&a);
    char_counter_add(&a, 5);
    char_counter_add(&b, 5);
    char_counter_add(&b, CHAR_COUNTER_MAX - 1);
    char_counter_add(&b, CHAR_COUNTER_MAX);
    char_counter_merge(&a, &b);
    assert_true(char_counter_encode(&a, &out));
    assert_int_equal(out.len, 8);
    assert_memory_equal(out.data, "\5\3\4\xfa\xff\xf\1\1", 8);
    struct buf full;
    buf_init(&full, 5);
    assert_false(char_counter_encode(&a, &full));
    assert_int_equal(full.len, 0);
    buf_release(&full);
    buf_release(&out);
    char_counter_release(&a);
    char_counter_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(char_counter_merge__adds_what_others_counted),
    };
    return cmocka_run_group_tests_name("char_counter", tests, NULL, NULL);
}
