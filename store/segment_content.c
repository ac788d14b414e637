// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/segment_content.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/record_blocks.h"
#include "store/report_codec.h"
#include "store/schema.h"
#include "store/text_block.h"
#include "store/title_terms.h"

enum {
    DIRECTORY_BYTES_MAX = 1 << 28, /* a few bytes a block: of terabytes of text */
    FRAME_BYTES_MAX = 1 << 20,
    PASSAGES_MAX = INT32_MAX,
};

struct segment_content {
    struct frame_codec codec;
    struct spool spool;
    struct text_block_writer *texts;
    struct unranked *unranked;
    struct buf stuffed; /* numbers of reports, gaps in varints */
    uint32_t last_stuffed;
    struct buf spans;                  /* of schema.h, as they are kept */
    uint32_t last_report, last_source; /* of spans */
    struct title_terms titles;
    struct record_blocks sources, reports;
    struct report_codec report_codec; /* of the block of reports being filled */
    struct buf text_directory, report_directory;
    uint32_t directory_docid, directory_report; /* of the last entry of the latter */
    struct buf frame; /* what was finished last; a text block may be raw */
    bool has_raw_texts;
    const struct text_dictionary *dictionaries, *dictionary; /* all; the next one to be walked */
    unsigned n_dictionaries;
    struct char_counter chars;
    struct segment_stats stats;

    bool is_in_source, is_in_report;
    struct source source; /* the one begun last; its strings are gone */
    struct report report; /* likewise; strings in report_strings */
    struct buf report_strings;
    uint32_t last_passage;       /* number within the report */
    uint32_t pending_text_docid; /* first docid of the text block being filled */

    unsigned metadata_at;
    struct buf value;
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

void segment_content_set_dictionaries(
    struct segment_content *c, const struct text_dictionary *first)
{
    c->dictionaries = c->dictionary = first;
    for (; first; first = first->next)
        c->n_dictionaries++;
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

/* ---- metadata ---- */

static bool encode_format(const struct segment_content *c, struct buf *out)
{
    (void)c;
    return buf_append_varint(out, SEGMENT_FORMAT) && buf_append_varint(out, ANALYZER_VERSION);
}

static bool encode_stats(const struct segment_content *c, struct buf *out)
{
    const struct segment_stats *s = &c->stats;
    const uint64_t values[] = {s->n_sources, s->n_reports, s->n_passages, s->n_tokens,
        s->text_bytes, s->n_source_blocks, s->n_report_blocks, s->n_text_blocks, s->n_replaced};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!buf_append_varint(out, values[i]))
            return false;
    return true;
}

static bool encode_chars(const struct segment_content *c, struct buf *out)
{
    return char_counter_encode(&c->chars, out);
}

static bool encode_docids(struct docid_list list, struct buf *out)
{
    for (size_t i = 0; i < list.n; i++)
        if (!buf_append_varint(out, list.docids[i] - (i ? list.docids[i - 1] : 0)))
            return false;
    return true;
}

static bool encode_dictionaries(const struct segment_content *c, struct buf *out)
{
    uint32_t docid = 0;
    for (const struct text_dictionary *d = c->dictionaries; d; d = d->next) {
        if (!buf_append_varint(out, d->first_docid - docid))
            return false;
        docid = d->first_docid;
    }
    return true;
}

static bool encode_furniture(const struct segment_content *c, struct buf *out)
{
    return encode_docids(unranked_furniture(c->unranked), out);
}

static bool encode_recurring(const struct segment_content *c, struct buf *out)
{
    return encode_docids(unranked_recurring(c->unranked), out);
}

static bool encode_stuffed(const struct segment_content *c, struct buf *out)
{
    return buf_append(out, c->stuffed.data, c->stuffed.len);
}

static bool encode_spans(const struct segment_content *c, struct buf *out)
{
    return buf_append(out, c->spans.data, c->spans.len);
}

static bool encode_reports(const struct segment_content *c, struct buf *out)
{
    return buf_append(out, c->report_directory.data, c->report_directory.len);
}

static bool encode_titles(const struct segment_content *c, struct buf *out)
{
    return buf_append(out, c->titles.bits.data, c->titles.bits.len);
}

static bool encode_texts(const struct segment_content *c, struct buf *out)
{
    return buf_append(out, c->text_directory.data, c->text_directory.len);
}

/* Behind the record blocks, in bytewise order. */
static const struct {
    const char *key;
    bool (*encode)(const struct segment_content *c, struct buf *out);
} singles[] = {
    {"chars", encode_chars},
    {"dictionaries", encode_dictionaries}, /* what is empty is left out */
    {"format", encode_format},
    {"furniture", encode_furniture},
    {"recurring", encode_recurring},
    {"reports", encode_reports},
    {"spans", encode_spans},
    {"stats", encode_stats},
    {"stuffed", encode_stuffed},
    {"texts", encode_texts},
    {"titles", encode_titles},
};

/* The next one, under a frame: it takes half as much. */
static enum status put_dictionary(struct segment_content *c, struct error *err)
{
    const struct text_dictionary *d = c->dictionary;
    c->dictionary = d->next;
    return frame_encode(&c->codec, d->bytes.data, d->bytes.len, &c->value, err);
}

enum status segment_content_next_metadata(
    struct segment_content *c, struct metadata *out, bool *has_more, struct error *err)
{
    const unsigned n_reports = c->reports.n_blocks, n_sources = c->sources.n_blocks;
    unsigned i = c->metadata_at++;
    enum status s = STATUS_OK;
    buf_clear(&c->value);
    *has_more = true;
    if (i < c->n_dictionaries) {
        snprintf(out->key, sizeof out->key, "D%08x", i);
        s = put_dictionary(c, err);
    } else if ((i -= c->n_dictionaries) < n_reports) {
        snprintf(out->key, sizeof out->key, "R%08x", i);
        s = record_blocks_read(&c->reports, i, &c->value, err);
    } else if ((i -= n_reports) < n_sources) {
        snprintf(out->key, sizeof out->key, "S%08x", i);
        s = record_blocks_read(&c->sources, i, &c->value, err);
    } else if ((i -= n_sources) < c->titles.n_buckets) {
        s = title_terms_read(&c->titles, i, out->key, &c->value, err);
    } else if ((i -= c->titles.n_buckets) < sizeof singles / sizeof *singles) {
        snprintf(out->key, sizeof out->key, "%s", singles[i].key);
        if (!singles[i].encode(c, &c->value))
            s = error_no_memory(err);
        else if (c->value.len == 0) /* nothing is there where nothing is kept */
            return segment_content_next_metadata(c, out, has_more, err);
    } else {
        *has_more = false;
    }
    out->value = c->value.data;
    out->n = c->value.len;
    return s;
}
