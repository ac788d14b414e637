// SPDX-License-Identifier: GPL-2.0-or-later
/* Dictionaries: what the text blocks of a stretch may refer back to. Reports of a folder are written
 * in much the same words, and what comes resembles what came just before.
 *
 * The first TEXT_STRETCH_FIRST bytes of a segment's collected blocks have none. Each stretch of
 * TEXT_STRETCH_BYTES behind them has one made of the stretch before it: pieces of its text, coded
 * (text_code.h), from places evenly apart, so that not one report alone speaks; and tables of how often what comes in a
 * block, from the block behind each piece. */
#ifndef DUAN_STORE_TEXT_DICTIONARY_H
#define DUAN_STORE_TEXT_DICTIONARY_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/frame.h"
#include "store/text_code.h"

enum {
    TEXT_STRETCH_FIRST = 4 << 20,
    TEXT_STRETCH_BYTES = 32 << 20,
    TEXT_PIECES = 46,           /* of a stretch */
    TEXT_PIECE_BYTES = 4 << 10, /* of UTF-8; coded mostly half as much */
    /* No more pieces once it holds so many: what is further back than 128 KB zstd does not see. */
    TEXT_DICTIONARY_BYTES = 112 << 10,
    TEXT_PIECES_BYTES_MAX = TEXT_DICTIONARY_BYTES + TEXT_CODE_BOUND(TEXT_PIECE_BYTES),
    TEXT_DICTIONARY_BYTES_MAX = TEXT_PIECES_BYTES_MAX + FRAME_DICTIONARY_HEAD_MAX,
};

/* One of a segment under construction. */
struct text_dictionary {
    struct text_dictionary *next; /* of the stretch behind */
    uint32_t first_docid;         /* of the passages whose blocks refer to it */
    struct buf bytes;
    struct frame_dictionary frames; /* for writing */
};
void text_dictionary_close(struct text_dictionary *d); /* NULL is allowed */

/* Watches the collected blocks go by. */
struct text_sampler {
    uint64_t raw_bytes, stretch_bytes; /* of the stretch: so far, and how many it is to have */
    struct buf pieces;                 /* for the stretch behind it */
    unsigned n;                        /* of them */
    bool is_sample_due;                /* the next block is one */
    struct frame_samples samples;
};
void text_sampler_init(struct text_sampler *s);
void text_sampler_release(struct text_sampler *s);

/* Takes note of a block. False when memory is out. */
bool text_sampler_add(struct text_sampler *s, const char *raw, size_t n);

/* Has the stretch ended? Then the next block, whose first passage is named, begins another one, and
 * *out is its dictionary; else NULL. */
enum status text_sampler_next_stretch(
    struct text_sampler *s, uint32_t first_docid, struct text_dictionary **out, struct error *err);

#endif
