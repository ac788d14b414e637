// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/rank.h"

#include <string.h>

#include "store/schema.h"

/* k1 and b of the terms counted anew; those of the first pass are schema.h's. */
#define TERM_K1 2.0
#define TERM_B 0.9
#define FIRST_PASS_WEIGHT 0.5
#define TERM_WEIGHT 0.25
#define CHARS_WEIGHT 0.4
#define SENTENCE_WEIGHT 0.4
#define OPENING_WEIGHT 0.35
#define STRETCH_WEIGHT 0.2
#define PAIR_WEIGHT 0.1
#define SECTION_WEIGHT 0.3
#define TITLE_WEIGHT 2.0
enum {
    OPENING_CHARS = 40,
    STRETCH_CHARS = 40,
    STRETCH_RING = 64,  /* a power of two above STRETCH_CHARS */
    PAIR_QUERY_MIN = 2, /* how far apart in the query, in characters */
    PAIR_QUERY_MAX = 4,
    PAIR_TEXT_MAX = 8, /* and at most how far in the text */
};

/* Xapian's BM25 saturates at k1 * WDF_SCALE + 1, the textbook's at k1 + 1. */
static const double first_pass_scale = (BM25_K1 + 1) / (WDF_SCALE * BM25_K1 + 1);

/* Another writing that is a term: of digits, so no bigram. */
static bool is_variant(const struct plan_term *term, const struct token *t)
{
    if (t->kind != TOKEN_WORD && t->kind != TOKEN_JOINED)
        return false;
    for (size_t i = 0; i < term->variants.n; i++)
        if (!term->variants.at[i].phrase && term->variants.at[i].n == t->term_len &&
            memcmp(term->variants.at[i].bytes, t->term, t->term_len) == 0)
            return true;
    return false;
}

static bool is_term(const struct plan_term *term, const struct token *t)
{
    if (term->is_prefix)
        return term->first_cp == t->first_cp &&
               (t->kind == TOKEN_BIGRAM || t->kind == TOKEN_SINGLE);
    if (term->first_cp == t->first_cp && term->n == t->term_len &&
        memcmp(term->bytes, t->term, t->term_len) == 0)
        return true;
    return is_variant(term, t);
}

/* How the term that begins at f[at] stands there: a part of a number only with it. */
static enum number_standing stands(
    const struct plan_term *term, const struct folded_passage *f, size_t at)
{
    if (!term->number)
        return NUMBER_WHOLE;
    if (term->number_at > (ptrdiff_t)at)
        return NUMBER_NOWHERE;
    const struct plan_number *number = term->number;
    return number_stands_at(number->cps, number->n, f, (size_t)((ptrdiff_t)at - term->number_at));
}

int plan_find_token(const struct plan *plan, const struct folded_passage *f, const struct token *t)
{
    for (size_t i = 0; i < plan->n_terms; i++) {
        const struct plan_term *term = &plan->terms[i];
        if (is_term(term, t) &&
            (is_variant(term, t) || stands(term, f, t->position) != NUMBER_NOWHERE))
            return (int)i;
    }
    return -1;
}

/* ---- what is looked for ---- */

static size_t slot_of(const struct ranker *r, uint32_t cp)
{
    size_t at = cp * 0x9E3779B1u >> 23;
    while (r->slots[at].cp && r->slots[at].cp != cp)
        at = (at + 1) % RANKER_SLOTS;
    return at;
}

static struct ranker_slot *enter(struct ranker *r, uint32_t cp)
{
    struct ranker_slot *slot = &r->slots[slot_of(r, cp)];
    if (!slot->cp)
        *slot = (struct ranker_slot){cp, -1, -1, -1};
    r->seen[cp / 64 % 16] |= (uint64_t)1 << cp % 64;
    return slot;
}

static const struct ranker_slot *look_up(const struct ranker *r, uint32_t cp)
{
    if (!(r->seen[cp / 64 % 16] >> cp % 64 & 1))
        return NULL;
    const struct ranker_slot *slot = &r->slots[slot_of(r, cp)];
    return slot->cp ? slot : NULL;
}

/* A number in Han characters is: 四十五 may be written 45. */
static bool is_sought_among_words(const struct plan_term *t)
{
    return t->kind == TOKEN_WORD || t->kind == TOKEN_JOINED ||
           (t->variants.n && !t->variants.at[0].is_spelling);
}

static void enter_phrases(struct ranker *r, size_t i)
{
    const struct variants *all = &r->plan->terms[i].variants;
    for (size_t v = 0; v < all->n && r->n_phrases < RANKED_PHRASES_MAX; v++) {
        if (!all->at[v].phrase)
            continue;
        struct ranker_slot *slot = enter(r, all->at[v].phrase[0]);
        r->phrases[r->n_phrases] = (struct ranker_phrase){&all->at[v], (int16_t)i, slot->phrase};
        slot->phrase = (int16_t)r->n_phrases++;
    }
}

void ranker_init(struct ranker *r, const struct plan *plan)
{
    *r = (struct ranker){.plan = plan};
    r->n_terms = plan->n_terms < RANKED_TERMS_MAX ? plan->n_terms : RANKED_TERMS_MAX;
    r->n_chars = plan->n_chars < RANKED_CHARS_MAX ? plan->n_chars : RANKED_CHARS_MAX;
    for (size_t c = 0; c < r->n_chars; c++)
        enter(r, plan->chars[c].cp)->character = (int16_t)c;
    for (size_t i = r->n_terms; i-- > 0;) {
        const struct plan_term *term = &plan->terms[i];
        if (is_sought_among_words(term))
            r->has_words = true;
        enter_phrases(r, i);
        if (term->kind == TOKEN_WORD || term->kind == TOKEN_JOINED)
            continue;
        struct ranker_slot *slot = enter(r, term->first_cp);
        r->next_term[i] = slot->term;
        slot->term = (int16_t)i;
    }
}

/* ---- evidence ---- */

static double saturated(double tf, double length_ratio, double k1, double b)
{
    return tf * (k1 + 1) / (tf + k1 * (1 - b + b * length_ratio));
}

static double value_of(const struct plan_term *t)
{
    return t->idf * t->weight;
}

/* The characters of the query within the last STRETCH_CHARS of the text. */
struct stretch {
    struct {
        size_t position;
        size_t character;
    } ring[STRETCH_RING];
    size_t first, end; /* into the ring, unwrapped */
    uint8_t count[RANKED_CHARS_MAX];
    double sum, best;
};

struct evidence {
    const struct ranker *ranker;
    const struct folded_passage *folded;
    size_t n_tokens;
    size_t sentence_at; /* sentence ends before it are known */
    uint32_t term_tf[RANKED_TERMS_MAX], char_tf[RANKED_CHARS_MAX];
    size_t last[RANKED_TERMS_MAX]; /* position + 1 of each term's last occurrence, 0 for none */
    uint64_t in_sentence, in_opening;
    uint64_t parts; /* of numbers that were met in a longer one */
    uint64_t exact; /* terms met as typed, not only as a variant */
    uint64_t paired[RANKED_TERMS_MAX];
    double sentence_sum, best_sentence, opening, pairs;
    struct stretch stretch;
};

static void add_pairs(struct evidence *e, size_t i, size_t position)
{
    const struct plan_term *terms = e->ranker->plan->terms;
    for (size_t j = 0; j < e->ranker->n_terms; j++) {
        if (!e->last[j] || position + 1 - e->last[j] > PAIR_TEXT_MAX || e->paired[i] >> j & 1)
            continue;
        size_t a = terms[i].position, b = terms[j].position, apart = a > b ? a - b : b - a;
        if (apart < PAIR_QUERY_MIN || apart > PAIR_QUERY_MAX)
            continue;
        e->paired[i] |= (uint64_t)1 << j;
        e->paired[j] |= (uint64_t)1 << i;
        e->pairs += (value_of(&terms[i]) + value_of(&terms[j])) / 2;
    }
}

static void close_sentences(struct evidence *e, size_t position)
{
    for (; e->sentence_at < position; e->sentence_at++) {
        if (!folded_ends_sentence(e->folded->cps[e->sentence_at]))
            continue;
        e->in_sentence = 0;
        e->sentence_sum = 0;
    }
}

static void add_term(struct evidence *e, size_t i, size_t position, bool is_exact)
{
    double value = value_of(&e->ranker->plan->terms[i]) *
                   (is_exact ? 1 : e->ranker->plan->terms[i].variant_factor);
    uint64_t bit = (uint64_t)1 << i;
    if (is_exact)
        e->exact |= bit;
    e->term_tf[i]++;
    close_sentences(e, position);
    if (!(e->in_sentence & bit)) {
        e->in_sentence |= bit;
        e->sentence_sum += value;
        if (e->sentence_sum > e->best_sentence)
            e->best_sentence = e->sentence_sum;
    }
    if (position < OPENING_CHARS && !(e->in_opening & bit)) {
        e->in_opening |= bit;
        e->opening += value;
    }
    add_pairs(e, i, position);
    e->last[i] = position + 1;
}

/* The term as typed, at e->folded[at]. */
static void add_typed(struct evidence *e, size_t i, size_t at)
{
    const enum number_standing how = stands(&e->ranker->plan->terms[i], e->folded, at);
    if (how == NUMBER_WHOLE)
        add_term(e, i, at, true);
    else if (how == NUMBER_AS_PART)
        e->parts |= (uint64_t)1 << i;
}

/* Another writing of the term, which is one of all terms of its number. */
static void add_variant(struct evidence *e, size_t i, size_t at)
{
    const struct plan_term *terms = e->ranker->plan->terms;
    add_term(e, i, at, false);
    for (size_t j = 0; terms[i].number && j < e->ranker->n_terms; j++)
        if (j != i && terms[j].number == terms[i].number && terms[j].is_inner)
            add_term(e, j, at, false);
}

static void add_char(struct evidence *e, size_t character, size_t position)
{
    const struct plan_char *chars = e->ranker->plan->chars;
    struct stretch *s = &e->stretch;
    e->char_tf[character]++;
    for (; s->first < s->end; s->first++) {
        size_t at = s->first % STRETCH_RING, old = s->ring[at].character;
        if (position - s->ring[at].position <= STRETCH_CHARS)
            break;
        if (--s->count[old] == 0)
            s->sum -= chars[old].idf;
    }
    if (s->count[character]++ == 0)
        s->sum += chars[character].idf;
    if (s->sum > s->best)
        s->best = s->sum;
    s->ring[s->end % STRETCH_RING].position = position;
    s->ring[s->end++ % STRETCH_RING].character = character;
}

/* ---- the scan ---- */

static void scan_phrases(struct evidence *e, const struct ranker_slot *slot, size_t at)
{
    const struct ranker_phrase *p;
    for (int16_t i = slot->phrase; i >= 0; i = p->next) {
        p = &e->ranker->phrases[i];
        if (variant_stands_at(p->variant, e->folded, at))
            add_variant(e, (size_t)p->term, at);
    }
}

static void scan_han(struct evidence *e, size_t at)
{
    const struct folded_passage *f = e->folded;
    const struct ranker *r = e->ranker;
    e->n_tokens++;
    const struct ranker_slot *slot = look_up(r, f->cps[at]);
    if (!slot)
        return;
    if (slot->character >= 0)
        add_char(e, (size_t)slot->character, at);
    bool has_next = at + 1 < f->n && f->classes[at + 1] == CHAR_HAN;
    for (int16_t i = slot->term; i >= 0; i = r->next_term[i]) {
        const struct plan_term *term = &r->plan->terms[i];
        if (term->is_prefix || (has_next && term->second_cp == f->cps[at + 1]))
            add_typed(e, (size_t)i, at);
    }
    scan_phrases(e, slot, at);
}

static void scan_word(struct evidence *e, const struct token *t, size_t position)
{
    const struct ranker_slot *slot =
        t->kind == TOKEN_WORD ? look_up(e->ranker, e->folded->cps[position]) : NULL;
    e->n_tokens++;
    if (slot) /* 1.2万亿 */
        scan_phrases(e, slot, position);
    for (size_t i = 0; e->ranker->has_words && i < e->ranker->n_terms; i++) {
        const struct plan_term *term = &e->ranker->plan->terms[i];
        if (!is_sought_among_words(term) || !is_term(term, t))
            continue;
        if (!term->is_part && number_is_part(e->folded->cps, e->folded->n, t, position))
            e->parts |= (uint64_t)1 << i;
        else if (is_variant(term, t))
            add_variant(e, i, position);
        else
            add_typed(e, i, position);
    }
}

static bool is_word_part(uint8_t class)
{
    return class == CHAR_LETTER || class == CHAR_DIGIT || class == CHAR_EMOJI;
}

/* The words at f[at], up to the next Han character, whose place is returned. They are tokenized
 * with the Han characters they touch: nothing else around them decides what they are, but for
 * asterisks. */
static size_t scan_words(struct evidence *e, const char *text, size_t at)
{
    const struct folded_passage *f = e->folded;
    struct tokenizer tokenizer;
    struct token t;
    size_t start = at > 0 && f->classes[at - 1] == CHAR_HAN ? at - 1 : at, end = at;
    while (end < f->n && f->classes[end] != CHAR_HAN)
        end++;
    size_t from = f->ranges[start].start, last = end < f->n ? end : end - 1;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text + from, f->ranges[last].end - from);
    while (tokenizer_next(&tokenizer, &t))
        if (t.kind == TOKEN_WORD || t.kind == TOKEN_JOINED)
            scan_word(e, &t, start + t.position);
    return end;
}

static void scan_tokens(struct evidence *e, const char *text, size_t n)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t)) {
        if (t.kind == TOKEN_BIGRAM || t.kind == TOKEN_SINGLE)
            scan_han(e, t.position);
        else
            scan_word(e, &t, t.position);
    }
}

static void scan(struct evidence *e, const char *text, size_t n)
{
    const struct folded_passage *f = e->folded;
    if (memchr(text, '*', n)) { /* what masks and what is bold is told by the whole line */
        scan_tokens(e, text, n);
        return;
    }
    for (size_t at = 0; at < f->n;) {
        if (f->classes[at] == CHAR_HAN)
            scan_han(e, at++);
        else if (is_word_part(f->classes[at]))
            at = scan_words(e, text, at);
        else
            at++;
    }
}

static uint64_t terms_in(const struct evidence *e)
{
    uint64_t terms = 0;
    for (size_t i = 0; i < e->ranker->n_terms; i++)
        if (e->term_tf[i])
            terms |= (uint64_t)1 << i;
    return terms;
}

static double sum_of(const struct ranker *r, uint64_t terms)
{
    double sum = 0;
    for (size_t i = 0; i < r->n_terms; i++)
        if (terms >> i & 1)
            sum += value_of(&r->plan->terms[i]);
    return sum;
}

/* The first pass took parts of longer numbers for terms: it keeps the share of those that stand there. */
static double without_parts(const struct evidence *e, double first_pass)
{
    const uint64_t found = terms_in(e), parts = e->parts & ~found;
    const double kept = sum_of(e->ranker, found), all = kept + sum_of(e->ranker, parts);
    return parts && first_pass > 0 && all > 0 ? first_pass * kept / all : first_pass;
}

double ranker_score(const struct ranker *r, const struct folded_passage *f, const char *text,
    size_t n, double first_pass, uint64_t *found)
{
    struct evidence e = {.ranker = r, .folded = f};
    scan(&e, text, n);
    *found = terms_in(&e) & e.exact; /* another writing does not stand for the title's */
    double length_ratio = (double)e.n_tokens / r->plan->average_tokens, terms = 0, chars = 0;
    for (size_t i = 0; i < r->n_terms; i++)
        if (e.term_tf[i])
            terms += value_of(&r->plan->terms[i]) *
                     (e.exact >> i & 1 ? 1 : r->plan->terms[i].variant_factor) *
                     saturated(e.term_tf[i], length_ratio, TERM_K1, TERM_B);
    for (size_t c = 0; c < r->n_chars; c++)
        if (e.char_tf[c])
            chars += r->plan->chars[c].idf * saturated(e.char_tf[c], length_ratio, BM25_K1, BM25_B);
    first_pass = without_parts(&e, first_pass);
    double both = first_pass < 0
                      ? (FIRST_PASS_WEIGHT + TERM_WEIGHT) * terms
                      : FIRST_PASS_WEIGHT * first_pass_scale * first_pass + TERM_WEIGHT * terms;
    return both + CHARS_WEIGHT * chars + SENTENCE_WEIGHT * e.best_sentence +
           OPENING_WEIGHT * e.opening + STRETCH_WEIGHT * e.stretch.best + PAIR_WEIGHT * e.pairs;
}

uint64_t ranker_terms(
    const struct ranker *r, const struct folded_passage *f, const char *text, size_t n)
{
    struct evidence e = {.ranker = r, .folded = f};
    scan(&e, text, n);
    return terms_in(&e);
}

double ranker_share(const struct ranker *r, uint64_t terms)
{
    const uint64_t all = r->n_terms < 64 ? ((uint64_t)1 << r->n_terms) - 1 : UINT64_MAX;
    const double sum = sum_of(r, all);
    return sum > 0 ? sum_of(r, terms) / sum : 0;
}

double ranker_section_score(const struct ranker *r, uint64_t terms)
{
    return SECTION_WEIGHT * sum_of(r, terms);
}

double ranker_title_score(const struct ranker *r, uint64_t terms)
{
    return TITLE_WEIGHT * sum_of(r, terms);
}
