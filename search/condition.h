// SPDX-License-Identifier: GPL-2.0-or-later
/* The conditions of a query: who may meet them by the terms of the index, and who does, by the
 * text.
 *
 * condition_candidates gives a superset (literal.h); a judge decides from the folded passage and
 * its report. Soft words are conditions only where `words` is asked for: for counting. */
#ifndef DUAN_SEARCH_CONDITION_H
#define DUAN_SEARCH_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "search/query.h"
#include "store/index.h"

struct candidates {
    const struct xnode *node; /* NULL: no passage can meet the condition */
    bool is_decided;          /* the node matches no others */
    bool is_all;              /* it matches every passage */
    bool is_soft;             /* and that because it is soft words alone, which ask for nothing */
};

/* Builds the candidates of a node of q->root in the arena. A bare word adds no weight there: its
 * soft terms do so elsewhere. */
enum status condition_candidates(struct index *ix, const struct query *q,
    const struct query_node *node, bool words, struct arena *arena, struct candidates *out,
    struct error *err);

/* Judges passage after passage. */
struct judge {
    struct index *ix;
    const struct query *query;
    bool words;
    struct folded_passage *folded; /* of the passage at hand */
    uint32_t segment, docid;
    struct stored_report report; /* its report, where has_report */
    bool has_report;
    struct folded_passage scratch;
    enum status status; /* of the passage at hand */
    struct error *err;
};
void judge_init(
    struct judge *j, struct index *ix, const struct query *q, bool words, struct error *err);
void judge_release(struct judge *j);

/* Does the passage, folded in f, meet every condition of the query? */
enum status judge_passage(
    struct judge *j, uint32_t segment, uint32_t docid, struct folded_passage *f, bool *out);

#endif
