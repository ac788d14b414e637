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

void record_blocks_init(
    struct record_blocks *b, size_t target, struct frame_codec *codec, struct spool *spool)
{
    *b = (struct record_blocks){.codec = codec, .spool = spool, .target = target};
    buf_init(&b->plain, RECORD_BLOCK_BYTES_MAX + 1);
    buf_init(&b->records, RECORD_BLOCK_BYTES_MAX);
    buf_init(&b->frame, FRAME_BYTES_MAX);
    buf_init(&b->places, PLACES_BYTES_MAX);
}

void record_blocks_release(struct record_blocks *b)
{
    buf_release(&b->records);
    buf_release(&b->frame);
    buf_release(&b->plain);
    buf_release(&b->places);
}

/* Makes a block of the records: *out is b->frame or b->plain. */
static enum status encode(struct record_blocks *b, const struct buf **out, struct error *err)
{
    buf_clear(&b->frame);
    buf_clear(&b->plain);
    enum status s = frame_encode(b->codec, b->records.data, b->records.len, &b->frame, err);
    if (s != STATUS_OK)
        return s;
    if (!buf_append_byte(&b->plain, RECORD_BLOCK_PLAIN) ||
        !buf_append(&b->plain, b->records.data, b->records.len))
        return error_no_memory(err);
    *out = b->frame.len < b->plain.len - b->plain.len / 4 ? &b->frame : &b->plain;
    return STATUS_OK;
}

enum status record_blocks_end(struct record_blocks *b, struct error *err)
{
    const struct buf *block = &b->plain;
    if (b->records.len == 0)
        return STATUS_OK;
    if (encode(b, &block, err) != STATUS_OK)
        return err->status;
    const struct block_place place = {.offset = b->spool->size, .size = (uint32_t)block->len};
    if (!buf_append(&b->places, &place, sizeof place))
        return error_no_memory(err);
    buf_clear(&b->records);
    b->n_blocks++;
    return spool_write(b->spool, block->data, block->len, err);
}

enum status record_block_decode(
    struct frame_codec *codec, const char *block, size_t n, struct buf *out, struct error *err)
{
    if (n == 0 || *block != RECORD_BLOCK_PLAIN)
        return frame_decode(codec, block, n, RECORD_BLOCK_BYTES_MAX, out, err);
    buf_clear(out);
    if (n - 1 > RECORD_BLOCK_BYTES_MAX)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    return buf_append(out, block + 1, n - 1) ? STATUS_OK : error_no_memory(err);
}

enum status record_blocks_end_if_due(struct record_blocks *b, struct error *err)
{
    return b->records.len < b->target ? STATUS_OK : record_blocks_end(b, err);
}

enum status record_blocks_read(
    const struct record_blocks *b, uint32_t i, struct buf *out, struct error *err)
{
    struct block_place place;
    memcpy(&place, b->places.data + i * sizeof place, sizeof place);
    return spool_read_at(b->spool, place.offset, place.size, out, err);
}
