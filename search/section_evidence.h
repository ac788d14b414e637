// SPDX-License-Identifier: GPL-2.0-or-later
/* What the headings say that a passage stands under: which terms of the query are in them.
 *
 * 优化营商环境 above three paragraphs that never repeat it is why they answer 营商环境. Passages of
 * tsv have no headings, and nothing changes for them. Of headings that were read lately it is remembered
 * what they and those above them hold: chapters of one report are asked for again and again. */
#ifndef DUAN_SEARCH_SECTION_EVIDENCE_H
#define DUAN_SEARCH_SECTION_EVIDENCE_H

#include <stdint.h>

#include "search/folded_passage.h"
#include "search/rank.h"
#include "search/unstuff.h"
#include "store/index.h"

enum { HEADINGS_KEPT = 256 };

struct section_evidence {
    struct index *ix;
    const struct ranker *ranker;
    struct folded_passage folded; /* private, as is the rest */
    struct unstuffer unstuffer;
    struct kept_heading {
        uint32_t segment, docid; /* 0: none */
        uint64_t terms;          /* in it and in all over it */
    } kept[HEADINGS_KEPT];
};

/* ix and ranker are borrowed. */
void section_evidence_init(
    struct section_evidence *s, struct index *ix, const struct ranker *ranker);
void section_evidence_release(struct section_evidence *s);

/* The terms (a bit each) in all headings over p. Reads passages of the index, so p's text is no
 * longer valid afterwards. */
enum status section_evidence_terms(
    struct section_evidence *s, const struct stored_passage *p, uint64_t *terms, struct error *err);

#endif
