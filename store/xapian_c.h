// SPDX-License-Identifier: GPL-2.0-or-later
/* Xapian behind a C API of our own: the only door to it. Implemented in xapian_c.cc, the one C++ file.
 *
 * No exception leaves: each call ends in a status, bad_alloc included. No lazy iterator crosses: what a search or a
 * term walk finds is copied out inside the call, so failure has one place to happen and results outlive the handle.
 * Terms longer than XTERM_MAX bytes are refused by name. A handle serves one thread at a time. */
#ifndef DUAN_STORE_XAPIAN_C_H
#define DUAN_STORE_XAPIAN_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/xnode.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- reading: several segments as one database ---- */
struct xdb;

/* Opens n >= 1 glass databases. STATUS_MISSING (no folder, or none with an iamglass), _CORRUPT, _FOREIGN (a file, or
 * an iamglass of something else), _NEWER; _BAD_INPUT where passages times segments pass 2^32. */
enum status xdb_open(const char *const *dirs, size_t n, struct xdb **out, struct error *err);
void xdb_close(struct xdb *db);

/* In which order hits come. Those of one date, or all: by score. */
enum xorder { XORDER_SCORE, XORDER_EARLIEST, XORDER_LATEST };

struct report_spans;
struct xsearch {
    size_t offset, limit;
    double k1;             /* of BM25, on the scale of the stored wdf */
    bool is_boolean;       /* no weights: hits in docid order, segment by segment */
    size_t check_at_least; /* count exactly up to so many; 0 = no more than needed */
    enum xorder order;
    bool is_one_a_report;             /* only the best passage of each report */
    const struct report_spans *spans; /* one a segment (arranger.h), where either is asked for */
};

struct xhit {
    uint32_t segment, docid; /* docid within the segment */
    double score;
};
struct xhits {
    struct xhit *hits; /* n, freed by xhits_release */
    size_t n;
    size_t n_estimated; /* of all matches; their number, where check_at_least is no less */
};

/* *out is set on success only. STATUS_BAD_INPUT as xnode_check. In the order of scores, all passages of a report: the
 * rest is not asked of Xapian. */
enum status xdb_search(struct xdb *db, const struct xnode *query, const struct xsearch *how,
    struct xhits *out, struct error *err);
void xhits_release(struct xhits *hits);

/* Passages that hold the term, and the sum of its wdf; 0 and 0 for an unknown one. */
enum status xdb_term_stats(
    struct xdb *db, const char *term, size_t n, uint64_t *df, uint64_t *cf, struct error *err);

/* Appends to *out, sorted, each term that begins with prefix, as varint length, bytes, varint df: at most max_terms.
 * *n_terms says how many. */
enum status xdb_terms(struct xdb *db, const char *prefix, size_t n, size_t max_terms,
    struct buf *out, size_t *n_terms, struct error *err);

/* Number of passages and of terms in one segment. */
enum status xdb_counts(
    struct xdb *db, size_t segment, uint64_t *n_docs, uint64_t *n_terms, struct error *err);

/* Appends a segment's metadata value (nothing where there is none), or an xdoc's data, to *out. STATUS_MISSING for
 * a docid past the segment's end; STATUS_NO_MEMORY where *out is full. */
enum status xdb_metadata(
    struct xdb *db, size_t segment, const char *key, struct buf *out, struct error *err);
enum status xdb_data(
    struct xdb *db, size_t segment, uint32_t docid, struct buf *out, struct error *err);

/* Runs Xapian's own check over a database; STATUS_CORRUPT with the first complaint, and all of it in *report. */
enum status xdb_check(const char *dir, struct buf *report, struct error *err);

/* Release of the linked library: "1.4.22". */
const char *xapian_version(void);

/* ---- writing through Xapian's API, for BUILDER_API ---- */
struct xwriter;
struct xposting {
    const char *term;
    size_t term_len;
    uint32_t wdf; /* 0: a boolean term */
};

/* Makes a database at dir, which must not exist. */
enum status xwriter_open(const char *dir, struct xwriter **out, struct error *err);
/* Adds an xdoc, docids from 1. data may be empty. */
enum status xwriter_add(struct xwriter *w, const struct xposting *postings, size_t n,
    const char *data, size_t data_len, struct error *err);
enum status xwriter_set_metadata(
    struct xwriter *w, const char *key, const char *value, size_t n, struct error *err);
/* Moves what was added since the last flush to the disk. */
enum status xwriter_flush(struct xwriter *w, struct error *err);
/* Flushes, then writes a compact copy to compact_dir (made where it is missing) and removes the first. Syncs nothing.
 * Only xwriter_close is allowed afterwards. STATUS_IO where the copy came out without the data of the xdocs. */
enum status xwriter_finish(struct xwriter *w, const char *compact_dir, struct error *err);
void xwriter_close(struct xwriter *w);

#ifdef __cplusplus
}
#endif
#endif
