// SPDX-License-Identifier: GPL-2.0-or-later
/* What the titles of reports say of their passages: which terms of the query are in them.
 *
 * Who asks for 浙江 2026 营商环境 wants what that report says of 营商环境, in passages that name neither
 * the province nor the year. A report's title therefore ranks with the headings above a passage
 * (section_evidence.h), and the reports whose titles hold the most of the query bring candidates of
 * their own. A term that stands in very many titles of a segment tells none of them
 * (title_terms.h). */
#ifndef DUAN_SEARCH_TITLE_EVIDENCE_H
#define DUAN_SEARCH_TITLE_EVIDENCE_H

#include "common/buf.h"
#include "search/plan.h"

enum {
    TITLE_TERMS_MAX = 64, /* of a very long query only the first so many are looked up */
    TITLE_BEST_MAX = 64, /* where more reports than these have the best titles, they tell nothing */
};

/* The reports that have terms of the query in their titles, by segment and number. */
struct titled_report {
    uint32_t segment, report;
    uint64_t terms; /* a bit each, in the order of the plan */
    double value;   /* the sum of theirs: idf among titles times weight */
};
struct title_evidence {
    struct buf found; /* of struct titled_report */
    size_t n;
};

/* Looks up the terms of the plan. Release it in any case. */
enum status title_evidence_find(
    struct title_evidence *t, struct index *ix, const struct plan *plan, struct error *err);
void title_evidence_release(struct title_evidence *t);

/* The terms in a report's title. */
uint64_t title_evidence_terms(const struct title_evidence *t, uint32_t segment, uint32_t report);

/* The passages of the reports whose titles hold the most, by value, as a node in the arena; NULL where
 * there are none, or too many to tell. */
enum status title_evidence_best(const struct title_evidence *t, struct index *ix,
    struct arena *arena, const struct xnode **out, struct error *err);

#endif
