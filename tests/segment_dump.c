// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/segment_dump.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/record_blocks.h"
#include "store/text_block.h"

#define assert_ok(call) assert_int_equal(call, STATUS_OK)

static struct error err;

struct xdb *segment_dump_open(const char *dir)
{
    struct xdb *db;
    assert_ok(xdb_open(&dir, 1, &db, &err));
    return db;
}

/* Each term of the segment as "term df cf", sorted. */
char *segment_dump_terms(struct xdb *db)
{
    struct buf terms, out;
    size_t n;
    buf_init(&terms, 1 << 26);
    buf_init(&out, 1 << 26);
    assert_ok(xdb_terms(db, "", 0, SIZE_MAX, &terms, &n, &err));
    struct bytes in = buf_bytes(&terms);
    for (size_t i = 0; i < n; i++) {
        uint64_t df, cf;
        size_t len;
        const char *term = bytes_string(&in, &len);
        assert_int_equal(bytes_varint(&in), (xdb_term_stats(db, term, len, &df, &cf, &err), df));
        assert_true(buf_printf(&out, "%.*s %u %u\n", (int)len, term, (unsigned)df, (unsigned)cf));
    }
    buf_release(&terms);
    assert_non_null(buf_terminate(&out));
    return out.data;
}

struct bytes segment_dump_metadata(struct xdb *db, const char *key, struct buf *value)
{
    buf_init(value, 1 << 26);
    assert_ok(xdb_metadata(db, 0, key, value, &err));
    return buf_bytes(value);
}

/* A metadata value as the varints that it is made of. */
char *segment_dump_varints(struct xdb *db, const char *key)
{
    struct buf value, out;
    struct bytes in = segment_dump_metadata(db, key, &value);
    buf_init(&out, 1 << 26);
    while (in.at < in.end)
        assert_true(buf_printf(&out, "%llu ", (unsigned long long)bytes_varint(&in)));
    assert_false(in.is_broken);
    buf_release(&value);
    assert_non_null(buf_terminate(&out));
    return out.data;
}

void segment_dump_frame(struct xdb *db, const char *key, struct buf *out)
{
    struct buf value;
    struct frame_codec codec;
    segment_dump_metadata(db, key, &value);
    buf_init(out, RECORD_BLOCK_BYTES_MAX);
    frame_codec_init(&codec);
    assert_ok(record_block_decode(&codec, value.data, value.len, out, &err));
    frame_codec_release(&codec);
    buf_release(&value);
}
