// SPDX-License-Identifier: GPL-2.0-or-later
/* Passages of a segment as ranges of docids: rising, none touching the next. A report's passages
 * stand together, and so do a source's: so what a condition on reports lets through, and what a
 * dropped source leaves dead, is few ranges of many passages. */
#ifndef DUAN_STORE_DOCID_RANGES_H
#define DUAN_STORE_DOCID_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

struct docid_range {
    uint32_t first, last; /* both included */
};
struct docid_ranges {
    struct docid_range *at;
    size_t n, n_max;
};

/* Adds n passages from `first` on, which lies behind all that are there; joined to the last range
 * where it touches that. Room comes from the arena; false when it has none. */
bool docid_ranges_add(struct docid_ranges *r, uint32_t first, uint32_t n, struct arena *arena);

/* The first range from `from` on that does not end before docid; r->n where there is none. */
size_t docid_ranges_seek(const struct docid_ranges *r, size_t from, uint32_t docid);

/* How many passages there are. */
uint32_t docid_ranges_count(const struct docid_ranges *r);

#ifdef __cplusplus
}
#endif
#endif
