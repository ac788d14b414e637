// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/highlight.h"

#include <stdlib.h>
#include <string.h>

#include "search/rank.h"
#include "tokenizer/tokenizer.h"

struct collector {
    struct range *at;
    size_t n, room;
    bool is_out_of_memory;
};

static void add_range(struct collector *c, size_t start, size_t end)
{
    if (c->n == c->room) {
        size_t room = c->room ? 2 * c->room : 64;
        struct range *at = realloc(c->at, room * sizeof *at);
        if (!at) {
            c->is_out_of_memory = true;
            return;
        }
        c->at = at;
        c->room = room;
    }
    c->at[c->n++] = (struct range){start, end};
}

/* Marks each place where the clause stands whole; false where there is none. */
static bool mark_clause(struct collector *out, const struct clause *c, struct folded_passage *f)
{
    bool stands = false;
    size_t at = folded_passage_find(f, c->folded, c->n_folded, !c->is_quoted, 0);
    while (at < f->n) {
        stands = true;
        add_range(out, f->ranges[at].start, f->ranges[at + c->n_folded - 1].end);
        at = folded_passage_find(f, c->folded, c->n_folded, !c->is_quoted, at + c->n_folded);
    }
    return stands;
}

/* Marks the terms of a clause; a lone Han character only where it stands, not the bigram it begins.
 */
static void mark_terms(struct collector *out, const struct plan *plan, size_t first_position,
    size_t end_position, const struct folded_passage *f, const char *text, size_t n)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t)) {
        int i = plan_find_token(plan, f, &t);
        if (i < 0 || plan->terms[i].position < first_position ||
            plan->terms[i].position >= end_position)
            continue;
        bool is_char = plan->terms[i].is_prefix && t.position < f->n;
        add_range(out, t.start, is_char ? f->ranges[t.position].end : t.end);
    }
}

static void mark_phrase(struct collector *out, const struct variant *v, struct folded_passage *f)
{
    for (size_t at = variant_find(v, f, 0); at < f->n; at = variant_find(v, f, at + v->n_phrase))
        add_range(out, f->ranges[at].start, f->ranges[at + v->n_phrase - 1].end);
}

static void mark_phrases(struct collector *out, const struct plan *plan, size_t first_position,
    size_t end_position, struct folded_passage *f)
{
    for (size_t i = 0; i < plan->n_terms; i++) {
        const struct plan_term *t = &plan->terms[i];
        for (size_t v = 0; v < t->variants.n; v++)
            if (t->variants.at[v].phrase && t->position >= first_position &&
                t->position < end_position)
                mark_phrase(out, &t->variants.at[v], f);
    }
}

bool highlight_is_due(const struct plan *plan, struct folded_passage *f, const char *text, size_t n)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t))
        if (plan_find_token(plan, f, &t) >= 0)
            return true;
    for (size_t i = 0; i < plan->n_terms; i++) {
        const struct variants *all = &plan->terms[i].variants;
        for (size_t v = 0; v < all->n; v++)
            if (all->at[v].phrase && variant_find(&all->at[v], f, 0) < f->n)
                return true;
    }
    return false;
}

static int by_start(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    return x->start < y->start   ? -1
           : x->start > y->start ? 1
           : x->end < y->end     ? -1
                                 : x->end > y->end;
}

/* Sorts, and joins what overlaps or touches. */
static void merge(struct collector *c)
{
    if (c->n == 0)
        return;
    qsort(c->at, c->n, sizeof *c->at, by_start);
    size_t last = 0;
    for (size_t i = 1; i < c->n; i++) {
        if (c->at[i].start > c->at[last].end)
            c->at[++last] = c->at[i];
        else if (c->at[i].end > c->at[last].end)
            c->at[last].end = c->at[i].end;
    }
    c->n = last + 1;
}

enum status highlight_find(const struct query *q, const struct plan *plan, struct folded_passage *f,
    const char *text, size_t n, struct arena *arena, struct ranges *out, struct error *err)
{
    struct collector found = {0};
    for (size_t i = 0; i < q->n_clauses; i++) {
        const struct clause *c = &q->clauses[i];
        if (!clause_is_text(c) || c->is_excluded || c->is_empty)
            continue;
        if (mark_clause(&found, c, f) || !c->is_soft)
            continue;
        mark_terms(&found, plan, plan_position(i, 0), plan_position(i + 1, 0), f, text, n);
        mark_phrases(&found, plan, plan_position(i, 0), plan_position(i + 1, 0), f);
    }
    merge(&found);
    *out = (struct ranges){.n = found.n};
    out->at = arena_alloc(arena, (found.n ? found.n : 1) * sizeof *out->at);
    bool ok = out->at && !found.is_out_of_memory;
    if (ok && found.n)
        memcpy(out->at, found.at, found.n * sizeof *out->at);
    free(found.at);
    return ok ? STATUS_OK : error_no_memory(err);
}

/* Where the raw text goes, piece by piece, and the marks with it. */
struct mover {
    const char *raw;
    char *text;
    size_t n;
    const struct ranges *from;
    struct ranges *to;
    size_t at_mark;
    bool is_open; /* to->at[to->n] has its start */
};

/* Marks whose start or end lies in raw [start, end), which is shown from m->n on, `shown` bytes
 * long. */
static void move_marks(struct mover *m, size_t start, size_t end, size_t shown)
{
    while (m->at_mark < m->from->n) {
        const struct range *mark = &m->from->at[m->at_mark];
        size_t edge = m->is_open ? mark->end : mark->start;
        if (edge > end || (edge == end && !m->is_open))
            return;
        size_t place = edge <= start ? m->n : m->n + (edge - start < shown ? edge - start : shown);
        if (!m->is_open) {
            m->to->at[m->to->n].start = place;
        } else {
            m->to->at[m->to->n].end = place;
            if (place > m->to->at[m->to->n].start)
                m->to->n++;
            m->at_mark++;
        }
        m->is_open = !m->is_open;
    }
}

static void show_piece(struct mover *m, const struct clean_piece *piece)
{
    size_t len = piece->end - piece->start;
    size_t shown = piece->kind == CLEAN_KEEP ? len : piece->kind == CLEAN_SPACE ? 1 : 0;
    move_marks(m, piece->start, piece->end, shown);
    if (piece->kind == CLEAN_KEEP)
        memcpy(m->text + m->n, m->raw + piece->start, len);
    else if (piece->kind == CLEAN_SPACE)
        m->text[m->n] = ' ';
    m->n += shown;
}

/* The raw text without the white space at its ends. */
static struct clean_piece trimmed(const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char ch;
    struct clean_piece all = {n, 0, CLEAN_KEEP};
    folded_text_init(&t, text, n);
    while (folded_text_next(&t, &ch)) {
        if (ch.start < all.start)
            all.start = ch.start;
        all.end = ch.end;
    }
    if (all.start > all.end)
        all.start = all.end = 0;
    return all;
}

enum status shown_text_make(const char *text, size_t n, const struct ranges *marks, bool is_raw,
    struct arena *arena, struct shown_text *out, struct error *err)
{
    *out = (struct shown_text){0};
    char *shown = arena_alloc(arena, n + 1);
    out->marks.at = arena_alloc(arena, (marks->n + 1) * sizeof *out->marks.at);
    if (!shown || !out->marks.at)
        return error_no_memory(err);
    struct mover m = {.raw = text, .text = shown, .from = marks, .to = &out->marks};
    struct clean_piece piece;
    if (is_raw) {
        piece = trimmed(text, n);
        show_piece(&m, &piece);
    } else {
        struct cleaner cleaner;
        cleaner_init(&cleaner, text, n);
        while (cleaner_next(&cleaner, &piece))
            show_piece(&m, &piece);
    }
    out->text = shown;
    out->n = m.n;
    return STATUS_OK;
}
