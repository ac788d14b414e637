// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames: what was encoded comes out again, with a dictionary and without, however long; damage is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "store/frame.h"

enum { DICTIONARY_BYTES = 20000, LONG_BYTES = 200000, OUT_MAX = 1 << 20 };

/* Bytes that compress a little, the same for the same seed. */
static void fill(char *bytes, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (char)(seed >> 16 & 15);
        seed = seed * 1103515245 + 12345;
    }
}

struct world {
    char content[DICTIONARY_BYTES], other_content[DICTIONARY_BYTES], text[LONG_BYTES];
    struct frame_samples samples;
    struct buf dictionary, other;
    struct frame_dictionary writing, reading, wrong;
    struct frame_codec codec;
    struct buf frame, out;
    struct error err;
};

static void make(struct world *w, const char *content, struct buf *out)
{
    assert_int_equal(
        frame_dictionary_make(content, DICTIONARY_BYTES, &w->samples, out, &w->err), STATUS_OK);
    assert_true(out->len > DICTIONARY_BYTES);
    assert_true(out->len <= DICTIONARY_BYTES + FRAME_DICTIONARY_HEAD_MAX);
    assert_memory_equal(out->data + out->len - DICTIONARY_BYTES, content, DICTIONARY_BYTES);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    fill(w->content, DICTIONARY_BYTES, 1);
    fill(w->other_content, DICTIONARY_BYTES, 2);
    fill(w->text, LONG_BYTES, 3);
    memcpy(w->text + 100, w->content + 5000, 9000); /* what the dictionary is good for */
    buf_init(&w->samples.bytes, OUT_MAX);
    assert_true(buf_append(&w->samples.bytes, w->text, 40000));
    for (w->samples.n = 0; w->samples.n < 4; w->samples.n++)
        w->samples.sizes[w->samples.n] = 10000;
    buf_init(&w->dictionary, OUT_MAX);
    buf_init(&w->other, OUT_MAX);
    make(w, w->content, &w->dictionary);
    make(w, w->other_content, &w->other);
    frame_dictionary_init(&w->writing);
    frame_dictionary_init(&w->reading);
    frame_dictionary_init(&w->wrong);
    frame_codec_init(&w->codec);
    buf_init(&w->frame, OUT_MAX);
    buf_init(&w->out, OUT_MAX);
    *state = w;
    return frame_dictionary_write(&w->writing, w->dictionary.data, w->dictionary.len, &w->err) !=
               STATUS_OK ||
           frame_dictionary_read(&w->reading, w->dictionary.data, w->dictionary.len, &w->err) !=
               STATUS_OK ||
           frame_dictionary_read(&w->wrong, w->other.data, w->other.len, &w->err) != STATUS_OK;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    frame_dictionary_release(&w->writing);
    frame_dictionary_release(&w->reading);
    frame_dictionary_release(&w->wrong);
    frame_codec_release(&w->codec);
    buf_release(&w->frame);
    buf_release(&w->out);
    buf_release(&w->dictionary);
    buf_release(&w->other);
    buf_release(&w->samples.bytes);
    free(w);
    return 0;
}

static void encode(struct world *w, const struct frame_dictionary *d, size_t n)
{
    buf_clear(&w->frame);
    assert_int_equal(frame_codec_use(&w->codec, d, &w->err), STATUS_OK);
    assert_int_equal(frame_encode(&w->codec, w->text, n, &w->frame, &w->err), STATUS_OK);
}

static enum status decode(struct world *w, const struct frame_dictionary *d, size_t max)
{
    assert_int_equal(frame_codec_use(&w->codec, d, &w->err), STATUS_OK);
    return frame_decode(&w->codec, w->frame.data, w->frame.len, max, &w->out, &w->err);
}

static void is_text(const struct world *w, size_t n)
{
    assert_int_equal(w->out.len, n);
    assert_memory_equal(w->out.data, w->text, n);
}

/* Lengths on both sides of the room that lies behind a dictionary (64 KB). */
static void round_trips(void **state)
{
    static const size_t lengths[] = {1, 100, 10000, 65535, 65536, 65537, LONG_BYTES};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t n = lengths[i];
        encode(w, NULL, n);
        size_t alone = w->frame.len;
        assert_int_equal(decode(w, NULL, n), STATUS_OK);
        is_text(w, n);
        encode(w, &w->writing, n);
        if (n == 10000)
            assert_true(w->frame.len < alone / 2);
        assert_int_equal(decode(w, &w->reading, n), STATUS_OK);
        is_text(w, n);
    }
}

/* One codec goes back and forth between dictionaries and none. */
static void dictionaries_take_turns(void **state)
{
    struct world *w = *state;
    for (int round = 0; round < 2; round++) {
        encode(w, &w->writing, 10000);
        assert_int_equal(decode(w, &w->wrong, OUT_MAX), STATUS_CORRUPT);
        assert_int_equal(w->out.len, 0);
        assert_int_equal(decode(w, NULL, OUT_MAX), STATUS_CORRUPT);
        assert_int_equal(decode(w, &w->reading, OUT_MAX), STATUS_OK);
        is_text(w, 10000);
        encode(w, NULL, 10000);
        assert_int_equal(decode(w, NULL, OUT_MAX), STATUS_OK);
        is_text(w, 10000);
    }
}

static void damage_is_told(void **state)
{
    struct world *w = *state;
    for (int with = 0; with < 2; with++) {
        const struct frame_dictionary *d = with ? &w->reading : NULL;
        encode(w, with ? &w->writing : NULL, 10000);
        assert_int_equal(decode(w, d, 9999), STATUS_CORRUPT); /* more than may be */
        for (size_t i = 0; i < w->frame.len; i += 1 + w->frame.len / 50) {
            w->frame.data[i] ^= 1;
            assert_int_equal(decode(w, d, OUT_MAX), STATUS_CORRUPT);
            assert_int_equal(w->out.len, 0);
            w->frame.data[i] ^= 1;
        }
        w->frame.len--;
        assert_int_equal(decode(w, d, OUT_MAX), STATUS_CORRUPT);
        w->frame.len = 0;
        assert_int_equal(decode(w, d, OUT_MAX), STATUS_CORRUPT);
    }
}

static void a_damaged_dictionary_is_refused(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {{"", 0}, {"abcdefghij", 10}, {"\x37\xA4\x30\xEC....", 8}};
    struct frame_dictionary d;
    frame_dictionary_init(&d);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            frame_dictionary_read(&d, bad[i].bytes, bad[i].n, &w->err), STATUS_CORRUPT);
    assert_int_equal(frame_dictionary_read(&d, w->dictionary.data, 40, &w->err), STATUS_CORRUPT);
    frame_dictionary_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trips, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dictionaries_take_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damage_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_dictionary_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
