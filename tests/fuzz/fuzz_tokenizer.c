// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes, in both modes: tokens lie in the text in order, each character of a run begins a term, the modes
 * differ by the ends of runs alone, and the short way through a run gives what the long one does. */
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tokenizer/tokenizer.h"

static void check_token(const struct token *t, const struct token *before, size_t n)
{
    uint32_t cp;
    MUST(t->term_len > 0 && t->term_len <= TOKENIZER_TERM_MAX);
    MUST(utf8_valid(t->term, t->term_len) == t->term_len);
    MUST(t->start < t->end && t->end <= n);
    MUST(t->start >= before->start && t->position >= before->position);
    utf8_decode(t->term, t->term_len, &cp);
    MUST(cp == t->first_cp);
    MUST((t->kind == TOKEN_BIGRAM) == (t->second_cp != 0));
    MUST(!t->is_masked || memchr(t->term, '*', t->term_len));
}

/* How many characters of the folded text are Han: each begins a term. */
static size_t count_han(const char *text, size_t n)
{
    struct folded_text f;
    struct folded_char c;
    size_t n_han = 0;
    folded_text_init(&f, text, n);
    while (folded_text_next(&f, &c))
        n_han += c.kind == CHAR_HAN;
    return n_han;
}

static void walk(const char *text, size_t n)
{
    struct tokenizer index, query;
    struct token t, q, before = {.start = 0};
    size_t n_runs = 0;
    tokenizer_init(&index, TOKENIZER_INDEX, text, n);
    tokenizer_init(&query, TOKENIZER_QUERY, text, n);
    bool has_query = tokenizer_next(&query, &q);
    while (tokenizer_next(&index, &t)) {
        check_token(&t, &before, n);
        before = t;
        n_runs += t.kind == TOKEN_BIGRAM || t.kind == TOKEN_SINGLE;
        bool is_same = has_query && q.kind == t.kind && q.start == t.start && q.end == t.end &&
                       q.term_len == t.term_len && memcmp(q.term, t.term, t.term_len) == 0;
        MUST(is_same || t.kind == TOKEN_SINGLE);
        if (is_same)
            has_query = tokenizer_next(&query, &q);
    }
    MUST(!has_query);
    MUST(n_runs == count_han(text, n));
}

/* The terms of up to max characters at a time against those of tokenizer_next alone. */
static void walk_by_runs(const char *text, size_t n, size_t max)
{
    struct tokenizer fast, slow;
    struct token t, s;
    uint32_t cps[64];
    tokenizer_init(&fast, TOKENIZER_INDEX, text, n);
    tokenizer_init(&slow, TOKENIZER_INDEX, text, n);
    for (;;) {
        size_t n_taken = tokenizer_next_runs(&fast, cps, max);
        MUST(n_taken <= max);
        for (size_t i = 0; i < n_taken; i++) {
            if (cps[i] == 0)
                continue;
            MUST(tokenizer_next(&slow, &s));
            MUST(s.kind == (cps[i + 1] ? TOKEN_BIGRAM : TOKEN_SINGLE));
            MUST(s.first_cp == cps[i] && s.second_cp == cps[i + 1]);
        }
        if (n_taken)
            continue;
        bool is_more = tokenizer_next(&fast, &t);
        MUST(is_more == tokenizer_next(&slow, &s));
        if (!is_more)
            return;
        MUST(t.kind == s.kind && t.start == s.start && t.end == s.end && t.position == s.position);
        MUST(t.term_len == s.term_len && memcmp(t.term, s.term, t.term_len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    size_t max = 1 + fuzz_byte(&in) % 63;
    char *text = fuzz_copy(in.at, in.n);
    walk(text, in.n);
    walk_by_runs(text, in.n, max);
    free(text);
    return 0;
}
