// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/word_table.h"

#include <stdlib.h>
#include <string.h>

#include "common/hash.h"

enum { SLOTS_MIN = 1 << 10 };

void word_table_init(struct word_table *t)
{
    *t = (struct word_table){.n = 0};
    buf_init(&t->text, UINT32_MAX);
}

void word_table_release(struct word_table *t)
{
    free(t->list);
    free(t->slots);
    buf_release(&t->text);
    word_table_init(t);
}

void word_table_clear(struct word_table *t)
{
    t->n = 0;
    buf_clear(&t->text);
    if (t->n_slots)
        memset(t->slots, 0, t->n_slots * sizeof *t->slots);
}

static bool grow_slots(struct word_table *t)
{
    size_t n_slots = t->n_slots ? t->n_slots * 2 : SLOTS_MIN;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        size_t at = t->list[i].hash & (n_slots - 1);
        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    return true;
}

static bool append(struct word_table *t, const char *word, size_t n, uint32_t hash)
{
    if (t->n == t->n_max) {
        size_t max = t->n_max ? t->n_max * 2 : SLOTS_MIN / 2;
        struct word *list = realloc(t->list, max * sizeof *list);
        if (!list)
            return false;
        t->list = list;
        t->n_max = max;
    }
    const struct word w = {.start = (uint32_t)t->text.len, .len = (uint32_t)n, .hash = hash};
    if (!buf_append(&t->text, word, n))
        return false;
    t->list[t->n++] = w;
    return true;
}

bool word_table_number(struct word_table *t, const char *word, size_t n, uint32_t *number)
{
    if ((t->n + 1) * 2 > t->n_slots && !grow_slots(t))
        return false;
    const uint32_t hash = (uint32_t)hash_bytes(word, n);
    size_t at = hash & (t->n_slots - 1);
    for (; t->slots[at]; at = (at + 1) & (t->n_slots - 1)) {
        const struct word *w = &t->list[t->slots[at] - 1];
        if (w->hash == hash && w->len == n && memcmp(t->text.data + w->start, word, n) == 0) {
            *number = t->slots[at] - 1;
            return true;
        }
    }
    if (!append(t, word, n, hash))
        return false;
    *number = (uint32_t)t->n - 1;
    t->slots[at] = (uint32_t)t->n;
    return true;
}
