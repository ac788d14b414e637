// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking all live sources or reports. A cursor reads past the kept blocks, so that a walk and
 * look-ups beside it do not drive out one another's. */
#include <stdio.h>

#include "store/index_parts.h"

void index_cursor_init(struct index_cursor *c, struct index *ix)
{
    *c = (struct index_cursor){.ix = ix, .end = (uint32_t)index_manifest(ix)->n_segments};
    buf_init(&c->bytes, RECORD_BLOCK_BYTES_MAX);
    report_codec_init(&c->codec);
}

void index_cursor_init_segment(struct index_cursor *c, struct index *ix, uint32_t segment)
{
    index_cursor_init(c, ix);
    c->segment = segment;
    c->end = segment + 1;
}

void index_cursor_release(struct index_cursor *c)
{
    buf_release(&c->bytes);
    report_codec_release(&c->codec);
}

static enum status read_block(struct index_cursor *c, enum record_kind kind, struct error *err)
{
    enum status s = index_load_records(c->ix, kind, c->segment, c->block, &c->bytes, err);
    if (s != STATUS_OK)
        return s;
    c->at = buf_bytes(&c->bytes);
    report_codec_begin(&c->codec);
    c->block++;
    return STATUS_OK;
}

/* Makes sure that a record is left to read; *has_more false when none is. */
static enum status need_records(
    struct index_cursor *c, enum record_kind kind, bool *has_more, struct error *err)
{
    const struct manifest *m = index_manifest(c->ix);
    *has_more = true;
    while (c->at.at == c->at.end) {
        if (c->segment >= c->end) {
            *has_more = false;
            return STATUS_OK;
        }
        const struct segment_stats *stats = &m->segments[c->segment].stats;
        if (c->block < (kind == RECORD_SOURCE ? stats->n_source_blocks : stats->n_report_blocks)) {
            enum status s = read_block(c, kind, err);
            if (s != STATUS_OK)
                return s;
        } else {
            c->segment++;
            c->block = 0;
        }
    }
    return STATUS_OK;
}

static bool is_dead(const struct index_cursor *c, uint32_t source)
{
    return manifest_is_dead(&index_manifest(c->ix)->segments[c->segment], source);
}

enum status index_next_source(struct index_cursor *c, struct source *out, uint32_t *segment,
    bool *has_more, struct error *err)
{
    do {
        enum status s = need_records(c, RECORD_SOURCE, has_more, err);
        if (s != STATUS_OK || !*has_more)
            return s;
        if (!source_decode(&c->at, out))
            return index_segment_damaged(c->ix, c->segment, "sources", err);
    } while (is_dead(c, out->number));
    *segment = c->segment;
    return STATUS_OK;
}

enum status index_next_report(struct index_cursor *c, struct report *out, uint32_t *segment,
    bool *has_more, struct error *err)
{
    do {
        enum status s = need_records(c, RECORD_REPORT, has_more, err);
        if (s != STATUS_OK || !*has_more)
            return s;
        if (!report_decode(&c->codec, &c->at, out))
            return index_report_fault(c->ix, c->segment, &c->codec, err);
    } while (is_dead(c, out->source));
    *segment = c->segment;
    return STATUS_OK;
}
