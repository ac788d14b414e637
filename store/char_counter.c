// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/char_counter.h"

#include <stdlib.h>

enum status char_counter_init(struct char_counter *c, struct error *err)
{
    *c = (struct char_counter){.passage = 1};
    c->counts = calloc(CHAR_COUNTER_MAX, sizeof *c->counts);
    return c->counts ? STATUS_OK : error_no_memory(err);
}

void char_counter_release(struct char_counter *c)
{
    free(c->counts);
    *c = (struct char_counter){0};
}

void char_counter_merge(struct char_counter *into, const struct char_counter *from)
{
    for (uint32_t cp = 0; cp < CHAR_COUNTER_MAX; cp++) {
        if (from->counts[cp].n_passages == 0)
            continue;
        into->counts[cp].n_passages += from->counts[cp].n_passages;
        into->counts[cp].n_occurrences += from->counts[cp].n_occurrences;
    }
}

bool char_counter_encode(const struct char_counter *c, struct buf *out)
{
    size_t before = out->len;
    uint32_t last = 0;
    for (uint32_t cp = 0; cp < CHAR_COUNTER_MAX; cp++) {
        const struct char_count *count = &c->counts[cp];
        if (count->n_passages == 0)
            continue;
        if (!buf_append_varint(out, cp - last) || !buf_append_varint(out, count->n_passages) ||
            !buf_append_varint(out, count->n_occurrences)) {
            out->len = before;
            return false;
        }
        last = cp;
    }
    return true;
}
