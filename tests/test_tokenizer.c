// SPDX-License-Identifier: GPL-2.0-or-later
/* tests/data/tokens.test, and what holds of any text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "tests/rows.h"
#include "tokenizer/tokenizer.h"

static uint64_t seed = 20230222;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

/* All terms with `|` between them. */
static void join_terms(enum tokenizer_mode mode, const char *text, size_t n, struct buf *out)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, mode, text, n);
    while (tokenizer_next(&tokenizer, &t)) {
        if (out->len)
            assert_true(buf_append_byte(out, '|'));
        assert_true(buf_append(out, t.term, t.term_len));
    }
    assert_non_null(buf_terminate(out));
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf terms;
    buf_init(&terms, 1 << 16);
    join_terms(strcmp(row->kind, "index") == 0 ? TOKENIZER_INDEX : TOKENIZER_QUERY, row->text,
        row->text_len, &terms);
    assert_string_equal(terms.data, row->expected);
    buf_release(&terms);
}

/* ---- single cases ---- */

static struct token nth_token(enum tokenizer_mode mode, const char *text, int n)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, mode, text, strlen(text));
    for (int i = 0; i <= n; i++)
        assert_true(tokenizer_next(&tokenizer, &t));
    t.term = NULL; /* lived in the tokenizer */
    return t;
}

static void tokenizer_next__covers_an_injected_reading_whole(void **state)
{
    (void)state;
    struct token t = nth_token(TOKENIZER_QUERY, "大會(huì )議", 1);
    assert_int_equal(t.start, strlen("大"));
    assert_int_equal(t.end, strlen("大會(huì )議"));
    t = nth_token(TOKENIZER_QUERY, "會(huì )", 0);
    assert_int_equal(t.end, strlen("會(huì )"));
}

static void tokenizer_next__says_kind_mask_characters_and_position(void **state)
{
    (void)state;
    struct token t = nth_token(TOKENIZER_INDEX, "约202*年", 2);
    assert_int_equal(t.kind, TOKEN_WORD);
    assert_true(t.is_masked);
    assert_int_equal(t.first_cp, '2');
    assert_int_equal(t.second_cp, 0);
    assert_int_equal(t.position, 1);
    t = nth_token(TOKENIZER_INDEX, "约202*年", 1);
    assert_int_equal(t.kind, TOKEN_JOINED);
    assert_int_equal(t.position, 0);
    assert_int_equal(t.first_cp, 0x7EA6);
    t = nth_token(TOKENIZER_INDEX, "約定", 0);
    assert_int_equal(t.kind, TOKEN_BIGRAM);
    assert_int_equal(t.first_cp, 0x7EA6);
    assert_int_equal(t.second_cp, 0x5B9A);
    t = nth_token(TOKENIZER_INDEX, "約定", 1);
    assert_int_equal(t.kind, TOKEN_SINGLE);
}

static void tokenizer_next__gives_the_parts_of_an_expansion_its_range(void **state)
{
    (void)state;
    struct token t = nth_token(TOKENIZER_INDEX, "重㌕", 1);
    assert_int_equal(t.start, 3);
    assert_int_equal(t.end, 6);
}

static void tokenizer_next__cuts_a_long_word_and_loses_nothing(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'x', sizeof text);
    struct tokenizer tokenizer;
    struct token t;
    size_t at = 0, n = 0;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, sizeof text);
    while (tokenizer_next(&tokenizer, &t)) {
        assert_int_equal(t.start, at);
        assert_true(t.term_len <= TOKENIZER_WORD_MAX);
        at = t.end;
        n++;
    }
    assert_int_equal(at, sizeof text);
    assert_int_equal(n, (sizeof text + TOKENIZER_WORD_MAX - 1) / TOKENIZER_WORD_MAX);
}

static void tokenizer_next__cuts_a_long_number_at_its_points_too(void **state)
{
    (void)state;
    char text[400];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "7.*"[i % 3];
    struct tokenizer tokenizer;
    struct token t;
    size_t at = 0;
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, text, sizeof text);
    while (tokenizer_next(&tokenizer, &t)) {
        assert_int_equal(t.start, at);
        assert_true(t.term_len > 0);
        at = t.end;
    }
    assert_int_equal(at, sizeof text);
}

/* ---- what holds of any text ---- */

struct judge {
    const char *text;
    size_t n, n_tokens, last_start;
    size_t *han_starts; /* of all CHAR_HAN in the folded text, in order */
    size_t n_han, han_at;
};

static void collect_han(struct judge *j)
{
    struct folded_text t;
    struct folded_char c;
    size_t last_end = 0, last_start = 0;
    folded_text_init(&t, j->text, j->n);
    while (folded_text_next(&t, &c)) {
        assert_true(c.start < c.end && c.end <= j->n);
        assert_true(
            c.start >= last_end || c.start == last_start); /* parts of an expansion share theirs */
        last_end = c.end;
        last_start = c.start;
        if (c.kind == CHAR_HAN)
            j->han_starts[j->n_han++] = c.start;
    }
}

static void judge_token(struct judge *j, const struct token *t)
{
    uint32_t cp;
    assert_true(t->start < t->end && t->end <= j->n);
    assert_true(t->start >= j->last_start);
    assert_true(t->term_len > 0 && t->term_len <= TOKENIZER_TERM_MAX);
    for (size_t i = 0; i < t->term_len;) {
        size_t len = utf8_decode(t->term + i, t->term_len - i, &cp);
        assert_true(len > 0);
        i += len;
    }
    utf8_decode(t->term, t->term_len, &cp);
    assert_int_equal(cp, t->first_cp);
    j->last_start = t->start;
    if (t->kind == TOKEN_BIGRAM || t->kind == TOKEN_SINGLE) {
        assert_true(j->han_at < j->n_han);
        assert_int_equal(t->start, j->han_starts[j->han_at]);
        j->han_at++;
    }
}

/* In index mode each character of a run begins exactly one bigram or single. */
static void judge_text(const char *text, size_t n)
{
    /* an expansion has up to 18 parts */
    struct judge j = {.text = text, .n = n, .han_starts = malloc((18 * n + 1) * sizeof(size_t))};
    struct tokenizer tokenizer;
    struct token t;
    assert_non_null(j.han_starts);
    collect_han(&j);
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t))
        judge_token(&j, &t);
    assert_int_equal(j.han_at, j.n_han);
    free(j.han_starts);
}

static void tokenizer_next__holds_its_invariants_on_random_bytes(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 5000; round++) {
        char text[200];
        size_t n = random_below(sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = (char)random_below(256);
        judge_text(text, n);
    }
}

/* Text of pieces that meet each rule, in any order. */
static size_t random_text(char *out, size_t max)
{
    static const char *const pieces[] = {"中", "国", "會", "(huì )", "（huì）", " ", "\n", "\r\n",
        "\n\n", "*", "**", ".", ",", "2", "023", "a", "C", "+", "#", "%", "é", "㌕", "㈠", "🙂",
        "\u200b", "\u0301", "\xff", "𨨏", "。", "，", "年", "蕤", "(", ")", "hui", "\u2029", "カ",
        "１", "½", "1,234", "\xe4\xb8", "\xef\xbb\xbf", "ﷺ"};
    size_t n = 0;
    for (uint32_t i = random_below(30); i > 0; i--) {
        const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
        if (n + strlen(piece) > max)
            break;
        memcpy(out + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static void tokenizer_next__holds_its_invariants_on_random_pieces(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 50000; round++) {
        char text[256];
        judge_text(text, random_text(text, sizeof text));
    }
}

/* A query cut from a text between two sentence stops asks for nothing but what indexing made of
 * that text. */
static void tokenizer_next__asks_only_for_terms_that_were_indexed(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 20000; round++) {
        char part[256], text[1024];
        size_t n = 0, part_len = random_text(part, sizeof part), filler;
        for (int i = 0; i < 3; i++) {
            filler = i == 1 ? part_len : random_text(text + n, 256);
            if (i == 1)
                memcpy(text + n, part, part_len);
            n += filler;
            memcpy(text + n, "\n\n。\n\n",
                strlen("\n\n。\n\n")); /* ends the line too: masks look along it */
            n += strlen("\n\n。\n\n");
        }
        struct buf indexed, asked;
        buf_init(&indexed, 1 << 16);
        buf_init(&asked, 1 << 16);
        assert_true(buf_append_byte(&indexed, '|'));
        join_terms(TOKENIZER_INDEX, text, n, &indexed);
        assert_true(buf_append_byte(&indexed, '|'));
        buf_terminate(&indexed);
        join_terms(TOKENIZER_QUERY, part, part_len, &asked);
        for (char *rest = NULL, *term = strtok_r(asked.data, "|", &rest); term;
             term = strtok_r(NULL, "|", &rest)) {
            char needle[TOKENIZER_TERM_MAX + 3];
            snprintf(needle, sizeof needle, "|%s|", term);
            if (!strstr(indexed.data, needle))
                fail_msg("'%s' is asked for but not in '%s'", term, indexed.data);
        }
        buf_release(&indexed);
        buf_release(&asked);
    }
}

/* Appends what the short way gave: n characters and one more. */
static void list_runs(const uint32_t *cps, size_t n, size_t position, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        char single[UTF8_MAX_BYTES];
        size_t len = cps[i] ? utf8_encode(cps[i], single) : 0;
        if (cps[i] && cps[i + 1])
            assert_true(buf_printf(out, "%zu:%x+%x ", position + i, cps[i], cps[i + 1]));
        else if (cps[i])
            assert_true(buf_printf(out, "%zu:%.*s ", position + i, (int)len, single));
    }
}

/* Each token as its characters and position, so that those taken by the short way look the same. */
static void list_tokens(const char *text, size_t n, size_t max, struct buf *out)
{
    struct tokenizer tokenizer;
    struct token t;
    uint32_t cps[8];
    buf_clear(out);
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    for (;;) {
        size_t position = tokenizer.position;
        size_t n_taken = max ? tokenizer_next_runs(&tokenizer, cps, max) : 0;
        assert_true(n_taken <= max);
        list_runs(cps, n_taken, position, out);
        if (n_taken)
            continue;
        if (!tokenizer_next(&tokenizer, &t))
            break;
        assert_true(t.kind == TOKEN_BIGRAM
                        ? buf_printf(out, "%zu:%x+%x ", t.position, t.first_cp, t.second_cp)
                        : buf_printf(out, "%zu:%.*s ", t.position, (int)t.term_len, t.term));
    }
}

static void tokenizer_next_runs__gives_what_tokenizer_next_would(void **state)
{
    (void)state;
    struct buf one, other;
    buf_init(&one, 1 << 16);
    buf_init(&other, 1 << 16);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 20000; round++) {
        char text[256];
        size_t n = random_text(text, sizeof text);
        list_tokens(text, n, 0, &one);
        list_tokens(text, n, 1 + (size_t)round % 7, &other);
        assert_int_equal(one.len, other.len);
        assert_true(one.len == 0 || memcmp(one.data, other.data, one.len) == 0);
    }
    list_tokens("国年中国年年国", strlen("国年中国年年国"), 3, &other);
    assert_string_equal(buf_terminate(&other), "0:56fd+5e74 1:5e74+4e2d 2:4e2d+56fd 3:56fd+5e74 "
                                               "4:5e74+5e74 5:5e74+56fd 6:国 ");
    list_tokens("中国，年。》国", strlen("中国，年。》国"), 7, &other);
    assert_string_equal(buf_terminate(&other), "0:4e2d+56fd 1:国 3:年 6:国 ");
    buf_release(&one);
    buf_release(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenizer_next__covers_an_injected_reading_whole),
        cmocka_unit_test(tokenizer_next__says_kind_mask_characters_and_position),
        cmocka_unit_test(tokenizer_next__gives_the_parts_of_an_expansion_its_range),
        cmocka_unit_test(tokenizer_next__cuts_a_long_word_and_loses_nothing),
        cmocka_unit_test(tokenizer_next__cuts_a_long_number_at_its_points_too),
        cmocka_unit_test(tokenizer_next__holds_its_invariants_on_random_bytes),
        cmocka_unit_test(tokenizer_next__holds_its_invariants_on_random_pieces),
        cmocka_unit_test(tokenizer_next_runs__gives_what_tokenizer_next_would),
        cmocka_unit_test(tokenizer_next__asks_only_for_terms_that_were_indexed),
    };
    if (getenv("DUAN_SEED"))
        seed = strtoull(getenv("DUAN_SEED"), NULL, 10);
    return rows_run("tokens.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
