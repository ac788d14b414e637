// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/stray_line.h"

#include <stdlib.h>

#include "common/utf8.h"
#include "tokenizer/char_cost.h"

enum {
    WIDE_MIN = 4, /* characters that are not ASCII: fewer are a word of another language */
    PLAIN = 13,   /* bits of such a character, in text that is read rightly */
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
};

void stray_line_close(struct stray_line *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < N_READINGS; i++) {
        decoder_close(s->readings[i].decoder);
        buf_release(&s->readings[i].text);
    }
    free(s);
}

static struct stray_line *stray_line_open(void)
{
    struct error err;
    struct stray_line *s = calloc(1, sizeof *s);
    bool is_open = s != NULL;
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

bool stray_line_decode(
    struct stray_line **s, enum encoding of_file, const char *bytes, size_t n, struct buf *out)
{
    const struct reading *own = NULL, *best = NULL;
    if (n > LINE_MAX || (!*s && !(*s = stray_line_open())))
        return false;
    for (size_t i = 0; i < N_READINGS; i++) {
        struct reading *r = &(*s)->readings[i];
        if (!reading_weigh(r, bytes, n))
            return false;
        if (encodings[i] == of_file)
            own = r;
        else if (is_plain(r) && (!best || r->bits < best->bits))
            best = r;
    }
    return own && best && best->bits + MARGIN <= own->bits &&
           buf_append(out, best->text.data, best->text.len);
}
