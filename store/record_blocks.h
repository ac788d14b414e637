// SPDX-License-Identifier: GPL-2.0-or-later
/* The records of one kind of a segment under construction: gathered into blocks, which wait in a spool until
 * the metadata are written.
 *
 * A block is a frame where zstd saves a quarter of it; else a byte RECORD_BLOCK_PLAIN, which begins no frame,
 * and the records. */
#ifndef DUAN_STORE_RECORD_BLOCKS_H
#define DUAN_STORE_RECORD_BLOCKS_H

#include "store/frame.h"
#include "store/spool.h"

enum { RECORD_BLOCK_PLAIN = 0 };

struct record_blocks {
    struct frame_codec *codec; /* both borrowed */
    struct spool *spool;
    struct buf records; /* of the block being filled: append them here */
    size_t target;      /* bytes of records that make a block due */
    struct buf frame, plain;
    struct buf places; /* of the blocks before it, in the spool */
    uint32_t n_blocks;
};

void record_blocks_init(
    struct record_blocks *b, size_t target, struct frame_codec *codec, struct spool *spool);
void record_blocks_release(struct record_blocks *b);

/* Ends the block if it is due; or in any case, unless it is empty. */
enum status record_blocks_end_if_due(struct record_blocks *b, struct error *err);
enum status record_blocks_end(struct record_blocks *b, struct error *err);

/* Reads the frame of block i (0 <= i < n_blocks) into *out. Nothing more can be ended then. */
enum status record_blocks_read(
    const struct record_blocks *b, uint32_t i, struct buf *out, struct error *err);

/* Puts the records of a block of n bytes into *out, of at most RECORD_BLOCK_BYTES_MAX. STATUS_CORRUPT where it is
 * none; then *out is empty. */
enum status record_block_decode(
    struct frame_codec *codec, const char *block, size_t n, struct buf *out, struct error *err);

#endif
