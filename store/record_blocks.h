// SPDX-License-Identifier: GPL-2.0-or-later
/* The records of one kind of a segment under construction: gathered into blocks of about
 * RECORD_BLOCK_BYTES, each a frame, which wait in a spool until the metadata are written. */
#ifndef DUAN_STORE_RECORD_BLOCKS_H
#define DUAN_STORE_RECORD_BLOCKS_H

#include "store/frame.h"
#include "store/spool.h"

struct record_blocks {
    struct frame_codec *codec; /* both borrowed */
    struct spool *spool;
    struct buf records; /* of the block being filled: append them here */
    struct buf frame;
    struct buf places; /* of the blocks before it, in the spool */
    uint32_t n_blocks;
};

void record_blocks_init(struct record_blocks *b, struct frame_codec *codec, struct spool *spool);
void record_blocks_release(struct record_blocks *b);

/* Ends the block if it is due; or in any case, unless it is empty. */
enum status record_blocks_end_if_due(struct record_blocks *b, struct error *err);
enum status record_blocks_end(struct record_blocks *b, struct error *err);

/* Reads the frame of block i (0 <= i < n_blocks) into *out. Nothing more can be ended then. */
enum status record_blocks_read(
    const struct record_blocks *b, uint32_t i, struct buf *out, struct error *err);

#endif
