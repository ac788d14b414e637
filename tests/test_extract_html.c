// SPDX-License-Identifier: GPL-2.0-or-later
/* HTML: rows of pages, and what they become: `kind text` a block, T for text, 1 to 6 for a heading, I for an item, R for a row;
 * and title= and date= for what the page states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "extract/parsers.h"
#include "tests/rows.h"

static enum status note_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    static const char *const names[] = {"title", "date", "author"};
    (void)err;
    assert_true(buf_printf(arg, "%s=%.*s\n", names[what], (int)n, text));
    return STATUS_OK;
}

static enum status note_block(void *arg, const struct block *b, struct error *err)
{
    (void)err;
    char kind = b->kind == BLOCK_HEADING ? (char)('0' + b->level) : "T?IR"[b->kind];
    assert_true(buf_printf(arg, "%c %.*s\n", kind, (int)b->n, b->text));
    return STATUS_OK;
}

static void parse(const char *bytes, size_t n, struct buf *out)
{
    const struct document_input in = {bytes, n, ENCODING_UNKNOWN};
    const struct document_sink sink = {out, note_meta, note_block};
    struct error err;
    buf_init(out, 64 << 20);
    assert_int_equal(parse_html(&in, &sink, &err), STATUS_OK);
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf out;
    parse(row->text, row->text_len, &out);
    assert_true(buf_append_byte(&out, '\0'));
    assert_string_equal(out.data, row->expected);
    buf_release(&out);
}

/* Nested far deeper than any stack: the text comes out all the same. */
static void parse_html__takes_any_depth(void **state)
{
    static const char div[] = "<div>", table[] = "<table><tr><td>";
    struct buf page, out;
    (void)state;
    buf_init(&page, 64 << 20);
    for (int i = 0; i < 100000; i++)
        assert_true(buf_append(&page, div, sizeof div - 1));
    for (int i = 0; i < 2000; i++)
        assert_true(buf_append(&page, table, sizeof table - 1));
    assert_true(buf_append_str(&page, "营商环境"));
    parse(page.data, page.len, &out);
    assert_true(buf_append_byte(&out, '\0'));
    assert_string_equal(out.data, "T 营商环境\n");
    buf_release(&page);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parse_html__takes_any_depth)};
    int failed = rows_run("html.test", check_row);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
