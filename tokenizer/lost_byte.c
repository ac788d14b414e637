// SPDX-License-Identifier: GPL-2.0-or-later
/* A sum of what each character costs beyond NEUTRAL, never below zero, rises where text is strange; there both readings are
 * weighed. */
#include "tokenizer/lost_byte.h"

#include <stdatomic.h>
#include <stdint.h>

#include "common/utf8.h"
#include "tokenizer/char_cost.h"

enum {
    NEUTRAL = 14,      /* bits of a character: between what is read rightly and wrongly */
    STRANGE_RUN = 50,  /* bits beyond it, of some eight characters read wrongly */
    STRANGE_TAIL = 20, /* before an ASCII byte: less will do where the last byte is broken */
    MARGIN = 16,       /* bits by which the other reading must be cheaper */
    PLAIN = 12,        /* bits of a character of that, which must be text in itself, */
    PRIVATE = 26,      /* bits of a character of private use, whole runs of which may be meant */
    HAN_LEAD = 0xB0,   /* and half Han: those of GB 2312 begin here, behind all symbols */
    WINDOW_PAIRS = 32,
    BACK_PAIRS = 4, /* a few read wrongly may be common characters by chance */
};

/* ---- what pairs cost ---- */

enum { LEAD_MIN = 0x81, LEAD_MAX = 0xFE, TRAIL_MIN = 0x40, TRAIL_MAX = 0xFE };

/* 0 until the pair is met: a child that reads one short page would not use most of them. Whoever finds a cost finds the same. */
static _Atomic uint8_t pair_costs[LEAD_MAX - LEAD_MIN + 1][TRAIL_MAX - TRAIL_MIN + 1];

static uint8_t cost_by_iconv(iconv_t gb18030, const unsigned char *pair)
{
    char *in = (char *)(uintptr_t)pair, text[UTF8_MAX_BYTES], *out = text;
    size_t n = 2, room = sizeof text;
    uint32_t cp;
    bool is_char = iconv(gb18030, &in, &n, &out, &room) != (size_t)-1 &&
                   utf8_decode(text, sizeof text - room, &cp) > 0;
    return (uint8_t)(is_char ? char_cost(cp) : CHAR_COST_BROKEN);
}

static unsigned pair_cost(iconv_t gb18030, const unsigned char *pair)
{
    bool is_pair =
        pair[0] >= LEAD_MIN && pair[0] <= LEAD_MAX && pair[1] >= TRAIL_MIN && pair[1] <= TRAIL_MAX;
    if (!is_pair)
        return CHAR_COST_BROKEN;
    _Atomic uint8_t *known = &pair_costs[pair[0] - LEAD_MIN][pair[1] - TRAIL_MIN];
    uint8_t cost = atomic_load_explicit(known, memory_order_relaxed);
    if (!cost) {
        cost = cost_by_iconv(gb18030, pair);
        atomic_store_explicit(known, cost, memory_order_relaxed);
    }
    return cost;
}

/* ---- looking for the place ---- */

/* The pairs at work, and where the strange ones begin. */
struct run {
    size_t start, strange; /* bytes */
    unsigned excess;
};

/* Weighs the pairs up to end as they are against those one byte on, and finds where to begin with these: *byte. */
static bool is_lost(iconv_t gb18030, const unsigned char *bytes, const struct run *r, size_t end,
    size_t n, bool is_broken, size_t *byte)
{
    size_t from = r->strange - r->start > 2 * BACK_PAIRS ? r->strange - 2 * BACK_PAIRS : r->start;
    if (end - from > 2 * WINDOW_PAIRS)
        from = end - 2 * WINDOW_PAIRS;
    int gain = is_broken ? 0 : -CHAR_COST_BROKEN, best = MARGIN - 1;
    size_t n_pairs = 0, n_private = 0, n_han = 0, bits = 0;
    for (size_t at = end; at > from; at -= 2) {
        unsigned now = pair_cost(gb18030, bytes + at - 2);
        unsigned shifted = at < n ? pair_cost(gb18030, bytes + at - 1) : CHAR_COST_BROKEN;
        gain += (int)now - (int)shifted;
        bits += shifted;
        n_pairs++;
        n_private += now >= PRIVATE;
        n_han += bytes[at - 1] >= HAN_LEAD;
        bool is_text = bits <= n_pairs * PLAIN && 2 * n_han >= n_pairs;
        if (gain > best && is_text && 2 * n_private <= n_pairs) {
            best = gain;
            *byte = at - 2;
        }
    }
    return best >= MARGIN;
}

/* Where the text of bytes[0..n) ends; each pair is one character. */
static size_t text_length(const unsigned char *bytes, size_t n, const char *text, size_t n_text)
{
    size_t t = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        t += utf8_step(text + t, n_text - t, &cp);
        i += bytes[i] < 0x80 ? 1 : bytes[i + 1] < TRAIL_MIN ? 4 : 2;
    }
    return t;
}

bool lost_byte_find(iconv_t gb18030, const unsigned char *bytes, size_t n_read, size_t n,
    bool is_broken, const char *text, size_t n_text, struct lost_byte *out)
{
    struct run run = {0, 0, 0};
    size_t i = 0;
    bool is_found = false;
    while (i < n_read && !is_found) {
        if (bytes[i] < 0x80 || bytes[i + 1] < TRAIL_MIN) { /* ASCII, or four bytes */
            is_found = run.excess >= STRANGE_TAIL &&
                       is_lost(gb18030, bytes, &run, i, n, false, &out->byte);
            i += bytes[i] < 0x80 ? 1 : 4;
            run = (struct run){i, i, 0};
            continue;
        }
        unsigned cost = run.excess + pair_cost(gb18030, bytes + i);
        run.strange = run.excess ? run.strange : i;
        run.excess = cost > NEUTRAL ? cost - NEUTRAL : 0;
        i += 2;
        if (run.excess >= STRANGE_RUN) {
            is_found = is_lost(gb18030, bytes, &run, i, n, false, &out->byte);
            run.excess = 0;
        }
    }
    if (!is_found && i == n_read && i > run.start && (is_broken || run.excess >= STRANGE_TAIL))
        is_found = is_lost(gb18030, bytes, &run, i, n, is_broken, &out->byte);
    if (is_found)
        out->text = text_length(bytes, out->byte, text, n_text);
    return is_found;
}
