// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest: which segments an index consists of, and which of their sources are dead.
 *
 * A JSON object on one line, then a line with the XXH3-64 of the first in hexadecimal. Written
 * whole to a temporary file, synced, renamed: a reader sees the old one or the new one. */
#ifndef DUAN_STORE_MANIFEST_H
#define DUAN_STORE_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "store/segment_builder.h"

enum { MANIFEST_FORMAT = 1, SEGMENT_NAME_MAX = 32, MANIFEST_SEGMENTS_MAX = 4096 };

struct manifest_file {
    char name[32];       /* within the segment's folder */
    uint64_t size, hash; /* XXH3-64, taken when the segment was built; `duan check` compares */
};

struct manifest_segment {
    char name[SEGMENT_NAME_MAX]; /* "seg-000001" */
    struct segment_stats stats;
    uint32_t *dead; /* numbers of dead sources, ascending */
    size_t n_dead;
    uint64_t n_dead_reports, n_dead_passages;
    struct manifest_file files[8];
    size_t n_files;
};

/* What the last run could not read: for `duan info`. At most MANIFEST_FAILURES_MAX are kept, all
 * are counted. */
enum { MANIFEST_FAILURES_MAX = 100, MANIFEST_FAILURE_BYTES_MAX = 2048 };

struct manifest {
    uint32_t format, analyzer;
    uint32_t next_source, next_report, next_segment;
    uint64_t generation; /* one more with each commit */
    struct manifest_segment *segments;
    size_t n_segments;
    char **failures; /* one line each */
    size_t n_failures;
    uint64_t n_failures_all;
};

void manifest_init(struct manifest *m);
void manifest_release(struct manifest *m);

/* Reads DIR/manifest. STATUS_MISSING where DIR is not there or empty, _FOREIGN where it holds
 * something else, _NEWER for another format or analyzer, _CORRUPT where the checksum does not fit,
 * or segments stand there without a manifest.
 * The message names DIR. On failure *m is empty. */
enum status manifest_read(const char *dir, struct manifest *m, struct error *err);
/* Does that folder hold a manifest, whole or not? */
bool manifest_is_in(const char *dir);
enum status manifest_write(const char *dir, const struct manifest *m, struct error *err);

/* These take place in memory only. STATUS_NO_MEMORY on failure; STATUS_BAD_INPUT past
 * MANIFEST_SEGMENTS_MAX. A segment's list of dead sources is copied; a source already dead stays
 * counted once; a line too long is cut. */
enum status manifest_add_segment(
    struct manifest *m, const struct manifest_segment *segment, struct error *err);
enum status manifest_add_dead(
    struct manifest *m, size_t segment, const struct source *source, struct error *err);
enum status manifest_add_failure(struct manifest *m, const char *line, struct error *err);
void manifest_remove_segment(struct manifest *m, size_t segment);
/* Is this source dead? Binary search. */
bool manifest_is_dead(const struct manifest_segment *s, uint32_t source);

#endif
