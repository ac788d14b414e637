// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/schema.h"
#include "store/text_block.h"

static struct error err;

static struct passage passage_of(const char *text, uint32_t number)
{
    return (struct passage){.text = text,
        .text_len = strlen(text),
        .number = number,
        .line = 10 * number,
        .section = number - 1,
        .level = (uint8_t)(number % 10)};
}

/* One block of three passages in two reports. */
static const char *const texts[] = {"一、总则\n", "第一条　本法。\n\n", "甲"};
static const uint32_t reports[] = {9, 9, UINT32_MAX};
static const uint32_t numbers[] = {1, 2, 1};

static void build_small(struct buf *frame)
{
    struct text_block_writer *w;
    bool is_first;
    buf_init(frame, 1 << 20);
    assert_int_equal(text_block_writer_open(&w, &err), STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        struct passage p = passage_of(texts[i], numbers[i]);
        assert_int_equal(
            text_block_writer_add(w, reports[i], &p, &is_first, frame, &err), STATUS_OK);
        assert_int_equal(is_first, i == 0);
        assert_int_equal(frame->len, 0);
    }
    assert_int_equal(text_block_writer_finish(w, frame, &err), STATUS_OK);
    assert_true(frame->len > 0);
    text_block_writer_close(w);
}

static void assert_is_small(struct text_block *b)
{
    assert_int_equal(b->n_passages, 3);
    for (uint32_t i = 0; i < 3; i++) {
        struct passage want = passage_of(texts[i], numbers[i]), p = text_block_passage(b, i);
        assert_int_equal(p.text_len, want.text_len);
        assert_memory_equal(p.text, want.text, p.text_len);
        assert_int_equal(b->entries[i].report, reports[i]);
        assert_int_equal(p.number, want.number);
        assert_int_equal(p.line, want.line);
        assert_int_equal(p.section, want.section);
        assert_int_equal(p.level, want.level);
    }
}

static void text_block_decode__gives_back_the_passages(void **state)
{
    (void)state;
    struct buf frame;
    build_small(&frame);
    struct text_block b;
    text_block_init(&b);
    assert_int_equal(text_block_decode(&b, frame.data, frame.len, NULL, &err), STATUS_OK);
    assert_is_small(&b);
    text_block_release(&b);
    buf_release(&frame);
}

static void text_block_decode__finds_a_damaged_or_cut_frame(void **state)
{
    (void)state;
    struct buf frame;
    build_small(&frame);
    struct text_block b;
    text_block_init(&b);
    for (size_t i = 0; i < frame.len; i++)
        for (int bit = 0; bit < 8; bit++) {
            frame.data[i] ^= (char)(1 << bit);
            enum status s = text_block_decode(&b, frame.data, frame.len, NULL, &err);
            if (s == STATUS_OK) /* a bit that means nothing */
                assert_is_small(&b);
            else
                assert_int_equal(s, STATUS_CORRUPT);
            assert_int_equal(b.n_passages, s == STATUS_OK ? 3 : 0);
            frame.data[i] ^= (char)(1 << bit);
        }
    for (size_t n = 0; n < frame.len; n++) {
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        memcpy(copy, frame.data, n);
        assert_int_equal(text_block_decode(&b, copy, n, NULL, &err), STATUS_CORRUPT);
        free(copy);
    }
    text_block_release(&b);
    buf_release(&frame);
}

/* Wraps raw bytes as a whole frame, so that the damage lies in the entries. */
static enum status decode_raw(struct text_block *b, const char *raw, size_t n)
{
    struct frame_codec codec;
    struct buf frame;
    frame_codec_init(&codec);
    buf_init(&frame, 1 << 20);
    assert_int_equal(frame_encode(&codec, raw, n, &frame, &err), STATUS_OK);
    enum status s = text_block_decode(b, frame.data, frame.len, NULL, &err);
    buf_release(&frame);
    frame_codec_release(&codec);
    return s;
}

static void text_block_decode__refuses_entries_that_do_not_add_up(void **state)
{
    (void)state;
    struct text_block b;
    text_block_init(&b);
    /* passages, bytes; length, report, number, line, section, level; texts */
    assert_int_equal(decode_raw(&b, "\1\2\5\2\2\2\0\0ab", 10), STATUS_OK);
    assert_int_equal(decode_raw(&b, "\1\2\0\2\2\2\0\0a\n", 10), STATUS_OK);
    assert_int_equal(decode_raw(&b, "\1\2\2\2\2\2\0\0\n\n", 10), STATUS_OK);
    assert_int_equal(decode_raw(&b, "", 0), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\0", 1), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\7\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\3\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\1\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\0\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\2\2\2\2\0\0a\n", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\0\2\2\2\0\0\n\n", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\3\5\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\1\5\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\1\2\5\2\2\2\0\12ab", 10), STATUS_CORRUPT);
    assert_int_equal(decode_raw(&b, "\2\2\5\2\2\2\0\0ab", 10), STATUS_CORRUPT);
    assert_int_equal(
        decode_raw(&b, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1aaaaaaaa", 18), STATUS_CORRUPT);
    assert_int_equal(b.n_passages, 0);
    text_block_release(&b);
}

/* Found by fuzzing: a null pointer was moved on. */
static void text_block_load__refuses_a_text_of_more_lines_than_there_are(void **state)
{
    (void)state;
    struct text_block b;
    static const char raw[] = "\1\3\2\0\0\0\0\0ab\n";
    text_block_init(&b);
    assert_int_equal(text_block_load(&b, raw, sizeof raw - 1, &err), STATUS_CORRUPT);
    assert_int_equal(b.n_passages, 0);
    text_block_release(&b);
}

static void text_block_decode__refuses_a_huge_claim_unallocated(void **state)
{
    (void)state;
    /* magic, descriptor: single segment, 8 byte content size; claims 2^40 bytes */
    static const char claim[] = "\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\1\0\0\1\0\0";
    struct text_block b;
    text_block_init(&b);
    assert_int_equal(text_block_decode(&b, claim, sizeof claim - 1, NULL, &err), STATUS_CORRUPT);
    assert_int_equal(b.bytes.cap, 0);
    size_t n = PASSAGE_BYTES_MAX * 4;
    char *zeros = calloc(1, n);
    assert_non_null(zeros);
    assert_int_equal(decode_raw(&b, zeros, n), STATUS_CORRUPT);
    assert_int_equal(b.bytes.cap, 0);
    free(zeros);
    text_block_release(&b);
}

/* Adds n passages of the given length and checks the blocks that come out as they come. */
static void check_stream(size_t n, size_t text_len, size_t max_blocks)
{
    char *text = malloc(text_len + 1);
    assert_non_null(text);
    struct text_block_writer *w;
    struct text_block b;
    struct buf done;
    buf_init(&done, 1 << 20);
    text_block_init(&b);
    assert_int_equal(text_block_writer_open(&w, &err), STATUS_OK);
    uint32_t n_read = 0, n_blocks = 0;
    for (size_t i = 0; i <= n; i++) {
        bool is_first = true;
        memset(text, 'a' + (int)(i % 26), text_len);
        struct passage p = {.text = text, .text_len = text_len, .number = (uint32_t)i + 1};
        enum status s = i < n ? text_block_writer_add(w, 1, &p, &is_first, &done, &err)
                              : text_block_writer_finish(w, &done, &err);
        assert_int_equal(s, STATUS_OK);
        if (i < n)
            assert_int_equal(is_first, i == 0 || done.len > 0);
        if (done.len == 0)
            continue;
        n_blocks++;
        assert_int_equal(text_block_decode(&b, done.data, done.len, NULL, &err), STATUS_OK);
        assert_int_equal(n_read + b.n_passages, i);
        for (uint32_t j = 0; j < b.n_passages; j++) {
            struct passage got = text_block_passage(&b, j);
            assert_int_equal(got.number, ++n_read);
            assert_int_equal(got.text_len, text_len);
            assert_int_equal(got.text[text_len - 1], 'a' + (int)((n_read - 1) % 26));
        }
    }
    assert_int_equal(n_read, n);
    assert_true(n_blocks <= max_blocks);
    text_block_writer_close(w);
    text_block_release(&b);
    buf_release(&done);
    free(text);
}

static void text_block_writer__cuts_blocks_between_passages(void **state)
{
    (void)state;
    check_stream(1, 1, 1);
    check_stream(30000, 1, 60); /* entries count too: 30 KB of text alone would be three */
    check_stream(500, 300, 14);
    check_stream(5, PASSAGE_BYTES_MAX, 5);
    check_stream(3, TEXT_BLOCK_BYTES, 3);
}

static void text_block_writer_add__refuses_what_is_out_of_bounds(void **state)
{
    (void)state;
    static char text[PASSAGE_BYTES_MAX + 1];
    struct text_block_writer *w;
    struct buf done;
    bool is_first;
    buf_init(&done, 1 << 20);
    assert_int_equal(text_block_writer_open(&w, &err), STATUS_OK);
    struct passage p = {.text = text, .text_len = sizeof text};
    assert_int_equal(text_block_writer_add(w, 1, &p, &is_first, &done, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "passage of 65537 bytes: more than 65536");
    p.text_len = 0;
    assert_int_equal(text_block_writer_add(w, 1, &p, &is_first, &done, &err), STATUS_BAD_INPUT);
    p.text_len = 1;
    p.level = 10;
    assert_int_equal(text_block_writer_add(w, 1, &p, &is_first, &done, &err), STATUS_BAD_INPUT);
    assert_int_equal(text_block_writer_finish(w, &done, &err), STATUS_OK);
    assert_int_equal(done.len, 0);
    text_block_writer_close(w);
    buf_release(&done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_block_decode__gives_back_the_passages),
        cmocka_unit_test(text_block_decode__finds_a_damaged_or_cut_frame),
        cmocka_unit_test(text_block_decode__refuses_entries_that_do_not_add_up),
        cmocka_unit_test(text_block_load__refuses_a_text_of_more_lines_than_there_are),
        cmocka_unit_test(text_block_decode__refuses_a_huge_claim_unallocated),
        cmocka_unit_test(text_block_writer__cuts_blocks_between_passages),
        cmocka_unit_test(text_block_writer_add__refuses_what_is_out_of_bounds),
    };
    return cmocka_run_group_tests_name("text_block", tests, NULL, NULL);
}
