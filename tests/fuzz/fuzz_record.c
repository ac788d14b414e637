// SPDX-License-Identifier: GPL-2.0-or-later
/* Blocks of source and report records, and frames, from hostile bytes: refused, or what is read lies within them and
 * is written again as it was. First byte: what the rest is taken for. */
#include "store/frame.h"
#include "store/report_codec.h"
#include "tests/fuzz/fuzz.h"

enum { FRAME_MAX = 1 << 16 };

static bool lies_in(const char *s, size_t n, const char *text, size_t size)
{
    return s >= text && n <= size && (size_t)(s - text) <= size - n;
}

static void check_source(const struct source *s, const char *bytes, size_t n)
{
    struct buf out;
    struct source again;
    MUST(lies_in(s->path, s->path_len, bytes, n));
    MUST(s->encoding <= ENCODING_UTF16BE && s->certainty <= 100 && s->place_unit <= PLACE_NONE);
    buf_init(&out, n + 1024);
    MUST(source_encode(&out, s));
    struct bytes in = {.at = out.data, .end = out.data + out.len};
    MUST(source_decode(&in, &again) && in.at == in.end);
    MUST(again.path_len == s->path_len && memcmp(again.path, s->path, s->path_len) == 0);
    again.path = s->path;
    MUST(again.number == s->number && again.size == s->size && again.mtime_ns == s->mtime_ns &&
         again.hash == s->hash && again.format == s->format &&
         again.fields_hash == s->fields_hash && again.n_replaced == s->n_replaced &&
         again.n_bad_lines == s->n_bad_lines && again.first_report == s->first_report &&
         again.n_reports == s->n_reports && again.n_passages == s->n_passages);
    buf_release(&out);
}

static bool is_same(const char *a, size_t n_a, const char *b, size_t n_b)
{
    return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a) == 0);
}

/* Written as the first of a block, it is read as it was. */
static void check_report(const struct report *r, const char *bytes, size_t n)
{
    struct report_codec codec;
    struct buf out;
    struct report again;
    MUST(r->id_len <= PATH_BYTES_MAX && r->title_len <= TITLE_BYTES_MAX &&
         r->fields_len <= FIELDS_BYTES_MAX);
    MUST(r->stuffed_len == 0 || lies_in(r->stuffed, r->stuffed_len, bytes, n));
    report_codec_init(&codec);
    buf_init(&out, RECORD_BYTES_MAX + n);
    MUST(report_encode(&codec, &out, r));
    struct bytes in = {.at = out.data, .end = out.data + out.len};
    report_codec_begin(&codec);
    MUST(report_decode(&codec, &in, &again) && in.at == in.end);
    MUST(again.number == r->number && again.source == r->source && again.date == r->date &&
         again.first_docid == r->first_docid && again.n_passages == r->n_passages);
    MUST(is_same(again.id, again.id_len, r->id, r->id_len));
    MUST(is_same(again.title, again.title_len, r->title, r->title_len));
    MUST(is_same(again.fields, again.fields_len, r->fields, r->fields_len));
    MUST(is_same(again.stuffed, again.stuffed_len, r->stuffed, r->stuffed_len));
    report_codec_release(&codec);
    buf_release(&out);
}

static void read_records(const char *bytes, size_t n, bool has_sources)
{
    struct bytes in = {.at = bytes, .end = bytes + n};
    struct report_codec codec;
    struct source source;
    struct report report;
    report_codec_init(&codec);
    if (has_sources)
        while (source_decode(&in, &source))
            check_source(&source, bytes, n);
    else
        while (report_decode(&codec, &in, &report))
            check_report(&report, bytes, n);
    MUST(in.at == in.end);
    report_codec_release(&codec);
}

static void read_frame(const char *bytes, size_t n)
{
    struct frame_codec codec;
    struct buf out;
    struct error err;
    frame_codec_init(&codec);
    buf_init(&out, FRAME_MAX);
    enum status s = frame_decode(&codec, bytes, n, FRAME_MAX, &out, &err);
    MUST(s == STATUS_OK || (s == STATUS_CORRUPT && out.len == 0));
    MUST(out.len <= FRAME_MAX);
    buf_release(&out);
    frame_codec_release(&codec);
}

/* What is framed is found again, unless a byte of the frame is another. */
static void frame_and_break(const char *bytes, size_t n, uint8_t place, uint8_t flip)
{
    struct frame_codec codec;
    struct buf frame, out;
    struct error err;
    frame_codec_init(&codec);
    buf_init(&frame, 2 * n + 1024);
    buf_init(&out, FRAME_MAX);
    MUST(frame_encode(&codec, bytes, n, &frame, &err) == STATUS_OK);
    MUST(frame_decode(&codec, frame.data, frame.len, FRAME_MAX, &out, &err) == STATUS_OK);
    MUST(out.len == n && (n == 0 || memcmp(out.data, bytes, n) == 0));
    frame.data[place % frame.len] ^= (char)flip;
    enum status s = frame_decode(&codec, frame.data, frame.len, FRAME_MAX, &out, &err);
    MUST(
        s == STATUS_CORRUPT || (s == STATUS_OK && out.len == n && memcmp(out.data, bytes, n) == 0));
    buf_release(&frame);
    buf_release(&out);
    frame_codec_release(&codec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t what = fuzz_byte(&in), place = what == 3 ? fuzz_byte(&in) : 0,
            flip = what == 3 ? fuzz_byte(&in) : 0;
    char *bytes = fuzz_copy(in.at, in.n);
    if (what < 2 && in.n)
        read_records(bytes, in.n, what == 0);
    else if (what == 2)
        read_frame(bytes, in.n);
    else if (what == 3 && in.n && in.n <= FRAME_MAX)
        frame_and_break(bytes, in.n, place, flip);
    free(bytes);
    return 0;
}
