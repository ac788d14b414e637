// SPDX-License-Identifier: GPL-2.0-or-later
/* Which reports have a term in their title, as a reader finds them (title_terms.h). */
#include <stdlib.h>
#include <string.h>

#include "store/index_parts.h"
#include "store/title_terms.h"

static enum status need_titles(struct index *ix, uint32_t segment, struct error *err)
{
    struct index_segment *s = &ix->segments[segment];
    struct bytes in;
    if (s->has_titles)
        return STATUS_OK;
    if (index_metadata(ix, segment, "titles", &in, err) != STATUS_OK)
        return err->status;
    size_t n = ix->frame.len;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)ix->frame.data[i] > TITLE_BITS_MAX)
            return index_segment_damaged(ix, segment, "the table of titles is wrong", err);
    s->title_bits = n ? malloc(n) : NULL;
    if (n && !s->title_bits)
        return error_no_memory(err);
    if (n)
        memcpy(s->title_bits, ix->frame.data, n);
    s->n_title_runs = n;
    s->has_titles = true;
    return STATUS_OK;
}

/* Reads the reports of one hash; appends them, if it is the one that is looked for. */
static bool read_reports(struct bytes *in, bool is_wanted, struct buf *out, bool *has_room)
{
    uint64_t n = bytes_varint(in), report = 0;
    for (uint64_t i = 0; i < n && !in->is_broken; i++) {
        uint64_t gap = bytes_varint(in);
        if (gap == 0 || gap > UINT32_MAX - report)
            return false;
        report += gap;
        uint32_t number = (uint32_t)report;
        if (is_wanted && !in->is_broken)
            *has_room = *has_room && buf_append(out, &number, sizeof number);
    }
    return !in->is_broken;
}

static enum status find_in_bucket(struct index *ix, uint32_t segment, const char *key,
    uint32_t hash, struct buf *out, struct error *err)
{
    struct bytes in;
    uint64_t at = 0;
    bool has_room = true;
    if (index_metadata(ix, segment, key, &in, err) != STATUS_OK)
        return err->status;
    while (in.at < in.end && at <= hash) {
        at += bytes_varint(&in);
        if (at > UINT32_MAX || !read_reports(&in, at == hash, out, &has_room))
            return index_segment_damaged(ix, segment, "the table of titles is wrong", err);
        if (at == hash)
            break;
    }
    return has_room ? STATUS_OK : error_no_memory(err);
}

enum status index_title_reports(struct index *ix, uint32_t segment, const char *term, size_t n,
    struct buf *out, struct error *err)
{
    enum status s = need_titles(ix, segment, err);
    const uint32_t hash = title_hash(term, n);
    const struct index_segment *here = &ix->segments[segment];
    for (size_t run = 0; s == STATUS_OK && run < here->n_title_runs; run++) {
        char key[16];
        title_key(key, (uint32_t)run, title_bucket(hash, here->title_bits[run]));
        s = find_in_bucket(ix, segment, key, hash, out, err);
    }
    return s;
}
