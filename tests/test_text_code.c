// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "common/utf8.h"
#include "store/text_code.h"

static struct buf code;

static int set_up(void **state)
{
    (void)state;
    buf_init(&code, SIZE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_release(&code);
    return 0;
}

/* Codes the text, decodes it, and leaves the code in `code`. */
static void assert_returns(const char *text, size_t n)
{
    char *back = malloc(n + 1);
    assert_non_null(back);
    buf_clear(&code);
    assert_true(text_code_encode(text, n, &code));
    assert_true(code.len <= TEXT_CODE_BOUND(n));
    assert_true(text_code_decode(code.data, code.len, back, n));
    assert_memory_equal(back, text, n);
    assert_false(text_code_decode(code.data, code.len, back, n + 1));
    if (n)
        assert_false(text_code_decode(code.data, code.len, back, n - 1));
    free(back);
}

static void text_code_encode__takes_a_byte_or_two_a_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
    } rows[] = {{"", 0}, {"GDP 9.7%\n", 9}, {"的，。", 3}, {"辖區", 4}, {"カ①Ⅱ％", 8},
        {"\xF0\xA0\x80\x80", 6} /* plane 2 */, {"한", 5}, {"한국", 8}, {"é的é", 9},
        {"\xFF\xFE的\xE7\x9A", 9}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_returns(rows[i].text, strlen(rows[i].text));
        assert_int_equal(code.len, rows[i].n);
    }
}

/* Every code point, and behind it one that has a code. */
static void text_code_decode__gives_back_every_character(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x30000 ? 1 : 0x101) {
        char c[UTF8_MAX_BYTES];
        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        assert_true(buf_append(&text, c, utf8_encode(cp, c)));
        assert_true(cp % 3 || buf_append_str(&text, "国"));
    }
    assert_returns(text.data, text.len);
    buf_release(&text);
}

static void text_code_decode__gives_back_any_bytes(void **state)
{
    (void)state;
    uint64_t random = 20260101;
    for (size_t round = 0; round < 2000; round++) {
        char bytes[700];
        size_t n = round % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (char)(random >> 40 | (round % 2 ? 0x80 : 0));
        }
        assert_returns(bytes, n);
    }
}

static void text_code_decode__refuses_what_is_cut_or_too_long(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        size_t n;
    } rows[] = {{"\xFF", 1}, {"\xFF\0", 2}, {"\xFF\2a", 3}, {"\xFF\4abcd", 6}, {"\xDA", 1},
        {"\x80", 1}, {"\x80\x80", 2}, {"abcd", 4}, {"ab", 2}};
    char text[3];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(text_code_decode(rows[i].code, rows[i].n, text, sizeof text), i == 5);
}

/* Indexes hold these codes: whoever changes one raises SEGMENT_FORMAT. */
static void text_code__is_that_of_this_segment_format(void **state)
{
    (void)state;
    uint64_t sum = 0xcbf29ce484222325u;
    for (uint32_t cp = 0x800; cp < 0xD800; cp++) {
        char c[UTF8_MAX_BYTES];
        buf_clear(&code);
        assert_true(text_code_encode(c, utf8_encode(cp, c), &code));
        for (size_t i = 0; i < code.len; i++)
            sum = (sum ^ (uint8_t)code.data[i]) * 0x100000001b3u;
    }
    assert_int_equal(sum, 0x9616165d78748f0du);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_code_encode__takes_a_byte_or_two_a_character),
        cmocka_unit_test(text_code_decode__gives_back_every_character),
        cmocka_unit_test(text_code_decode__gives_back_any_bytes),
        cmocka_unit_test(text_code_decode__refuses_what_is_cut_or_too_long),
        cmocka_unit_test(text_code__is_that_of_this_segment_format),
    };
    return cmocka_run_group_tests_name("text_code", tests, set_up, tear_down);
}
