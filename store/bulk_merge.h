// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of building in bulk: from runs of raw frequencies to the postlist table.
 *
 * The average length is known by now, so each frequency becomes a wdf as it is encoded. Two walks:
 * one over the ends of the runs, each on its own, for the documents' lengths, which stand before the
 * terms in the table; one over the merged terms, range by range. Both on several threads; the bytes do not
 * depend on how many, nor on where the runs were cut. */
#ifndef DUAN_STORE_BULK_MERGE_H
#define DUAN_STORE_BULK_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/glass_table.h"
#include "store/run_store.h"

struct bulk_postlist {
    const struct run_store *runs;
    const uint32_t *lens; /* tokens of passage docid, from index 1 */
    uint32_t n_docs;
    double average_length;
    size_t memory_bytes;
    unsigned n_threads;
};

/* For the version file. */
struct bulk_stats {
    uint32_t doclen_lower, doclen_upper, wdf_upper;
    uint64_t total_doclen;
};

/* Writes to the table, into which the metadata has gone already, all that comes behind it. */
enum status bulk_merge(const struct bulk_postlist *in, struct glass_table *table,
    struct bulk_stats *out, struct error *err);

#endif
