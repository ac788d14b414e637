// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/index.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "store/check.h"
#include "store/index_engine.h"
#include "store/index_parts.h"
#include "store/schema.h"
#include "tokenizer/tokenizer.h"

/* How often a writer may swap the manifest under an open before we give up. */
enum { OPEN_ATTEMPTS_MAX = 8 };

/* ---- opening ---- */

/* A cheap look at each file, so that a truncated one is named here and not met in mid-search. */
static enum status check_sizes(const struct index *ix, uint32_t segment, struct error *err)
{
    const struct manifest_segment *s = &ix->manifest.segments[segment];
    for (size_t i = 0; i < s->n_files; i++) {
        char folder[PATH_MAX], path[PATH_MAX];
        struct stat st;
        const struct manifest_file *f = &s->files[i];
        if (file_join(ix->dir, s->name, folder, err) != STATUS_OK ||
            file_join(folder, f->name, path, err) != STATUS_OK)
            return err->status;
        if (stat(path, &st) != 0) {
            enum status status = error_errno(err, "cannot read '%s'", path);
            return status == STATUS_MISSING
                       ? error_set(err, STATUS_CORRUPT,
                             "'%s' is missing: restore it, or remove the index and index again",
                             path)
                       : status;
        }
        if ((uint64_t)st.st_size != f->size)
            return error_set(err, STATUS_CORRUPT,
                "'%s' has %llu bytes instead of %llu: restore it, or remove the index and index "
                "again",
                path, (unsigned long long)st.st_size, (unsigned long long)f->size);
    }
    return STATUS_OK;
}

static enum status check_format(struct index *ix, uint32_t segment, struct error *err)
{
    buf_clear(&ix->frame);
    enum status s = index_engine_metadata(ix, segment, "format", &ix->frame, err);
    if (s != STATUS_OK)
        return s;
    struct bytes in = buf_bytes(&ix->frame);
    uint64_t format = bytes_varint(&in), analyzer = bytes_varint(&in);
    if (in.is_broken)
        return index_segment_damaged(ix, segment, "format", err);
    if (format != SEGMENT_FORMAT || analyzer != ANALYZER_VERSION)
        return error_set(err, STATUS_NEWER,
            "segment '%s' of index '%s' was made by another version of duan: use that, or remove "
            "the index and index again",
            ix->manifest.segments[segment].name, ix->dir);
    return STATUS_OK;
}

/* Is this the segment that the manifest was written for? */
static enum status check_stats(struct index *ix, uint32_t segment, struct error *err)
{
    buf_clear(&ix->frame);
    enum status status = index_engine_metadata(ix, segment, "stats", &ix->frame, err);
    if (status != STATUS_OK)
        return status;
    const struct segment_stats *s = &ix->manifest.segments[segment].stats;
    const uint64_t expected[] = {s->n_sources, s->n_reports, s->n_passages, s->n_tokens,
        s->text_bytes, s->n_source_blocks, s->n_report_blocks, s->n_text_blocks, s->n_replaced};
    struct bytes in = buf_bytes(&ix->frame);
    bool is_same = true;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        is_same &= bytes_varint(&in) == expected[i];
    return is_same && !in.is_broken && in.at == in.end
               ? STATUS_OK
               : index_segment_damaged(ix, segment, "its statistics are not the manifest's", err);
}

static enum status open_segments(struct index *ix, struct error *err)
{
    enum status s = STATUS_OK;
    uint32_t n = (uint32_t)ix->manifest.n_segments;
    if (n == 0)
        return STATUS_OK;
    ix->segments = calloc(n, sizeof *ix->segments);
    if (!ix->segments)
        return error_no_memory(err);
    for (uint32_t i = 0; i < n && s == STATUS_OK; i++)
        s = check_sizes(ix, i, err);
    if (s == STATUS_OK)
        s = index_engine_open(ix, err);
    for (uint32_t i = 0; i < n && s == STATUS_OK; i++)
        if ((s = check_format(ix, i, err)) == STATUS_OK)
            s = check_stats(ix, i, err);
    return s;
}

/* The segments that an open does without, where it may. */
struct left_out {
    struct buf *lines;
    size_t n;
};

static enum status leave_out_damaged(struct index *ix, struct left_out *left, struct error *err)
{
    struct manifest *m = &ix->manifest;
    for (size_t i = 0; i < m->n_segments;) {
        enum status s = check_segment_files(ix->dir, &m->segments[i], err);
        if (s == STATUS_NO_MEMORY)
            return s;
        if (s == STATUS_OK) {
            i++;
            continue;
        }
        error_context(err, s, "segment '%s' is left out", m->segments[i].name);
        if (!buf_append_str(left->lines, err->message) || !buf_append_byte(left->lines, '\n'))
            return error_no_memory(err);
        manifest_remove_segment(m, i);
        left->n++;
    }
    if (left->n && m->n_segments == 0)
        return error_set(err, STATUS_CORRUPT, "no segment of index '%s' is whole", ix->dir);
    return STATUS_OK;
}

/* left: NULL where every segment has to be whole. */
static enum status open_once(const char *dir, struct left_out *left, struct index **out,
    uint64_t *generation, struct error *err)
{
    struct index *ix = calloc(1, sizeof *ix);
    if (!ix)
        return error_no_memory(err);
    index_init_blocks(ix);
    arena_init(&ix->ranges, SIZE_MAX);
    manifest_init(&ix->manifest);
    ix->dir = strdup(dir);
    enum status s = ix->dir ? manifest_read(dir, &ix->manifest, err) : error_no_memory(err);
    *generation = ix->manifest.generation;
    if (s == STATUS_OK && left)
        s = leave_out_damaged(ix, left, err);
    if (s == STATUS_OK)
        s = open_segments(ix, err);
    if (s == STATUS_OK)
        *out = ix;
    else
        index_close(ix);
    return s;
}

bool index_has_moved_on(const char *dir, uint64_t generation)
{
    struct manifest now;
    struct error ignored;
    bool is_other = manifest_read(dir, &now, &ignored) == STATUS_OK && now.generation != generation;
    manifest_release(&now);
    return is_other;
}

enum status index_open(const char *dir, struct index **out, struct error *err)
{
    enum status s;
    uint64_t generation = 0;
    int n_attempts = 0;
    do {
        s = open_once(dir, NULL, out, &generation, err);
    } while (s != STATUS_OK && s != STATUS_NO_MEMORY && ++n_attempts < OPEN_ATTEMPTS_MAX &&
             index_has_moved_on(dir, generation));
    return s;
}

/* A segment that a writer removed meanwhile is not damaged: what was found missing then counts for nothing. */
enum status index_open_partial(
    const char *dir, struct index **out, struct buf *left_out, size_t *n, struct error *err)
{
    const size_t start = left_out->len;
    struct left_out left = {.lines = left_out};
    enum status s;
    uint64_t generation = 0;
    for (int n_attempts = 0; n_attempts < OPEN_ATTEMPTS_MAX; n_attempts++) {
        left_out->len = start;
        left.n = 0;
        s = open_once(dir, &left, out, &generation, err);
        bool is_whole = s == STATUS_OK && left.n == 0;
        if (is_whole || s == STATUS_NO_MEMORY || !index_has_moved_on(dir, generation))
            break;
        if (s == STATUS_OK && n_attempts + 1 < OPEN_ATTEMPTS_MAX)
            index_close(*out);
    }
    *n = left.n;
    return s;
}

void index_close(struct index *ix)
{
    if (!ix)
        return;
    index_engine_close(ix);
    for (size_t i = 0; ix->segments && i < ix->manifest.n_segments; i++)
        index_release_segment(&ix->segments[i]);
    free(ix->segments);
    index_release_blocks(ix);
    arena_release(&ix->ranges);
    manifest_release(&ix->manifest);
    free(ix->dir);
    free(ix);
}

/* ---- what it is ---- */

const char *index_dir(const struct index *ix)
{
    return ix->dir;
}

const struct manifest *index_manifest(const struct index *ix)
{
    return &ix->manifest;
}

struct index_totals index_totals(const struct index *ix)
{
    struct index_totals t = {0};
    for (size_t i = 0; i < ix->manifest.n_segments; i++) {
        const struct manifest_segment *s = &ix->manifest.segments[i];
        uint64_t n_live = s->stats.n_passages - s->n_dead_passages;
        double share = s->n_dead_passages ? (double)n_live / s->stats.n_passages : 1;
        t.n_passages += n_live;
        t.n_reports += s->stats.n_reports - s->n_dead_reports;
        t.n_sources += s->stats.n_sources - s->n_dead;
        t.n_tokens += (uint64_t)((double)s->stats.n_tokens * share);
        t.text_bytes += (uint64_t)((double)s->stats.text_bytes * share);
    }
    return t;
}

uint64_t index_n_stored(const struct index *ix)
{
    uint64_t n = 0;
    for (size_t i = 0; i < ix->manifest.n_segments; i++)
        n += ix->manifest.segments[i].stats.n_passages;
    return n;
}

/* ---- asking ---- */

static int compare_char(const void *cp, const void *c)
{
    uint32_t a = *(const uint32_t *)cp, b = ((const struct index_char *)c)->cp;
    return (a > b) - (a < b);
}

enum status index_char_stats(
    struct index *ix, uint32_t cp, uint64_t *df, uint64_t *cf, struct error *err)
{
    *df = *cf = 0;
    for (uint32_t i = 0; i < ix->manifest.n_segments; i++) {
        enum status status = index_need_chars(ix, i, err);
        if (status != STATUS_OK)
            return status;
        const struct index_segment *s = &ix->segments[i];
        const struct index_char *c =
            s->n_chars ? bsearch(&cp, s->chars, s->n_chars, sizeof *c, compare_char) : NULL;
        if (c) {
            *df += c->df;
            *cf += c->cf;
        }
    }
    return STATUS_OK;
}

static enum status search_without_dead(struct index *ix, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err)
{
    const struct xnode dead = {.op = XOP_RANGES, .ranges = ix->dead};
    const struct xnode *children[] = {query, &dead};
    const struct xnode live = {.op = XOP_AND_NOT, .children = children, .n_children = 2};
    return index_engine_search(ix, &live, how, out, err);
}

enum status index_search(struct index *ix, const struct xnode *query, const struct xsearch *how,
    struct xhits *out, struct error *err)
{
    struct xsearch ours = *how;
    ours.k1 = WDF_SCALE * BM25_K1;
    if (ix->manifest.n_segments == 0) {
        *out = (struct xhits){.n = 0};
        return STATUS_OK;
    }
    enum status s = index_need_dead(ix, err);
    if (s == STATUS_OK && arranger_is_needed(how))
        s = index_need_report_spans(ix, &ours.spans, err);
    if (s != STATUS_OK)
        return s;
    return ix->has_dead ? search_without_dead(ix, query, &ours, out, err)
                        : index_engine_search(ix, query, &ours, out, err);
}
