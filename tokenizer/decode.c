// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/utf8.h"

enum {
    CARRY_MAX = 16, /* more than the longest character of any encoding */
    ROUND_BYTES = 4096,
};

static const struct {
    const char *name, *iconv_name;
} encodings[] = {
    [ENCODING_UNKNOWN] = {"unknown", NULL},
    [ENCODING_UTF8] = {"UTF-8", NULL}, /* validated here */
    [ENCODING_GB18030] = {"GB18030", "GB18030"},
    [ENCODING_BIG5] = {"Big5", "CP950"},
    [ENCODING_BIG5_HKSCS] = {"Big5-HKSCS", "BIG5-HKSCS"},
    [ENCODING_UTF16LE] = {"UTF-16LE", "UTF-16LE"},
    [ENCODING_UTF16BE] = {"UTF-16BE", "UTF-16BE"},
};

const char *encoding_name(enum encoding e)
{
    return encodings[e].name;
}

static const struct {
    const char *name;
    enum encoding encoding;
} aliases[] = {
    {"utf8", ENCODING_UTF8},
    {"ascii", ENCODING_UTF8},
    {"usascii", ENCODING_UTF8},
    {"gb2312", ENCODING_GB18030},
    {"gbk", ENCODING_GB18030},
    {"gb18030", ENCODING_GB18030},
    {"cp936", ENCODING_GB18030},
    {"windows936", ENCODING_GB18030},
    {"euccn", ENCODING_GB18030},
    {"xgbk", ENCODING_GB18030},
    {"gb", ENCODING_GB18030},
    {"hzgb2312", ENCODING_UNKNOWN},
    {"big5", ENCODING_BIG5},
    {"cp950", ENCODING_BIG5},
    {"windows950", ENCODING_BIG5},
    {"big5hkscs", ENCODING_BIG5_HKSCS},
    {"big5eten", ENCODING_BIG5},
    {"xbig5", ENCODING_BIG5},
    {"utf16", ENCODING_UTF16LE},
    {"utf16le", ENCODING_UTF16LE},
    {"utf16be", ENCODING_UTF16BE},
    {"ucs2", ENCODING_UTF16LE},
    {"unicode", ENCODING_UTF16LE},
};

enum encoding encoding_by_name(const char *name, size_t n)
{
    char plain[24];
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (name[i] == '-' || name[i] == '_' || name[i] == ' ')
            continue;
        if (len == sizeof plain - 1)
            return ENCODING_UNKNOWN;
        plain[len++] = name[i];
    }
    plain[len] = '\0';
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcasecmp(plain, aliases[i].name) == 0)
            return aliases[i].encoding;
    return ENCODING_UNKNOWN;
}

struct decoder {
    enum encoding encoding;
    iconv_t conversion; /* not for UTF-8 */
    char carry[CARRY_MAX];
    size_t n_carry; /* bytes of a character that a chunk cut */
};

enum status decoder_open(enum encoding e, struct decoder **out, struct error *err)
{
    struct decoder *d = calloc(1, sizeof *d);
    if (!d)
        return error_no_memory(err);
    d->encoding = e == ENCODING_UNKNOWN ? ENCODING_UTF8 : e;
    if (encodings[d->encoding].iconv_name) {
        d->conversion = iconv_open("UTF-8", encodings[d->encoding].iconv_name);
        if (d->conversion == (iconv_t)-1) {
            free(d);
            return error_errno(err, "iconv cannot convert from %s", encodings[e].iconv_name);
        }
    }
    *out = d;
    return STATUS_OK;
}

void decoder_close(struct decoder *d)
{
    if (d && encodings[d->encoding].iconv_name)
        iconv_close(d->conversion);
    free(d);
}

static bool put_replacement(struct buf *out, uint64_t *n_replaced)
{
    ++*n_replaced;
    return buf_append(out, "\xEF\xBF\xBD", 3);
}

/* ---- UTF-8 ---- */

static size_t length_by_lead(unsigned char lead)
{
    return lead >= 0xC2 && lead < 0xE0   ? 2
           : (lead & 0xF0) == 0xE0       ? 3
           : lead >= 0xF0 && lead < 0xF5 ? 4
                                         : 1;
}

/* Could s[0..n), which is no whole character, be the start of one? */
static bool is_cut_utf8(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    if (n >= length_by_lead(p[0]))
        return false;
    if (n > 1 && ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
                     (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)))
        return false;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* Appends what is well formed as it stands. Returns how many bytes were used; fewer than n when the
 * rest may go on in the next chunk. */
static size_t feed_utf8(
    const char *s, size_t n, bool is_last, struct buf *out, uint64_t *n_replaced, bool *ok)
{
    size_t good = 0, at = 0;
    while (at < n && *ok) {
        uint32_t cp;
        size_t len = utf8_decode(s + at, n - at, &cp);
        if (len) {
            at += len;
            continue;
        }
        if (!is_last && is_cut_utf8(s + at, n - at))
            break;
        *ok = buf_append(out, s + good, at - good) && put_replacement(out, n_replaced);
        /* One mark for the longest start of a character that stands there (Unicode 15, 3.9,
         * "maximal subpart"). */
        size_t bad = 1;
        while (at + bad < n && is_cut_utf8(s + at, bad + 1))
            bad++;
        at += bad;
        good = at;
    }
    *ok = *ok && buf_append(out, s + good, at - good);
    return at;
}

/* ---- through iconv ---- */

/* How many bytes of an invalid sequence to give up: never one that could begin something of its
 * own, such as the line end behind a stray lead byte. */
static size_t bad_length(const struct decoder *d, size_t n)
{
    if (d->encoding == ENCODING_UTF16LE || d->encoding == ENCODING_UTF16BE)
        return n < 2 ? n : 2;
    return 1;
}

/* A byte that CP936 knows and GB18030 does not: 0x80 is the euro sign there. */
static bool put_bad(const struct decoder *d, const char *s, struct buf *out, uint64_t *n_replaced)
{
    if (d->encoding == ENCODING_GB18030 && (unsigned char)*s == 0x80)
        return buf_append(out, "\xE2\x82\xAC", 3);
    return put_replacement(out, n_replaced);
}

static size_t feed_iconv(struct decoder *d, const char *s, size_t n, bool is_last, struct buf *out,
    uint64_t *n_replaced, bool *ok)
{
    char *in = (char *)s;
    size_t in_left = n;
    while (in_left && *ok) {
        char bytes[ROUND_BYTES], *to = bytes;
        size_t room = sizeof bytes;
        size_t converted = iconv(d->conversion, &in, &in_left, &to, &room);
        int cause = converted == (size_t)-1 ? errno : 0;
        *ok = buf_append(out, bytes, sizeof bytes - room);
        if (!*ok || cause == E2BIG || cause == 0)
            continue;
        if (cause == EINVAL && !is_last && in_left < CARRY_MAX)
            break;
        size_t bad = bad_length(d, in_left);
        *ok = put_bad(d, in, out, n_replaced);
        in += bad;
        in_left -= bad;
        iconv(d->conversion, NULL, NULL, NULL, NULL);
    }
    return n - in_left;
}

static size_t feed(struct decoder *d, const char *s, size_t n, bool is_last, struct buf *out,
    uint64_t *n_replaced, bool *ok)
{
    return d->encoding == ENCODING_UTF8 ? feed_utf8(s, n, is_last, out, n_replaced, ok)
                                        : feed_iconv(d, s, n, is_last, out, n_replaced, ok);
}

/* Completes the character that waits, byte by byte, from the front of the chunk. Returns the bytes
 * taken. */
static size_t feed_carry(struct decoder *d, const char *s, size_t n, bool is_last, struct buf *out,
    uint64_t *n_replaced, bool *ok)
{
    size_t taken = 0;
    while (d->n_carry && *ok && (taken < n || is_last)) {
        bool is_end = taken == n;
        if (!is_end)
            d->carry[d->n_carry++] = s[taken++];
        bool flush = (is_last && taken == n) || d->n_carry == CARRY_MAX;
        size_t used = feed(d, d->carry, d->n_carry, flush, out, n_replaced, ok);
        d->n_carry -= used;
        memmove(d->carry, d->carry + used, d->n_carry);
        if (is_end)
            break;
    }
    return taken;
}

enum status decoder_feed(struct decoder *d, const char *bytes, size_t n, bool is_last,
    struct buf *out, uint64_t *n_replaced, struct error *err)
{
    bool ok = true;
    size_t at = feed_carry(d, bytes, n, is_last, out, n_replaced, &ok);
    if (ok && at < n)
        at += feed(d, bytes + at, n - at, is_last, out, n_replaced, &ok);
    if (!ok)
        return error_no_memory(err);
    if (at < n) {
        d->n_carry = n - at;
        memcpy(d->carry, bytes + at, d->n_carry);
    }
    return STATUS_OK;
}
