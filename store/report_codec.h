// SPDX-License-Identifier: GPL-2.0-or-later
/* Report records in a block: each is written as what it differs in from the one before, so that a
 * block is small as it is and need not be under zstd, and one report of it costs a few thousand
 * instructions to read instead of 150,000 (1.49 million lines of a tsv: 3.1 bytes a report; 6.7 as
 * whole records under zstd).
 *
 * A record: a byte of flags, which say what is as expected; what is not, as varints (number and first
 * docid as gaps); id, title and fields by how many bytes they share with those of the record before
 * and the bytes behind these. A title is coded (text_code.h), and left out where it is the id. */
#ifndef DUAN_STORE_REPORT_CODEC_H
#define DUAN_STORE_REPORT_CODEC_H

#include "store/record.h"

/* Where a writer or a reader of a block stands. */
struct report_codec {
    struct report report;         /* the last one; its strings are in: */
    struct buf id, title, fields; /* the title coded */
    struct buf shown;             /* the title as text; room for one coded */
    bool has_fields, title_is_id; /* of the last one */
    bool is_no_memory;            /* this, not damage, ended the reading */
};
void report_codec_init(struct report_codec *c);
void report_codec_release(struct report_codec *c);

/* Puts it before the first record of a block. */
void report_codec_begin(struct report_codec *c);

/* Appends the next record of the block; false when the buffer is full or memory is out: then the
 * buffer is as it was, and the block cannot be gone on with. */
bool report_encode(struct report_codec *c, struct buf *out, const struct report *r);

/* Goes on to the next record of a block; its numbers are in c->report then. False at its end; in->is_broken
 * when the block is damaged, or memory is out. */
bool report_codec_next(struct report_codec *c, struct bytes *in);
/* Gives the record it stands on. Strings are borrowed until the next call. False, and in->is_broken,
 * as above. */
bool report_codec_show(struct report_codec *c, struct bytes *in, struct report *out);

/* Both. */
bool report_decode(struct report_codec *c, struct bytes *in, struct report *out);

#endif
