// SPDX-License-Identifier: GPL-2.0-or-later
/* A query taken apart: what selects, what lets through or keeps out, what only adds. */
#ifndef DUAN_STORE_EVALUATE_PARTS_H
#define DUAN_STORE_EVALUATE_PARTS_H

#include "store/evaluate_node.h"

/* A passage must match the core and all filters and none of the excluded; `optional` only add. */
struct parts {
    struct node *core;
    struct node **filters, **excluded, **optional;
    size_t n_filters, n_excluded, n_optional;
};

/* Takes the query apart, in the arena; false when memory is out. */
bool parts_take(struct parts *p, struct node *query, struct arena *arena);

/* Do the filters and the excluded let the passage through? Asked forwards only. */
bool parts_allow(const struct parts *p, struct evaluation *e, uint32_t docid);

/* From docid on, none before the passage returned is let through; DOCID_END: none is. */
uint32_t parts_next_allowed(const struct parts *p, struct evaluation *e, uint32_t docid);

/* The champions, by docid, of a core that is a prefix with such a list in this segment, where nothing but ranges may keep
 * any out; their number, 0 where there is no such list or after a fault. All others are no better. */
size_t parts_champions(const struct parts *p, struct evaluation *e, struct champion out[CHAMPIONS]);

#endif
