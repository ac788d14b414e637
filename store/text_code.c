// SPDX-License-Identifier: GPL-2.0-or-later
/* Both tables are made when first asked for: the characters by how common they are, then the codes
 * in that order. */
#include "store/text_code.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "common/utf8.h"
#include "tokenizer/common_chars.h"

enum {
    N_SHORT = 90, /* codes of one byte */
    LONG_FIRST = 0x80 + N_SHORT,
    ESCAPE = 0xFF,
    ESCAPED_MAX = 255,
    N_CODES = N_SHORT + (ESCAPE - LONG_FIRST) * 256,
    N_HAN_FIRST = 500, /* Han before the first of the other characters */
    CHAR_BYTES = 3,    /* all that have a code are from U+0800 to U+FFFF */
    N_COSTS = 16,
    COST_NONE = N_COSTS - 1, /* of characters nobody counted */
};

/* By code point: lead byte, second byte if the lead is LONG_FIRST or more; {0, 0} for none. */
static uint8_t codes[0x10000][2];

/* What a code stands for: up to three bytes, and how many. ASCII and codes of one byte are at their
 * byte, the others behind them in order. */
static struct {
    char bytes[CHAR_BYTES];
    uint8_t n;
} texts[LONG_FIRST + N_CODES - N_SHORT];

/* ，、。；（）《》“”： and the ideographic space */
static const uint16_t marks[] = {
    0xFF0C, 0x3001, 0x3002, 0xFF1B, 0xFF08, 0xFF09, 0x300A, 0x300B, 0x201C, 0x201D, 0xFF1A, 0x3000};

/* Marks, full-width forms, quotes and dashes, numbers in circles, box drawing, kana, Ⅰ Ⅱ, ㈠. */
static const struct {
    uint16_t first, last;
} spans[] = {{0x3001, 0x303F}, {0xFF01, 0xFF5E}, {0x2010, 0x203B}, {0x2460, 0x2490},
    {0x2500, 0x2540}, {0x3041, 0x30FF}, {0x2160, 0x2170}, {0x3220, 0x3230}};

static void give_code(uint32_t cp, size_t *n)
{
    char text[UTF8_MAX_BYTES];
    if (*n == N_CODES || codes[cp][0])
        return;
    size_t number = (*n)++, at = number - N_SHORT;
    bool is_short = number < N_SHORT;
    codes[cp][0] = (uint8_t)(is_short ? 0x80 + number : LONG_FIRST + at / 256);
    codes[cp][1] = (uint8_t)(is_short ? 0 : at % 256);
    utf8_encode(cp, text);
    memcpy(texts[0x80 + number].bytes, text, CHAR_BYTES);
}

static void give_other_codes(size_t *n)
{
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        for (uint32_t cp = spans[i].first; cp <= spans[i].last; cp++)
            give_code(cp, n);
}

static void make_tables(void)
{
    size_t n = 0, n_han = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        texts[i].n = i < 0x80 ? 1 : CHAR_BYTES;
    for (size_t i = 0; i < 0x80; i++)
        texts[i].bytes[0] = (char)i;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        give_code(marks[i], &n);
    for (unsigned cost = 0; cost < COST_NONE; cost++) {
        for (uint32_t cp = COMMON_FIRST; cp <= COMMON_LAST; cp++) {
            uint32_t at = cp - COMMON_FIRST;
            if ((common_chars[at / 2] >> (at % 2 * 4) & 15u) != cost)
                continue;
            give_code(cp, &n);
            if (++n_han == N_HAN_FIRST)
                give_other_codes(&n);
        }
    }
}

static void need_tables(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_tables);
}

/* The code of the character of three bytes at p; NULL when it has none. */
static inline const uint8_t *code_of(const uint8_t *p, size_t n)
{
    if (n < CHAR_BYTES || (p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
        return NULL;
    const uint8_t *code = codes[(p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F)];
    return code[0] ? code : NULL;
}

/* How many bytes at p have no code, up to ESCAPED_MAX; at least one has none. */
static size_t count_escaped(const uint8_t *p, size_t n)
{
    size_t at = 1;
    while (at < n && at < ESCAPED_MAX && p[at] >= 0x80 && !code_of(p + at, n - at))
        at++;
    return at;
}

bool text_code_encode(const char *text, size_t n, struct buf *out)
{
    need_tables();
    if (!buf_reserve(out, TEXT_CODE_BOUND(n)))
        return false;
    const uint8_t *p = (const uint8_t *)text, *end = p + n;
    uint8_t *to = (uint8_t *)out->data + out->len;
    while (p < end) {
        const uint8_t *code;
        while (end - p >= 4 && utf8_is_three((const char *)p)) {
            code = codes[(p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F)];
            if (code[0] == 0)
                break;
            memcpy(to, code, 2);
            to += code[0] < LONG_FIRST ? 1 : 2;
            p += CHAR_BYTES;
        }
        if (p == end)
            break;
        if (*p < 0x80) {
            *to++ = *p++;
        } else if ((code = code_of(p, (size_t)(end - p)))) {
            memcpy(to, code, 2);
            to += code[0] < LONG_FIRST ? 1 : 2;
            p += CHAR_BYTES;
        } else {
            size_t n_escaped = count_escaped(p, (size_t)(end - p));
            *to++ = ESCAPE;
            *to++ = (uint8_t)n_escaped;
            memcpy(to, p, n_escaped);
            to += n_escaped;
            p += n_escaped;
        }
    }
    out->len = (size_t)(to - (uint8_t *)out->data);
    return true;
}

/* ---- windows ---- */

/* Codes that begin within 64 bytes, up to the first escape: a bit each, by where it begins. */
struct window {
    const uint8_t *code;
    uint64_t starts, low, lines; /* all; of them ASCII; of them line ends */
    size_t n;                    /* bytes they take */
};

enum { WINDOW = 64 };

/* By byte of the 64: is it LONG_FIRST or more, has it no high bit, is it ESCAPE, is it a line end? */
struct byte_kinds {
    uint64_t lead, low, escape, line;
};

#ifdef __SSE2__
static inline struct byte_kinds kinds_of(const uint8_t *p)
{
    struct byte_kinds k = {0};
    for (unsigned i = 0; i < WINDOW; i += 16) {
        const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        const unsigned high = (unsigned)_mm_movemask_epi8(x);
        const __m128i is_lead = _mm_cmpgt_epi8(x, _mm_set1_epi8((char)(LONG_FIRST - 1)));
        const __m128i is_escape = _mm_cmpeq_epi8(x, _mm_set1_epi8((char)ESCAPE));
        const __m128i is_line = _mm_cmpeq_epi8(x, _mm_set1_epi8('\n'));
        k.lead |= (uint64_t)(high & (unsigned)_mm_movemask_epi8(is_lead)) << i;
        k.low |= (uint64_t)(~high & 0xFFFF) << i;
        k.escape |= (uint64_t)(unsigned)_mm_movemask_epi8(is_escape) << i;
        k.line |= (uint64_t)(unsigned)_mm_movemask_epi8(is_line) << i;
    }
    return k;
}
#else
static inline struct byte_kinds kinds_of(const uint8_t *p)
{
    struct byte_kinds k = {0};
    for (unsigned i = 0; i < WINDOW; i++) {
        k.lead |= (uint64_t)(p[i] >= LONG_FIRST) << i;
        k.low |= (uint64_t)(p[i] < 0x80) << i;
        k.escape |= (uint64_t)(p[i] == ESCAPE) << i;
        k.line |= (uint64_t)(p[i] == '\n') << i;
    }
    return k;
}
#endif

/* Which bytes are the second of a code: those behind a lead that is not itself one. Of a run of
 * leads every other one is: the subtraction carries through the run, and leaves where it began the
 * even or the odd places. */
static inline uint64_t seconds_of(uint64_t leads)
{
    const uint64_t odd = 0xAAAAAAAAAAAAAAAAu;
    return (((leads << 1 | odd) - leads) ^ odd) ^ leads;
}

/* The window at p < end, which is no escape; what lies before end of it is copied to `room` where
 * the code ends sooner. False when its last code is cut. */
static inline bool window_at(
    struct window *w, const uint8_t *p, const uint8_t *end, uint8_t room[WINDOW + 1])
{
    size_t n = (size_t)(end - p);
    uint64_t within = UINT64_MAX;
    w->code = p;
    if (n <= WINDOW) {
        memset(room, 0, WINDOW + 1);
        memcpy(room, p, n);
        w->code = room;
        within = n < WINDOW ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
    }
    const struct byte_kinds k = kinds_of(w->code);
    uint64_t starts = ~seconds_of(k.lead) & within, escapes = k.escape & starts;
    if (escapes)
        starts &= (escapes & -escapes) - 1;
    w->starts = starts;
    w->low = k.low & starts;
    w->lines = k.line & starts;
    unsigned last = 63 - (unsigned)__builtin_clzll(starts);
    w->n = last + 1 + (k.lead >> last & 1);
    return w->n <= n;
}

static inline unsigned count_bits(uint64_t x)
{
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (unsigned)(((x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * 0x0101010101010101u >> 56);
}

/* How many bytes of text are codes of which so many are low? */
static inline size_t text_bytes(uint64_t starts, uint64_t low)
{
    return CHAR_BYTES * count_bits(starts) - (CHAR_BYTES - 1) * count_bits(low);
}

/* The place in `texts` of the code at p; without a branch, which every other one would take. */
static inline size_t text_at(const uint8_t *p)
{
    unsigned lead = p[0], if_long = 0u - (lead >= LONG_FIRST);
    return lead + (if_long & ((lead - LONG_FIRST) * 255 + p[1]));
}

/* What is behind a text of less than four bytes is written over by the next one. */
enum { WINDOW_TEXT_MAX = WINDOW * CHAR_BYTES + 1 };

/* Writes the text of the window's codes; its length. */
static inline size_t decode_window(const struct window *w, char text[WINDOW_TEXT_MAX])
{
    char *to = text;
    for (uint64_t starts = w->starts; starts; starts &= starts - 1) {
        size_t at = text_at(w->code + __builtin_ctzll(starts));
        memcpy(to, &texts[at], sizeof *texts);
        to += texts[at].n;
    }
    return (size_t)(to - text);
}

/* Steps over the escape at *p to the bytes it holds; how many, 0 where they are cut. */
static size_t step_escaped(const uint8_t **p, const uint8_t *end)
{
    size_t n = end - *p >= 2 ? (*p)[1] : 0;
    *p += n ? 2 : 0;
    return n <= (size_t)(end - *p) ? n : 0;
}

bool text_code_decode(const char *code, size_t n, struct buf *out)
{
    char text[WINDOW_TEXT_MAX];
    uint8_t room[WINDOW + 1];
    const uint8_t *p = (const uint8_t *)code, *end = p + n;
    need_tables();
    while (p < end) {
        struct window w;
        size_t n_escaped;
        if (*p == ESCAPE) {
            if (!(n_escaped = step_escaped(&p, end)) || !buf_append(out, p, n_escaped))
                return false;
            p += n_escaped;
        } else {
            if (!window_at(&w, p, end, room) || !buf_append(out, text, decode_window(&w, text)))
                return false;
            p += w.n;
        }
    }
    return true;
}

/* ---- maps ---- */

/* A window, or what is escaped: where it begins. */
struct step {
    uint32_t code, text;
};

void text_code_map_init(struct text_code_map *m, size_t n_max)
{
    *m = (struct text_code_map){.code = NULL};
    buf_init(&m->steps, n_max * sizeof(struct step));
    buf_init(&m->lines, n_max * sizeof(uint32_t));
}

void text_code_map_release(struct text_code_map *m)
{
    buf_release(&m->steps);
    buf_release(&m->lines);
}

static bool add_line(struct text_code_map *m, size_t at)
{
    uint32_t text = (uint32_t)at;
    m->n_lines++;
    return buf_append(&m->lines, &text, sizeof text);
}

static bool add_lines(struct text_code_map *m, const struct window *w)
{
    bool ok = true;
    for (uint64_t lines = w->lines; lines && ok; lines &= lines - 1) {
        uint64_t before = (lines & -lines) - 1;
        ok = add_line(m, m->n_text + text_bytes(w->starts & before, w->low & before));
    }
    return ok;
}

static bool add_escaped_lines(struct text_code_map *m, const uint8_t *bytes, size_t n)
{
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        if (bytes[i] == '\n')
            ok = add_line(m, m->n_text + i);
    return ok;
}

bool text_code_map_make(struct text_code_map *m, const char *code, size_t n, bool *is_no_memory)
{
    uint8_t room[WINDOW + 1];
    const uint8_t *p = (const uint8_t *)code;
    m->code = p;
    m->end = p + n;
    m->n_text = m->n_lines = 0;
    buf_clear(&m->steps);
    buf_clear(&m->lines);
    *is_no_memory = false;
    while (p < m->end && !*is_no_memory) {
        bool ok;
        const struct step step = {(uint32_t)(p - m->code), (uint32_t)m->n_text};
        struct window w;
        size_t n_text;
        if (*p == ESCAPE) {
            if (!(n_text = step_escaped(&p, m->end)))
                return false;
            ok = add_escaped_lines(m, p, n_text);
            p += n_text;
        } else {
            if (!window_at(&w, p, m->end, room))
                return false;
            n_text = text_bytes(w.starts, w.low);
            ok = add_lines(m, &w);
            p += w.n;
        }
        ok = ok && buf_append(&m->steps, &step, sizeof step);
        m->n_text += n_text;
        *is_no_memory = !ok;
    }
    return !*is_no_memory;
}

/* The step that holds a byte of the text. */
static const struct step *step_of(const struct text_code_map *m, size_t text)
{
    const struct step *steps = (const struct step *)(const void *)m->steps.data;
    size_t low = 0, high = m->steps.len / sizeof *steps;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (steps[middle].text <= text)
            low = middle;
        else
            high = middle;
    }
    return &steps[low];
}

void text_code_map_read(const struct text_code_map *m, size_t from, size_t n, char *out)
{
    char text[WINDOW_TEXT_MAX];
    uint8_t room[WINDOW + 1];
    need_tables();
    const struct step *step = step_of(m, from);
    const uint8_t *p = m->code + step->code;
    from -= step->text;
    while (n) {
        struct window w;
        size_t n_step = 0;
        const char *bytes = text;
        if (*p == ESCAPE) {
            n_step = step_escaped(&p, m->end);
            bytes = (const char *)p;
            p += n_step;
        } else {
            window_at(&w, p, m->end, room);
            n_step = decode_window(&w, text);
            p += w.n;
        }
        size_t part = n_step - from < n ? n_step - from : n;
        memcpy(out, bytes + from, part);
        out += part;
        n -= part;
        from = 0;
    }
}
