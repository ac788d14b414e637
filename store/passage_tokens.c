// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/passage_tokens.h"

enum status passage_tokens_init(struct passage_tokens *p, struct error *err)
{
    p->n_tokens = p->len = 0;
    p->n_waiting = 0;
    return char_counter_init(&p->chars, err);
}

void passage_tokens_release(struct passage_tokens *p)
{
    char_counter_release(&p->chars);
}

void passage_tokens_begin(struct passage_tokens *p, const char *text, size_t n)
{
    tokenizer_init(&p->tokenizer, TOKENIZER_INDEX, text, n);
    p->n_waiting = 0;
    p->len = 0;
}

/* The ends of runs that nothing else begins with, once all that could have been walked by. */
static bool next_waiting(struct passage_tokens *p, struct token *out)
{
    while (p->n_waiting) {
        uint32_t cp = p->waiting[--p->n_waiting];
        if (char_counter_has_begun(&p->chars, cp))
            continue;
        *out = (struct token){.term = p->term,
            .term_len = utf8_encode(cp, p->term),
            .first_cp = cp,
            .kind = TOKEN_SINGLE};
        return true;
    }
    char_counter_end_passage(&p->chars);
    p->n_tokens += p->len;
    return false;
}

bool passage_tokens_next(struct passage_tokens *p, struct token *out)
{
    while (tokenizer_next(&p->tokenizer, out)) {
        p->len++;
        if (out->kind == TOKEN_WORD)
            return true;
        if (out->kind != TOKEN_SINGLE) {
            char_counter_begin(&p->chars, out->first_cp, out->kind == TOKEN_BIGRAM);
            return true;
        }
        char_counter_add(&p->chars, out->first_cp);
        if (p->n_waiting == WAITING_MAX || out->first_cp >= CHAR_COUNTER_MAX)
            return true;
        p->waiting[p->n_waiting++] = out->first_cp;
    }
    return next_waiting(p, out);
}

size_t passage_tokens_next_runs(struct passage_tokens *p, uint32_t *cps, size_t max)
{
    if (WAITING_MAX - p->n_waiting < max)
        return 0; /* some might have to be posted */
    size_t n = tokenizer_next_runs(&p->tokenizer, cps, max);
    for (size_t i = 0; i < n; i++) {
        if (cps[i] == 0)
            continue;
        p->len++;
        if (cps[i + 1])
            char_counter_begin(&p->chars, cps[i], true);
        else
            char_counter_add(&p->chars, p->waiting[p->n_waiting++] = cps[i]);
    }
    return n;
}
