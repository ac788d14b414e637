// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/report_codec.h"
#include "store/schema.h"

static const struct source full_source = {
    .number = UINT32_MAX,
    .path = "/\xff/报告.txt",
    .path_len = 12,
    .size = UINT64_MAX,
    .mtime_ns = INT64_MIN,
    .hash = 0x8000000000000001,
    .format = 255,
    .encoding = ENCODING_UTF16BE,
    .certainty = 100,
    .n_replaced = 1ULL << 63,
    .n_bad_lines = UINT32_MAX,
    .first_report = 7,
    .n_reports = 300,
    .n_passages = UINT32_MAX - 1,
};

static const struct report full_report = {
    .number = 70000,
    .source = 3,
    .id = "d17",
    .id_len = 3,
    .title = "政府工作报告",
    .title_len = 18,
    .date = 2023 << 9 | 5 << 5 | 31,
    .fields = "{\"省\":\"广东\"}",
    .fields_len = 17,
    .first_docid = UINT32_MAX,
    .n_passages = 1,
};

static void assert_same_source(const struct source *a, const struct source *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->path_len, b->path_len);
    assert_memory_equal(a->path, b->path, a->path_len);
    assert_true(a->size == b->size && a->mtime_ns == b->mtime_ns && a->hash == b->hash);
    assert_int_equal(a->format, b->format);
    assert_int_equal(a->encoding, b->encoding);
    assert_int_equal(a->certainty, b->certainty);
    assert_true(a->n_replaced == b->n_replaced);
    assert_int_equal(a->n_bad_lines, b->n_bad_lines);
    assert_int_equal(a->first_report, b->first_report);
    assert_int_equal(a->n_reports, b->n_reports);
    assert_int_equal(a->n_passages, b->n_passages);
}

static void assert_same_report(const struct report *a, const struct report *b)
{
    assert_int_equal(a->number, b->number);
    assert_int_equal(a->source, b->source);
    assert_int_equal(a->id_len, b->id_len);
    assert_memory_equal(a->id, b->id, a->id_len);
    assert_int_equal(a->title_len, b->title_len);
    assert_memory_equal(a->title, b->title, a->title_len);
    assert_int_equal(a->date, b->date);
    assert_int_equal(a->fields_len, b->fields_len);
    assert_memory_equal(a->fields, b->fields, a->fields_len);
    assert_int_equal(a->first_docid, b->first_docid);
    assert_int_equal(a->n_passages, b->n_passages);
}

static struct bytes all_of(const struct buf *b)
{
    return (struct bytes){.at = b->data, .end = b->data + b->len};
}

static void source_decode__gives_back_what_was_encoded(void **state)
{
    (void)state;
    const struct source small = {.number = 1, .path = "-", .path_len = 1, .mtime_ns = -1};
    struct buf b;
    buf_init(&b, 4096);
    assert_true(source_encode(&b, &full_source) && source_encode(&b, &small));
    struct bytes in = all_of(&b);
    struct source got;
    assert_true(source_decode(&in, &got));
    assert_same_source(&full_source, &got);
    assert_true(source_decode(&in, &got));
    assert_same_source(&small, &got);
    assert_false(source_decode(&in, &got));
    assert_false(in.is_broken);
    buf_release(&b);
}

static const struct report small_report = {
    .number = 1, .source = 1, .id = "", .title = "t", .title_len = 1, .fields = "", .stuffed = ""};

/* Reports as a tsv gives them, and what breaks with the one before in each way. */
static size_t make_reports(struct report out[], size_t max)
{
    static char ids[64][8];
    static const char *const titles[] = {
        "政府工作报告", "政府工作报告（二）", "\xff\xfe not UTF-8 \xe4\xb8"};
    static const char *const fields[] = {"{\"year\":\"2024\"}", "{\"year\":\"2025\"}", "", "{}"};
    size_t n = 0;
    out[n++] = full_report;
    for (uint32_t i = 0; i < 64 && n + 2 < max; i++) {
        struct report r = {.number = 70001 + i + i / 9, .source = 3 + i / 20, .date = i / 30};
        r.id = ids[i];
        r.id_len = (size_t)sprintf(ids[i], "%u", 95 + i);
        r.title = i % 7 ? r.id : titles[i / 7 % 3];
        r.title_len = strlen(r.title);
        r.fields = fields[i / 5 % 4];
        r.fields_len = strlen(r.fields);
        r.stuffed = i == 33 ? "主體晉中" : "";
        r.stuffed_len = strlen(r.stuffed);
        r.first_docid = 2 * i + i / 40;
        r.n_passages = i % 11 ? 2 : 3;
        out[n++] = r;
    }
    out[n++] = small_report;
    return n;
}

static void report_decode__gives_back_what_was_encoded(void **state)
{
    (void)state;
    struct report reports[70], got;
    struct report_codec codec;
    struct buf b;
    size_t n = make_reports(reports, 70);
    buf_init(&b, 1 << 16);
    report_codec_init(&codec);
    for (size_t i = 0; i < n; i++)
        assert_true(report_encode(&codec, &b, &reports[i]));
    for (int round = 0; round < 2; round++) {
        struct bytes in = all_of(&b);
        report_codec_begin(&codec);
        for (size_t i = 0; i < n; i++) {
            assert_true(report_codec_next(&codec, &in));
            if (round && i % 3) /* passed over: what follows rests on it all the same */
                continue;
            assert_true(report_codec_show(&codec, &in, &got));
            assert_same_report(&reports[i], &got);
        }
        assert_false(report_decode(&codec, &in, &got));
        assert_false(in.is_broken);
    }
    report_codec_release(&codec);
    buf_release(&b);
}

/* A line of a tsv, whose id and title are its number: its flags, how far the ids agree, a digit. */
static void report_encode__takes_three_bytes_for_a_line(void **state)
{
    (void)state;
    char id[16];
    struct report_codec codec;
    struct buf b;
    size_t before = 0;
    buf_init(&b, 4096);
    report_codec_init(&codec);
    for (uint32_t i = 123450; i < 123460; i++) {
        struct report r = {.number = i,
            .source = 1,
            .id = id,
            .title = id,
            .fields = "",
            .stuffed = "",
            .first_docid = i,
            .n_passages = 1};
        r.id_len = r.title_len = (size_t)sprintf(id, "%u", i);
        before = b.len;
        assert_true(report_encode(&codec, &b, &r));
    }
    assert_int_equal(b.len - before, 3);
    report_codec_release(&codec);
    buf_release(&b);
}

static void record_encode__leaves_a_full_buffer_as_it_was(void **state)
{
    (void)state;
    struct buf whole;
    buf_init(&whole, 4096);
    assert_true(source_encode(&whole, &full_source));
    for (size_t max = 1; max < whole.len; max++) {
        struct buf b;
        buf_init(&b, max);
        assert_true(buf_append_byte(&b, 'x'));
        assert_false(source_encode(&b, &full_source));
        assert_int_equal(b.len, 1);
        buf_release(&b);
    }
    buf_release(&whole);
}

/* A copy of exactly n bytes, so that a sanitizer sees a step past the end. */
static void decode_exactly(const char *bytes, size_t n)
{
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    struct bytes in = {.at = copy, .end = copy + n};
    struct source s;
    while (source_decode(&in, &s))
        assert_true(s.path >= copy && s.path + s.path_len <= copy + n);
    assert_true(in.at == in.end || in.is_broken);
    free(copy);
}

static void decode_reports_exactly(const char *bytes, size_t n)
{
    struct report_codec codec;
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    report_codec_init(&codec);
    struct bytes in = {.at = copy, .end = copy + n};
    struct report r;
    while (report_decode(&codec, &in, &r))
        assert_true(r.id_len <= PATH_BYTES_MAX && r.title_len <= TITLE_BYTES_MAX &&
                    r.fields_len <= FIELDS_BYTES_MAX);
    assert_true(in.at == in.end && !codec.is_no_memory);
    report_codec_release(&codec);
    free(copy);
}

static void flip_each_bit(struct buf *b, void (*decode)(const char *bytes, size_t n))
{
    for (size_t n = 0; n <= b->len; n++)
        decode(b->data, n);
    for (size_t i = 0; i < b->len; i++)
        for (int bit = 0; bit < 8; bit++) {
            b->data[i] ^= (char)(1 << bit);
            decode(b->data, b->len);
            b->data[i] ^= (char)(1 << bit);
        }
}

static void record_decode__stays_inside_damaged_bytes(void **state)
{
    (void)state;
    struct report reports[70];
    struct report_codec codec;
    struct buf b;
    size_t n = make_reports(reports, 70);
    buf_init(&b, 1 << 16);
    assert_true(source_encode(&b, &full_source));
    flip_each_bit(&b, decode_exactly);
    buf_clear(&b);
    report_codec_init(&codec);
    for (size_t i = 0; i < n; i++)
        assert_true(report_encode(&codec, &b, &reports[i]));
    report_codec_release(&codec);
    flip_each_bit(&b, decode_reports_exactly);
    buf_release(&b);
}

/* A block of one report whose title is its id, n times NUL. */
static bool reads_id_of(size_t n)
{
    struct report_codec codec;
    struct report r;
    struct buf b;
    char *id = calloc(1, n);
    assert_non_null(id);
    buf_init(&b, 1 << 16); /* flags, nothing shared, the id */
    assert_true(buf_append(&b, "\x3f\xf0", 2) && buf_append_varint(&b, 0) &&
                buf_append_varint(&b, n) && buf_append(&b, id, n));
    struct bytes in = all_of(&b);
    report_codec_init(&codec);
    bool is_read = report_decode(&codec, &in, &r);
    assert_true(in.is_broken == !is_read && !codec.is_no_memory);
    report_codec_release(&codec);
    free(id);
    buf_release(&b);
    return is_read;
}

static void report_decode__refuses_a_string_that_is_too_long(void **state)
{
    (void)state;
    assert_true(reads_id_of(TITLE_BYTES_MAX));
    assert_false(reads_id_of(TITLE_BYTES_MAX + 1)); /* as a title */
    assert_false(reads_id_of(PATH_BYTES_MAX + 1));
}

static void record_decode__calls_a_cut_record_broken(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    assert_true(source_encode(&b, &full_source));
    for (size_t n = 1; n < b.len; n++) {
        struct bytes in = {.at = b.data, .end = b.data + n};
        struct source s;
        assert_false(source_decode(&in, &s));
        assert_true(in.is_broken);
    }
    buf_release(&b);
}

static void schema_wdf__normalises_by_length(void **state)
{
    (void)state;
    assert_int_equal(schema_wdf(1, 100, 100), 8);
    assert_int_equal(schema_wdf(3, 100, 100), 24);
    assert_int_equal(schema_wdf(1, 0, 100), 20);
    assert_int_equal(schema_wdf(1, 200, 100), 5); /* 8 / 1.6 */
    assert_int_equal(schema_wdf(2, 300, 100), 7); /* 16 / 2.2 = 7.27 */
    assert_int_equal(schema_wdf(1, 1000000, 1), 1);
    assert_int_equal(schema_wdf(UINT32_MAX, 0, 1), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_decode__gives_back_what_was_encoded),
        cmocka_unit_test(report_decode__gives_back_what_was_encoded),
        cmocka_unit_test(report_encode__takes_three_bytes_for_a_line),
        cmocka_unit_test(report_decode__refuses_a_string_that_is_too_long),
        cmocka_unit_test(record_encode__leaves_a_full_buffer_as_it_was),
        cmocka_unit_test(record_decode__stays_inside_damaged_bytes),
        cmocka_unit_test(record_decode__calls_a_cut_record_broken),
        cmocka_unit_test(schema_wdf__normalises_by_length),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
