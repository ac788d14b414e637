// SPDX-License-Identifier: GPL-2.0-or-later
/* A binary heap of cursors, the least term on top; of equal terms the lower run. Those on the least term are all at the top:
 * they are given out where they stand, and sink from there once they have moved on. */
#include "store/run_merge.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_MIN = 4 * 1024, WINDOW_MAX = 256 * 1024 };

struct heap_node {
    uint64_t prefix;
    uint32_t cursor;
    bool is_long; /* the prefix alone does not tell the term; no term ends in a NUL */
};

struct run_merge {
    struct run_cursor *cursors;
    size_t n_cursors;
    uint64_t high;
    struct heap_node *heap;
    size_t n_heap;
    struct merged_body *bodies;
    uint32_t *taken; /* places in the heap, rising, whose records were given out */
    size_t n_taken;
    uint32_t *runs; /* of the bodies */
};

static int compare_terms(const struct run_cursor *a, const struct run_cursor *b)
{
    size_t n = a->term_len < b->term_len ? a->term_len : b->term_len;
    int order = n > 8 ? memcmp(a->term, b->term, n) : 0;
    return order ? order : (a->term_len > b->term_len) - (a->term_len < b->term_len);
}

/* Mostly without a branch: which of two terms is less, none can foretell. */
static inline bool is_less(
    const struct run_merge *m, const struct heap_node *a, const struct heap_node *b)
{
    if (a->prefix == b->prefix && (a->is_long || b->is_long)) {
        int order = compare_terms(&m->cursors[a->cursor], &m->cursors[b->cursor]);
        if (order)
            return order < 0;
    }
    return (a->prefix < b->prefix) | ((a->prefix == b->prefix) & (a->cursor < b->cursor));
}

static struct heap_node make_node(const struct run_merge *m, uint32_t cursor)
{
    const struct run_cursor *c = &m->cursors[cursor];
    return (struct heap_node){
        .prefix = c->prefix, .cursor = cursor, .is_long = c->term_len >= sizeof c->prefix};
}

static void heap_push(struct run_merge *m, uint32_t cursor)
{
    const struct heap_node node = make_node(m, cursor);
    size_t at = m->n_heap++;
    for (; at > 0 && is_less(m, &node, &m->heap[(at - 1) / 2]); at = (at - 1) / 2)
        m->heap[at] = m->heap[(at - 1) / 2];
    m->heap[at] = node;
}

/* Puts the node at its place below `at`, whose own node is forgotten. */
static void heap_sink(struct run_merge *m, size_t at, struct heap_node node)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= m->n_heap)
            break;
        if (child + 1 < m->n_heap)
            child += is_less(m, &m->heap[child + 1], &m->heap[child]);
        if (!is_less(m, &m->heap[child], &node))
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = node;
}

/* Moves the cursor at that place on. All that were taken behind it have moved. */
static enum status advance(struct run_merge *m, size_t at, struct error *err)
{
    bool has_one;
    struct heap_node node = m->heap[at];
    struct run_cursor *c = &m->cursors[node.cursor];
    if (run_cursor_next(c, &has_one, err) != STATUS_OK)
        return err->status;
    node = make_node(m, node.cursor);
    if (!has_one || (m->high != 0 && c->prefix >= m->high)) {
        node = m->heap[--m->n_heap];
        if (at == m->n_heap)
            return STATUS_OK;
    }
    heap_sink(m, at, node);
    return STATUS_OK;
}

static size_t window_size(size_t memory_bytes, size_t n)
{
    size_t size = WINDOW_MAX;
    while (size > WINDOW_MIN && size * n > memory_bytes)
        size /= 2;
    return size;
}

static enum status enter_runs(struct run_merge *m, const struct run_store *s, uint64_t low,
    size_t memory_bytes, struct error *err)
{
    size_t window = window_size(memory_bytes, run_store_count(s));
    for (size_t i = 0; i < run_store_count(s); i++)
        run_cursor_init(&m->cursors[i], s, i, window);
    m->n_cursors = run_store_count(s);
    for (size_t i = 0; i < run_store_count(s); i++) {
        bool has_one;
        if (run_cursor_seek(&m->cursors[i], low, &has_one, err) != STATUS_OK)
            return err->status;
        if (has_one && (m->high == 0 || m->cursors[i].prefix < m->high))
            heap_push(m, (uint32_t)i);
    }
    return STATUS_OK;
}

enum status run_merge_open(const struct run_store *s, uint64_t low, uint64_t high,
    size_t memory_bytes, struct run_merge **out, struct error *err)
{
    struct run_merge *m = calloc(1, sizeof *m);
    if (!m)
        return error_no_memory(err);
    m->high = high;
    m->cursors = calloc(run_store_count(s) + 1, sizeof *m->cursors);
    m->heap = calloc(run_store_count(s) + 1, sizeof *m->heap);
    m->bodies = calloc(run_store_count(s) + 1, sizeof *m->bodies);
    m->taken = calloc(run_store_count(s) + 1, sizeof *m->taken);
    m->runs = calloc(run_store_count(s) + 1, sizeof *m->runs);
    enum status status = STATUS_OK;
    if (!m->cursors || !m->heap || !m->bodies || !m->taken || !m->runs)
        status = error_no_memory(err);
    else
        status = enter_runs(m, s, low, memory_bytes, err);
    if (status != STATUS_OK)
        run_merge_close(m);
    else
        *out = m;
    return status;
}

void run_merge_close(struct run_merge *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_cursors; i++)
        run_cursor_release(&m->cursors[i]);
    free(m->cursors);
    free(m->heap);
    free(m->bodies);
    free(m->taken);
    free(m->runs);
    free(m);
}

/* Finds the places of all cursors on the least term: each stands below another, up to the top. */
static void take_least(struct run_merge *m)
{
    const struct run_cursor *first = &m->cursors[m->heap[0].cursor];
    m->taken[0] = 0;
    m->n_taken = 1;
    for (size_t i = 0; i < m->n_taken; i++) {
        size_t child = 2 * (size_t)m->taken[i] + 1;
        for (size_t end = child + 2; child < end && child < m->n_heap; child++) {
            const struct run_cursor *c = &m->cursors[m->heap[child].cursor];
            if (c->prefix == first->prefix && compare_terms(c, first) == 0)
                m->taken[m->n_taken++] = (uint32_t)child;
        }
    }
}

/* Their bodies, in the order of the runs. */
static void gather_bodies(struct run_merge *m)
{
    for (size_t i = 0; i < m->n_taken; i++) {
        uint32_t run = m->heap[m->taken[i]].cursor;
        size_t at = i;
        for (; at > 0 && m->runs[at - 1] > run; at--) {
            m->runs[at] = m->runs[at - 1];
            m->bodies[at] = m->bodies[at - 1];
        }
        const struct run_cursor *c = &m->cursors[run];
        m->runs[at] = run;
        m->bodies[at] = (struct merged_body){.bytes = c->body, .n = c->body_len};
    }
}

enum status run_merge_next(
    struct run_merge *m, struct merged_term *out, bool *has_one, struct error *err)
{
    for (; m->n_taken > 0; m->n_taken--) {
        if (advance(m, m->taken[m->n_taken - 1], err) != STATUS_OK)
            return err->status;
    }
    *has_one = m->n_heap > 0;
    if (!*has_one)
        return STATUS_OK;
    take_least(m);
    gather_bodies(m);
    const struct run_cursor *first = &m->cursors[m->heap[0].cursor];
    *out = (struct merged_term){.term = first->term,
        .term_len = first->term_len,
        .bodies = m->bodies,
        .n_bodies = m->n_taken};
    return STATUS_OK;
}
