// SPDX-License-Identifier: GPL-2.0-or-later
/* All terms that begin with a prefix, counted as one: 国 is what begins with 国, some thousand terms.
 *
 * Their chunks are listed once; then the passages go by in spans of PREFIX_SPAN, for each of which
 * the wdfs are added up into one row, chunk by chunk. So a posting costs an addition, whatever the
 * number of terms. Spans are asked for in rising order, the first of which lists the chunks if they
 * were not. */
#ifndef DUAN_STORE_PREFIX_UNION_H
#define DUAN_STORE_PREFIX_UNION_H

#include "store/term_list.h"

enum { PREFIX_SPAN = 1 << 17 };
#define PREFIX_IS_THERE 0x8000u
/* Sums end here. Only a passage of thousands of tokens in which nothing else stands gets there, and
 * its score is then .0003 below what it should be. */
#define PREFIX_WDF_MAX 0x7fffu

struct prefix_chunk {
    const uint8_t *at, *end; /* behind the posting that is next */
    uint32_t docid, wdf;     /* the posting that is next; docid DOCID_END behind the last */
};

struct prefix_union {
    struct segment_reader *segment;
    struct list_faults *faults;
    const char *prefix; /* prefix_len bytes, borrowed */
    size_t prefix_len;
    double n_passages; /* of all segments */
    bool is_listed;    /* the chunks are */
    /* By the span they begin in. Up to n_active: those that are gone through; from n_begun on: those that are not yet. */
    struct prefix_chunk *chunks;
    size_t n_chunks, n_active, n_begun;
    double
        absent; /* the share of passages that would hold none of the terms, were these independent */
    uint32_t last;  /* no posting is behind this docid; 0: there are none */
    uint16_t *wdfs; /* of the span that begins with start, PREFIX_SPAN; NULL before the first. With
                       PREFIX_IS_THERE, for a wdf may be 0 */
    uint32_t start; /* 0: no span yet */
};

/* Lists nothing yet. n_passages is that of all segments. What is pointed to is borrowed. */
void prefix_union_init(struct prefix_union *u, struct segment_reader *segment, const char *prefix,
    size_t n, double n_passages, struct list_faults *faults);

/* Lists the chunks of the terms, in the arena. */
enum status prefix_union_list(struct prefix_union *u, struct arena *arena, struct error *err);

/* The summed wdfs of the passages from the span of docid on: [0] is docid u->start. NULL after a
 * fault. */
const uint16_t *prefix_union_span(struct prefix_union *u, uint32_t docid, struct arena *arena);

/* Is any of PREFIX_STRIDE sums above a limit of at most 16 bits? */
enum { PREFIX_STRIDE = 128 };
bool prefix_is_any_above(const uint16_t *sums, uint32_t limit);

static inline uint32_t prefix_union_span_start(uint32_t docid)
{
    return docid - docid % PREFIX_SPAN;
}

#endif
