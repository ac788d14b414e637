// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/tokenizer.h"

#include <string.h>

#include "common/utf8.h"
#include "tokenizer/emphasis.h"
#include "tokenizer/folded_plain.h"

enum {
    PER_MILLE = 0x2030,
};

void tokenizer_init(struct tokenizer *t, enum tokenizer_mode mode, const char *text, size_t n)
{
    folded_text_init(&t->text, text, n);
    t->mode = mode;
    t->is_inside_run = t->has_han_before = false;
    t->position = t->no_mask_before = 0;
    t->last = WORD_NONE;
    t->group = 0;
    t->queue_at = t->queue_len = 0;
    t->has_ahead = folded_text_next(&t->text, &t->ahead);
}

static void advance(struct tokenizer *t)
{
    t->position++;
    t->has_ahead = folded_text_next(&t->text, &t->ahead);
}

/* The character behind `ahead`; class CHAR_SPACE at the end of the text. */
static struct folded_char peek(const struct tokenizer *t)
{
    struct folded_text look = t->text;
    struct folded_char next = {.kind = CHAR_SPACE};
    folded_text_next(&look, &next);
    return next;
}

/* ---- masks ---- */

/* Does a digit follow `c` (an asterisk, *look behind it) through nothing but asterisks and single
 * points? */
static bool reaches_digit(struct folded_text *look)
{
    struct folded_char c;
    bool after_point = false;
    while (folded_text_next(look, &c)) {
        if (c.kind == CHAR_DIGIT)
            return true;
        if (c.cp != '*' && (c.cp != '.' || after_point))
            return false;
        after_point = c.cp == '.';
    }
    return false;
}

/* Do the asterisks in front of *look end a number? Else a digit follows them, or a point and more
 * of a number. */
static bool ends_number(struct folded_text look)
{
    struct folded_char c;
    do {
        if (!folded_text_next(&look, &c))
            return true;
    } while (c.cp == '*');
    if (c.cp == '.' && (!folded_text_next(&look, &c) || c.cp == '*'))
        return c.cp != '*';
    return c.kind != CHAR_DIGIT;
}

/* Is the asterisk `c` a mask, behind a part of a word or none? *look is the text behind it. */
static bool is_mask(
    struct tokenizer *t, struct folded_char c, enum word_part last, const struct folded_text *look)
{
    if (last == WORD_MASK) /* the first of a stretch speaks for all */
        return true;
    if (c.start < t->no_mask_before)
        return false;
    bool is_leading = last == WORD_NONE || last == WORD_LETTER;
    if (emphasis_has_partner(t->text.text, t->text.n, c.start) &&
        (is_leading || ends_number(*look))) {
        t->no_mask_before = c.start + 2;
        return false;
    }
    struct folded_text ahead = *look;
    if (is_leading && !reaches_digit(&ahead)) {
        t->no_mask_before = ahead.at;
        return false;
    }
    return true;
}

/* ---- words ---- */

/* The word at hand: a whole one, or a piece of one that is too long. */
struct word {
    char *term;
    size_t len, start, end, position;
    uint32_t first_cp;
    bool is_masked;
};

/* Do exactly three digits follow the comma at `ahead`? Asked of the folded text, where a full-width
 * comma is the same: a quoted text, which is compared folded, must be cut as the passage was. */
static bool is_before_three_digits(const struct tokenizer *t)
{
    struct folded_text look = t->text;
    struct folded_char next;
    int n_digits = 0;
    while (n_digits < 4 && folded_text_next(&look, &next) && next.kind == CHAR_DIGIT)
        n_digits++;
    return n_digits == 3;
}

static bool is_inner_point(struct tokenizer *t)
{
    if (t->last != WORD_DIGIT && t->last != WORD_MASK)
        return false;
    struct folded_text look = t->text;
    struct folded_char next;
    if (!folded_text_next(&look, &next))
        return false;
    return next.kind == CHAR_DIGIT || (next.cp == '*' && is_mask(t, next, WORD_POINT, &look));
}

/* What `ahead` is to the word, WORD_NONE when it ends it. */
static enum word_part word_part(struct tokenizer *t)
{
    const struct folded_char *c = &t->ahead;
    if (!t->has_ahead)
        return WORD_NONE;
    if (c->kind == CHAR_LETTER)
        return WORD_LETTER;
    if (c->kind == CHAR_DIGIT)
        return WORD_DIGIT;
    if (c->cp == '*')
        return is_mask(t, *c, t->last, &t->text) ? WORD_MASK : WORD_NONE;
    if (c->cp == '.')
        return is_inner_point(t) ? WORD_POINT : WORD_NONE;
    if (c->cp == ',' && t->group >= 1 && t->group <= 3 && is_before_three_digits(t))
        return WORD_POINT;
    return WORD_NONE;
}

static void word_add(struct word *w, const struct folded_char *c)
{
    if (!w->len)
        w->first_cp = c->cp;
    w->len += utf8_encode(c->cp, w->term + w->len);
    w->end = c->end;
    w->is_masked |= c->cp == '*';
}

static size_t utf8_length(uint32_t cp)
{
    return cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
}

/* Reads a word, or as much of it as one token holds. */
static void word_read(struct tokenizer *t, struct word *w)
{
    w->start = t->ahead.start;
    w->position = t->position;
    enum word_part part;
    while ((part = word_part(t)) != WORD_NONE &&
           w->len + utf8_length(t->ahead.cp) <= TOKENIZER_WORD_MAX) {
        word_add(w, &t->ahead);
        t->last = part;
        if (part == WORD_DIGIT && t->group >= 0 && t->group < 4)
            t->group++;
        else
            t->group = t->ahead.cp == ',' ? 0 : -1;
        advance(t);
    }
}

static struct token *enqueue(struct tokenizer *t, const struct word *w, enum token_kind kind)
{
    struct token *token = &t->queue[t->queue_len];
    char *term = t->terms[t->queue_len++];
    if (term != w->term)
        memcpy(term, w->term, w->len);
    *token = (struct token){.term = term,
        .term_len = w->len,
        .start = w->start,
        .end = w->end,
        .position = w->position,
        .first_cp = w->first_cp,
        .kind = kind,
        .is_masked = w->is_masked};
    return token;
}

static void enqueue_joined_before(struct tokenizer *t, const struct word *w)
{
    const struct folded_char *han = &t->han_before;
    struct token *token = &t->queue[t->queue_len];
    char *term = t->terms[t->queue_len++];
    size_t len = utf8_encode(han->cp, term);
    memcpy(term + len, w->term, w->len);
    *token = (struct token){.term = term,
        .term_len = len + w->len,
        .start = han->start,
        .end = w->end,
        .position = w->position - 1,
        .first_cp = han->cp,
        .kind = TOKEN_JOINED,
        .is_masked = w->is_masked};
}

/* Appends `ahead` to the queued token. */
static void join_ahead(struct tokenizer *t, struct token *token)
{
    token->term_len += utf8_encode(t->ahead.cp, t->terms[t->queue_len - 1] + token->term_len);
    token->end = t->ahead.end;
}

/* Does `ahead` begin a sign of the word that ended before it? */
static bool is_sign(const struct tokenizer *t)
{
    bool is_number = t->last == WORD_DIGIT || t->last == WORD_MASK;
    switch (t->ahead.cp) {
    case '%':
    case PER_MILLE:
        return is_number;
    case '+':
        return t->last == WORD_LETTER && peek(t).cp == '+';
    case '#':
        return true;
    default:
        return false;
    }
}

static void enqueue_with_sign(struct tokenizer *t, const struct word *w)
{
    struct token *token = enqueue(t, w, TOKEN_JOINED);
    if (t->ahead.cp == '+') {
        join_ahead(t, token);
        advance(t);
    }
    join_ahead(t, token);
    advance(t);
}

/* Queues the tokens of the word at `ahead`, in the order of their starts. */
static void read_word(struct tokenizer *t)
{
    char term[TOKENIZER_WORD_MAX];
    struct word w = {.term = term};
    t->queue_at = t->queue_len = 0;
    word_read(t, &w);
    if (t->has_han_before)
        enqueue_joined_before(t, &w);
    t->has_han_before = false;
    enqueue(t, &w, TOKEN_WORD);
    if (word_part(t) != WORD_NONE) /* the next piece goes on from here */
        return;
    if (t->has_ahead && t->ahead.kind == CHAR_HAN)
        join_ahead(t, enqueue(t, &w, TOKEN_JOINED));
    else if (t->has_ahead && is_sign(t))
        enqueue_with_sign(t, &w);
    t->last = WORD_NONE;
    t->group = 0;
}

/* ---- runs ---- */

static inline size_t put_han(uint32_t cp, char *out)
{
    if (cp < 0x800 || cp > 0xFFFF)
        return utf8_encode(cp, out);
    out[0] = (char)(0xE0 | cp >> 12);
    out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[2] = (char)(0x80 | (cp & 0x3F));
    return 3;
}

/* The token of the characters a and b, b NULL at the end of a run. */
static inline void fill_run_token(struct tokenizer *t, const struct folded_char *a,
    const struct folded_char *b, struct token *out)
{
    char *term = t->terms[0];
    size_t len = put_han(a->cp, term);
    if (b)
        len += put_han(b->cp, term + len);
    out->term = term;
    out->term_len = len;
    out->start = a->start;
    out->end = b ? b->end : a->end;
    out->position = t->position++;
    out->first_cp = a->cp;
    out->second_cp = b ? b->cp : 0;
    out->kind = b ? TOKEN_BIGRAM : TOKEN_SINGLE;
    out->is_masked = false;
}

/* Takes the Han character at `ahead`; false when it begins no token in this mode. */
static bool han_token(struct tokenizer *t, struct token *out)
{
    struct folded_char han = t->ahead;
    bool was_inside = t->is_inside_run;
    t->has_ahead = folded_text_next(&t->text, &t->ahead);
    t->is_inside_run = t->has_ahead && t->ahead.kind == CHAR_HAN;
    if (!t->is_inside_run) {
        t->han_before = han;
        t->has_han_before = true;
        if (t->mode == TOKENIZER_QUERY && was_inside) {
            t->position++;
            return false;
        }
    }
    fill_run_token(t, &han, t->is_inside_run ? &t->ahead : NULL, out);
    return true;
}

static void read_emoji(struct tokenizer *t)
{
    char term[UTF8_MAX_BYTES];
    struct word w = {.term = term, .start = t->ahead.start, .position = t->position};
    t->queue_at = t->queue_len = 0;
    t->has_han_before = false;
    word_add(&w, &t->ahead);
    enqueue(t, &w, TOKEN_WORD);
    advance(t);
}

static void skip(struct tokenizer *t)
{
    t->has_han_before = false;
    advance(t);
}

/* Everything but the middle of a run. Apart, so that the short way does not pay for its stack. */
static __attribute__((noinline)) bool next_of_any_kind(struct tokenizer *t, struct token *out)
{
    while (t->queue_at == t->queue_len && t->has_ahead) {
        enum char_class class = t->ahead.kind;
        if (class == CHAR_HAN) {
            if (han_token(t, out))
                return true;
        } else if (class == CHAR_LETTER || class == CHAR_DIGIT || t->last != WORD_NONE ||
                   (t->ahead.cp == '*' && is_mask(t, t->ahead, t->last, &t->text))) {
            read_word(t);
        } else if (class == CHAR_EMOJI) {
            read_emoji(t);
        } else {
            skip(t);
        }
    }
    if (t->queue_at == t->queue_len)
        return false;
    *out = t->queue[t->queue_at++];
    return true;
}

bool tokenizer_next(struct tokenizer *t, struct token *out)
{
    struct folded_char next;
    if (t->queue_at != t->queue_len || !t->has_ahead || t->ahead.kind != CHAR_HAN ||
        !folded_text_next_plain(&t->text, &next))
        return next_of_any_kind(t, out);
    fill_run_token(t, &t->ahead, &next, out);
    t->ahead = next;
    t->is_inside_run = true;
    return true;
}

size_t tokenizer_next_runs(struct tokenizer *t, uint32_t *cps, size_t max)
{
    if (t->queue_at != t->queue_len || !t->has_ahead || t->ahead.kind != CHAR_HAN)
        return 0;
    cps[0] = t->ahead.cp;
    size_t n = folded_text_take_plain(&t->text, cps + 1, max, false, &t->ahead);
    if (n == 0)
        return 0;
    t->position += n;
    t->is_inside_run = cps[n] && cps[n - 1];
    t->has_han_before = false;
    return n;
}
