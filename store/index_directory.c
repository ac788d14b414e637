// SPDX-License-Identifier: GPL-2.0-or-later
/* The directories of a segment: where its text and report blocks begin, its characters, what does not rank. Read
 * when first needed, and believed only when they rise, fit the statistics, and end where they
 * should. */
#include <stdio.h>
#include <stdlib.h>

#include "store/index_engine.h"
#include "store/index_parts.h"
#include "store/text_dictionary.h"

const struct segment_stats *index_stats(const struct index *ix, uint32_t segment)
{
    return &ix->manifest.segments[segment].stats;
}

enum status index_metadata(
    struct index *ix, uint32_t segment, const char *key, struct bytes *out, struct error *err)
{
    buf_clear(&ix->frame);
    enum status s = index_engine_metadata(ix, segment, key, &ix->frame, err);
    *out = buf_bytes(&ix->frame);
    return s;
}

/* Can n numbers, a byte each at least, stand in what is left? Asked before they are made room for.
 */
static bool holds(const struct bytes *in, uint64_t n)
{
    return n <= (uint64_t)(in->end - in->at);
}

/* Reads a gap; *last rises by it, by at least min_gap, to at most max. */
static uint32_t read_gap(struct bytes *in, uint32_t *last, uint32_t min_gap, uint32_t max)
{
    uint64_t gap = bytes_varint(in);
    if (gap < min_gap || gap > max || *last > max - gap)
        in->is_broken = true;
    else
        *last += (uint32_t)gap;
    return *last;
}

static bool is_read_whole(const struct bytes *in)
{
    return !in->is_broken && in->at == in->end;
}

static enum status read_numbers(struct index *ix, uint32_t segment, const char *key, uint32_t max,
    struct index_numbers *out, struct error *err)
{
    struct bytes in;
    uint32_t last = 0;
    enum status status = index_metadata(ix, segment, key, &in, err);
    if (status != STATUS_OK || ix->frame.len == 0)
        return status;
    free(out->at);
    out->n = 0;
    out->at = malloc(ix->frame.len * sizeof *out->at); /* a byte each at least */
    if (!out->at)
        return error_no_memory(err);
    while (!in.is_broken && in.at < in.end)
        out->at[out->n++] = read_gap(&in, &last, 1, max);
    return in.is_broken ? index_segment_damaged(ix, segment, key, err) : STATUS_OK;
}

static enum status need_dictionaries(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    if (s->dictionaries)
        return STATUS_OK;
    enum status status = read_numbers(ix, segment, "dictionaries",
        index_stats(ix, segment)->n_passages, &s->dictionary_docids, err);
    if (status != STATUS_OK)
        return status;
    s->dictionaries = calloc(s->dictionary_docids.n + 1, sizeof *s->dictionaries);
    return s->dictionaries ? STATUS_OK : error_no_memory(err);
}

enum status index_load_dictionary(
    struct index *ix, uint32_t segment, uint32_t number, struct error *err)
{
    struct frame_dictionary *d = &ix->segments[segment].dictionaries[number];
    struct buf bytes;
    struct bytes in;
    char key[16];
    snprintf(key, sizeof key, "D%08x", (unsigned)number);
    buf_init(&bytes, TEXT_DICTIONARY_BYTES_MAX);
    enum status s = index_metadata(ix, segment, key, &in, err);
    if (s == STATUS_OK)
        s = frame_decode(&ix->codec, in.at, ix->frame.len, TEXT_DICTIONARY_BYTES_MAX, &bytes, err);
    if (s == STATUS_OK)
        s = frame_dictionary_read(d, bytes.data, bytes.len, err);
    buf_release(&bytes);
    return s == STATUS_CORRUPT ? index_segment_damaged(ix, segment, key, err) : s;
}

enum status index_need_texts(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    const struct segment_stats *stats = index_stats(ix, segment);
    struct bytes in;
    if (s->has_texts)
        return STATUS_OK;
    enum status status = index_metadata(ix, segment, "texts", &in, err);
    if (status != STATUS_OK)
        return status;
    if (!holds(&in, stats->n_text_blocks))
        return index_segment_damaged(ix, segment, "texts", err);
    uint32_t last = 0, *docids = malloc((stats->n_text_blocks + (size_t)1) * sizeof *docids);
    if (!docids)
        return error_no_memory(err);
    for (uint32_t i = 0; i < stats->n_text_blocks; i++)
        docids[i] = read_gap(&in, &last, 1, stats->n_passages);
    if (!is_read_whole(&in) || (stats->n_text_blocks && docids[0] != 1) ||
        (stats->n_passages && !stats->n_text_blocks)) {
        free(docids);
        return index_segment_damaged(ix, segment, "texts", err);
    }
    free(s->text_docids);
    s->text_docids = docids;
    status = need_dictionaries(ix, segment, err);
    s->has_texts = status == STATUS_OK;
    return status;
}

/* Reports without a passage share the docid of the next one, so docids may stand still; numbers
 * never do. */
static bool read_report_directory(
    struct bytes *in, const struct segment_stats *stats, uint32_t *docids, uint32_t *numbers)
{
    uint32_t docid = 0, number = 0, max_docid = stats->n_passages + 1;
    for (uint32_t i = 0; i < stats->n_report_blocks; i++) {
        docids[i] = read_gap(in, &docid, i == 0, max_docid);
        numbers[i] = read_gap(in, &number, 1, UINT32_MAX);
    }
    return is_read_whole(in) && (stats->n_report_blocks == 0 || docids[0] == 1) &&
           (stats->n_passages == 0 || stats->n_report_blocks);
}

enum status index_need_reports(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    const struct segment_stats *stats = index_stats(ix, segment);
    size_t n = stats->n_report_blocks;
    struct bytes in;
    if (s->has_reports)
        return STATUS_OK;
    enum status status = index_metadata(ix, segment, "reports", &in, err);
    if (status != STATUS_OK)
        return status;
    if (!holds(&in, n * 2))
        return index_segment_damaged(ix, segment, "reports", err);
    uint32_t *docids = malloc((n + 1) * sizeof *docids);
    uint32_t *numbers = malloc((n + 1) * sizeof *numbers);
    if (!docids || !numbers)
        status = error_no_memory(err);
    else if (!read_report_directory(&in, stats, docids, numbers))
        status = index_segment_damaged(ix, segment, "reports", err);
    if (status != STATUS_OK) {
        free(docids);
        free(numbers);
        return status;
    }
    s->report_docids = docids;
    s->report_numbers = numbers;
    s->has_reports = true;
    return STATUS_OK;
}

/* At most n_max; every passage lies in one of them. */
static bool read_spans(struct bytes *in, size_t n_max, uint32_t n_passages, struct index_segment *s)
{
    uint32_t report = 0, source = 0, docid = 1;
    while (!in->is_broken && in->at < in->end && s->n_spans < n_max) {
        struct report_span *span = &s->spans[s->n_spans++];
        span->report = read_gap(in, &report, 1, UINT32_MAX);
        uint64_t n = bytes_varint(in);
        span->source = read_gap(in, &source, s->n_spans == 1, UINT32_MAX);
        uint64_t date = bytes_varint(in);
        in->is_broken |= n == 0 || n > n_passages + 1 - docid || date >> DATE_BITS;
        span->first_docid = docid;
        span->n_passages = (uint32_t)n;
        span->date = (uint32_t)date;
        docid += in->is_broken ? 0 : (uint32_t)n;
    }
    return is_read_whole(in) && docid == n_passages + 1;
}

enum status index_need_spans(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    const struct segment_stats *stats = index_stats(ix, segment);
    struct bytes in;
    if (s->has_spans)
        return STATUS_OK;
    enum status status = index_metadata(ix, segment, "spans", &in, err);
    if (status != STATUS_OK)
        return status;
    size_t n_max = ix->frame.len / 4; /* four numbers each */
    n_max = n_max < stats->n_reports ? n_max : stats->n_reports;
    free(s->spans);
    s->n_spans = 0;
    s->spans = malloc((n_max + 1) * sizeof *s->spans);
    if (!s->spans)
        return error_no_memory(err);
    if (!read_spans(&in, n_max, stats->n_passages, s))
        return index_segment_damaged(ix, segment, "spans", err);
    s->has_spans = true;
    return STATUS_OK;
}

static bool read_chars(struct bytes *in, uint32_t n_passages, struct index_segment *s)
{
    uint32_t cp = 0;
    while (!in->is_broken && in->at < in->end) {
        struct index_char *c = &s->chars[s->n_chars++];
        c->cp = read_gap(in, &cp, 1, 0x10FFFF);
        uint64_t df = bytes_varint(in);
        c->df = (uint32_t)df;
        c->cf = bytes_varint(in);
        in->is_broken |= df == 0 || df > n_passages || c->cf < df;
    }
    return !in->is_broken;
}

enum status index_need_chars(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    struct bytes in;
    if (s->has_chars)
        return STATUS_OK;
    enum status status = index_metadata(ix, segment, "chars", &in, err);
    if (status != STATUS_OK)
        return status;
    s->n_chars = 0;
    s->chars = malloc((ix->frame.len / 3 + 1) * sizeof *s->chars); /* three numbers each */
    if (!s->chars)
        return error_no_memory(err);
    if (!read_chars(&in, index_stats(ix, segment)->n_passages, s)) {
        free(s->chars);
        s->chars = NULL;
        s->n_chars = 0;
        return index_segment_damaged(ix, segment, "chars", err);
    }
    s->has_chars = true;
    return STATUS_OK;
}

enum status index_need_unranked(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    uint32_t n_passages = index_stats(ix, segment)->n_passages;
    if (s->has_unranked)
        return STATUS_OK;
    enum status status = read_numbers(ix, segment, "furniture", n_passages, &s->furniture, err);
    if (status == STATUS_OK)
        status = read_numbers(ix, segment, "recurring", n_passages, &s->recurring, err);
    if (status == STATUS_OK)
        status = read_numbers(ix, segment, "stuffed", UINT32_MAX, &s->stuffed, err);
    s->has_unranked = status == STATUS_OK;
    return status;
}
