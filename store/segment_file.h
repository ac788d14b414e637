// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of fixed length, little-endian, in the files that duan itself puts beside the tables of a segment. */
#ifndef DUAN_STORE_SEGMENT_FILE_H
#define DUAN_STORE_SEGMENT_FILE_H

#include <stdint.h>

/* n bytes, at most 8. */
static inline void segment_file_put_number(uint8_t *out, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        out[i] = (uint8_t)(v >> 8 * i);
}

static inline uint64_t segment_file_number(const uint8_t *in, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)in[i] << 8 * i;
    return v;
}

#endif
