// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/record_blocks.h"

#include <string.h>

#include "store/record.h"
#include "store/schema.h"

enum { FRAME_BYTES_MAX = 1 << 20, PLACES_BYTES_MAX = 1 << 28 };

/* Where a block lies in the spool. */
struct block_place {
    uint64_t offset;
    uint32_t size;
};

void record_blocks_init(struct record_blocks *b, struct frame_codec *codec, struct spool *spool)
{
    *b = (struct record_blocks){.codec = codec, .spool = spool};
    buf_init(&b->records, RECORD_BLOCK_BYTES_MAX);
    buf_init(&b->frame, FRAME_BYTES_MAX);
    buf_init(&b->places, PLACES_BYTES_MAX);
}

void record_blocks_release(struct record_blocks *b)
{
    buf_release(&b->records);
    buf_release(&b->frame);
    buf_release(&b->places);
}

enum status record_blocks_end(struct record_blocks *b, struct error *err)
{
    if (b->records.len == 0)
        return STATUS_OK;
    buf_clear(&b->frame);
    enum status s = frame_encode(b->codec, b->records.data, b->records.len, &b->frame, err);
    if (s != STATUS_OK)
        return s;
    const struct block_place place = {.offset = b->spool->size, .size = (uint32_t)b->frame.len};
    if (!buf_append(&b->places, &place, sizeof place))
        return error_no_memory(err);
    buf_clear(&b->records);
    b->n_blocks++;
    return spool_write(b->spool, b->frame.data, b->frame.len, err);
}

enum status record_blocks_end_if_due(struct record_blocks *b, struct error *err)
{
    return b->records.len < RECORD_BLOCK_BYTES ? STATUS_OK : record_blocks_end(b, err);
}

enum status record_blocks_read(
    const struct record_blocks *b, uint32_t i, struct buf *out, struct error *err)
{
    struct block_place place;
    memcpy(&place, b->places.data + i * sizeof place, sizeof place);
    enum status s = spool_seek(b->spool, place.offset, err);
    return s == STATUS_OK ? spool_read(b->spool, place.size, out, err) : s;
}
