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
static struct text_code_map map;

static int set_up(void **state)
{
    (void)state;
    buf_init(&code, SIZE_MAX);
    text_code_map_init(&map, SIZE_MAX / 8);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_release(&code);
    text_code_map_release(&map);
    return 0;
}

/* Of a copy behind which nothing may be read. */
static bool is_code(const char *bytes, size_t n)
{
    static char *copy;
    bool is_no_memory;
    free(copy);
    copy = malloc(n + !n);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    bool is = text_code_map_make(&map, copy, n, &is_no_memory);
    assert_false(is_no_memory);
    return is;
}

static void assert_lines(const char *text, size_t n)
{
    size_t line = 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\n') {
            assert_true(line < map.n_lines);
            assert_int_equal(text_code_map_lines(&map)[line++], i);
        }
    assert_int_equal(line, map.n_lines);
}

/* Reads the text in parts of so many bytes. */
static void assert_parts(const char *text, size_t n, size_t part)
{
    for (size_t at = 0; at < n; at += part) {
        size_t n_part = n - at < part ? n - at : part;
        char *back = malloc(n_part);
        assert_non_null(back);
        text_code_map_read(&map, at, n_part, back);
        assert_memory_equal(back, text + at, n_part);
        free(back);
    }
}

/* Codes the text, decodes it whole and in parts, and leaves the code in `code`. */
static void assert_returns(const char *text, size_t n)
{
    buf_clear(&code);
    assert_true(text_code_encode(text, n, &code));
    assert_true(code.len <= TEXT_CODE_BOUND(n));
    assert_true(is_code(code.data, code.len));
    assert_int_equal(map.n_text, n);
    assert_lines(text, n);
    assert_parts(text, n, SIZE_MAX);
    assert_parts(text, n, 1 + n % 97);
    assert_parts(text, n, 1 + n / 2);
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
static void text_code__gives_back_every_character(void **state)
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

static void text_code__gives_back_any_bytes(void **state)
{
    (void)state;
    uint64_t random = 20260101;
    for (size_t round = 0; round < 2000; round++) {
        char bytes[700];
        size_t n = round % sizeof bytes;
        for (size_t i = 0; i < n; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            bytes[i] = (char)(random >> 40 | (round % 2 ? 0x80 : 0));
            if (random >> 60 == 0)
                bytes[i] = '\n';
        }
        assert_returns(bytes, n);
    }
}

static void text_code_map_make__refuses_what_is_cut(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        size_t n, n_text; /* 0: refused */
    } rows[] = {{"\xFF", 1, 0}, {"\xFF\0", 2, 0}, {"\xFF\2a", 3, 0}, {"\xFF\1a\xFF\1", 5, 0},
        {"\xDA", 1, 0}, {"ab\xDA", 3, 0}, {"\xDA\xDA\xFE", 3, 0}, {"\x80", 1, 3},
        {"\xDA\xFF", 2, 3}, {"\xFE\xFE\xFE\xFF\xFF\2a\n", 8, 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(is_code(rows[i].code, rows[i].n), rows[i].n_text > 0);
        if (rows[i].n_text)
            assert_int_equal(map.n_text, rows[i].n_text);
    }
    assert_int_equal(map.n_lines, 1); /* in an escape, where we put none */
    assert_int_equal(text_code_map_lines(&map)[0], 7);
}

/* Leads and what follows them, in runs of every length before and behind the end of a window. */
static void text_code_map_make__tells_seconds_from_leads(void **state)
{
    (void)state;
    for (size_t before = 0; before < 70; before++)
        for (size_t n_leads = 0; n_leads < 140; n_leads++) {
            char bytes[220];
            size_t n = 0;
            memset(bytes, 'a', before);
            memset(bytes + before, 0xDA, n_leads);
            n = before + n_leads;
            bytes[n++] = 'b';
            assert_true(is_code(bytes, n));
            assert_int_equal(map.n_text, before + (n_leads + n_leads % 2) / 2 * 3 + !(n_leads % 2));
        }
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
        cmocka_unit_test(text_code__gives_back_every_character),
        cmocka_unit_test(text_code__gives_back_any_bytes),
        cmocka_unit_test(text_code_map_make__refuses_what_is_cut),
        cmocka_unit_test(text_code_map_make__tells_seconds_from_leads),
        cmocka_unit_test(text_code__is_that_of_this_segment_format),
    };
    return cmocka_run_group_tests_name("text_code", tests, set_up, tear_down);
}
