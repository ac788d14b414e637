// SPDX-License-Identifier: GPL-2.0-or-later
/* RTF: rows of documents, and what they become: `kind text` a block, T for text, 1 to 9 for a heading, I for an item, R for a
 * row; title=, date= and author= for what the document states of itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/parsers.h"
#include "extract/rtf.h"
#include "tests/blocks.h"
#include "tests/rows.h"

static const char head[] = "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}"
                           "{\\f1\\fcharset0 Arial;}{\\f2\\fcharset136 MingLiU{\\*\\falt x};}"
                           "{\\f3\\fcharset1 x;}}";

static void document_of(const char *text, size_t n, struct buf *out)
{
    buf_init(out, 1 << 20);
    assert_true(buf_append(out, head, sizeof head - 1) && buf_append(out, text, n) &&
                buf_append_byte(out, '}'));
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf document, out;
    struct error err;
    document_of(row->text, row->text_len, &document);
    if (blocks_of(parse_rtf, document.data, document.len, 0, &out, &err) != STATUS_OK)
        fail_msg("%s", err.message);
    assert_string_equal(buf_terminate(&out), row->expected);
    buf_release(&out);
    for (size_t n = 0; n < document.len; n++) { /* each of its beginnings is damaged, and says so */
        assert_int_equal(blocks_of(parse_rtf, document.data, n, 0, &out, &err), STATUS_BAD_INPUT);
        assert_memory_equal(err.message, "damaged RTF", 11);
        buf_release(&out);
    }
    buf_release(&document);
}

static void check_flips(void **state)
{
    const struct row *row = *state;
    struct buf document;
    document_of(row->text, row->text_len, &document);
    blocks_survive_flips(parse_rtf, document.data, document.len, 200);
    buf_release(&document);
}

static void check_row_and_flips(void **state)
{
    check_row(state);
    check_flips(state);
}

static void parse_rtf__refuses_groups_nested_too_deep(void **state)
{
    struct buf document, out;
    struct error err;
    (void)state;
    for (int depth = RTF_DEPTH_MAX - 2; depth <= RTF_DEPTH_MAX - 1; depth++) {
        buf_init(&document, 1 << 20);
        assert_true(buf_append_str(&document, "{\\rtf1 x"));
        for (int i = 0; i < depth; i++)
            assert_true(buf_append_byte(&document, '{'));
        for (int i = 0; i <= depth; i++)
            assert_true(buf_append_byte(&document, '}'));
        bool is_ok = depth < RTF_DEPTH_MAX - 1;
        assert_int_equal(blocks_of(parse_rtf, document.data, document.len, 0, &out, &err),
            is_ok ? STATUS_OK : STATUS_BAD_INPUT);
        if (is_ok)
            assert_string_equal(buf_terminate(&out), "T x\n");
        else
            assert_string_equal(err.message, "RTF nested too deep");
        buf_release(&out);
        buf_release(&document);
    }
}

static void parse_rtf__cuts_no_character_where_a_run_is_long(void **state)
{
    struct buf document, out;
    struct error err;
    (void)state;
    buf_init(&document, 1 << 20);
    assert_true(buf_append_str(&document, "{\\rtf1\\ansicpg936 x"));
    for (int i = 0; i < 5000; i++)
        assert_true(buf_append_str(&document, "\\'d3\\'aa"));
    assert_true(buf_append_byte(&document, '}'));
    assert_int_equal(blocks_of(parse_rtf, document.data, document.len, 0, &out, &err), STATUS_OK);
    assert_int_equal(out.len, 3 + 5000 * 3 + 1);
    for (size_t i = 3; i + 1 < out.len; i += 3)
        assert_memory_equal(out.data + i, "营", 3);
    buf_release(&out);
    buf_release(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_rtf__refuses_groups_nested_too_deep),
        cmocka_unit_test(parse_rtf__cuts_no_character_where_a_run_is_long),
    };
    int failed = rows_run("rtf.test", check_row_and_flips);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
