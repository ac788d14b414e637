// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/report_codec.h"

#include "store/text_code.h"

/* Flags. Where one of the first is not set, the value stands in the record, in this order. */
enum {
    NEXT_NUMBER = 1,    /* follows the one before */
    SAME_SOURCE = 2,    /* as the one before */
    SAME_DATE = 4,      /* likewise */
    NEXT_DOCID = 8,     /* begins where the one before ends */
    SAME_PASSAGES = 16, /* as many as the one before */
    AS_EXPECTED = 31,   /* all of these */
    TITLE_IS_ID = 32,
    HAS_FIELDS = 64,
    HAS_STUFFED = 128,
};

/* What a string shares with the one before, and what stands behind it: four bits each, or, where
 * the upper ones are LONG, varints. */
enum { HALF_BITS = 4, LONG = 15 };

enum { TITLE_CODE_MAX = TEXT_CODE_BOUND(TITLE_BYTES_MAX), TITLE_ROOM = 3 * TITLE_CODE_MAX };

void report_codec_init(struct report_codec *c)
{
    *c = (struct report_codec){.is_no_memory = false};
    buf_init(&c->id, PATH_BYTES_MAX);
    buf_init(&c->title, TITLE_CODE_MAX);
    buf_init(&c->fields, FIELDS_BYTES_MAX);
    buf_init(&c->shown, TITLE_ROOM);
}

void report_codec_release(struct report_codec *c)
{
    buf_release(&c->id);
    buf_release(&c->title);
    buf_release(&c->fields);
    buf_release(&c->shown);
    report_codec_init(c);
}

void report_codec_begin(struct report_codec *c)
{
    c->report = (struct report){.number = 0};
    buf_clear(&c->id);
    buf_clear(&c->title);
    buf_clear(&c->fields);
    c->has_fields = c->title_is_id = c->is_no_memory = false;
}

/* ---- writing ---- */

/* Appends a string, and puts it into *last in place of the one before. */
static bool append_after(struct buf *out, struct buf *last, const char *s, size_t n)
{
    size_t shared = 0;
    while (shared < last->len && shared < n && last->data[shared] == s[shared])
        shared++;
    size_t rest = n - shared;
    bool is_ok;
    if (shared < LONG && rest < (1u << HALF_BITS))
        is_ok = buf_append_byte(out, (char)(shared << HALF_BITS | rest));
    else
        is_ok = buf_append_byte(out, (char)(LONG << HALF_BITS)) && buf_append_varint(out, shared) &&
                buf_append_varint(out, rest);
    last->len = shared;
    return is_ok && buf_append(out, s + shared, rest) && buf_append(last, s + shared, rest);
}

static bool append_title(struct report_codec *c, struct buf *out, const struct report *r)
{
    buf_clear(&c->shown);
    return text_code_encode(r->title, r->title_len, &c->shown) &&
           append_after(out, &c->title, c->shown.data, c->shown.len);
}

static unsigned flags_of(const struct report *last, const struct report *r)
{
    unsigned flags = 0;
    flags |= r->number == last->number + 1 ? NEXT_NUMBER : 0;
    flags |= r->source == last->source ? SAME_SOURCE : 0;
    flags |= r->date == last->date ? SAME_DATE : 0;
    flags |= r->first_docid == last->first_docid + last->n_passages ? NEXT_DOCID : 0;
    flags |= r->n_passages == last->n_passages ? SAME_PASSAGES : 0;
    flags |= report_title_is_id(r) ? TITLE_IS_ID : 0;
    flags |= r->fields_len ? HAS_FIELDS : 0;
    flags |= r->stuffed_len ? HAS_STUFFED : 0;
    return flags;
}

/* What is not as expected. Gaps are modulo 2^32, so that any number survives. */
static bool append_numbers(
    struct buf *out, unsigned flags, const struct report *last, const struct report *r)
{
    const uint32_t docid = r->first_docid - last->first_docid - last->n_passages;
    return (flags & NEXT_NUMBER || buf_append_varint(out, (uint32_t)(r->number - last->number))) &&
           (flags & SAME_SOURCE || buf_append_varint(out, (uint32_t)(r->source - last->source))) &&
           (flags & SAME_DATE || buf_append_varint(out, r->date)) &&
           (flags & NEXT_DOCID || buf_append_varint(out, docid)) &&
           (flags & SAME_PASSAGES || buf_append_varint(out, r->n_passages));
}

bool report_encode(struct report_codec *c, struct buf *out, const struct report *r)
{
    const size_t before = out->len;
    const unsigned flags = flags_of(&c->report, r);
    if (buf_append_byte(out, (char)flags) && append_numbers(out, flags, &c->report, r) &&
        append_after(out, &c->id, r->id, r->id_len) &&
        (flags & TITLE_IS_ID || append_title(c, out, r)) &&
        (!(flags & HAS_FIELDS) || append_after(out, &c->fields, r->fields, r->fields_len)) &&
        (!(flags & HAS_STUFFED) || buf_append_string(out, r->stuffed, r->stuffed_len))) {
        c->report = *r;
        return true;
    }
    out->len = before;
    return false;
}

/* ---- reading ---- */

static bool fail(struct bytes *in)
{
    in->is_broken = true;
    in->at = in->end;
    return false;
}

static uint32_t read_number(struct bytes *in)
{
    uint64_t v = bytes_varint(in);
    if (v > UINT32_MAX)
        fail(in);
    return (uint32_t)v;
}

/* The reverse of append_after. */
static bool read_after(struct report_codec *c, struct bytes *in, struct buf *last)
{
    if (in->at == in->end)
        return fail(in);
    const uint8_t head = (uint8_t)*in->at++;
    uint64_t shared = head >> HALF_BITS, n = head & ((1u << HALF_BITS) - 1);
    if (shared == LONG) {
        shared = bytes_varint(in);
        n = bytes_varint(in);
    }
    if (shared > last->len || n > (size_t)(in->end - in->at) || n > last->max - shared)
        return fail(in);
    last->len = (size_t)shared;
    if (!buf_append(last, in->at, (size_t)n)) {
        c->is_no_memory = true;
        return fail(in);
    }
    in->at += n;
    return true;
}

static void read_numbers(struct report *r, unsigned flags, struct bytes *in)
{
    r->number += flags & NEXT_NUMBER ? 1 : read_number(in);
    r->source += flags & SAME_SOURCE ? 0 : read_number(in);
    r->date = flags & SAME_DATE ? r->date : read_number(in);
    r->first_docid += r->n_passages + (flags & NEXT_DOCID ? 0 : read_number(in));
    r->n_passages = flags & SAME_PASSAGES ? r->n_passages : read_number(in);
}

bool report_codec_next(struct report_codec *c, struct bytes *in)
{
    struct report *r = &c->report;
    if (in->at == in->end)
        return false;
    const unsigned flags = (uint8_t)*in->at++;
    if ((flags & AS_EXPECTED) == AS_EXPECTED) { /* mostly, where a report is a line */
        r->number++;
        r->first_docid += r->n_passages;
    } else {
        read_numbers(r, flags, in);
    }
    c->title_is_id = flags & TITLE_IS_ID;
    c->has_fields = flags & HAS_FIELDS;
    if (!read_after(c, in, &c->id) || (!c->title_is_id && !read_after(c, in, &c->title)) ||
        (c->has_fields && !read_after(c, in, &c->fields)))
        return false;
    r->stuffed_len = 0;
    if (flags & HAS_STUFFED)
        r->stuffed = bytes_string(in, &r->stuffed_len);
    return !in->is_broken;
}

static bool show_title(struct report_codec *c, struct bytes *in)
{
    buf_clear(&c->shown);
    if (!buf_reserve(&c->shown, TITLE_ROOM)) {
        c->is_no_memory = true;
        return fail(in);
    }
    const struct bytes title = buf_bytes(&c->title);
    if (!text_code_decode(title.at, c->title.len, &c->shown) || c->shown.len > TITLE_BYTES_MAX)
        return fail(in);
    return true;
}

bool report_codec_show(struct report_codec *c, struct bytes *in, struct report *out)
{
    struct report *r = &c->report;
    if (c->title_is_id && c->id.len > TITLE_BYTES_MAX)
        return fail(in);
    if (!c->title_is_id && !show_title(c, in))
        return false;
    r->id = buf_bytes(&c->id).at;
    r->id_len = c->id.len;
    r->title = c->title_is_id ? r->id : buf_bytes(&c->shown).at;
    r->title_len = c->title_is_id ? r->id_len : c->shown.len;
    r->fields = c->has_fields ? buf_bytes(&c->fields).at : "";
    r->fields_len = c->has_fields ? c->fields.len : 0;
    if (r->stuffed_len == 0)
        r->stuffed = "";
    *out = *r;
    return true;
}

bool report_decode(struct report_codec *c, struct bytes *in, struct report *out)
{
    return report_codec_next(c, in) && report_codec_show(c, in, out);
}
