// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading an index: one manifest, its segments, and what they hold.
 *
 * An open index is a snapshot: a writer's later commits do not show. A handle serves one thread at
 * a time. */
#ifndef DUAN_STORE_INDEX_H
#define DUAN_STORE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "store/manifest.h"
#include "store/report_codec.h"
#include "store/xapian_c.h"

struct index;

/* Opens the index at dir. The message of a failure names dir and says what it is: missing ("no
 * index at 'x': make one with `duan index -i x PATH`"), foreign, newer, or damaged and where. If a
 * writer swaps the manifest and removes a segment meanwhile, the open is tried again. */
enum status index_open(const char *dir, struct index **out, struct error *err);
/* The same, but a segment with a file that is damaged or missing is left out, as if the index did not
 * have it; reads all of every file to know. Appends to *left_out a line for each, that says why, and
 * puts their number in *n. STATUS_CORRUPT where no segment is left. For reading only. */
enum status index_open_partial(
    const char *dir, struct index **out, struct buf *left_out, size_t *n, struct error *err);
void index_close(struct index *ix);

const char *index_dir(const struct index *ix);
const struct manifest *index_manifest(const struct index *ix);

/* Of all segments: live passages, reports, sources; their tokens and text bytes, estimated by the
 * share of live passages where a segment has dead ones. */
struct index_totals {
    uint64_t n_passages, n_reports, n_sources, n_tokens, text_bytes;
};
struct index_totals index_totals(const struct index *ix);

/* Stored passages, dead ones included: the N of Xapian's weights. */
uint64_t index_n_stored(const struct index *ix);

/* Terms of all segments, one that stands in two counted twice. Walks the dictionaries. */
enum status index_n_terms(struct index *ix, uint64_t *n, struct error *err);

/* The document frequency of a term (dead passages included, as in Xapian's weights); 0 for an
 * unknown one. */
enum status index_term_df(
    struct index *ix, const char *term, size_t n, uint64_t *df, struct error *err);
/* See xdb_terms. */
enum status index_terms(struct index *ix, const char *prefix, size_t n, size_t max_terms,
    struct buf *out, size_t *n_terms, struct error *err);
/* In how many passages a CHAR_HAN stands, and how often; 0 and 0 for an unknown one. */
enum status index_char_stats(
    struct index *ix, uint32_t cp, uint64_t *df, uint64_t *cf, struct error *err);

/* Conditions on reports, as passages: ranges of docids, one list a segment, empty to begin with.
 * Sources, reports and dates are added in the order in which an index_cursor gives them. NULL and
 * STATUS_NO_MEMORY where the arena is full; the ranges are borrowed by the node. */
struct docid_ranges *index_ranges_make(struct index *ix, struct arena *arena);
enum status index_ranges_add_reports(struct index *ix, struct docid_ranges *ranges,
    uint32_t segment, uint32_t first, uint32_t n, struct arena *arena, struct error *err);
/* All reports whose date is known and lies between low and high, both included. */
enum status index_ranges_add_dates(struct index *ix, struct docid_ranges *ranges, uint32_t low,
    uint32_t high, struct arena *arena, struct error *err);
/* NULL where no passage is in them, too. */
enum status index_ranges_node(struct index *ix, const struct docid_ranges *ranges,
    struct arena *arena, const struct xnode **out, struct error *err);

/* Appends the numbers (uint32_t, rising) of the reports of a segment, dead ones too, whose title
 * holds the term: or, once in billions, another of the same hash. A term in very many titles has none
 * (title_terms.h). */
enum status index_title_reports(struct index *ix, uint32_t segment, const char *term, size_t n,
    struct buf *out, struct error *err);

/* Passages that match, dead ones left out. See xdb_search. k1 and spans are set by the index. */
enum status index_search(struct index *ix, const struct xnode *query, const struct xsearch *how,
    struct xhits *out, struct error *err);

/* A stored passage, and to whom it belongs. Its text is borrowed until the next call of
 * index_passage or index_close. STATUS_MISSING past the segment's end. */
struct stored_passage {
    struct passage passage;
    uint32_t segment, docid;
    uint32_t report;  /* number */
    bool is_unranked; /* furniture, or a line that recurs from report to report: comes last */
    bool is_stuffed;  /* its report has a text stuffed in (report.stuffed) */
};
enum status index_passage(struct index *ix, uint32_t segment, uint32_t docid,
    struct stored_passage *out, struct error *err);

/* The report that holds a passage, and its source. Strings are borrowed until the next call of
 * index_report_of, index_report_by_number or index_close. */
struct stored_report {
    struct report report; /* first_docid, n_passages: where its passages are */
    struct source source;
    uint32_t segment;
    bool is_dead;
};
enum status index_report_of(struct index *ix, uint32_t segment, uint32_t docid,
    struct stored_report *out, struct error *err);
/* STATUS_MISSING where no live report has the number. */
enum status index_report_by_number(
    struct index *ix, uint32_t number, struct stored_report *out, struct error *err);

/* Walks the live sources, and the live reports, segment by segment in their order. */
struct index_cursor {
    struct index *ix;
    uint32_t segment, end, block; /* end: the segment to stop before */
    struct buf bytes;
    struct bytes at;
    struct report_codec codec;
};
void index_cursor_init(struct index_cursor *c, struct index *ix);
/* The same of one segment. */
void index_cursor_init_segment(struct index_cursor *c, struct index *ix, uint32_t segment);
void index_cursor_release(struct index_cursor *c);
/* Puts the next in *out and sets *has_more; strings are borrowed until the next call. Do not mix on
 * one cursor. */
enum status index_next_source(struct index_cursor *c, struct source *out, uint32_t *segment,
    bool *has_more, struct error *err);
enum status index_next_report(struct index_cursor *c, struct report *out, uint32_t *segment,
    bool *has_more, struct error *err);

#endif
