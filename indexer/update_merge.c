// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/update_merge.h"

#include <stdio.h>
#include <time.h>

#include "common/message.h"

/* The bytes were counted when they were read. */
static void on_progress(void *arg, const char *path, size_t path_len, uint64_t n_bytes)
{
    const struct update_listener *l = arg;
    (void)path, (void)path_len, (void)n_bytes;
    if (l->progress)
        l->progress(l->arg, tr("merging"), 0);
}

static bool is_stopped(void *arg)
{
    const struct update_listener *l = arg;
    return l->is_stopped && l->is_stopped(l->arg);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void update_merge(
    const char *index_dir, const struct update_options *options, struct update_counts *counts)
{
    struct update_listener l = options->listener;
    const struct merge_options merging = {
        .builder = {options->builder, options->memory_bytes, options->n_threads},
        .listener = {&l, on_progress, is_stopped},
    };
    struct error err;
    char what[2 * ERROR_MESSAGE_MAX];
    double started = seconds_now();
    enum status status = merge_run(index_dir, &merging, &counts->merged, &err);
    counts->merge_seconds = seconds_now() - started;
    if (status == STATUS_OK)
        return;
    counts->merged = (struct merge_counts){0};
    if (status == STATUS_INTERRUPTED || status == STATUS_LOCKED)
        return;
    counts->has_faults = true;
    snprintf(what, sizeof what, tr("the run is complete, but the merge behind it failed: %s"),
        err.message);
    l.fault(l.arg, index_dir, 0, what);
}
