// SPDX-License-Identifier: GPL-2.0-or-later
/* UTF-8, decoded and encoded one code point at a time, inline because everything above walks text
 * with it. Rule: Unicode 15, table 3-7 (well-formed byte sequences): no overlong forms, no
 * surrogates, nothing past U+10FFFF. */
#ifndef DUAN_COMMON_UTF8_H
#define DUAN_COMMON_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { UTF8_MAX_BYTES = 4, UTF8_INVALID = 0xFFFD };

/* Decodes the code point at s, of which n > 0 bytes may be read. Puts it in *cp and returns its
 * length. A byte that starts no well-formed sequence is returned as length 0 and *cp = U+FFFD: the
 * caller steps one byte on. */
static inline size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (n >= 3 && (p[0] & 0xF0) == 0xE0 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        uint32_t c = (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
        if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) {
            *cp = c;
            return 3;
        }
    } else if (n >= 2 && (p[0] & 0xE0) == 0xC0 && p[0] >= 0xC2 && (p[1] & 0xC0) == 0x80) {
        *cp = (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
        return 2;
    } else if (n >= 4 && (p[0] & 0xF8) == 0xF0 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 &&
               (p[3] & 0xC0) == 0x80) {
        uint32_t c = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
                     (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
        if (c >= 0x10000 && c <= 0x10FFFF) {
            *cp = c;
            return 4;
        }
    }
    *cp = UTF8_INVALID;
    return 0;
}

/* Does a lead byte of three and two bytes that may follow it stand at s, of which four may be read?
 * A well-formed character, if the lead byte is neither E0 nor ED. Nearly all of Chinese text is such. */
static inline int utf8_is_three(const char *s)
{
    static const unsigned char mask[4] = {0xF0, 0xC0, 0xC0, 0}, three[4] = {0xE0, 0x80, 0x80, 0};
    uint32_t word, m, t;
    memcpy(&word, s, sizeof word);
    memcpy(&m, mask, sizeof m);
    memcpy(&t, three, sizeof t);
    return (word & m) == t;
}

/* Sixteen bytes at once; what a comparison says of each is all ones or zeros. */
typedef uint8_t utf8_vector __attribute__((vector_size(16)));

static inline utf8_vector utf8_vector_load(const char *s)
{
    utf8_vector v;
    memcpy(&v, s, sizeof v);
    return v;
}

/* The length of a start of s[0..n) that is nothing but characters of three bytes whose first is of low to
 * low + span, in steps of five characters: a lower bound. low is above E0; ED is the caller's business. */
static inline size_t utf8_skip_threes(const char *s, size_t n, uint8_t low, uint8_t span)
{
    const utf8_vector least = {
        low, 0x80, 0x80, low, 0x80, 0x80, low, 0x80, 0x80, low, 0x80, 0x80, low, 0x80, 0x80, 0};
    const utf8_vector most = {
        span, 63, 63, span, 63, 63, span, 63, 63, span, 63, 63, span, 63, 63, 255};
    size_t at = 0;
    for (; n - at >= sizeof least; at += 15) {
        uint64_t fits[2];
        const utf8_vector is_within = (utf8_vector)(utf8_vector_load(s + at) - least <= most);
        memcpy(fits, &is_within, sizeof fits);
        if ((fits[0] & fits[1]) != UINT64_MAX)
            break;
    }
    return at;
}

/* Writes cp (a Unicode scalar value) to out and returns the number of bytes written, 1 to 4. */
static inline size_t utf8_encode(uint32_t cp, char out[UTF8_MAX_BYTES])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

/* Steps over one character or one broken byte at s (n > 0) and returns how many bytes that was. */
static inline size_t utf8_step(const char *s, size_t n, uint32_t *cp)
{
    size_t len = utf8_decode(s, n, cp);
    return len ? len : 1;
}

/* The largest offset <= at at which a character of s[0..n) starts or the text ends, so that a cut
 * there splits none. A stump at the very end (at == n, last character incomplete) is left out. */
size_t utf8_floor(const char *s, size_t n, size_t at);

/* How many code points s[0..n) holds; a broken byte counts as one. */
size_t utf8_count(const char *s, size_t n);

/* The length of the well-formed start of s[0..n): n where all of it is UTF-8. */
size_t utf8_valid(const char *s, size_t n);

#endif
