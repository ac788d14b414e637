// SPDX-License-Identifier: GPL-2.0-or-later
/* A binary heap of cursors, the least term on top; of equal terms the lower run. */
#include "store/run_merge.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_MIN = 4 * 1024, WINDOW_MAX = 256 * 1024 };

struct heap_node {
    uint64_t prefix;
    uint32_t cursor;
};

struct run_merge {
    struct run_cursor *cursors;
    size_t n_cursors;
    uint64_t high;
    struct heap_node *heap;
    size_t n_heap;
    struct merged_body *bodies;
    uint32_t *taken; /* cursors whose record was given out */
    size_t n_taken;
};

static int compare_terms(const struct run_cursor *a, const struct run_cursor *b)
{
    size_t n = a->term_len < b->term_len ? a->term_len : b->term_len;
    int order = n > 8 ? memcmp(a->term, b->term, n) : 0;
    return order ? order : (a->term_len > b->term_len) - (a->term_len < b->term_len);
}

static bool is_less(const struct run_merge *m, const struct heap_node *a, const struct heap_node *b)
{
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix;
    int order = compare_terms(&m->cursors[a->cursor], &m->cursors[b->cursor]);
    return order ? order < 0 : a->cursor < b->cursor;
}

static void heap_push(struct run_merge *m, uint32_t cursor)
{
    const struct heap_node node = {.prefix = m->cursors[cursor].prefix, .cursor = cursor};
    size_t at = m->n_heap++;
    for (; at > 0 && is_less(m, &node, &m->heap[(at - 1) / 2]); at = (at - 1) / 2)
        m->heap[at] = m->heap[(at - 1) / 2];
    m->heap[at] = node;
}

static void heap_pop(struct run_merge *m)
{
    const struct heap_node node = m->heap[--m->n_heap];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= m->n_heap)
            break;
        if (child + 1 < m->n_heap && is_less(m, &m->heap[child + 1], &m->heap[child]))
            child++;
        if (!is_less(m, &m->heap[child], &node))
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = node;
}

static enum status advance(struct run_merge *m, uint32_t cursor, struct error *err)
{
    bool has_one;
    if (run_cursor_next(&m->cursors[cursor], &has_one, err) != STATUS_OK)
        return err->status;
    if (has_one && (m->high == 0 || m->cursors[cursor].prefix < m->high))
        heap_push(m, cursor);
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
    enum status status = STATUS_OK;
    if (!m->cursors || !m->heap || !m->bodies || !m->taken)
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
    free(m);
}

enum status run_merge_next(
    struct run_merge *m, struct merged_term *out, bool *has_one, struct error *err)
{
    for (size_t i = 0; i < m->n_taken; i++) {
        if (advance(m, m->taken[i], err) != STATUS_OK)
            return err->status;
    }
    m->n_taken = 0;
    *has_one = m->n_heap > 0;
    if (!*has_one)
        return STATUS_OK;
    const struct run_cursor *first = &m->cursors[m->heap[0].cursor];
    do {
        const struct run_cursor *c = &m->cursors[m->heap[0].cursor];
        if (c->prefix != first->prefix || compare_terms(c, first) != 0)
            break;
        m->bodies[m->n_taken] = (struct merged_body){.bytes = c->body, .n = c->body_len};
        m->taken[m->n_taken++] = m->heap[0].cursor;
        heap_pop(m);
    } while (m->n_heap);
    *out = (struct merged_term){.term = first->term,
        .term_len = first->term_len,
        .bodies = m->bodies,
        .n_bodies = m->n_taken};
    return STATUS_OK;
}
