// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a segment without Xapian: its version file, its two tables, and what stands in them by key.
 *
 * What of a table is read is verified (checksums.h). One thread at a time. Terms in keys are
 * escaped (glass_pack.h); here they are as the tokenizer gives them. */
#ifndef DUAN_STORE_SEGMENT_READER_H
#define DUAN_STORE_SEGMENT_READER_H

#include "store/champions.h"
#include "store/glass_reader.h"
#include "store/glass_version.h"

struct segment_reader {
    char *dir;
    struct checksums sums;
    struct glass_version version;
    struct glass_reader postlist, docdata;
    struct buf joined;          /* of a tag in parts */
    struct champions champions; /* read when first needed */
    bool has_champions;
};

/* STATUS_NEWER for a database that we do not know how to read but Xapian may, or one without
 * checksums; STATUS_CORRUPT as in glass_reader.h. On failure *r is closed. The segment must not move in memory while it is open. */
enum status segment_reader_open(const char *dir, struct segment_reader *r, struct error *err);
void segment_reader_close(struct segment_reader *r);

/* Verifies every block, touched or not. */
enum status segment_reader_verify(struct segment_reader *r, struct error *err);

/* Append a metadata value, or the data of a passage, to *out; nothing where there is none. */
enum status segment_reader_metadata(
    struct segment_reader *r, const char *key, struct buf *out, struct error *err);
enum status segment_reader_data(
    struct segment_reader *r, uint32_t docid, struct buf *out, struct error *err);

/* The key of a term, or the beginning of the keys of all terms that begin with it; its length, 0
 * for one that is empty or too long to be in any table. */
enum { TERM_KEY_MAX = GLASS_KEY_MAX };
size_t segment_term_key(const char *term, size_t n, uint8_t out[TERM_KEY_MAX]);

/* How many passages hold a term, and the sum of its wdf; 0 and 0 for an unknown one. */
enum status segment_reader_term_stats(struct segment_reader *r, const char *term, size_t n,
    uint64_t *df, uint64_t *cf, struct error *err);

/* The champion list of a prefix; NULL where it has none. Borrowed for as long as the segment is open. */
enum status segment_reader_champions(struct segment_reader *r, const char *prefix, size_t n,
    const struct champion_list **out, struct error *err);

/* Walks the terms that begin with a prefix, which may be empty, in bytewise order. */
struct term_walk {
    struct segment_reader *segment;
    struct glass_cursor cursor;
    uint8_t prefix[TERM_KEY_MAX];
    size_t prefix_len;
    bool is_at_end;
    char term[TERM_KEY_MAX]; /* the one it stands on */
    size_t term_len;
    uint64_t df, cf;
};
enum status term_walk_begin(
    struct term_walk *w, struct segment_reader *r, const char *prefix, size_t n, struct error *err);
/* From where its cursor was moved to, to the next term. */
enum status term_walk_settle(struct term_walk *w, struct error *err);
enum status term_walk_next(struct term_walk *w, struct error *err);

/* The head of a term's first chunk: tf, cf, first docid. False where it is damaged. */
bool segment_read_head(struct bytes *in, uint64_t *df, uint64_t *cf, uint32_t *first_docid);

#endif
