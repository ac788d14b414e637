// SPDX-License-Identifier: GPL-2.0-or-later
/* What an open index is made of; shared by index*.c: opening and asking (index.c, index_engine.c), what is stored
 * (index_record.c, index_cursor.c), which directories say where (index_directory.c, index_titles.c, index_ranges.c).
 *
 * A segment's directories are read when they are first needed: a query that finds nothing needs
 * none. Decoded blocks are kept, least recently used ones going first, because hits and their
 * headings lie close together. */
#ifndef DUAN_STORE_INDEX_PARTS_H
#define DUAN_STORE_INDEX_PARTS_H

#include "store/arranger.h"
#include "store/frame.h"
#include "store/index.h"
#include "store/report_codec.h"
#include "store/segment_reader.h"
#include "store/text_block.h"

enum {
    KEPT_WAYS = 8, /* a block may lie in any of so many places, told by what it is */
    TEXT_BLOCKS_KEPT = 32 * KEPT_WAYS,  /* about 6 MB */
    RECORD_BLOCKS_KEPT = 8 * KEPT_WAYS, /* 1 MB; a report and its source are borrowed together */
    DIRECTORY_BYTES_MAX = 1 << 28,
};

struct index_char {
    uint32_t cp, df;
    uint64_t cf;
};

struct index_segment {
    /* Which of the following were read. */
    bool has_texts, has_reports, has_spans, has_chars, has_unranked, has_titles;
    uint32_t *text_docids; /* n_text_blocks: first docid of each, rising from 1 */
    uint32_t *report_docids, *report_numbers; /* n_report_blocks: first docid and number of each */
    struct report_span *spans;                /* n_spans: of the reports that have passages */
    size_t n_spans;
    uint32_t *source_numbers; /* n_source_blocks: first number of each, 0 while not known */
    struct index_char *chars; /* rising code points */
    size_t n_chars;
    /* Docids, but for `stuffed`, which are reports; rising, mostly none. */
    struct index_numbers {
        uint32_t *at;
        size_t n;
    } furniture, recurring, stuffed, dictionary_docids;
    uint8_t *title_bits; /* of each of n_title_runs */
    size_t n_title_runs;
    /* Of the text blocks from each docid on; read when needed. */
    struct frame_dictionary *dictionaries;
};

enum record_kind { RECORD_SOURCE = 'S', RECORD_REPORT = 'R' };

/* A kept block; used_at 0: empty. */
struct kept_text {
    uint32_t segment, first_docid;
    uint64_t used_at;
    struct text_block block;
};
struct kept_records {
    enum record_kind kind;
    uint32_t segment, block;
    uint64_t used_at;
    struct buf bytes;
};

struct index {
    char *dir;
    struct manifest manifest;
    struct segment_reader *readers; /* n_readers, a segment each; NULL where Xapian is asked */
    size_t n_readers;
    struct xdb *db; /* NULL where Xapian is not asked */
    struct index_segment *segments;
    struct kept_text texts[TEXT_BLOCKS_KEPT];
    struct kept_records records[RECORD_BLOCKS_KEPT];
    uint64_t n_uses;                      /* the clock of used_at */
    struct buf frame;                     /* as read from the database */
    struct frame_codec codec, text_codec; /* of records, of texts: these have dictionaries */
    struct report_codec report_codec;     /* holds the strings of the report given last */
    struct arena ranges;                  /* of what follows */
    struct docid_ranges *dead;            /* of dead sources, one a segment; NULL until needed */
    bool has_dead;                        /* any of them is not empty */
    const struct report_spans *spans;     /* of all segments; NULL until needed */
};

/* Did a writer commit since this generation? Then what failed may have been a segment it removed.
 */
bool index_has_moved_on(const char *dir, uint64_t generation);

void index_init_blocks(struct index *ix);
void index_release_blocks(struct index *ix);
void index_release_segment(struct index_segment *s);

/* STATUS_CORRUPT: "segment 'seg-000001' of index 'x' is damaged: <what>". */
enum status index_segment_damaged(
    const struct index *ix, uint32_t segment, const char *what, struct error *err);

/* Why a report of a segment could not be read. */
enum status index_report_fault(
    const struct index *ix, uint32_t segment, const struct report_codec *codec, struct error *err);

const struct segment_stats *index_stats(const struct index *ix, uint32_t segment);

/* A metadata value, in ix->frame. */
enum status index_metadata(
    struct index *ix, uint32_t segment, const char *key, struct bytes *out, struct error *err);

/* Decodes a record block into *out. */
enum status index_load_records(struct index *ix, enum record_kind kind, uint32_t segment,
    uint32_t block, struct buf *out, struct error *err);
/* Decodes the text block that begins with a docid. */
enum status index_load_text(struct index *ix, uint32_t segment, uint32_t first_docid,
    struct text_block *out, struct error *err);
/* Reads a dictionary of the text blocks, whose number is below dictionary_docids.n. */
enum status index_load_dictionary(
    struct index *ix, uint32_t segment, uint32_t number, struct error *err);

/* A source by number, dead or alive; STATUS_MISSING where the segment holds none. Borrowed as a
 * block is. */
enum status index_source_by_number(
    struct index *ix, uint32_t segment, uint32_t number, struct source *out, struct error *err);

/* The passages of dead sources, in ix->dead. */
enum status index_need_dead(struct index *ix, struct error *err);
/* The reports of all segments, borrowed for as long as the index is open. */
enum status index_need_report_spans(
    struct index *ix, const struct report_spans **out, struct error *err);

/* Reads a segment's directories, if they were not. Checks that they rise and fit the statistics. */
enum status index_need_texts(struct index *ix, uint32_t segment, struct error *err);
enum status index_need_reports(struct index *ix, uint32_t segment, struct error *err);
enum status index_need_spans(struct index *ix, uint32_t segment, struct error *err);
enum status index_need_chars(struct index *ix, uint32_t segment, struct error *err);
enum status index_need_unranked(struct index *ix, uint32_t segment, struct error *err);

#endif
