// SPDX-License-Identifier: GPL-2.0-or-later
/* The merge behind a run of `duan index`. */
#ifndef DUAN_INDEXER_UPDATE_MERGE_H
#define DUAN_INDEXER_UPDATE_MERGE_H

#include "indexer/update.h"

/* Merges what is due in the index of a run that was committed. A failure is a fault told to the
 * listener; a merge that is stopped, or finds another writer at work, is left to the next run. */
void update_merge(
    const char *index_dir, const struct update_options *options, struct update_counts *counts);

#endif
