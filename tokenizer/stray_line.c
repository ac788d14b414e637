// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/stray_line.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "tokenizer/char_cost.h"

enum {
    WIDE_MIN = 4, /* characters that are not ASCII: fewer are a word of another language */
    PLAIN = 14,   /* bits of such a character, in text that is read rightly */
    MARGIN = 16,  /* bits by which that reading must be cheaper than the file's */
    LINE_MAX = 1 << 16,
};

static const enum encoding encodings[] = {ENCODING_UTF8, ENCODING_GB18030, ENCODING_BIG5};
enum { N_READINGS = sizeof encodings / sizeof *encodings };

struct reading {
    struct decoder *decoder;
    struct buf text;
    uint64_t bits, wide_bits, n_wide, n_broken;
};

struct stray_line {
    struct reading readings[N_READINGS];
    struct buf undone; /* the bytes before they were read as Windows-1252 */
};

void stray_line_close(struct stray_line *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < N_READINGS; i++) {
        decoder_close(s->readings[i].decoder);
        buf_release(&s->readings[i].text);
    }
    buf_release(&s->undone);
    free(s);
}

static struct stray_line *stray_line_open(void)
{
    struct error err;
    struct stray_line *s = calloc(1, sizeof *s);
    bool is_open = s != NULL;
    if (s)
        buf_init(&s->undone, LINE_MAX);
    for (size_t i = 0; is_open && i < N_READINGS; i++) {
        struct reading *r = &s->readings[i];
        buf_init(&r->text, 4 * LINE_MAX + 16);
        is_open = decoder_open(encodings[i], &r->decoder, &err) == STATUS_OK;
        if (is_open)
            decoder_trust(r->decoder);
    }
    if (is_open)
        return s;
    stray_line_close(s);
    return NULL;
}

static bool reading_weigh(struct reading *r, const char *bytes, size_t n)
{
    struct error err;
    r->bits = r->wide_bits = r->n_wide = r->n_broken = 0;
    buf_clear(&r->text);
    if (decoder_feed(r->decoder, bytes, n, true, &r->text, &r->n_broken, &err) != STATUS_OK)
        return false;
    for (size_t i = 0; i < r->text.len;) {
        uint32_t cp;
        i += utf8_step(r->text.data + i, r->text.len - i, &cp);
        unsigned cost = char_cost(cp);
        r->bits += cost;
        r->wide_bits += cp >= 0x80 ? cost : 0;
        r->n_wide += cp >= 0x80;
    }
    return true;
}

static bool is_plain(const struct reading *r)
{
    return r->n_broken == 0 && r->n_wide >= WIDE_MIN && r->wide_bits <= r->n_wide * PLAIN;
}

/* The likeliest text of the bytes, cheaper than so many bits; NULL where none is. */
static const struct reading *best_reading(
    struct stray_line *s, enum encoding but, const char *bytes, size_t n, uint64_t bits)
{
    const struct reading *best = NULL;
    for (size_t i = 0; i < N_READINGS; i++) {
        struct reading *r = &s->readings[i];
        if (encodings[i] == but || !reading_weigh(r, bytes, n) || !is_plain(r))
            continue;
        if (r->bits + MARGIN <= bits && (!best || r->bits < best->bits))
            best = r;
    }
    return best;
}

static uint64_t own_bits(struct stray_line *s, enum encoding of_file, const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < N_READINGS && encodings[i] != of_file)
        i++;
    return i < N_READINGS && reading_weigh(&s->readings[i], bytes, n) ? s->readings[i].bits : 0;
}

/* ---- Windows-1252 ---- */

/* 0x80 to 0x9F; what it leaves out stays as it is in browsers. */
static const uint16_t windows_1252[32] = {0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020,
    0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
    0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178};

/* The bytes of the text in Windows-1252; false where it has a character that is not of it. */
static bool append_windows_1252(struct buf *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_step(text + i, n - i, &cp);
        for (uint32_t k = 0; cp > 0xFF && k < 32; k++)
            cp = windows_1252[k] == cp ? 0x80 + k : cp;
        if (cp > 0xFF || !buf_append_byte(out, (char)cp))
            return false;
    }
    return true;
}

bool stray_line_is_suspect(const char *utf8, size_t n)
{
    const char *at = utf8, *end = utf8 + n;
    while (end - at > 2 && (at = memchr(at, 0xC3, (size_t)(end - at) - 2))) {
        unsigned char next = (unsigned char)at[2]; /* Latin letters and marks beside each other */
        if (next == 0xC2 || next == 0xC3 || next == 0xC5 || next == 0xC6 || next == 0xCB ||
            next == 0xE2)
            return true;
        at += 2;
    }
    return false;
}

bool stray_line_decode(
    struct stray_line **s, enum encoding of_file, const char *bytes, size_t n, struct buf *out)
{
    if (n > LINE_MAX || (!*s && !(*s = stray_line_open())))
        return false;
    const struct reading *best = NULL;
    uint64_t bits = own_bits(*s, of_file, bytes, n);
    if (of_file != ENCODING_UTF8 || utf8_valid(bytes, n) < n) {
        best = best_reading(*s, of_file, bytes, n, bits);
    } else {
        struct buf *undone = &(*s)->undone;
        buf_clear(undone);
        if (append_windows_1252(undone, bytes, n) && undone->len)
            best = best_reading(*s, ENCODING_UNKNOWN, undone->data, undone->len, bits);
    }
    return best && buf_append(out, best->text.data, best->text.len);
}
