// SPDX-License-Identifier: GPL-2.0-or-later
/* What stands behind segment_builder.h: a builder gets passages and finished text blocks, and makes a database of
 * them. Of text and records it sees only finished bytes. */
#ifndef DUAN_STORE_BUILDER_H
#define DUAN_STORE_BUILDER_H

#include <stdbool.h>

#include "common/error.h"
#include "store/checksums.h"
#include "store/segment_builder.h"
#include "store/segment_content.h"

struct builder_ops {
    /* Wants text blocks as they are before compression, and makes the frames itself. */
    bool takes_raw_texts;
    /* dir exists and is empty but for what the builder itself puts there. */
    enum status (*open)(
        const char *dir, const struct builder_options *options, void **out, struct error *err);
    /* In order of docids. The text is borrowed for the call. */
    enum status (*add_passage)(
        void *self, const struct indexed_passage *passage, struct error *err);
    /* In order of docids, each behind the passages that it holds. Borrowed for the call. */
    enum status (*add_text)(void *self, const struct finished_text *text, struct error *err);
    /* Hands its tokens to content, then writes the database to dir, with the metadata that content has; iamglass
     * last. Removes its temporary files. Syncing is the caller's. sums: of
     * the files that need not be read again. */
    enum status (*finish)(void *self, struct segment_content *content,
        struct file_sums sums[SUMMED_FILES], struct error *err);
    void (*close)(void *self);
};

extern const struct builder_ops builder_api, builder_bulk;

/* Does the linked Xapian write databases as builder_bulk does? Lets it make one in dir, and removes that again. */
enum status builder_bulk_check(const char *dir, bool *is_known, struct error *err);

#endif
