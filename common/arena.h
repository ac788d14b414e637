// SPDX-License-Identifier: GPL-2.0-or-later
/* An arena: many small things with one life, released at once (a result set, a query). */
#ifndef DUAN_COMMON_ARENA_H
#define DUAN_COMMON_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks; /* NULL while empty */
    size_t used, max;           /* bytes handed out, and how many may be */
};

void arena_init(struct arena *a, size_t max);
void arena_release(struct arena *a);

/* n bytes, zeroed and aligned for anything; NULL when the maximum is reached or memory is out. */
void *arena_alloc(struct arena *a, size_t n);
/* The n bytes at s and a NUL behind them; NULL as above. */
char *arena_copy(struct arena *a, const char *s, size_t n);

#endif
