// SPDX-License-Identifier: GPL-2.0-or-later
/* What is stored: blocks, and the passages, reports and sources in them. */
#include <stdio.h>
#include <stdlib.h>

#include "common/message.h"
#include "store/index_engine.h"
#include "store/index_parts.h"
#include "store/record_blocks.h"
#include "store/schema.h"

/* ---- life cycle ---- */

void index_init_blocks(struct index *ix)
{
    frame_codec_init(&ix->text_codec);
    for (size_t i = 0; i < TEXT_BLOCKS_KEPT; i++) {
        text_block_init(&ix->texts[i].block);
        text_block_share(&ix->texts[i].block, &ix->text_codec);
    }
    for (size_t i = 0; i < RECORD_BLOCKS_KEPT; i++)
        buf_init(&ix->records[i].bytes, RECORD_BLOCK_BYTES_MAX);
    buf_init(&ix->frame, DIRECTORY_BYTES_MAX);
    frame_codec_init(&ix->codec);
    report_codec_init(&ix->report_codec);
}

void index_release_blocks(struct index *ix)
{
    for (size_t i = 0; i < TEXT_BLOCKS_KEPT; i++)
        text_block_release(&ix->texts[i].block);
    frame_codec_release(&ix->text_codec);
    for (size_t i = 0; i < RECORD_BLOCKS_KEPT; i++)
        buf_release(&ix->records[i].bytes);
    buf_release(&ix->frame);
    frame_codec_release(&ix->codec);
    report_codec_release(&ix->report_codec);
}

void index_release_segment(struct index_segment *s)
{
    free(s->text_docids);
    free(s->report_docids);
    free(s->report_numbers);
    free(s->spans);
    free(s->source_numbers);
    free(s->chars);
    for (size_t i = 0; s->dictionaries && i < s->dictionary_docids.n; i++)
        frame_dictionary_release(&s->dictionaries[i]);
    free(s->dictionaries);
    free(s->dictionary_docids.at);
    free(s->furniture.at);
    free(s->recurring.at);
    free(s->stuffed.at);
    free(s->title_bits);
}

enum status index_segment_damaged(
    const struct index *ix, uint32_t segment, const char *what, struct error *err)
{
    return error_set(err, STATUS_CORRUPT, "segment '%s' of index '%s' is damaged: %s",
        ix->manifest.segments[segment].name, ix->dir, tr(what));
}

/* The last of n rising values that is <= key; n where there is none. */
static uint32_t last_not_above(const uint32_t *values, uint32_t n, uint32_t key)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (values[mid] <= key)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? low - 1 : n;
}

/* ---- blocks ---- */

/* The first of the KEPT_WAYS places in which a block may be kept. */
static size_t first_place(uint32_t kind, uint32_t segment, uint32_t block, size_t n_places)
{
    uint64_t key = ((uint64_t)segment << 32 | block) + kind * 0x9E3779B97F4A7C15ULL;
    key *= 0x9E3779B97F4A7C15ULL;
    return (size_t)(key >> 40) % (n_places / KEPT_WAYS) * KEPT_WAYS;
}

/* What the block that begins with a docid refers to; NULL: nothing. */
static enum status need_dictionary(struct index *ix, uint32_t segment, uint32_t docid,
    const struct frame_dictionary **out, struct error *err)
{
    *out = NULL;
    if (index_need_texts(ix, segment, err) != STATUS_OK)
        return err->status;
    const struct index_segment *s = &ix->segments[segment];
    uint32_t n = (uint32_t)s->dictionary_docids.n;
    uint32_t at = last_not_above(s->dictionary_docids.at, n, docid);
    if (at == n)
        return STATUS_OK;
    *out = &s->dictionaries[at];
    return s->dictionaries[at].decoder ? STATUS_OK : index_load_dictionary(ix, segment, at, err);
}

enum status index_load_text(struct index *ix, uint32_t segment, uint32_t first_docid,
    struct text_block *out, struct error *err)
{
    const struct frame_dictionary *dictionary;
    enum status s = need_dictionary(ix, segment, first_docid, &dictionary, err);
    buf_clear(&ix->frame);
    if (s == STATUS_OK)
        s = index_engine_data(ix, segment, first_docid, &ix->frame, err);
    if (s != STATUS_OK)
        return s;
    s = text_block_decode(out, ix->frame.data, ix->frame.len, dictionary, err);
    return s == STATUS_CORRUPT ? index_segment_damaged(ix, segment, "text", err) : s;
}

static enum status need_text(struct index *ix, uint32_t segment, uint32_t first_docid,
    struct text_block **out, struct error *err)
{
    struct kept_text *places = ix->texts + first_place(0, segment, first_docid, TEXT_BLOCKS_KEPT);
    struct kept_text *oldest = places;
    for (struct kept_text *k = places; k < places + KEPT_WAYS; k++) {
        if (k->used_at && k->segment == segment && k->first_docid == first_docid) {
            k->used_at = ++ix->n_uses;
            *out = &k->block;
            return STATUS_OK;
        }
        if (k->used_at < oldest->used_at)
            oldest = k;
    }
    oldest->used_at = 0;
    enum status s = index_load_text(ix, segment, first_docid, &oldest->block, err);
    if (s != STATUS_OK)
        return s;
    oldest->segment = segment;
    oldest->first_docid = first_docid;
    oldest->used_at = ++ix->n_uses;
    *out = &oldest->block;
    return STATUS_OK;
}

enum status index_load_records(struct index *ix, enum record_kind kind, uint32_t segment,
    uint32_t block, struct buf *out, struct error *err)
{
    char key[16];
    struct bytes in;
    snprintf(key, sizeof key, "%c%08x", (char)kind, (unsigned)block);
    enum status s = index_metadata(ix, segment, key, &in, err);
    if (s != STATUS_OK)
        return s;
    s = record_block_decode(&ix->codec, in.at, ix->frame.len, out, err);
    return s == STATUS_CORRUPT ? index_segment_damaged(ix, segment, key, err) : s;
}

/* The bytes of a record block, borrowed until KEPT_WAYS others were read. */
static enum status record_block(struct index *ix, enum record_kind kind, uint32_t segment,
    uint32_t block, struct bytes *out, struct error *err)
{
    struct kept_records *places =
        ix->records + first_place(kind, segment, block, RECORD_BLOCKS_KEPT);
    struct kept_records *found = NULL, *oldest = places;
    for (struct kept_records *k = places; k < places + KEPT_WAYS && !found; k++) {
        if (k->used_at && k->kind == kind && k->segment == segment && k->block == block)
            found = k;
        else if (k->used_at < oldest->used_at)
            oldest = k;
    }
    if (!found) {
        found = oldest;
        found->used_at = 0;
        enum status s = index_load_records(ix, kind, segment, block, &found->bytes, err);
        if (s != STATUS_OK)
            return s;
        found->kind = kind;
        found->segment = segment;
        found->block = block;
    }
    found->used_at = ++ix->n_uses;
    *out = buf_bytes(&found->bytes);
    return STATUS_OK;
}

/* ---- passages ---- */

static enum status check_place(
    const struct index *ix, uint32_t segment, uint32_t docid, struct error *err)
{
    if (segment >= ix->manifest.n_segments || docid == 0 ||
        docid > index_stats(ix, segment)->n_passages)
        return error_set(err, STATUS_MISSING, "no passage %lu in segment %lu of index '%s'",
            (unsigned long)docid, (unsigned long)segment, ix->dir);
    return STATUS_OK;
}

static bool holds(const struct index_numbers *numbers, uint32_t number)
{
    uint32_t at = last_not_above(numbers->at, (uint32_t)numbers->n, number);
    return at < numbers->n && numbers->at[at] == number;
}

enum status index_passage(struct index *ix, uint32_t segment, uint32_t docid,
    struct stored_passage *out, struct error *err)
{
    struct text_block *block;
    enum status s = check_place(ix, segment, docid, err);
    if (s == STATUS_OK)
        s = index_need_texts(ix, segment, err);
    if (s == STATUS_OK)
        s = index_need_unranked(ix, segment, err);
    if (s != STATUS_OK)
        return s;
    const uint32_t *docids = ix->segments[segment].text_docids;
    uint32_t at = last_not_above(docids, index_stats(ix, segment)->n_text_blocks, docid);
    s = need_text(ix, segment, docids[at], &block, err);
    if (s != STATUS_OK)
        return s;
    uint32_t i = docid - docids[at];
    if (i >= block->n_passages)
        return index_segment_damaged(ix, segment, "text", err);
    *out = (struct stored_passage){
        .passage = text_block_passage(block, i),
        .segment = segment,
        .docid = docid,
        .report = block->entries[i].report,
    };
    const struct index_segment *of = &ix->segments[segment];
    out->passage.is_furniture = holds(&of->furniture, docid);
    out->is_unranked = out->passage.is_furniture || holds(&of->recurring, docid);
    out->is_stuffed = holds(&of->stuffed, out->report);
    return STATUS_OK;
}

/* ---- sources ---- */

/* The number of a block's first source; read once. */
static enum status first_source(
    struct index *ix, uint32_t segment, uint32_t block, uint32_t *out, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    struct bytes in;
    struct source source;
    if (!s->source_numbers[block]) {
        enum status status = record_block(ix, RECORD_SOURCE, segment, block, &in, err);
        if (status != STATUS_OK)
            return status;
        if (!source_decode(&in, &source) || source.number == 0)
            return index_segment_damaged(ix, segment, "sources", err);
        s->source_numbers[block] = source.number;
    }
    *out = s->source_numbers[block];
    return STATUS_OK;
}

/* Sources have no directory: a segment has few blocks of them, and the search remembers what it
 * met. */
static enum status find_source_block(
    struct index *ix, uint32_t segment, uint32_t number, uint32_t *out, struct error *err)
{
    uint32_t low = 0, high = index_stats(ix, segment)->n_source_blocks;
    struct index_segment *s = &ix->segments[segment];
    if (!s->source_numbers && !(s->source_numbers = calloc(high + (size_t)1, sizeof(uint32_t))))
        return error_no_memory(err);
    while (low < high) {
        uint32_t mid = low + (high - low) / 2, first = 0;
        enum status status = first_source(ix, segment, mid, &first, err);
        if (status != STATUS_OK)
            return status;
        if (first <= number)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return error_set(err, STATUS_MISSING, "no source %lu in segment '%s' of index '%s'",
            (unsigned long)number, ix->manifest.segments[segment].name, ix->dir);
    *out = low - 1;
    return STATUS_OK;
}

enum status index_source_by_number(
    struct index *ix, uint32_t segment, uint32_t number, struct source *out, struct error *err)
{
    uint32_t block = 0;
    struct bytes in;
    enum status status = find_source_block(ix, segment, number, &block, err);
    if (status == STATUS_OK)
        status = record_block(ix, RECORD_SOURCE, segment, block, &in, err);
    if (status != STATUS_OK)
        return status;
    while (source_decode(&in, out))
        if (out->number == number)
            return STATUS_OK;
    if (in.is_broken)
        return index_segment_damaged(ix, segment, "sources", err);
    return error_set(err, STATUS_MISSING, "no source %lu in segment '%s' of index '%s'",
        (unsigned long)number, ix->manifest.segments[segment].name, ix->dir);
}

/* ---- reports ---- */

enum status index_report_fault(
    const struct index *ix, uint32_t segment, const struct report_codec *codec, struct error *err)
{
    return codec->is_no_memory ? error_no_memory(err)
                               : index_segment_damaged(ix, segment, "reports", err);
}

static enum status add_source(struct index *ix, struct stored_report *out, struct error *err)
{
    enum status s = index_source_by_number(ix, out->segment, out->report.source, &out->source, err);
    if (s == STATUS_MISSING)
        return index_segment_damaged(ix, out->segment, "a report without a source", err);
    out->is_dead = manifest_is_dead(&ix->manifest.segments[out->segment], out->report.source);
    return s;
}

enum status index_report_of(struct index *ix, uint32_t segment, uint32_t docid,
    struct stored_report *out, struct error *err)
{
    struct bytes in;
    struct report_codec *codec = &ix->report_codec;
    const struct report *r = &codec->report;
    enum status s = check_place(ix, segment, docid, err);
    if (s == STATUS_OK)
        s = index_need_reports(ix, segment, err);
    if (s != STATUS_OK)
        return s;
    uint32_t block = last_not_above(
        ix->segments[segment].report_docids, index_stats(ix, segment)->n_report_blocks, docid);
    s = record_block(ix, RECORD_REPORT, segment, block, &in, err);
    if (s != STATUS_OK)
        return s;
    *out = (struct stored_report){.segment = segment};
    report_codec_begin(codec);
    while (report_codec_next(codec, &in) && docid - r->first_docid >= r->n_passages)
        continue;
    if (in.is_broken || docid - r->first_docid >= r->n_passages ||
        !report_codec_show(codec, &in, &out->report))
        return index_report_fault(ix, segment, codec, err);
    return add_source(ix, out, err);
}

/* Looks a number up in one segment; *is_found says whether it is there. */
static enum status find_report(struct index *ix, uint32_t segment, uint32_t number,
    struct report *out, bool *is_found, struct error *err)
{
    struct bytes in;
    *is_found = false;
    enum status s = index_need_reports(ix, segment, err);
    if (s != STATUS_OK)
        return s;
    uint32_t n = index_stats(ix, segment)->n_report_blocks;
    uint32_t block = last_not_above(ix->segments[segment].report_numbers, n, number);
    if (block == n)
        return STATUS_OK;
    s = record_block(ix, RECORD_REPORT, segment, block, &in, err);
    if (s != STATUS_OK)
        return s;
    struct report_codec *codec = &ix->report_codec;
    report_codec_begin(codec);
    while (!*is_found && report_codec_next(codec, &in))
        *is_found = codec->report.number == number;
    if (*is_found)
        report_codec_show(codec, &in, out);
    return in.is_broken ? index_report_fault(ix, segment, codec, err) : STATUS_OK;
}

enum status index_report_by_number(
    struct index *ix, uint32_t number, struct stored_report *out, struct error *err)
{
    for (uint32_t i = 0; i < ix->manifest.n_segments; i++) {
        bool is_found;
        struct stored_report r = {.segment = i};
        enum status s = find_report(ix, i, number, &r.report, &is_found, err);
        if (s == STATUS_OK && is_found)
            s = add_source(ix, &r, err);
        if (s != STATUS_OK)
            return s;
        if (is_found && !r.is_dead) {
            *out = r;
            return STATUS_OK;
        }
    }
    return error_set(
        err, STATUS_MISSING, "no report %lu in index '%s'", (unsigned long)number, ix->dir);
}
