// SPDX-License-Identifier: GPL-2.0-or-later
/* Both tables are made when first asked for: the characters by how common they are, then the codes
 * in that order. */
#include "store/text_code.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

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
static char texts[N_CODES][CHAR_BYTES + 1]; /* by number of the code */

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
    memcpy(texts[number], text, CHAR_BYTES);
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

/* Copies what is escaped at *p, behind the escape itself. */
static bool copy_escaped(const uint8_t **p, const uint8_t *end, char **to, const char *to_end)
{
    size_t n = *p < end ? *(*p)++ : 0;
    if (n == 0 || n > (size_t)(end - *p) || n > (size_t)(to_end - *to))
        return false;
    memcpy(*to, *p, n);
    *p += n;
    *to += n;
    return true;
}

bool text_code_decode(const char *code, size_t n, char *text, size_t n_text)
{
    need_tables();
    const uint8_t *p = (const uint8_t *)code, *end = p + n;
    char *to = text, *to_end = text + n_text;
    while (p < end) {
        unsigned lead = *p++;
        if (lead == ESCAPE) {
            if (!copy_escaped(&p, end, &to, to_end))
                return false;
        } else if (lead < 0x80) {
            if (to == to_end)
                return false;
            *to++ = (char)lead;
        } else {
            bool is_long = lead >= LONG_FIRST;
            if (to_end - to < CHAR_BYTES || (is_long && p == end))
                return false;
            size_t number = lead - 0x80;
            number = is_long ? N_SHORT + (lead - LONG_FIRST) * 256 + *p : number;
            p += is_long;
            memcpy(to, texts[number], CHAR_BYTES);
            to += CHAR_BYTES;
        }
    }
    return to == to_end;
}
