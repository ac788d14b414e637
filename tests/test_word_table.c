// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/word_table.h"

enum { MANY = 5000 };

static uint32_t number_of(struct word_table *t, const char *word)
{
    uint32_t number = UINT32_MAX;
    assert_true(word_table_number(t, word, strlen(word), &number));
    return number;
}

static void word_table_number__counts_words_as_they_come(void **state)
{
    (void)state;
    struct word_table t;
    word_table_init(&t);
    assert_int_equal(number_of(&t, "gdp"), 0);
    assert_int_equal(number_of(&t, "5g"), 1);
    assert_int_equal(number_of(&t, "gdp"), 0);
    assert_int_equal(number_of(&t, "gd"), 2);
    assert_int_equal(number_of(&t, ""), 3);
    assert_int_equal(number_of(&t, "5g"), 1);
    assert_int_equal(t.n, 4);
    assert_memory_equal(t.text.data, "gdp5ggd", 7);
    assert_int_equal(t.list[2].start, 5);
    word_table_release(&t);
}

static void word_table_number__stays_when_the_table_grows(void **state)
{
    (void)state;
    char word[16];
    struct word_table t;
    word_table_init(&t);
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < MANY; i++) {
            snprintf(word, sizeof word, "w%u", i);
            assert_int_equal(number_of(&t, word), i);
        }
        assert_int_equal(t.n, MANY);
        assert_true(t.n_slots >= 2 * (size_t)MANY);
    }
    word_table_release(&t);
}

static void word_table_clear__forgets_all(void **state)
{
    (void)state;
    struct word_table t;
    word_table_init(&t);
    word_table_clear(&t);
    assert_int_equal(number_of(&t, "a"), 0);
    assert_int_equal(number_of(&t, "b"), 1);
    word_table_clear(&t);
    assert_int_equal(number_of(&t, "b"), 0);
    word_table_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_table_number__counts_words_as_they_come),
        cmocka_unit_test(word_table_number__stays_when_the_table_grows),
        cmocka_unit_test(word_table_clear__forgets_all),
    };
    return cmocka_run_group_tests_name("word_table", tests, NULL, NULL);
}
