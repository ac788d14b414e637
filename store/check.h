// SPDX-License-Identifier: GPL-2.0-or-later
/* Is an index whole? Reads all of it: the manifest, the hash of every file, Xapian's own check,
 * every block, and whether numbers rise and sums add up. Xapian opens what it checks for writing:
 * of files that may only be read, its check is left out. */
#ifndef DUAN_STORE_CHECK_H
#define DUAN_STORE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/manifest.h"

struct check_result {
    size_t n_findings;
    bool is_without_xapian; /* was its check left out, of some segment or all? */
};

/* Appends to *findings a line for each thing that is wrong, naming the file or segment and what to
 * do, and counts them in *out. Whole is STATUS_OK and none. A status other than OK means that
 * the index could not be checked: it is not there, foreign, or of another version. One thing is
 * reported once: what stands in a damaged file is not looked at. When *findings is full, further
 * lines are only counted. */
enum status index_check(
    const char *dir, struct buf *findings, struct check_result *out, struct error *err);

/* Are the files of one segment of the index at dir what was written, by size and hash? Else the first
 * that is not. Reads all of them. */
enum status check_segment_files(
    const char *dir, const struct manifest_segment *segment, struct error *err);

#endif
