// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/run_merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/postings.h"

enum {
    MARK_BYTES = 32 * 1024, /* about so far apart are the marks of a run */
    HEAD_BYTES_MAX = 1 + POSTINGS_TERM_MAX + 10,
    WINDOW_MIN = 4 * 1024,
    WINDOW_MAX = 256 * 1024,
};

/* The first record with this prefix. */
struct run_mark {
    uint64_t prefix;
    size_t offset;
};

uint64_t run_prefix(const char *term, size_t n)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++)
        prefix = prefix << 8 | (i < n ? (uint8_t)term[i] : 0);
    return prefix;
}

struct record {
    const char *term, *body;
    size_t term_len, body_len, size;
};

/* Reads the head of the record in the n bytes at `at`; false when they hold no whole head. The body
 * may be cut. */
static bool read_head(const char *at, size_t n, struct record *out)
{
    if (n < 2)
        return false;
    out->term_len = (uint8_t)at[0];
    if (n < 2 + out->term_len)
        return false;
    out->term = at + 1;
    struct bytes in = {.at = out->term + out->term_len, .end = at + n};
    out->body_len = bytes_varint(&in);
    out->body = in.at;
    out->size = (size_t)(in.at - at) + out->body_len;
    return !in.is_broken;
}

/* ---- runs ---- */

static bool add_mark(struct run *r, uint64_t prefix, size_t offset)
{
    if ((r->n_marks & (r->n_marks - 1)) == 0) {
        size_t max = r->n_marks ? 2 * r->n_marks : 1;
        struct run_mark *marks = realloc(r->marks, max * sizeof *marks);
        if (!marks)
            return false;
        r->marks = marks;
    }
    r->marks[r->n_marks++] = (struct run_mark){.prefix = prefix, .offset = offset};
    return true;
}

static enum status mark(struct run *r, struct error *err)
{
    uint64_t last = 0;
    size_t due = 0;
    for (size_t at = 0; at < r->size;) {
        struct record record;
        if (!read_head(r->bytes.data + at, r->size - at, &record) || record.size > r->size - at)
            return error_set(err, STATUS_INTERNAL, "broken run of postings");
        uint64_t prefix = run_prefix(record.term, record.term_len);
        if (at >= due && (at == 0 || prefix != last)) {
            if (!add_mark(r, prefix, at))
                return error_no_memory(err);
            due = at + MARK_BYTES;
        }
        last = prefix;
        at += record.size;
    }
    return STATUS_OK;
}

enum status run_init(struct run *r, struct buf *bytes, struct error *err)
{
    *r = (struct run){.bytes = *bytes, .size = bytes->len};
    buf_init(bytes, bytes->max);
    enum status s = mark(r, err);
    if (s != STATUS_OK)
        run_release(r);
    return s;
}

void run_release(struct run *r)
{
    buf_release(&r->bytes);
    free(r->marks);
    *r = (struct run){.size = 0};
}

/* ---- the store ---- */

struct run_store {
    char *dir;
    int fd; /* of the temporary file; -1 until it is needed */
    size_t file_size, n_bytes;
    size_t kept_bytes, keep_bytes;
    struct run *runs;
    size_t n_runs, n_runs_max;
};

enum status run_store_open(
    const char *dir, size_t keep_bytes, struct run_store **out, struct error *err)
{
    struct run_store *s = calloc(1, sizeof *s);
    if (!s)
        return error_no_memory(err);
    s->fd = -1;
    s->keep_bytes = keep_bytes;
    s->dir = strdup(dir);
    if (!s->dir) {
        free(s);
        return error_no_memory(err);
    }
    *out = s;
    return STATUS_OK;
}

void run_store_close(struct run_store *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    for (size_t i = 0; i < s->n_runs; i++)
        run_release(&s->runs[i]);
    free(s->runs);
    free(s->dir);
    free(s);
}

size_t run_store_count(const struct run_store *s)
{
    return s->n_runs;
}

size_t run_store_bytes(const struct run_store *s)
{
    return s->n_bytes;
}

static enum status open_file(struct run_store *s, struct error *err)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/runs.tmp", s->dir) >= sizeof path)
        return error_set(err, STATUS_BAD_INPUT, "path too long: '%s'", s->dir);
    s->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s->fd < 0)
        return error_errno(err, "cannot make '%s'", path);
    unlink(path);
    return STATUS_OK;
}

static enum status spill(struct run_store *s, struct run *r, struct error *err)
{
    if (s->fd < 0 && open_file(s, err) != STATUS_OK)
        return err->status;
    for (size_t done = 0; done < r->size;) {
        ssize_t n =
            pwrite(s->fd, r->bytes.data + done, r->size - done, (off_t)(s->file_size + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, "cannot write a temporary file in '%s'", s->dir);
        done += (size_t)n;
    }
    r->file_at = s->file_size;
    r->is_spilled = true;
    s->file_size += r->size;
    buf_release(&r->bytes);
    return STATUS_OK;
}

static void keep(struct run_store *s, struct run *r)
{
    char *data = realloc(r->bytes.data, r->size);
    if (data) {
        r->bytes.data = data;
        r->bytes.cap = r->size;
    }
    s->kept_bytes += r->bytes.cap;
}

static enum status place(struct run_store *s, struct run *r, struct error *err)
{
    if (s->n_runs == s->n_runs_max) {
        size_t max = s->n_runs_max ? 2 * s->n_runs_max : 16;
        struct run *runs = realloc(s->runs, max * sizeof *runs);
        if (!runs)
            return error_no_memory(err);
        s->runs = runs;
        s->n_runs_max = max;
    }
    if (s->kept_bytes + r->size <= s->keep_bytes)
        keep(s, r);
    else if (spill(s, r, err) != STATUS_OK)
        return err->status;
    s->n_bytes += r->size;
    s->runs[s->n_runs++] = *r;
    *r = (struct run){.size = 0};
    return STATUS_OK;
}

enum status run_store_add(struct run_store *s, struct run *r, struct error *err)
{
    enum status status = r->size ? place(s, r, err) : STATUS_OK;
    run_release(r);
    return status;
}

static int compare_prefixes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The marks lie at equal distances in their runs, so every so-many-th of all marks is a fair bound.
 */
enum status run_store_split(
    const struct run_store *s, size_t n_most, uint64_t *bounds, size_t *n_bounds, struct error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_runs; i++)
        n += s->runs[i].n_marks;
    uint64_t *all = malloc((n + 1) * sizeof *all);
    if (!all)
        return error_no_memory(err);
    n = 0;
    for (size_t i = 0; i < s->n_runs; i++) {
        for (size_t k = 0; k < s->runs[i].n_marks; k++)
            all[n++] = s->runs[i].marks[k].prefix;
    }
    qsort(all, n, sizeof *all, compare_prefixes);
    *n_bounds = 0;
    for (size_t k = 1; k < n_most && n; k++) {
        uint64_t bound = all[k * n / n_most];
        if (bound != 0 && (*n_bounds == 0 || bound > bounds[*n_bounds - 1]))
            bounds[(*n_bounds)++] = bound;
    }
    free(all);
    return STATUS_OK;
}

/* ---- one run ---- */

void run_cursor_init(
    struct run_cursor *c, const struct run_store *s, size_t run, size_t window_bytes)
{
    *c = (struct run_cursor){.store = s, .run = &s->runs[run], .window_max = window_bytes};
}

void run_cursor_release(struct run_cursor *c)
{
    free(c->window);
    c->window = NULL;
}

/* Reads the spilled run from the next record on: at least need bytes, or up to its end. */
static enum status fill(struct run_cursor *c, size_t need, struct error *err)
{
    if (!c->window || need > c->window_max) {
        while (c->window_max < need)
            c->window_max *= 2;
        free(c->window);
        c->window = malloc(c->window_max);
        if (!c->window)
            return error_no_memory(err);
    }
    size_t rest = c->run->size - c->next, want = rest < c->window_max ? rest : c->window_max;
    c->window_at = c->next;
    c->window_len = 0;
    while (c->window_len < want) {
        ssize_t n = pread(c->store->fd, c->window + c->window_len, want - c->window_len,
            (off_t)(c->run->file_at + c->next + c->window_len));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return error_errno(err, "cannot read a temporary file in '%s'", c->store->dir);
        c->window_len += (size_t)n;
    }
    return STATUS_OK;
}

/* The bytes from the next record on: at least need of them, or all there are. */
static enum status look(
    struct run_cursor *c, size_t need, const char **at, size_t *n, struct error *err)
{
    size_t rest = c->run->size - c->next;
    if (!c->run->is_spilled) {
        *at = c->run->bytes.data + c->next;
        *n = rest;
        return STATUS_OK;
    }
    size_t ahead = c->window_at + c->window_len - c->next;
    if (ahead < need && ahead < rest) {
        if (fill(c, need, err) != STATUS_OK)
            return err->status;
        ahead = c->window_len;
    }
    *at = c->window + (c->next - c->window_at);
    *n = ahead;
    return STATUS_OK;
}

enum status run_cursor_next(struct run_cursor *c, bool *has_one, struct error *err)
{
    const char *at;
    size_t n;
    struct record record;
    *has_one = c->next < c->run->size;
    if (!*has_one)
        return STATUS_OK;
    if (look(c, HEAD_BYTES_MAX, &at, &n, err) != STATUS_OK)
        return err->status;
    bool is_whole = read_head(at, n, &record);
    if (is_whole && record.size > n) {
        if (look(c, record.size, &at, &n, err) != STATUS_OK)
            return err->status;
        is_whole = read_head(at, n, &record) && record.size <= n;
    }
    if (!is_whole)
        return error_set(err, STATUS_INTERNAL, "broken run of postings");
    c->term = record.term;
    c->term_len = record.term_len;
    c->body = record.body;
    c->body_len = record.body_len;
    c->prefix = run_prefix(record.term, record.term_len);
    c->next += record.size;
    return STATUS_OK;
}

/* Enters the run at its first record with prefix >= low. */
static enum status seek(struct run_cursor *c, uint64_t low, bool *has_one, struct error *err)
{
    size_t k = 0;
    while (k < c->run->n_marks && c->run->marks[k].prefix <= low)
        k++;
    if (k > 0)
        c->next = c->window_at = c->run->marks[k - 1].offset;
    do {
        if (run_cursor_next(c, has_one, err) != STATUS_OK)
            return err->status;
    } while (*has_one && c->prefix < low);
    return STATUS_OK;
}

/* ---- merging ---- */

/* A binary heap of cursors, the least term on top; of equal terms the lower run. */
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
    size_t window = window_size(memory_bytes, s->n_runs);
    for (size_t i = 0; i < s->n_runs; i++)
        run_cursor_init(&m->cursors[i], s, i, window);
    m->n_cursors = s->n_runs;
    for (size_t i = 0; i < s->n_runs; i++) {
        bool has_one;
        if (seek(&m->cursors[i], low, &has_one, err) != STATUS_OK)
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
    m->cursors = calloc(s->n_runs + 1, sizeof *m->cursors);
    m->heap = calloc(s->n_runs + 1, sizeof *m->heap);
    m->bodies = calloc(s->n_runs + 1, sizeof *m->bodies);
    m->taken = calloc(s->n_runs + 1, sizeof *m->taken);
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
