// SPDX-License-Identifier: GPL-2.0-or-later
/* Private to index_writer.c, which takes in what changes, and index_commit.c, which makes it the index. */
#ifndef DUAN_STORE_INDEX_WRITER_PARTS_H
#define DUAN_STORE_INDEX_WRITER_PARTS_H

#include <limits.h>

#include "store/index_writer.h"
#include "store/lock.h"

struct index_writer {
    char *dir;
    bool has_made_dir, has_manifest; /* at the start */
    struct builder_options options;
    struct lock lock;
    struct manifest manifest; /* as it will be */
    char **old_failures;
    size_t n_old_failures;
    uint64_t n_old_failures_all;
    struct index *reader;
    struct segment_builder *builder; /* NULL until the first source */
    char building[PATH_MAX];         /* its folder */
    bool is_in_source;
    struct source source; /* begun last; its path in source_path */
    struct buf source_path;
    struct buf abandoned; /* of struct source: dead from the start */
    size_t n_abandoned;
    bool has_dropped, is_committed;
    bool *is_merged; /* by segment of the reader; NULL but for a merge */
    bool is_failed;  /* the segment may not be whole: no commit */
};

/* STATUS_INTERNAL: the call came out of its order. */
enum status index_writer_misused(const char *call, struct error *err);

#endif
