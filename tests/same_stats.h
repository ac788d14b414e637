// SPDX-License-Identifier: GPL-2.0-or-later
/* Statistics compared member by member: what pads the struct is anything. */
#ifndef DUAN_TESTS_SAME_STATS_H
#define DUAN_TESTS_SAME_STATS_H

#include "store/segment_builder.h"

void assert_same_stats(const struct segment_stats *a, const struct segment_stats *b);

#endif
