// SPDX-License-Identifier: GPL-2.0-or-later
/* A keyword stuffed in before the stops of a report's sentences, as those who scrape reports for search engines do it:
 *
 *   …製造業是實體經濟的主體晉中。要全力打造…做得更加出彩晉中。       晋中
 *
 * The same two to six Han characters stand before the stop in a large share of its sentences, and what stands before
 * them is something else each time: the sentence was complete without. A text whose sentences end alike by themselves
 * (依…規定。 由主管機關定之。) has the same character there again and again. Ranking leaves such an occurrence out
 * (search/rank.h); it is found as anything else is. */
#ifndef DUAN_INDEXER_STUFFING_H
#define DUAN_INDEXER_STUFFING_H

#include <stddef.h>

#include "store/schema.h"

/* Looks at the head of a report, UTF-8. Writes the folded text to out and returns its length, 0 for none. */
size_t stuffing_find(const char *text, size_t n, char out[STUFFED_BYTES_MAX]);

#endif
