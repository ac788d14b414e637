// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/arranger.h"

#include <stdlib.h>

bool arranger_is_needed(const struct xsearch *how)
{
    return how->order != XORDER_SCORE || how->is_one_a_report;
}

void arranger_init(struct arranger *a, const struct xsearch *how)
{
    *a = (struct arranger){.how = how};
    top_hits_init(&a->top, top_hits_wanted(how));
}

void arranger_release(struct arranger *a)
{
    top_hits_release(&a->top);
}

/* Reports without a date come last either way. */
static uint32_t key_of(enum xorder order, uint32_t date)
{
    return order == XORDER_LATEST ? date : order == XORDER_EARLIEST && date ? UINT32_MAX - date : 0;
}

static const struct report_span *span_of(struct arranger *a, uint32_t segment, uint32_t docid)
{
    const struct report_spans *spans = &a->how->spans[segment];
    if (segment != a->segment) {
        a->segment = segment;
        a->at = 0;
    }
    size_t low = a->at, high = spans->n;
    if (low < high && docid - spans->at[low].first_docid < spans->at[low].n_passages)
        return &spans->at[low];
    while (low + 1 < high) { /* the last that does not begin behind docid */
        size_t middle = low + (high - low) / 2;
        if (spans->at[middle].first_docid <= docid)
            low = middle;
        else
            high = middle;
    }
    a->at = low;
    return &spans->at[low];
}

static bool flush(struct arranger *a)
{
    bool is_ok = !a->has_pending || top_hits_add(&a->top, a->pending);
    a->has_pending = false;
    return is_ok;
}

bool arranger_add(struct arranger *a, uint32_t segment, uint32_t docid, int64_t score)
{
    bool was_in_report = a->has_pending && segment == a->segment;
    size_t before = a->at;
    const struct report_span *span = span_of(a, segment, docid);
    const struct top_hit hit = {.key = key_of(a->how->order, span->date),
        .segment = segment,
        .docid = docid,
        .score = score};
    if (!a->how->is_one_a_report)
        return top_hits_add(&a->top, hit);
    if (was_in_report && a->at == before) {
        if (score > a->pending.score)
            a->pending = hit;
        return true;
    }
    if (!flush(a))
        return false;
    a->pending = hit;
    a->has_pending = true;
    return true;
}

enum status arranger_finish(struct arranger *a, double unit, struct xhits *out, struct error *err)
{
    if (!flush(a))
        return error_no_memory(err);
    return top_hits_finish(&a->top, a->how->offset, unit, out, err);
}
