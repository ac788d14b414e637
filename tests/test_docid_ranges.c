// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/docid_ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void docid_ranges_add__joins_what_touches(void **state)
{
    (void)state;
    struct arena arena;
    struct docid_ranges r = {.n = 0};
    arena_init(&arena, 1 << 20);
    assert_true(docid_ranges_add(&r, 1, 0, &arena));
    assert_int_equal(r.n, 0);
    assert_true(docid_ranges_add(&r, 3, 2, &arena));
    assert_true(docid_ranges_add(&r, 5, 1, &arena));
    assert_true(docid_ranges_add(&r, 7, 3, &arena));
    assert_int_equal(r.n, 2);
    assert_int_equal(r.at[0].first, 3);
    assert_int_equal(r.at[0].last, 5);
    assert_int_equal(r.at[1].last, 9);
    assert_int_equal(docid_ranges_count(&r), 6);
    arena_release(&arena);
}

static void docid_ranges_seek__finds_the_range_that_does_not_end_before(void **state)
{
    (void)state;
    struct arena arena;
    struct docid_ranges r = {.n = 0};
    arena_init(&arena, 1 << 20);
    for (uint32_t i = 0; i < 100; i++)
        assert_true(docid_ranges_add(&r, 10 * i + 1, 3, &arena));
    assert_int_equal(r.n, 100);
    for (uint32_t docid = 1; docid <= 1000; docid++) {
        size_t expected = (docid - 1) / 10 + ((docid - 1) % 10 > 2);
        for (size_t from = 0; from <= expected; from += 1 + from / 2)
            assert_int_equal(docid_ranges_seek(&r, from, docid), expected);
    }
    assert_int_equal(docid_ranges_seek(&r, 100, 5), 100);
    arena_release(&arena);
}

static void docid_ranges_add__says_when_the_arena_is_full(void **state)
{
    (void)state;
    struct arena arena;
    struct docid_ranges r = {.n = 0};
    arena_init(&arena, 100);
    uint32_t n = 0;
    while (docid_ranges_add(&r, 2 * n + 1, 1, &arena))
        n++;
    assert_int_equal(n, 8);
    assert_int_equal(docid_ranges_count(&r), 8);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docid_ranges_add__joins_what_touches),
        cmocka_unit_test(docid_ranges_seek__finds_the_range_that_does_not_end_before),
        cmocka_unit_test(docid_ranges_add__says_when_the_arena_is_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
