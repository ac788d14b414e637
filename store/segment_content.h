// SPDX-License-Identifier: GPL-2.0-or-later
/* What a segment holds besides its postings, the same whichever builder makes it: the numbering of passages, text
 * blocks, record blocks, directories, statistics. Checks the order of calls and the limits of what comes in.
 *
 * One thread feeds it, in order. Text blocks go out as they are finished; record blocks wait in a spool; what stays
 * in memory is a few bytes a block. Tokens are the builder's business: it hands over their sums at the end. */
#ifndef DUAN_STORE_SEGMENT_CONTENT_H
#define DUAN_STORE_SEGMENT_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/char_counter.h"
#include "store/segment_builder.h"
#include "store/text_dictionary.h"
#include "store/unranked.h"

struct segment_content;

/* Its spool is made in dir. has_raw_texts: text blocks go out before compression (text_block_writer_collect). */
enum status segment_content_open(
    const char *dir, bool has_raw_texts, struct segment_content **out, struct error *err);
void segment_content_close(struct segment_content *c);

/* As in segment_builder.h. STATUS_BAD_INPUT past a limit of schema.h; STATUS_INTERNAL out of order. */
enum status segment_content_begin_source(
    struct segment_content *c, const struct source *source, struct error *err);
enum status segment_content_begin_report(
    struct segment_content *c, const struct report *report, struct error *err);
enum status segment_content_end_source(
    struct segment_content *c, const struct source *source, struct error *err);

/* What the postings of a passage are made from. */
struct indexed_passage {
    uint32_t docid;   /* from 1 without a gap */
    const char *text; /* the caller's */
    size_t text_len;
};
/* A finished text block, the data of xdoc first_docid; n 0: none. Borrowed until the next call. */
struct finished_text {
    uint32_t first_docid;
    const char *bytes;
    size_t n;
};
/* Takes in a passage; *done is the text block before it, when it began a new one. */
enum status segment_content_add_passage(struct segment_content *c, const struct passage *passage,
    struct indexed_passage *out, struct finished_text *done, struct error *err);

/* After the last end_source: the last text block and record blocks. */
enum status segment_content_finish(
    struct segment_content *c, struct finished_text *done, struct error *err);

/* Adds up the tokens; once for each worker or for all. */
void segment_content_add_tokens(
    struct segment_content *c, uint64_t n_tokens, const struct char_counter *chars);

/* Of the text blocks, in order, borrowed until the metadata were walked; NULL: none. */
void segment_content_set_dictionaries(
    struct segment_content *c, const struct text_dictionary *first);

/* Complete after segment_content_finish and the last segment_content_add_tokens. */
const struct segment_stats *segment_content_stats(const struct segment_content *c);
/* Those that segment_content_add_tokens gave, added up. */
const struct char_counter *segment_content_chars(const struct segment_content *c);
/* The average length of a passage: ref_len of schema_wdf. Never 0. */
double segment_content_average_length(const struct segment_content *c);

/* Which passages do not rank; after segment_content_finish. */
const struct unranked *segment_content_unranked(const struct segment_content *c);

/* Walks the metadata in bytewise order of their keys, once, after both. Borrowed until the next call; has_more false
 * at the end. */
struct metadata {
    char key[16];
    const char *value;
    size_t n;
};
enum status segment_content_next_metadata(
    struct segment_content *c, struct metadata *out, bool *has_more, struct error *err);

#endif
