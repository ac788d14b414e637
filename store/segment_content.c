// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "store/schema.h"
#include "store/segment_content_parts.h"

enum {
    DIRECTORY_BYTES_MAX = 1 << 28, /* a few bytes a block: of terabytes of text */
    FRAME_BYTES_MAX = 1 << 20,
    PASSAGES_MAX = INT32_MAX,
};

/* ---- life cycle ---- */

enum status segment_content_open(
    const char *dir, bool has_raw_texts, struct segment_content **out, struct error *err)
{
    struct segment_content *c = calloc(1, sizeof *c);
    if (!c)
        return error_no_memory(err);
    c->has_raw_texts = has_raw_texts;
    frame_codec_init(&c->codec);
    title_terms_init(&c->titles, &c->spool);
    record_blocks_init(&c->sources, SOURCE_BLOCK_BYTES, &c->codec, &c->spool);
    record_blocks_init(&c->reports, REPORT_BLOCK_BYTES, &c->codec, &c->spool);
    buf_init(&c->text_directory, DIRECTORY_BYTES_MAX);
    report_codec_init(&c->report_codec);
    buf_init(&c->report_directory, DIRECTORY_BYTES_MAX);
    buf_init(&c->frame, FRAME_BYTES_MAX);
    buf_init(&c->report_strings, RECORD_BYTES_MAX);
    buf_init(&c->stuffed, DIRECTORY_BYTES_MAX);
    buf_init(&c->spans, DIRECTORY_BYTES_MAX);
    buf_init(&c->value, DIRECTORY_BYTES_MAX);
    enum status s = text_block_writer_open(&c->texts, err);
    if (s == STATUS_OK)
        s = unranked_open(&c->unranked, err);
    if (s == STATUS_OK)
        s = char_counter_init(&c->chars, err);
    if (s == STATUS_OK)
        s = spool_open(&c->spool, dir, err);
    if (s != STATUS_OK) {
        segment_content_close(c);
        return s;
    }
    *out = c;
    return STATUS_OK;
}

void segment_content_close(struct segment_content *c)
{
    if (!c)
        return;
    frame_codec_release(&c->codec);
    spool_close(&c->spool);
    text_block_writer_close(c->texts);
    unranked_close(c->unranked);
    buf_release(&c->stuffed);
    buf_release(&c->spans);
    title_terms_release(&c->titles);
    record_blocks_release(&c->sources);
    record_blocks_release(&c->reports);
    report_codec_release(&c->report_codec);
    buf_release(&c->text_directory);
    buf_release(&c->report_directory);
    buf_release(&c->frame);
    char_counter_release(&c->chars);
    buf_release(&c->report_strings);
    buf_release(&c->value);
    free(c);
}

/* ---- records ---- */

static bool append_span(struct segment_content *c)
{
    const struct report *r = &c->report;
    bool is_ok =
        r->n_passages == 0 || (buf_append_varint(&c->spans, r->number - c->last_report) &&
                                  buf_append_varint(&c->spans, r->n_passages) &&
                                  buf_append_varint(&c->spans, r->source - c->last_source) &&
                                  buf_append_varint(&c->spans, r->date));
    if (r->n_passages) {
        c->last_report = r->number;
        c->last_source = r->source;
    }
    return is_ok;
}

/* A title that is the id says no more than the path does, and one without passages raises none. */
static enum status add_title(struct segment_content *c, struct error *err)
{
    const struct report *r = &c->report;
    if (r->n_passages == 0 || report_title_is_id(r))
        return STATUS_OK;
    return title_terms_add(&c->titles, r->number, r->title, r->title_len, err);
}

/* Writes the record of the report begun last, whose passages are all there. */
static enum status end_report(struct segment_content *c, struct error *err)
{
    if (!c->is_in_report)
        return STATUS_OK;
    c->is_in_report = false;
    struct report *r = &c->report;
    if (c->reports.records.len == 0) {
        if (!buf_append_varint(&c->report_directory, r->first_docid - c->directory_docid) ||
            !buf_append_varint(&c->report_directory, r->number - c->directory_report))
            return error_no_memory(err);
        report_codec_begin(&c->report_codec);
        c->directory_docid = r->first_docid;
        c->directory_report = r->number;
    }
    r->id = c->report_strings.data;
    r->title = r->id + r->id_len;
    r->fields = r->title + r->title_len;
    r->stuffed = r->fields + r->fields_len;
    if (!append_span(c) || !report_encode(&c->report_codec, &c->reports.records, r))
        return error_no_memory(err);
    enum status s = add_title(c, err);
    if (s != STATUS_OK)
        return s;
    return r->number - c->directory_report >= REPORT_BLOCK_REPORTS - 1
               ? record_blocks_end(&c->reports, err)
               : record_blocks_end_if_due(&c->reports, err);
}

/* ---- what comes in ---- */

static enum status out_of_order(const char *call, struct error *err)
{
    return error_set(err, STATUS_INTERNAL, "segment builder: %s out of order", call);
}

enum status segment_content_begin_source(
    struct segment_content *c, const struct source *source, struct error *err)
{
    if (c->is_in_source || source->number <= c->source.number)
        return out_of_order("begin_source", err);
    if (source->path_len == 0 || source->path_len > PATH_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "path of %zu bytes: not 1 to %d", source->path_len,
            PATH_BYTES_MAX);
    c->source = (struct source){.number = source->number};
    c->is_in_source = true;
    unranked_begin_source(c->unranked, source);
    return STATUS_OK;
}

static enum status check_report(const struct report *r, struct error *err)
{
    if (r->title_len == 0 || r->title_len > TITLE_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "title of %zu bytes: not 1 to %d", r->title_len,
            TITLE_BYTES_MAX);
    if (r->id_len > PATH_BYTES_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "id of %zu bytes: more than %d", r->id_len, PATH_BYTES_MAX);
    if (r->fields_len > FIELDS_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "fields of %zu bytes: more than %d", r->fields_len,
            FIELDS_BYTES_MAX);
    if (r->stuffed_len > STUFFED_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "stuffed text of %zu bytes: more than %d",
            r->stuffed_len, STUFFED_BYTES_MAX);
    if (r->date >> DATE_BITS)
        return error_set(err, STATUS_BAD_INPUT, "date %lu out of range", (unsigned long)r->date);
    return STATUS_OK;
}

enum status segment_content_begin_report(
    struct segment_content *c, const struct report *report, struct error *err)
{
    if (!c->is_in_source || report->number <= c->report.number ||
        report->source != c->source.number)
        return out_of_order("begin_report", err);
    enum status s = check_report(report, err);
    if (s == STATUS_OK)
        s = end_report(c, err);
    if (s != STATUS_OK)
        return s;
    buf_clear(&c->report_strings);
    if (!buf_append(&c->report_strings, report->id, report->id_len) ||
        !buf_append(&c->report_strings, report->title, report->title_len) ||
        !buf_append(&c->report_strings, report->fields, report->fields_len) ||
        !buf_append(&c->report_strings, report->stuffed, report->stuffed_len))
        return error_no_memory(err);
    if (report->stuffed_len) {
        if (!buf_append_varint(&c->stuffed, report->number - c->last_stuffed))
            return error_no_memory(err);
        c->last_stuffed = report->number;
    }
    if (unranked_begin_report(c->unranked, report, err) != STATUS_OK)
        return err->status;
    c->report = *report;
    c->report.first_docid = c->stats.n_passages + 1;
    c->report.n_passages = 0;
    c->last_passage = 0;
    c->is_in_report = true;
    if (c->source.n_reports++ == 0)
        c->source.first_report = report->number;
    c->stats.n_reports++;
    return STATUS_OK;
}

/* Names the text block that c->frame holds, if any, in *done. */
static void name_text(struct segment_content *c, struct finished_text *done)
{
    *done = (struct finished_text){
        .first_docid = c->pending_text_docid, .bytes = c->frame.data, .n = c->frame.len};
}

enum status segment_content_add_passage(struct segment_content *c, const struct passage *passage,
    struct indexed_passage *out, struct finished_text *done, struct error *err)
{
    if (!c->is_in_report || passage->number != c->last_passage + 1 ||
        passage->section >= passage->number)
        return out_of_order("add_passage", err);
    if (c->stats.n_passages == PASSAGES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "more passages than a segment can hold");
    bool is_first;
    uint32_t docid = c->stats.n_passages + 1;
    enum status s = c->has_raw_texts ? text_block_writer_collect(c->texts, c->report.number,
                                           passage, &is_first, &c->frame, err)
                                     : text_block_writer_add(c->texts, c->report.number, passage,
                                           &is_first, &c->frame, err);
    if (s != STATUS_OK)
        return s;
    if (unranked_add(c->unranked, docid, passage, err) != STATUS_OK)
        return err->status;
    name_text(c, done);
    if (is_first) {
        if (!buf_append_varint(&c->text_directory, docid - c->pending_text_docid))
            return error_no_memory(err);
        c->pending_text_docid = docid;
        c->stats.n_text_blocks++;
    }
    c->stats.n_passages = docid;
    c->stats.text_bytes += passage->text_len;
    c->last_passage++;
    c->report.n_passages++;
    c->source.n_passages++;
    *out = (struct indexed_passage){
        .docid = docid,
        .text = passage->text,
        .text_len = passage->text_len,
    };
    return STATUS_OK;
}

enum status segment_content_end_source(
    struct segment_content *c, const struct source *source, struct error *err)
{
    if (!c->is_in_source || source->number != c->source.number)
        return out_of_order("end_source", err);
    enum status s = end_report(c, err);
    if (s != STATUS_OK)
        return s;
    struct source whole = *source;
    whole.first_report = c->source.first_report;
    whole.n_reports = c->source.n_reports;
    whole.n_passages = c->source.n_passages;
    if (!source_encode(&c->sources.records, &whole))
        return error_no_memory(err);
    c->is_in_source = false;
    c->stats.n_sources++;
    c->stats.n_replaced += source->n_replaced;
    return record_blocks_end_if_due(&c->sources, err);
}

void segment_content_add_tokens(
    struct segment_content *c, uint64_t n_tokens, const struct char_counter *chars)
{
    c->stats.n_tokens += n_tokens;
    char_counter_merge(&c->chars, chars);
}

enum status segment_content_finish(
    struct segment_content *c, struct finished_text *done, struct error *err)
{
    if (c->is_in_source)
        return out_of_order("finish", err);
    enum status s = unranked_finish(c->unranked, err);
    if (s == STATUS_OK)
        s = title_terms_end(&c->titles, err);
    if (s == STATUS_OK)
        s = record_blocks_end(&c->sources, err);
    if (s == STATUS_OK)
        s = record_blocks_end(&c->reports, err);
    if (s == STATUS_OK)
        s = c->has_raw_texts ? text_block_writer_collect_rest(c->texts, &c->frame, err)
                             : text_block_writer_finish(c->texts, &c->frame, err);
    if (s != STATUS_OK)
        return s;
    name_text(c, done);
    c->stats.n_source_blocks = c->sources.n_blocks;
    c->stats.n_report_blocks = c->reports.n_blocks;
    return STATUS_OK;
}

const struct segment_stats *segment_content_stats(const struct segment_content *c)
{
    return &c->stats;
}

const struct unranked *segment_content_unranked(const struct segment_content *c)
{
    return c->unranked;
}

const struct char_counter *segment_content_chars(const struct segment_content *c)
{
    return &c->chars;
}

double segment_content_average_length(const struct segment_content *c)
{
    return c->stats.n_tokens ? (double)c->stats.n_tokens / c->stats.n_passages : 1;
}
