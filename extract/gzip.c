// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* next_in is */
#include <zlib.h>

enum {
    PIECE_BYTES = 64 * 1024,
    ANY_GZIP = 15 + 16 /* windowBits: the largest window, gzip alone */
};

struct gzip {
    z_stream z;
    size_t n_rest; /* bytes behind those that z has */
    bool is_over;
    const char *fault;
    char piece[PIECE_BYTES];
};

bool gzip_is(const char *bytes, size_t n)
{
    return n >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

struct gzip *gzip_open(const char *bytes, size_t n)
{
    struct gzip *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->z.next_in = (const Bytef *)bytes;
    g->n_rest = n;
    if (inflateInit2(&g->z, ANY_GZIP) == Z_OK)
        return g;
    free(g);
    return NULL;
}

void gzip_close(struct gzip *g)
{
    if (g)
        inflateEnd(&g->z);
    free(g);
}

/* z counts in an unsigned. */
static void refill(struct gzip *g)
{
    size_t room = UINT_MAX - g->z.avail_in, n = g->n_rest < room ? g->n_rest : room;
    g->z.avail_in += (uInt)n;
    g->n_rest -= n;
}

/* A member has come to its end, and its sums are right. */
static void begin_next(struct gzip *g)
{
    refill(g);
    g->is_over = !gzip_is((const char *)g->z.next_in, g->z.avail_in);
    if (!g->is_over)
        inflateReset(&g->z);
}

size_t gzip_read(struct gzip *g, const char **piece)
{
    g->z.next_out = (Bytef *)g->piece;
    g->z.avail_out = PIECE_BYTES;
    *piece = g->piece;
    while (!g->is_over && g->z.avail_out) {
        refill(g);
        uInt had = g->z.avail_in;
        int got = had ? inflate(&g->z, Z_NO_FLUSH) : Z_BUF_ERROR;
        if (got == Z_STREAM_END)
            begin_next(g);
        else if (got != Z_OK)
            g->fault = had == 0             ? "truncated gzip input"
                       : got == Z_MEM_ERROR ? "gzip: no memory"
                       : g->z.msg           ? g->z.msg
                                            : "gzip: no data";
        g->is_over |= g->fault != NULL;
    }
    return PIECE_BYTES - g->z.avail_out;
}

const char *gzip_fault(const struct gzip *g)
{
    return g->fault;
}
