// SPDX-License-Identifier: GPL-2.0-or-later
/* The metadata of a segment (schema.h), one behind the other: dictionaries, record blocks, title terms, and what there is
 * one of each. */
#include <stdio.h>

#include "store/schema.h"
#include "store/segment_content_parts.h"

void segment_content_set_dictionaries(
    struct segment_content *c, const struct text_dictionary *first)
{
    c->dictionaries = c->dictionary = first;
    for (; first; first = first->next)
        c->n_dictionaries++;
}

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
