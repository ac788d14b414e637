// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "common/buf.h"
#include "store/passage_tokens.h"

static struct error err;
static struct passage_tokens tokens;

static int set_up(void **state)
{
    (void)state;
    return passage_tokens_init(&tokens, &err);
}

static int tear_down(void **state)
{
    (void)state;
    passage_tokens_release(&tokens);
    return 0;
}

/* The terms to post, `|` between them; borrowed until the next call. */
static const char *terms_of(const char *text, size_t n)
{
    static struct buf out;
    struct token t;
    buf_release(&out);
    buf_init(&out, SIZE_MAX);
    passage_tokens_begin(&tokens, text, n);
    while (passage_tokens_next(&tokens, &t))
        assert_true(
            (out.len == 0 || buf_append_byte(&out, '|')) && buf_append(&out, t.term, t.term_len));
    return buf_terminate(&out);
}

static void passage_tokens_next__leaves_out_what_another_term_begins_with(void **state)
{
    (void)state;
    static const struct {
        const char *text, *terms;
        uint32_t len;
    } rows[] = {
        {"中国经济", "中国|国经|经济|济", 4},
        {"中国经济，经济", "中国|国经|经济|经济|济|济", 6},
        {"济南经济", "济南|南经|经济", 4},
        {"经济。济南", "经济|济南|南", 4},
        {"大大", "大大", 2},
        {"大", "大", 1},
        {"在2020年，年底", "在2020|2020|2020年|年底|底", 7},
        {"GDP A股", "gdp|a|a股|股", 4},
        {"", "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(terms_of(rows[i].text, strlen(rows[i].text)), rows[i].terms);
        assert_int_equal(tokens.len, rows[i].len);
    }
    assert_int_equal(tokens.n_tokens, 32);
}

static void passage_tokens_next__forgets_the_passage_before(void **state)
{
    (void)state;
    assert_string_equal(terms_of("济南", 6), "济南|南");
    assert_string_equal(terms_of("经济", 6), "经济|济");
    assert_int_equal(tokens.chars.counts[0x6D4E].n_passages, 2); /* 济 */
    assert_int_equal(tokens.chars.counts[0x6D4E].n_occurrences, 2);
}

/* More ends of runs than may wait: some are posted that need not be, and none is lost. */
static void passage_tokens_next__posts_at_once_what_cannot_wait(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < WAITING_MAX + 2; i++)
        assert_true(buf_append_str(&text, "济，"));
    assert_true(buf_append_str(&text, "济南"));
    assert_string_equal(terms_of(text.data, text.len), "济|济|济南|南");
    assert_int_equal(tokens.len, WAITING_MAX + 4);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            passage_tokens_next__leaves_out_what_another_term_begins_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            passage_tokens_next__forgets_the_passage_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            passage_tokens_next__posts_at_once_what_cannot_wait, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("passage_tokens", tests, NULL, NULL);
}
