// SPDX-License-Identifier: GPL-2.0-or-later
/* Bringing an index up to date with what stands in files and folders.
 *
 *   new file                          added
 *   same size and time of change      unchanged, not opened
 *   same size, other time             its bytes are hashed; the same: unchanged
 *   unchanged, with bad lines         their number is reported again; of an archive that of its
 *                                     files that failed or have such
 *   anything else                     read again; the old version is dropped once the new one is
 *                                     complete
 *   known, below a folder of this     dropped, but not below a folder in it that could not be read to
 *   run, and not met                  its end
 *   failed midway                     the old version stays
 *   standard input                    always read again
 *
 * A file that was indexed before when another format or encoding was asked for, or none, or with other
 * fields from outside (fields.h), counts as changed; a metadata.csv is itself no source. A
 * file reached twice counts once. When the run is interrupted what is complete is kept, and nothing
 * is dropped for being absent, but from archives that were read. */
#ifndef DUAN_INDEXER_UPDATE_H
#define DUAN_INDEXER_UPDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "indexer/fields.h"
#include "indexer/reader.h"
#include "indexer/walk.h"
#include "store/index_writer.h"
#include "store/merge.h"

enum { UPDATE_KINDS_MAX = 16 };

enum update_event { UPDATE_ADDED, UPDATE_CHANGED, UPDATE_REMOVED };

/* What the caller wants to hear of a run. All texts are borrowed for the call. */
struct update_listener {
    void *arg;
    /* A fault, one line about one path; line 0: about the whole. */
    void (*fault)(void *arg, const char *path, uint32_t line, const char *what);
    /* n bytes of a file are done, read or known to be unchanged; NULL is allowed. */
    void (*progress)(void *arg, const char *path, uint64_t n_bytes);
    /* A source was added, changed or removed; NULL is allowed. */
    void (*event)(void *arg, const char *path, enum update_event event);
    /* Should the run stop? */
    bool (*is_stopped)(void *arg);
};

struct update_options {
    struct field_pattern *pattern; /* NULL: none */
    enum source_format format;
    enum encoding encoding; /* ENCODING_UNKNOWN: detect */
    size_t memory_bytes;    /* for everything, the builder included */
    unsigned n_threads;
    enum builder_kind builder;
    struct update_listener listener;
};

struct update_counts {
    uint64_t n_added, n_changed, n_removed, n_unchanged, n_failed;
    uint64_t n_bad_lines;
    uint64_t n_unfit; /* files whose path the pattern of fields does not fit */
    uint64_t n_reports, n_passages, n_bytes_read; /* of what was added or changed */
    uint64_t n_replaced;                          /* bytes that no decoder took, shown as U+FFFD */
    struct walk_counts walk;
    struct {
        const char *kind; /* static text */
        uint64_t n;
    } binaries[UPDATE_KINDS_MAX]; /* skipped quietly, by kind */
    size_t n_kinds;
    bool is_interrupted;
    bool has_faults; /* any line was reported */
    struct merge_counts merged;
    double merge_seconds; /* that it took */
};

/* Works through the paths ("-": standard input) and commits; then merges what is due (merge.h) in a
 * commit of its own, unless interrupted. Faults of input, and of the merge, are reported and the run
 * goes on; an error is returned only where the index itself fails, and then it is as it was. */
enum status update_run(const char *index_dir, const char *const *paths, size_t n_paths,
    const struct update_options *options, struct update_counts *counts, struct error *err);

#endif
