// SPDX-License-Identifier: GPL-2.0-or-later
/* Two walks over a segment, each in the order of docids:
 *   records  each source with its reports: numbers rise, docids follow one another, sums are the
 *            statistics
 *   texts    each text block with the reports its passages belong to: numbers follow one another, no
 *            byte is missing */
#include "store/check_content.h"

#include "store/index_engine.h"
#include "store/index_parts.h"
#include "store/schema.h"

/* Goes through the records of one kind. */
struct walk {
    enum record_kind kind;
    uint32_t next_block, n_blocks;
    struct buf block;
    struct bytes at;
    bool is_first; /* of its block */
};

struct content {
    struct index *ix;
    uint32_t segment;
    const struct manifest_segment *manifest;
    const struct segment_stats *stats;
    struct error *err;
    struct walk sources, reports;
    struct report_codec codec;
    struct text_block text;

    struct source source; /* the last one; strings gone */
    struct report report; /* likewise */
    uint32_t next_docid;
    uint32_t n_sources, n_reports;
    size_t n_spans;
    uint64_t n_replaced, text_bytes;
    uint64_t n_dead, n_dead_reports, n_dead_passages;
};

static enum status wrong(struct content *c, const char *what)
{
    return index_segment_damaged(c->ix, c->segment, what, c->err);
}

/* ---- walking records ---- */

static void walk_init(struct walk *w, enum record_kind kind, uint32_t n_blocks)
{
    *w = (struct walk){.kind = kind, .n_blocks = n_blocks};
    buf_init(&w->block, RECORD_BLOCK_BYTES_MAX);
}

/* Makes sure that a record is left; STATUS_MISSING, without a message, when none is. */
static enum status walk_on(struct content *c, struct walk *w)
{
    w->is_first = false;
    if (w->at.at != w->at.end)
        return STATUS_OK;
    if (w->next_block == w->n_blocks)
        return STATUS_MISSING;
    enum status s =
        index_load_records(c->ix, w->kind, c->segment, w->next_block, &w->block, c->err);
    if (s != STATUS_OK)
        return s == STATUS_MISSING ? wrong(c, "a block of records is missing") : s;
    if (w->block.len == 0)
        return wrong(c, "a block of records is empty");
    w->at = buf_bytes(&w->block);
    w->next_block++;
    w->is_first = true;
    return STATUS_OK;
}

static enum status next_report(struct content *c)
{
    const struct index_segment *directory = &c->ix->segments[c->segment];
    uint32_t before = c->report.number;
    enum status s = walk_on(c, &c->reports);
    if (s != STATUS_OK)
        return s == STATUS_MISSING ? wrong(c, "a report is missing") : s;
    if (c->reports.is_first)
        report_codec_begin(&c->codec);
    if (!report_decode(&c->codec, &c->reports.at, &c->report))
        return c->codec.is_no_memory ? error_no_memory(c->err)
                                     : wrong(c, "a report cannot be read");
    if (c->report.number <= before || c->report.number >= c->ix->manifest.next_report)
        return wrong(c, "the numbers of reports do not rise");
    uint32_t block = c->reports.next_block - 1;
    if (c->reports.is_first && (directory->report_docids[block] != c->report.first_docid ||
                                   directory->report_numbers[block] != c->report.number))
        return wrong(c, "the directory of reports is wrong");
    return STATUS_OK;
}

/* Of what conditions on reports go by: the same as the record says. */
static bool is_span_right(struct content *c)
{
    const struct index_segment *s = &c->ix->segments[c->segment];
    const struct report *r = &c->report;
    if (r->n_passages == 0)
        return true;
    if (c->n_spans == s->n_spans)
        return false;
    const struct report_span *span = &s->spans[c->n_spans++];
    return span->report == r->number && span->source == r->source && span->date == r->date &&
           span->first_docid == r->first_docid && span->n_passages == r->n_passages;
}

static enum status check_source(struct content *c)
{
    const struct source *s = &c->source;
    uint32_t first_docid = c->next_docid;
    for (uint32_t i = 0; i < s->n_reports; i++) {
        enum status status = next_report(c);
        if (status != STATUS_OK)
            return status;
        if (c->report.source != s->number || (i == 0 && c->report.number != s->first_report))
            return wrong(c, "a report belongs to another source");
        if (c->report.first_docid != c->next_docid ||
            c->report.n_passages > c->stats->n_passages - (c->next_docid - 1))
            return wrong(c, "the passages of a report are not where they should be");
        if (!is_span_right(c))
            return wrong(c, "the table of reports differs from their records");
        c->next_docid += c->report.n_passages;
        c->n_reports++;
    }
    return c->next_docid - first_docid == s->n_passages
               ? STATUS_OK
               : wrong(c, "a source has other passages than its reports");
}

static enum status next_source(struct content *c)
{
    uint32_t before = c->source.number;
    enum status s = walk_on(c, &c->sources);
    if (s != STATUS_OK)
        return s;
    if (!source_decode(&c->sources.at, &c->source))
        return wrong(c, "a source cannot be read");
    if (c->source.number <= before || c->source.number >= c->ix->manifest.next_source)
        return wrong(c, "the numbers of sources do not rise");
    c->n_sources++;
    c->n_replaced += c->source.n_replaced;
    if (manifest_is_dead(c->manifest, c->source.number)) {
        c->n_dead++;
        c->n_dead_reports += c->source.n_reports;
        c->n_dead_passages += c->source.n_passages;
    }
    return check_source(c);
}

static enum status check_records(struct content *c)
{
    const struct manifest_segment *m = c->manifest;
    enum status s = index_need_reports(c->ix, c->segment, c->err);
    if (s == STATUS_OK)
        s = index_need_spans(c->ix, c->segment, c->err);
    c->next_docid = 1;
    while (s == STATUS_OK)
        s = next_source(c);
    if (s != STATUS_MISSING)
        return s;
    if (walk_on(c, &c->reports) != STATUS_MISSING)
        return wrong(c, "a report belongs to no source");
    if (c->n_sources != c->stats->n_sources || c->n_reports != c->stats->n_reports ||
        c->next_docid - 1 != c->stats->n_passages || c->n_replaced != c->stats->n_replaced)
        return wrong(c, "its records do not add up to its statistics");
    if (c->n_dead != m->n_dead || c->n_dead_reports != m->n_dead_reports ||
        c->n_dead_passages != m->n_dead_passages)
        return wrong(c, "the manifest names dropped sources that it does not have");
    return STATUS_OK;
}

/* ---- walking texts ---- */

/* Moves on to the report that holds a passage; those without any are passed by. */
static enum status need_report_of(struct content *c, uint32_t docid)
{
    while (docid - c->report.first_docid >= c->report.n_passages) {
        enum status s = next_report(c);
        if (s != STATUS_OK)
            return s;
    }
    return STATUS_OK;
}

static enum status check_block(struct content *c, uint32_t first_docid, uint32_t end_docid)
{
    enum status s = index_load_text(c->ix, c->segment, first_docid, &c->text, c->err);
    if (s != STATUS_OK)
        return s == STATUS_MISSING ? wrong(c, "a text is missing") : s;
    if (c->text.n_passages != end_docid - first_docid)
        return wrong(c, "a text has other passages than the directory says");
    for (uint32_t i = 0; i < c->text.n_passages; i++) {
        const struct text_block_entry *e = &c->text.entries[i];
        s = need_report_of(c, first_docid + i);
        if (s != STATUS_OK)
            return s;
        if (e->report != c->report.number ||
            e->number != first_docid + i - c->report.first_docid + 1 || e->section >= e->number)
            return wrong(c, "a passage is not where it should be");
        c->text_bytes += e->text_len;
    }
    return STATUS_OK;
}

static enum status check_texts(struct content *c)
{
    const uint32_t n = c->stats->n_text_blocks;
    enum status s = index_need_texts(c->ix, c->segment, c->err);
    for (uint32_t i = 0; i < n && s == STATUS_OK; i++) {
        const uint32_t *docids = c->ix->segments[c->segment].text_docids;
        s = check_block(c, docids[i], i + 1 < n ? docids[i + 1] : c->stats->n_passages + 1);
    }
    if (s == STATUS_OK && c->text_bytes != c->stats->text_bytes)
        return wrong(c, "its texts do not add up to its statistics");
    return s;
}

/* ---- the segment ---- */

static enum status check_database(struct content *c)
{
    uint64_t n_docs, n_terms;
    enum status s = index_engine_counts(c->ix, c->segment, &n_docs, &n_terms, c->err);
    if (s == STATUS_OK && n_docs != c->stats->n_passages)
        return wrong(c, "it holds another number of passages than its statistics say");
    if (s == STATUS_OK && c->ix->readers)
        s = segment_reader_verify(&c->ix->readers[c->segment], c->err);
    return s == STATUS_OK ? index_need_chars(c->ix, c->segment, c->err) : s;
}

static void begin_reports(struct content *c)
{
    buf_release(&c->reports.block);
    walk_init(&c->reports, RECORD_REPORT, c->stats->n_report_blocks);
    c->report = (struct report){0};
}

enum status check_segment_content(struct index *ix, uint32_t segment, struct error *err)
{
    struct content c = {
        .ix = ix,
        .segment = segment,
        .manifest = &ix->manifest.segments[segment],
        .stats = index_stats(ix, segment),
        .err = err,
    };
    walk_init(&c.sources, RECORD_SOURCE, c.stats->n_source_blocks);
    begin_reports(&c);
    text_block_init(&c.text);
    report_codec_init(&c.codec);
    enum status s = check_records(&c);
    begin_reports(&c);
    if (s == STATUS_OK)
        s = check_texts(&c);
    if (s == STATUS_OK)
        s = check_database(&c);
    buf_release(&c.sources.block);
    buf_release(&c.reports.block);
    text_block_release(&c.text);
    report_codec_release(&c.codec);
    return s;
}
