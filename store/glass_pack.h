// SPDX-License-Identifier: GPL-2.0-or-later
/* How Xapian's glass tables write numbers and strings: into memory the caller has reserved,
 * returning the end.
 *
 *   pack_uint    LEB128, low 7 bits first (the varint of buf.h):        300 is ac 02
 *   pack_sorted  keeps order under memcmp; the first byte is never 0xff:  300 is 01 2c
 *   pack_escaped a string inside a key: each NUL becomes 00 ff
 * Numbers in the frame of a block are big-endian. */
#ifndef DUAN_STORE_GLASS_PACK_H
#define DUAN_STORE_GLASS_PACK_H

#include <stddef.h>
#include <stdint.h>

/* Room that any number takes at most. */
enum { GLASS_UINT_MAX = 10, GLASS_SORTED_MAX = 5 };

static inline uint8_t *glass_pack_uint(uint8_t *out, uint64_t v)
{
    while (v >= 0x80) {
        *out++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *out++ = (uint8_t)v;
    return out;
}

/* The same, of what takes one byte about as often as two: without a branch on which. Needs room for two at least. */
static inline uint8_t *glass_pack_gap(uint8_t *out, uint64_t v)
{
    if (v >= 1 << 14) {
        out[0] = (uint8_t)(v | 0x80);
        out[1] = (uint8_t)(v >> 7 | 0x80);
        return glass_pack_uint(out + 2, v >> 14);
    }
    unsigned is_long = v >= 0x80;
    out[0] = (uint8_t)(v | is_long << 7);
    out[1] = (uint8_t)(v >> 7);
    return out + 1 + is_long;
}

static inline uint8_t *glass_pack_sorted(uint8_t *out, uint32_t v)
{
    if (v < 0x8000) {
        out[0] = (uint8_t)(v >> 8);
        out[1] = (uint8_t)v;
        return out + 2;
    }
    unsigned len = (32 + 5 - (unsigned)__builtin_clz(v)) / 7;
    for (unsigned i = 0; i < len; i++)
        out[i] = len - 1 - i < 4 ? (uint8_t)(v >> 8 * (len - 1 - i)) : 0;
    out[0] |= (uint8_t)(0xff << (10 - len));
    return out + len;
}

static inline uint8_t *glass_pack_escaped(uint8_t *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        *out++ = (uint8_t)s[i];
        if (s[i] == '\0')
            *out++ = 0xff;
    }
    return out;
}

static inline void glass_put_u16(uint8_t *at, unsigned v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

static inline void glass_put_u32(uint8_t *at, uint32_t v)
{
    glass_put_u16(at, v >> 16);
    glass_put_u16(at + 2, v & 0xffff);
}

#endif
