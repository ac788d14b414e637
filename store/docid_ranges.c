// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/docid_ranges.h"

#include <string.h>

bool docid_ranges_add(struct docid_ranges *r, uint32_t first, uint32_t n, struct arena *arena)
{
    if (n == 0)
        return true;
    if (r->n && r->at[r->n - 1].last + 1 == first) {
        r->at[r->n - 1].last += n;
        return true;
    }
    if (r->n == r->n_max) {
        size_t max = r->n_max ? 2 * r->n_max : 8;
        struct docid_range *more = arena_alloc(arena, max * sizeof *more);
        if (!more)
            return false;
        if (r->n)
            memcpy(more, r->at, r->n * sizeof *more);
        r->at = more;
        r->n_max = max;
    }
    r->at[r->n++] = (struct docid_range){first, first + n - 1};
    return true;
}

size_t docid_ranges_seek(const struct docid_ranges *r, size_t from, uint32_t docid)
{
    size_t step = 1, low = from, high;
    while (low + step < r->n && r->at[low + step].last < docid) {
        low += step;
        step *= 2;
    }
    high = low + step < r->n ? low + step : r->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->at[middle].last < docid)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t docid_ranges_count(const struct docid_ranges *r)
{
    uint32_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->at[i].last - r->at[i].first + 1;
    return n;
}
