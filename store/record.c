// SPDX-License-Identifier: GPL-2.0-or-later
/* A source is its members in the order of the struct, as varints and strings. A modification time
 * may lie before 1970: its sign goes to the lowest bit (zigzag). */
#include "store/record.h"

#include <string.h>

uint32_t passage_pages(const char *text, size_t n)
{
    const char *end = text + n;
    uint32_t pages = 0;
    for (; text < end && (text = memchr(text, PAGE_END, (size_t)(end - text))); text++)
        pages++;
    return pages;
}

static uint64_t zigzag(int64_t v)
{
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1 ^ (v & 1 ? UINT64_MAX : 0));
}

static bool append_varints(struct buf *out, const uint64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!buf_append_varint(out, values[i]))
            return false;
    return true;
}

/* A number of at most max; more is damage. */
static uint32_t read_number(struct bytes *in, uint32_t max)
{
    uint64_t v = bytes_varint(in);
    if (v <= max)
        return (uint32_t)v;
    in->is_broken = true;
    in->at = in->end;
    return 0;
}

bool source_encode(struct buf *out, const struct source *s)
{
    const uint64_t rest[] = {
        s->size,
        zigzag(s->mtime_ns),
        s->hash,
        s->format,
        (uint64_t)s->place_unit,
        s->fields_hash,
        (uint64_t)s->encoding,
        s->certainty,
        s->n_replaced,
        s->n_bad_lines,
        s->first_report,
        s->n_reports,
        s->n_passages,
    };
    size_t before = out->len;
    if (buf_append_varint(out, s->number) && buf_append_string(out, s->path, s->path_len) &&
        append_varints(out, rest, sizeof rest / sizeof *rest))
        return true;
    out->len = before;
    return false;
}

bool source_decode(struct bytes *in, struct source *out)
{
    if (in->at == in->end)
        return false;
    struct source s = {.number = read_number(in, UINT32_MAX)};
    s.path = bytes_string(in, &s.path_len);
    s.size = bytes_varint(in);
    s.mtime_ns = unzigzag(bytes_varint(in));
    s.hash = bytes_varint(in);
    s.format = (uint8_t)read_number(in, UINT8_MAX);
    s.place_unit = (enum place_unit)read_number(in, PLACE_NONE);
    s.fields_hash = bytes_varint(in);
    s.encoding = (enum encoding)read_number(in, ENCODING_UTF16BE);
    s.certainty = (uint8_t)read_number(in, 100);
    s.n_replaced = bytes_varint(in);
    s.n_bad_lines = read_number(in, UINT32_MAX);
    s.first_report = read_number(in, UINT32_MAX);
    s.n_reports = read_number(in, UINT32_MAX);
    s.n_passages = read_number(in, UINT32_MAX);
    if (in->is_broken)
        return false;
    *out = s;
    return true;
}
