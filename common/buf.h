// SPDX-License-Identifier: GPL-2.0-or-later
/* struct buf: bytes that grow, up to a stated maximum.
 *
 * Whatever input feeds has a buf, and every buf has a maximum: input can fill it, never exceed it.
 * The data is not NUL-terminated unless buf_terminate was the last call. A failed append leaves the
 * buf as it was. */
#ifndef DUAN_COMMON_BUF_H
#define DUAN_COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data; /* NULL while nothing was appended */
    size_t len, cap, max;
};

/* An empty buf that may grow to max bytes; allocates nothing. */
void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);

/* Makes room for n more bytes. False when that would exceed the maximum or memory is out. */
bool buf_reserve(struct buf *b, size_t n);

/* Appends n bytes; false as for buf_reserve. */
static inline bool buf_append(struct buf *b, const void *bytes, size_t n)
{
    if (b->cap - b->len < n && !buf_reserve(b, n))
        return false;
    if (n)
        memcpy(b->data + b->len, bytes, n);
    b->len += n;
    return true;
}

static inline bool buf_append_byte(struct buf *b, char byte)
{
    return buf_append(b, &byte, 1);
}

bool buf_append_str(struct buf *b, const char *s);
bool buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts a NUL behind the data, not counted in len, and returns the data; NULL when there is no room.
 */
const char *buf_terminate(struct buf *b);

static inline void buf_clear(struct buf *b)
{
    b->len = 0;
}

/* Unsigned integers in LEB128 (low 7 bits first): what every record of ours is made of. */
bool buf_append_long_varint(struct buf *b, uint64_t v);
static inline bool buf_append_varint(struct buf *b, uint64_t v)
{
    if (v >= 0x80 || b->len == b->cap)
        return buf_append_long_varint(b, v);
    b->data[b->len++] = (char)v; /* mostly */
    return true;
}

/* A length as varint, then the bytes. */
bool buf_append_string(struct buf *b, const char *s, size_t n);

/* A cursor over bytes that were written with the two functions above. Reading past the end or a
 * malformed number sets `is_broken` and gives 0 or an empty string from then on, so that a reader
 * checks once at the end. */
struct bytes {
    const char *at, *end;
    bool is_broken;
};

/* What the buf holds, also where that is nothing. */
static inline struct bytes buf_bytes(const struct buf *b)
{
    const char *at = b->len ? b->data : "";
    struct bytes in = {at, at + b->len, false};
    return in;
}

uint64_t bytes_long_varint(struct bytes *in);
static inline uint64_t bytes_varint(struct bytes *in)
{
    bool is_short = in->at < in->end && (unsigned char)*in->at < 0x80;
    return is_short ? (unsigned char)*in->at++ : bytes_long_varint(in);
}

/* A slice into the bytes, *n long; never NULL. */
const char *bytes_string(struct bytes *in, size_t *n);

#endif
