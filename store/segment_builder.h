// SPDX-License-Identifier: GPL-2.0-or-later
/* Building a segment: sources, their reports and passages in; a folder with a Xapian database out (schema.h).
 *
 * Behind one interface stand several builders that make equivalent segments from the same calls:
 *   BUILDER_API    through Xapian's own API: slow, works with any libxapian
 *   BUILDER_BULK   inverts in C and writes the glass tables itself: the default where the linked library is known
 * Order of calls: open, then for each source begin_source, for each of its reports begin_report and add_passage...,
 * end_source; then finish. After any error only close is allowed. Memory stays within options.memory_bytes whatever
 * comes in; more goes to temporary files inside the folder. */
#ifndef DUAN_STORE_SEGMENT_BUILDER_H
#define DUAN_STORE_SEGMENT_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/record.h"

enum builder_kind { BUILDER_AUTO, BUILDER_API, BUILDER_BULK };

struct builder_options {
    enum builder_kind kind;
    size_t memory_bytes; /* what the builder may hold, at least 16 MB */
    unsigned n_threads;  /* that may work at once, at least 1; the segment does not depend on it */
};

struct segment_stats {
    uint32_t n_sources, n_reports, n_passages;
    uint64_t n_tokens;   /* sum of the passages' lengths */
    uint64_t text_bytes; /* raw UTF-8 */
    uint32_t n_source_blocks, n_report_blocks, n_text_blocks;
    uint64_t n_replaced;
};

struct segment_builder;

/* dir must not exist; it is made. */
enum status segment_builder_open(const char *dir, const struct builder_options *options,
    struct segment_builder **out, struct error *err);

/* source->number and path must be set; the rest of what is known only at the end comes with end_source. */
enum status segment_builder_begin_source(
    struct segment_builder *b, const struct source *source, struct error *err);
enum status segment_builder_begin_report(
    struct segment_builder *b, const struct report *report, struct error *err);
/* The builder tokenizes the text itself. */
enum status segment_builder_add_passage(
    struct segment_builder *b, const struct passage *passage, struct error *err);
/* size, mtime, hash, encoding... of the same source. */
enum status segment_builder_end_source(
    struct segment_builder *b, const struct source *source, struct error *err);

/* Writes what is left, syncs every file and the folder. The segment is then complete; close frees the builder. */
enum status segment_builder_finish(
    struct segment_builder *b, struct segment_stats *stats, struct error *err);

/* After the finish: size and XXH3-64 of a file of the segment, unless they must be read from it. */
bool segment_builder_knows_hash(
    const struct segment_builder *b, const char *name, uint64_t *size, uint64_t *hash);

/* Without a finish before it, removes the folder. NULL is allowed. */
void segment_builder_close(struct segment_builder *b);

#endif
