// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports, dates and dropped sources as ranges of docids: what a query asks of the report, not of the
 * passage. */
#include "store/index_parts.h"

struct docid_ranges *index_ranges_make(struct index *ix, struct arena *arena)
{
    return arena_alloc(arena, ix->manifest.n_segments * sizeof(struct docid_ranges));
}

enum status index_ranges_node(struct index *ix, const struct docid_ranges *ranges,
    struct arena *arena, const struct xnode **out, struct error *err)
{
    size_t n = 0;
    *out = NULL;
    for (size_t i = 0; i < ix->manifest.n_segments; i++)
        n += ranges[i].n;
    if (n == 0)
        return STATUS_OK;
    struct xnode *node = arena_alloc(arena, sizeof *node);
    if (!node)
        return error_no_memory(err);
    *node = (struct xnode){.op = XOP_RANGES, .ranges = ranges};
    *out = node;
    return STATUS_OK;
}

/* The first span of a report whose number is not below; n_spans where there is none. */
static size_t find_report(const struct index_segment *s, uint32_t number)
{
    size_t low = 0, high = s->n_spans;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->spans[middle].report < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool add_span(
    struct docid_ranges *ranges, const struct report_span *span, struct arena *arena)
{
    return docid_ranges_add(ranges, span->first_docid, span->n_passages, arena);
}

enum status index_ranges_add_reports(struct index *ix, struct docid_ranges *ranges,
    uint32_t segment, uint32_t first, uint32_t n, struct arena *arena, struct error *err)
{
    if (index_need_spans(ix, segment, err) != STATUS_OK)
        return err->status;
    const struct index_segment *s = &ix->segments[segment];
    for (size_t i = find_report(s, first); i < s->n_spans && s->spans[i].report - first < n; i++)
        if (!add_span(&ranges[segment], &s->spans[i], arena))
            return error_no_memory(err);
    return STATUS_OK;
}

enum status index_ranges_add_dates(struct index *ix, struct docid_ranges *ranges, uint32_t low,
    uint32_t high, struct arena *arena, struct error *err)
{
    for (uint32_t segment = 0; segment < ix->manifest.n_segments; segment++) {
        if (index_need_spans(ix, segment, err) != STATUS_OK)
            return err->status;
        const struct index_segment *s = &ix->segments[segment];
        for (size_t i = 0; i < s->n_spans; i++) {
            uint32_t date = s->spans[i].date;
            if (date && date >= low && date <= high &&
                !add_span(&ranges[segment], &s->spans[i], arena))
                return error_no_memory(err);
        }
    }
    return STATUS_OK;
}

/* Dead sources are listed by rising number, and so are those of the spans. */
static enum status add_dead(
    struct index *ix, struct docid_ranges *ranges, uint32_t segment, struct error *err)
{
    const struct manifest_segment *m = &ix->manifest.segments[segment];
    size_t dead = 0;
    if (m->n_dead == 0)
        return STATUS_OK;
    if (index_need_spans(ix, segment, err) != STATUS_OK)
        return err->status;
    const struct index_segment *s = &ix->segments[segment];
    for (size_t i = 0; i < s->n_spans; i++) {
        while (dead < m->n_dead && m->dead[dead] < s->spans[i].source)
            dead++;
        if (dead == m->n_dead)
            break;
        if (m->dead[dead] == s->spans[i].source &&
            !add_span(&ranges[segment], &s->spans[i], &ix->ranges))
            return error_no_memory(err);
    }
    ix->has_dead |= ranges[segment].n > 0;
    return STATUS_OK;
}

enum status index_need_dead(struct index *ix, struct error *err)
{
    if (ix->dead)
        return STATUS_OK;
    struct docid_ranges *ranges = index_ranges_make(ix, &ix->ranges);
    if (!ranges)
        return error_no_memory(err);
    for (uint32_t i = 0; i < ix->manifest.n_segments; i++)
        if (add_dead(ix, ranges, i, err) != STATUS_OK)
            return err->status;
    ix->dead = ranges;
    return STATUS_OK;
}

enum status index_need_report_spans(
    struct index *ix, const struct report_spans **out, struct error *err)
{
    if (!ix->spans) {
        struct report_spans *all = arena_alloc(&ix->ranges, ix->manifest.n_segments * sizeof *all);
        if (!all)
            return error_no_memory(err);
        for (uint32_t i = 0; i < ix->manifest.n_segments; i++) {
            if (index_need_spans(ix, i, err) != STATUS_OK)
                return err->status;
            all[i] = (struct report_spans){ix->segments[i].spans, ix->segments[i].n_spans};
        }
        ix->spans = all;
    }
    *out = ix->spans;
    return STATUS_OK;
}
