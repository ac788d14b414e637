// SPDX-License-Identifier: GPL-2.0-or-later
/* Two ways to ask the segments of an open index: natively, through our own readers of the tables
 * (segment_reader.h), or through Xapian.
 *
 * Natively wherever we know the format of every segment; else, or where the environment says
 * DUAN_ENGINE=xapian, all goes through Xapian. Both give the same answers. The native one
 * verifies what it reads; for Xapian all is read and verified at opening. */
#ifndef DUAN_STORE_INDEX_ENGINE_H
#define DUAN_STORE_INDEX_ENGINE_H

#include "store/index_parts.h"

/* Opens all segments of the manifest, at least one. */
enum status index_engine_open(struct index *ix, struct error *err);
void index_engine_close(struct index *ix);

/* Append a metadata value, or the data of a passage, to *out; nothing where there is none. */
enum status index_engine_metadata(
    struct index *ix, uint32_t segment, const char *key, struct buf *out, struct error *err);
enum status index_engine_data(
    struct index *ix, uint32_t segment, uint32_t docid, struct buf *out, struct error *err);

/* Number of passages and of terms in one segment. */
enum status index_engine_counts(
    struct index *ix, uint32_t segment, uint64_t *n_docs, uint64_t *n_terms, struct error *err);

/* See xdb_search. The index has a segment. */
enum status index_engine_search(struct index *ix, const struct xnode *query,
    const struct xsearch *how, struct xhits *out, struct error *err);

#endif
