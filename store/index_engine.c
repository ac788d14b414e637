// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/index_engine.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "store/check.h"
#include "store/evaluate.h"

static bool asks_xapian(const struct index *ix)
{
    return !ix->readers && ix->db;
}

/* ---- opening ---- */

static enum status segment_dir(
    const struct index *ix, size_t segment, char path[PATH_MAX], struct error *err)
{
    return file_join(ix->dir, ix->manifest.segments[segment].name, path, err);
}

static enum status open_native(struct index *ix, struct error *err)
{
    size_t n = ix->manifest.n_segments;
    char path[PATH_MAX];
    ix->readers = calloc(n, sizeof *ix->readers);
    enum status s = ix->readers ? STATUS_OK : error_no_memory(err);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        s = segment_dir(ix, i, path, err);
        if (s == STATUS_OK)
            s = segment_reader_open(path, &ix->readers[i], err);
        if (s == STATUS_OK)
            ix->n_readers++;
    }
    return s;
}

/* Xapian verifies nothing and trusts what it reads, so all of a segment is verified before it sees
 * any. */
static enum status open_xapian(struct index *ix, struct error *err)
{
    size_t n = ix->manifest.n_segments;
    char(*paths)[PATH_MAX] = malloc(n * sizeof *paths);
    const char **dirs = malloc(n * sizeof *dirs);
    enum status s = paths && dirs ? STATUS_OK : error_no_memory(err);
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        s = segment_dir(ix, i, paths[i], err);
        if (s == STATUS_OK)
            s = check_segment_files(ix->dir, &ix->manifest.segments[i], err);
        dirs[i] = paths[i];
    }
    if (s == STATUS_OK)
        s = xdb_open(dirs, n, &ix->db, err);
    free(paths);
    free(dirs);
    return s;
}

static void close_native(struct index *ix)
{
    for (size_t i = 0; i < ix->n_readers; i++)
        segment_reader_close(&ix->readers[i]);
    free(ix->readers);
    ix->readers = NULL;
    ix->n_readers = 0;
}

enum status index_engine_open(struct index *ix, struct error *err)
{
    const char *engine = getenv("DUAN_ENGINE");
    enum status s = STATUS_NEWER;
    if (!engine || strcmp(engine, "xapian") != 0)
        s = open_native(ix, err);
    if (s == STATUS_NEWER) {
        close_native(ix);
        s = open_xapian(ix, err);
    }
    return s == STATUS_MISSING ? error_context(err, STATUS_CORRUPT, "index '%s'", ix->dir) : s;
}

void index_engine_close(struct index *ix)
{
    close_native(ix);
    xdb_close(ix->db);
}

/* ---- what is stored ---- */

enum status index_engine_metadata(
    struct index *ix, uint32_t segment, const char *key, struct buf *out, struct error *err)
{
    return asks_xapian(ix) ? xdb_metadata(ix->db, segment, key, out, err)
                           : segment_reader_metadata(&ix->readers[segment], key, out, err);
}

enum status index_engine_data(
    struct index *ix, uint32_t segment, uint32_t docid, struct buf *out, struct error *err)
{
    enum status s = asks_xapian(ix) ? STATUS_NEWER
                                    : segment_reader_data(&ix->readers[segment], docid, out, err);
    if (s != STATUS_NEWER) /* Xapian's own writer compresses some */
        return s;
    if (!ix->db && open_xapian(ix, err) != STATUS_OK)
        return err->status;
    return xdb_data(ix->db, segment, docid, out, err);
}

/* ---- dictionaries ---- */

static enum status count_terms(struct segment_reader *r, uint64_t *n, struct error *err)
{
    struct term_walk w;
    enum status s = term_walk_begin(&w, r, "", 0, err);
    for (*n = 0; s == STATUS_OK && !w.is_at_end; ++*n)
        s = term_walk_next(&w, err);
    return s;
}

enum status index_engine_counts(
    struct index *ix, uint32_t segment, uint64_t *n_docs, uint64_t *n_terms, struct error *err)
{
    if (asks_xapian(ix))
        return xdb_counts(ix->db, segment, n_docs, n_terms, err);
    *n_docs = ix->readers[segment].version.n_docs;
    return count_terms(&ix->readers[segment], n_terms, err);
}

enum status index_n_terms(struct index *ix, uint64_t *n, struct error *err)
{
    *n = 0;
    for (uint32_t i = 0; i < ix->manifest.n_segments; i++) {
        uint64_t n_docs, n_terms;
        enum status s = index_engine_counts(ix, i, &n_docs, &n_terms, err);
        if (s != STATUS_OK)
            return s;
        *n += n_terms;
    }
    return STATUS_OK;
}

enum status index_term_df(
    struct index *ix, const char *term, size_t n, uint64_t *df, struct error *err)
{
    uint64_t cf, df_here;
    *df = 0;
    if (asks_xapian(ix))
        return xdb_term_stats(ix->db, term, n, df, &cf, err);
    for (size_t i = 0; i < ix->n_readers; i++) {
        enum status s = segment_reader_term_stats(&ix->readers[i], term, n, &df_here, &cf, err);
        if (s != STATUS_OK)
            return s;
        *df += df_here;
    }
    return STATUS_OK;
}

static int compare_terms(const struct term_walk *a, const struct term_walk *b)
{
    int order = memcmp(a->term, b->term, a->term_len < b->term_len ? a->term_len : b->term_len);
    return order ? order : (a->term_len > b->term_len) - (a->term_len < b->term_len);
}

/* The first term that any of the walks stands on; NULL at the end of all. */
static const struct term_walk *first_of(const struct term_walk *walks, size_t n)
{
    const struct term_walk *first = NULL;
    for (size_t i = 0; i < n; i++)
        if (!walks[i].is_at_end && (!first || compare_terms(&walks[i], first) < 0))
            first = &walks[i];
    return first;
}

/* Appends the term with its frequency in all segments, and moves the walks that stand on it. */
static enum status take_term(struct term_walk *walks, size_t n, const struct term_walk *first,
    struct buf *out, struct error *err)
{
    const struct term_walk now = *first;
    uint64_t df = 0;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < n && s == STATUS_OK; i++) {
        if (walks[i].is_at_end || compare_terms(&walks[i], &now) != 0)
            continue;
        df += walks[i].df;
        s = term_walk_next(&walks[i], err);
    }
    if (s == STATUS_OK &&
        (!buf_append_string(out, now.term, now.term_len) || !buf_append_varint(out, df)))
        s = error_no_memory(err);
    return s;
}

static enum status native_terms(struct index *ix, const char *prefix, size_t n, size_t max_terms,
    struct buf *out, size_t *n_terms, struct error *err)
{
    struct term_walk *walks = calloc(ix->n_readers + 1, sizeof *walks);
    enum status s = walks ? STATUS_OK : error_no_memory(err);
    const struct term_walk *first;
    for (size_t i = 0; i < ix->n_readers && s == STATUS_OK; i++)
        s = term_walk_begin(&walks[i], &ix->readers[i], prefix, n, err);
    while (s == STATUS_OK && *n_terms < max_terms && (first = first_of(walks, ix->n_readers))) {
        s = take_term(walks, ix->n_readers, first, out, err);
        ++*n_terms;
    }
    free(walks);
    return s;
}

enum status index_terms(struct index *ix, const char *prefix, size_t n, size_t max_terms,
    struct buf *out, size_t *n_terms, struct error *err)
{
    *n_terms = 0;
    return asks_xapian(ix) ? xdb_terms(ix->db, prefix, n, max_terms, out, n_terms, err)
                           : native_terms(ix, prefix, n, max_terms, out, n_terms, err);
}

/* ---- searching ---- */

/* Xapian's scores as whole numbers for the arranger: ten digits are kept of them. */
static const double UNIT = 1 << 30;

/* Puts all that Xapian found in order. */
static enum status arrange(
    struct xhits *all, const struct xsearch *how, struct xhits *out, struct error *err)
{
    struct arranger a;
    bool is_ok = true;
    arranger_init(&a, how);
    if (all->n)
        qsort(all->hits, all->n, sizeof *all->hits, xhit_by_place);
    for (size_t i = 0; i < all->n && is_ok; i++) {
        const struct xhit *hit = &all->hits[i];
        is_ok = arranger_add(&a, hit->segment, hit->docid, (int64_t)(hit->score * UNIT));
    }
    *out = (struct xhits){.n_estimated = all->n};
    enum status s = is_ok ? arranger_finish(&a, UNIT, out, err) : error_no_memory(err);
    arranger_release(&a);
    return s;
}

static enum status search_through_xapian(struct index *ix, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err)
{
    struct xhits all;
    if (!arranger_is_needed(how))
        return xdb_search(ix->db, query, how, out, err);
    const struct xsearch whole = {.limit = SIZE_MAX, .check_at_least = SIZE_MAX, .k1 = how->k1};
    enum status s = xdb_search(ix->db, query, &whole, &all, err);
    if (s != STATUS_OK)
        return s;
    s = arrange(&all, how, out, err);
    xhits_release(&all);
    return s;
}

enum status index_engine_search(struct index *ix, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err)
{
    if (ix->readers)
        return evaluate(ix->readers, ix->n_readers, query, how, out, err);
    return search_through_xapian(ix, query, how, out, err);
}
