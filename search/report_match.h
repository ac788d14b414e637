// SPDX-License-Identifier: GPL-2.0-or-later
/* Conditions on the report a passage belongs to: its title, path, id and own fields hold a text,
 * its date lies in a range. Texts are compared folded. An id is compared by whole words (id:7 is
 * not 17) unless the value was quoted; a field that is a list holds what one of its members holds.
 */
#ifndef DUAN_SEARCH_REPORT_MATCH_H
#define DUAN_SEARCH_REPORT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "search/query.h"
#include "store/index.h"

/* Does the report meet a clause of kind CLAUSE_FIELD or CLAUSE_DATES? scratch is room to fold in.
 */
enum status report_matches(const struct clause *c, const struct report *report,
    const struct source *source, struct folded_passage *scratch, bool *out, struct error *err);

/* The passages of the reports that meet the clause and no others, as a node in the arena; NULL
 * where there are none. */
enum status report_candidates(struct index *ix, const struct clause *c, struct arena *arena,
    const struct xnode **out, struct error *err);

/* Has a report of the index a field of its own with this (folded) name? */
enum status report_has_field(
    struct index *ix, const char *name, size_t n, bool *out, struct error *err);

#endif
