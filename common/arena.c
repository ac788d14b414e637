// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

enum { ARENA_BLOCK = 16 * 1024 };

void arena_init(struct arena *a, size_t max)
{
    *a = (struct arena){.max = max};
}

void arena_release(struct arena *a)
{
    while (a->blocks) {
        struct arena_block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    a->used = 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = alignof(max_align_t);
    if (n > a->max - a->used)
        return NULL;
    size_t size = (n + align - 1) / align * align;
    struct arena_block *block = a->blocks;
    if (!block || block->size - block->used < size) {
        size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
        block = malloc(sizeof *block + room);
        if (!block)
            return NULL;
        *block = (struct arena_block){.next = a->blocks, .size = room};
        a->blocks = block;
    }
    void *out = block->bytes + block->used;
    block->used += size;
    a->used += n;
    memset(out, 0, n);
    return out;
}

char *arena_copy(struct arena *a, const char *s, size_t n)
{
    char *out = arena_alloc(a, n + 1);
    if (out && n)
        memcpy(out, s, n);
    return out;
}
