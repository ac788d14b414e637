// SPDX-License-Identifier: GPL-2.0-or-later
/* The paragraph under way: what comes out of pieces of text, and how much at most. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "extract/block_writer.h"

static enum status note_block(void *arg, const struct block *b, struct error *err)
{
    (void)err;
    assert_true(b->n > 0 && b->n <= BLOCK_BYTES_MAX);
    bool is_long = b->n > 100;
    assert_true(is_long ? buf_printf(arg, "%u %zu bytes\n", b->page, b->n)
                        : buf_printf(arg, "%u %.*s\n", b->page, (int)b->n, b->text));
    return STATUS_OK;
}

static void assert_blocks(struct block_writer *w, struct buf *out, const char *expected)
{
    block_end(w, BLOCK_TEXT, 0);
    assert_int_equal(w->status, STATUS_OK);
    assert_string_equal(buf_terminate(out), expected);
    block_writer_release(w);
    buf_release(out);
}

static void block_text__puts_the_end_of_a_page_where_text_goes_on(void **state)
{
    struct block_writer w;
    struct buf out;
    struct error err;
    const struct document_sink sink = {.arg = &out, .block = note_block};
    (void)state;
    buf_init(&out, 1 << 16);
    block_writer_init(&w, &sink, &err);
    w.page = 3;
    block_text(&w, "one ", 4);
    block_next_page(&w);
    block_next_page(&w);
    block_text(&w, " \xEF\xBB\xBFtwo", 7); /* a mark that shows nothing is no text */
    block_next_page(&w);
    block_text(&w, " ", 1);
    block_end(&w, BLOCK_TEXT, 0); /* nothing came on that page */
    block_text(&w, " three", 6);
    assert_blocks(&w, &out, "3 one\f\ftwo\n6 three\n");
}

/* Broken bytes become three bytes each, where only one more seemed to fit. */
static void block_text__never_gives_more_than_a_block_holds(void **state)
{
    (void)state;
    for (size_t before = 6; before; before--) {
        struct block_writer w;
        struct buf out;
        struct error err;
        const struct document_sink sink = {.arg = &out, .block = note_block};
        size_t n = BLOCK_BYTES_MAX - before;
        char *text = malloc(n);
        assert_non_null(text);
        memset(text, 'a', n);
        buf_init(&out, 1 << 16);
        block_writer_init(&w, &sink, &err);
        block_text(&w, text, n);
        block_text(&w, " \xFF \xFF \xFF", 6);
        block_end(&w, BLOCK_TEXT, 0);
        assert_int_equal(w.status, STATUS_OK);
        free(text);
        block_writer_release(&w);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(block_text__puts_the_end_of_a_page_where_text_goes_on),
        cmocka_unit_test(block_text__never_gives_more_than_a_block_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
