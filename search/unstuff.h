// SPDX-License-Identifier: GPL-2.0-or-later
/* A passage as it ranks: without the text that was stuffed in before the stops of its report's sentences.
 *
 *   …製造業是實體經濟的主體晉中。     ranks as   …製造業是實體經濟的主體。
 *
 * What is stuffed in was found when the report was read (report.stuffed). Elsewhere the same text counts. */
#ifndef DUAN_SEARCH_UNSTUFF_H
#define DUAN_SEARCH_UNSTUFF_H

#include "common/buf.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "store/index.h"

struct unstuffer {
    struct index *ix;
    uint32_t segment, report; /* whose text is in cps; 0: none yet */
    uint32_t cps[STUFFED_BYTES_MAX];
    size_t n;
    struct buf text;
};

void unstuffer_init(struct unstuffer *u, struct index *ix);
void unstuffer_release(struct unstuffer *u);

/* Folds text[0..*n), of the stored passage p, into *f, and where p is stuffed without what was; *text and *n are then what
 * *f was folded from, borrowed until the next call. */
enum status unstuffer_fold(struct unstuffer *u, const struct stored_passage *p,
    struct folded_passage *f, const char **text, size_t *n, struct error *err);

#endif
