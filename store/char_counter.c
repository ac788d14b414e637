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

uint32_t char_counter_next(const struct char_counter *c, uint32_t cp, uint32_t n_min)
{
    while (cp < CHAR_COUNTER_MAX) {
        if (!c->has_page[cp / CHAR_COUNTER_PAGE])
            cp = (cp / CHAR_COUNTER_PAGE + 1) * CHAR_COUNTER_PAGE;
        else if (c->counts[cp].n_passages < n_min)
            cp++;
        else
            break;
    }
    return cp;
}

void char_counter_merge(struct char_counter *into, const struct char_counter *from)
{
    uint32_t cp = 0;
    while ((cp = char_counter_next(from, cp, 1)) < CHAR_COUNTER_MAX) {
        into->counts[cp].n_passages += from->counts[cp].n_passages;
        into->counts[cp].n_occurrences += from->counts[cp].n_occurrences;
        into->has_page[cp++ / CHAR_COUNTER_PAGE] = true;
    }
}

bool char_counter_encode(const struct char_counter *c, struct buf *out)
{
    size_t before = out->len;
    uint32_t last = 0, cp = 0;
    for (; (cp = char_counter_next(c, cp, 1)) < CHAR_COUNTER_MAX; cp++) {
        const struct char_count *count = &c->counts[cp];
        if (!buf_append_varint(out, cp - last) || !buf_append_varint(out, count->n_passages) ||
            !buf_append_varint(out, count->n_occurrences)) {
            out->len = before;
            return false;
        }
        last = cp;
    }
    return true;
}
