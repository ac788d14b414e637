// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/run_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "store/postings.h"

enum {
    MARK_BYTES = 32 * 1024, /* about so far apart are the marks of a run */
    HEAD_BYTES_MAX = 1 + POSTINGS_TERM_MAX + 10,
};

/* The first record with this prefix. */
struct run_mark {
    uint64_t prefix;
    size_t offset;
};

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

void run_init(struct run *r)
{
    *r = (struct run){.size = 0};
    buf_init(&r->bytes, SIZE_MAX);
}

bool run_enter(struct run *r, uint64_t prefix)
{
    size_t at = r->bytes.len;
    uint64_t last = r->last_prefix;
    r->last_prefix = prefix;
    if (at < r->mark_due || (at && prefix == last))
        return true;
    r->mark_due = at + MARK_BYTES;
    return add_mark(r, prefix, at);
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
    char path[PATH_MAX];
    if (file_join(s->dir, "runs.tmp", path, err) != STATUS_OK)
        return err->status;
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

/* Reads n bytes of a spilled run. */
static enum status read_spilled(const struct run_store *s, const struct run *r, size_t at,
    char *out, size_t n, struct error *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(s->fd, out + done, n - done, (off_t)(r->file_at + at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO; /* it is shorter than it was */
        if (got <= 0)
            return error_errno(err, "cannot read a temporary file in '%s'", s->dir);
        done += (size_t)got;
    }
    return STATUS_OK;
}

enum status run_store_tfs(const struct run_store *s, size_t run, struct buf *scratch,
    struct bytes *out, struct error *err)
{
    const struct run *r = &s->runs[run];
    size_t n = r->size - r->n_records;
    const char *at;
    if (r->is_spilled) {
        buf_clear(scratch);
        if (!buf_reserve(scratch, n))
            return error_no_memory(err);
        if (read_spilled(s, r, r->n_records, scratch->data, n, err) != STATUS_OK)
            return err->status;
        at = scratch->data;
    } else {
        at = r->bytes.data + r->n_records;
    }
    *out = (struct bytes){.at = at, .end = at + n};
    return STATUS_OK;
}

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
    size_t rest = c->run->n_records - c->next, want = rest < c->window_max ? rest : c->window_max;
    c->window_at = c->next;
    c->window_len = want;
    return read_spilled(c->store, c->run, c->next, c->window, want, err);
}

/* The bytes from the next record on: at least need of them, or all there are. */
static enum status look(
    struct run_cursor *c, size_t need, const char **at, size_t *n, struct error *err)
{
    size_t rest = c->run->n_records - c->next;
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
    *has_one = c->next < c->run->n_records;
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

enum status run_cursor_seek(struct run_cursor *c, uint64_t low, bool *has_one, struct error *err)
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
