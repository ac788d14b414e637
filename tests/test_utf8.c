// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/utf8.h"

static void utf8_encode__is_undone_by_utf8_decode(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        char bytes[UTF8_MAX_BYTES];
        uint32_t back;
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        size_t n = utf8_encode(cp, bytes);
        assert_int_equal(utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, cp);
        assert_int_equal(n > 1 ? utf8_decode(bytes, n - 1, &back) : 0, 0);
    }
}

static void utf8_valid__ends_where_the_first_fault_starts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t valid;
    } rows[] = {{"", 0}, {"abc", 3}, {"中国", 6}, {"中国\xE4\xB8", 6}, {"abcdefghijk\xFFz", 11},
        {"a\xC0\xAF", 1}, {"\xED\xA0\x80", 0}, {"𨨏\xF4\x90\x80\x80", 4},
        {"abcdefg中hijklmnop\x80", 19}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(utf8_valid(rows[i].text, strlen(rows[i].text)), rows[i].valid);
}

static void utf8_floor__splits_no_character(void **state)
{
    (void)state;
    static const char text[] = "a中𨨏z";
    static const size_t floors[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9};
    for (size_t at = 0; at < sizeof text; at++)
        assert_int_equal(utf8_floor(text, sizeof text - 1, at), floors[at]);
    assert_int_equal(utf8_floor("中\xE4\xB8", 5, 5), 3);
    assert_int_equal(utf8_floor(text, sizeof text - 1, 100), 9);
}

static void utf8_count__counts_a_broken_byte_as_one(void **state)
{
    (void)state;
    assert_int_equal(utf8_count("a中\xE4\xB8z", 7), 5);
    assert_int_equal(utf8_count("", 0), 0);
}

/* What is called valid is what utf8_decode takes, one by one. */
static void utf8_valid__agrees_with_utf8_decode(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 20000; round++) {
        char text[24];
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = "az\xE4\xB8\xAD\xF0\xA8\x8F\xC3\xED"[rand() % 10];
        size_t at = 0, len;
        uint32_t cp;
        while (at < sizeof text && (len = utf8_decode(text + at, sizeof text - at, &cp)) > 0)
            at += len;
        assert_int_equal(utf8_valid(text, sizeof text), at);
    }
}

/* Characters from a short list, most of them Han, a broken one now and then. */
static size_t make_text(char *out, size_t max)
{
    static const char *const pieces[] = {
        "中", "国", "鿿", "一", "㐀", "，", "a", "퟿", "\xED\xA0\x80", "\xE4\xB8", "𨨏", "é"};
    size_t n = 0;
    while (n + 4 < max) {
        size_t i = (size_t)rand() % (sizeof pieces / sizeof *pieces);
        const char *piece = pieces[rand() % 8 ? i % 4 : i];
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void utf8_skip_threes__skips_nothing_else_and_stops_near_it(void **state)
{
    (void)state;
    srand(5);
    for (int round = 0; round < 20000; round++) {
        char text[80];
        size_t n = make_text(text, sizeof text), fits = 0;
        uint32_t cp;
        while (
            fits < n && utf8_decode(text + fits, n - fits, &cp) == 3 && cp >= 0x4000 && cp < 0xA000)
            fits += 3;
        size_t skipped = utf8_skip_threes(text, n, 0xE4, 0xE9 - 0xE4);
        assert_true(skipped <= fits && skipped % 15 == 0);
        assert_true(fits - skipped < 15 || n - skipped < 16);
    }
}

static void utf8_valid__agrees_with_utf8_decode_on_runs_of_han(void **state)
{
    (void)state;
    srand(6);
    for (int round = 0; round < 20000; round++) {
        char text[80];
        size_t n = make_text(text, sizeof text), at = 0, len;
        uint32_t cp;
        while (at < n && (len = utf8_decode(text + at, n - at, &cp)) > 0)
            at += len;
        assert_int_equal(utf8_valid(text, n), at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_encode__is_undone_by_utf8_decode),
        cmocka_unit_test(utf8_valid__ends_where_the_first_fault_starts),
        cmocka_unit_test(utf8_floor__splits_no_character),
        cmocka_unit_test(utf8_count__counts_a_broken_byte_as_one),
        cmocka_unit_test(utf8_valid__agrees_with_utf8_decode),
        cmocka_unit_test(utf8_skip_threes__skips_nothing_else_and_stops_near_it),
        cmocka_unit_test(utf8_valid__agrees_with_utf8_decode_on_runs_of_han),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
