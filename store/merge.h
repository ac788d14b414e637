// SPDX-License-Identifier: GPL-2.0-or-later
/* Merging: several segments of an index become one, without their dead sources.
 *
 * What is stored is enough: the sources, reports and passages of the old segments are fed to a
 * segment builder in the order of their numbers, so that the new segment is, byte for byte, the one
 * that a single run over the live sources would have made of these numbers. Numbers, and all that
 * is kept of sources, reports and passages, stay; docids do not.
 *
 * The policy, applied at the end of every run of `duan index`. Due for a merge are
 *   too many of a size     all segments of a *tier* that holds more than 8; tiers are live text of
 *                          up to 1 MB, 8 MB, 64 MB, ... What they would make counts in its tier in
 *                          turn. So there are at most 8 segments a tier, and a text is rewritten
 *                          about once for each eightfold growth of the index.
 *   too dead               a segment more than a third of whose passages are dead: for one part
 *                          thrown away two at most are written. And one with more than 1000 dead
 *                          sources, since each is a term of every query.
 *   adrift                 all segments, when those whose average length of a passage, which their
 *                          wdfs rest on, is more than a fifth off the whole index's hold more than
 *                          an eighth of the live passages. (Fewer are not worth rewriting the rest:
 *                          only together with the rest do they get the average of the rest.)
 * All that is due becomes one segment. */
#ifndef DUAN_STORE_MERGE_H
#define DUAN_STORE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/manifest.h"
#include "store/segment_builder.h"

enum {
    MERGE_TIER_SEGMENTS = 8,
    MERGE_TIER_FACTOR = 8,
    MERGE_TIER_BYTES = 1 << 20, /* of the lowest */
    MERGE_DEAD_SHARE = 3,
    MERGE_DEAD_SOURCES = 1000,
    MERGE_DRIFT_SHARE = 5,
    MERGE_DRIFTED_SHARE = 8,
    MERGE_PASSAGES_MAX = INT32_MAX, /* of a segment; the largest stay out where they do not fit */
};

struct merge_listener {
    void *arg;
    /* So many bytes of text more are done; the path is that of their source, borrowed for the call.
     * NULL is allowed. */
    void (*progress)(void *arg, const char *path, size_t path_len, uint64_t n_bytes);
    /* Should the merge stop? NULL is allowed. */
    bool (*is_stopped)(void *arg);
};

struct merge_options {
    struct builder_options builder; /* memory_bytes: of the merge as a whole */
    bool wants_one; /* one segment, without anything dead, whatever the policy says */
    struct merge_listener listener;
};

/* What was done. n_merged 0: nothing was due, and the rest is 0 too. */
struct merge_counts {
    uint32_t n_merged;                         /* segments that became one, or none */
    uint32_t n_segments;                       /* of the index now */
    uint64_t n_dead_sources;                   /* dropped */
    uint64_t n_sources, n_reports, n_passages; /* that were written again */
    uint64_t text_bytes;                       /* likewise */
    uint64_t n_bytes_before, n_bytes_after; /* files of what was merged, and of what came of it */
};

/* Which segments of m are due? Sets due[0 .. m->n_segments) and returns how many are. */
size_t merge_choose(const struct manifest *m, bool wants_one, bool *due);

/* Merges what is due, and commits. Takes the writer's lock only where something is, or, if one segment
 * is wanted, something was left over. STATUS_MISSING where there is no index, STATUS_INTERRUPTED when the listener stopped it; after any failure the
 * index is as it was, and nothing is left behind. */
enum status merge_run(const char *dir, const struct merge_options *options,
    struct merge_counts *counts, struct error *err);

#endif
