// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of encodings, and the decoders. UTF-8 and UTF-16 are decoded here: they are a few lines,
 * and glibc's decoders stop at each fault. The others are iconv's, one call for all bytes up to the
 * next fault; GB18030 line by line, each looked through for a lost byte (lost_byte.h).
 *
 * What a fault takes with it: a broken lead byte before an ASCII byte is one U+FFFD and the ASCII
 * byte stays (`B5 0A` is a fault and a line feed), a pair that is well formed and unassigned is one
 * U+FFFD (taking its lead alone would pair the trail with the next lead, and shift the rest of the
 * line). In UTF-8 it is the longest start of a character (Unicode 15, section 3.9, "substitution of
 * maximal subparts"). */
#include "tokenizer/decode.h"

#include <errno.h>
#include <iconv.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/utf8.h"
#include "tokenizer/lost_byte.h"
#include "tokenizer/stray_line.h"

enum {
    CHAR_REST_MAX = 3, /* bytes of a character whose last is missing */
    PIECE_MAX = 16384, /* a longer line is cut, */
    /* and of GB18030 one longer than that, as each lost byte reads the rest of it again */
    GB_PIECE_MAX = 4096,
    STRAY_HIGH_MIN = 12, /* bytes of four characters in UTF-8 */
    REST_MAX = PIECE_MAX,
    JOINT_MAX = 2 * PIECE_MAX, /* the rest and what follows it: enough for it to end */
    N_ENCODINGS = ENCODING_UTF16BE + 1,
    NAME_MAX_LEN = 24,
};

static const char replacement[] = "\xEF\xBF\xBD", euro[] = "\xE2\x82\xAC";

struct decoder {
    enum encoding encoding;
    bool has_iconv;
    bool may_lose; /* lost bytes are looked for, and lines of another encoding */
    iconv_t iconv;
    struct stray_line *stray;
    size_t n_rest;
    char rest[REST_MAX]; /* last: not cleared */
};

/* ---- names ---- */

const char *encoding_name(enum encoding e)
{
    static const char *const names[N_ENCODINGS] = {
        "unknown", "UTF-8", "GB18030", "Big5", "Big5-HKSCS", "UTF-16LE", "UTF-16BE"};
    return (unsigned)e < N_ENCODINGS ? names[e] : names[ENCODING_UNKNOWN];
}

/* Lower case, letters and digits only. */
static const struct {
    const char *name;
    enum encoding encoding;
} aliases[] = {
    {"ascii", ENCODING_UTF8},
    {"big5", ENCODING_BIG5},
    {"big5eten", ENCODING_BIG5},
    {"big5hkscs", ENCODING_BIG5_HKSCS},
    {"big5tw", ENCODING_BIG5},
    {"cnbig5", ENCODING_BIG5},
    {"cngb", ENCODING_GB18030},
    {"cp65001", ENCODING_UTF8},
    {"cp936", ENCODING_GB18030},
    {"cp950", ENCODING_BIG5},
    {"cp951", ENCODING_BIG5_HKSCS},
    {"csbig5", ENCODING_BIG5},
    {"csgb2312", ENCODING_GB18030},
    {"euccn", ENCODING_GB18030},
    {"gb18030", ENCODING_GB18030},
    {"gb2312", ENCODING_GB18030},
    {"gb231280", ENCODING_GB18030},
    {"gbk", ENCODING_GB18030},
    {"hkscs", ENCODING_BIG5_HKSCS},
    {"ms936", ENCODING_GB18030},
    {"ms950", ENCODING_BIG5},
    {"ucs2", ENCODING_UTF16LE},
    {"unicode", ENCODING_UTF16LE},
    {"usascii", ENCODING_UTF8},
    {"utf16", ENCODING_UTF16LE},
    {"utf16be", ENCODING_UTF16BE},
    {"utf16le", ENCODING_UTF16LE},
    {"utf8", ENCODING_UTF8},
    {"utf8bom", ENCODING_UTF8},
    {"utf8sig", ENCODING_UTF8},
    {"windows936", ENCODING_GB18030},
    {"windows950", ENCODING_BIG5},
    {"xeuccn", ENCODING_GB18030},
    {"xgbk", ENCODING_GB18030},
    {"xxbig5", ENCODING_BIG5},
    {"936", ENCODING_GB18030},
    {"950", ENCODING_BIG5},
    {"65001", ENCODING_UTF8},
};

enum encoding encoding_by_name(const char *name, size_t n)
{
    char plain[NAME_MAX_LEN] = "";
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if (c == '-' || c == '_' || c == ' ')
            continue;
        if (len == NAME_MAX_LEN)
            return ENCODING_UNKNOWN;
        plain[len++] = c;
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strlen(aliases[i].name) == len && memcmp(aliases[i].name, plain, len) == 0)
            return aliases[i].encoding;
    return ENCODING_UNKNOWN;
}

/* ---- what the decoders below share ----
 * Each decodes p[0..n) and returns how many bytes it took. Unless the bytes are the last, it leaves
 * a character (of GB18030, a line) whose end is missing, at most REST_MAX bytes. There is room in *out. */

struct sink {
    struct buf *out;
    uint64_t *n_replaced;
    bool is_last;
};

static void put(struct sink *to, const void *bytes, size_t n)
{
    memcpy(to->out->data + to->out->len, bytes, n);
    to->out->len += n;
}

static void put_code_point(struct sink *to, uint32_t cp)
{
    to->out->len += utf8_encode(cp, to->out->data + to->out->len);
}

static void put_replacement(struct sink *to)
{
    put(to, replacement, 3);
    ++*to->n_replaced;
}

/* ---- UTF-8 ---- */

/* Does byte k (from 1) of a character with this lead lie in its range? (Unicode 15, table 3-7) */
static bool is_utf8_trail(unsigned char lead, size_t k, unsigned char byte)
{
    unsigned char low = 0x80, high = 0xBF;
    if (k == 1) {
        low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : low;
        high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : high;
    }
    return byte >= low && byte <= high;
}

/* How many of the bytes at p are the start of one character, and in *want how many that character
 * has by its lead: 0 where p[0] leads none. */
static size_t utf8_subpart(const unsigned char *p, size_t n, size_t *want)
{
    *want = p[0] < 0x80                  ? 1
            : p[0] < 0xC2 || p[0] > 0xF4 ? 0
            : p[0] < 0xE0                ? 2
            : p[0] < 0xF0                ? 3
                                         : 4;
    size_t k = 1;
    while (k < *want && k < n && is_utf8_trail(p[0], k, p[k]))
        k++;
    return k;
}

static size_t decode_utf8(struct sink *to, const unsigned char *p, size_t n)
{
    size_t i = 0;
    for (;;) {
        size_t len = utf8_valid((const char *)p + i, n - i), want;
        put(to, p + i, len);
        i += len;
        if (i == n)
            return i;
        len = utf8_subpart(p + i, n - i, &want);
        if (len < want && len == n - i && !to->is_last)
            return i;
        put_replacement(to);
        i += len;
    }
}

/* ---- UTF-16 ---- */

static uint32_t utf16_unit(const unsigned char *p, bool is_big)
{
    return is_big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static size_t decode_utf16(struct sink *to, const unsigned char *p, size_t n, bool is_big)
{
    size_t i = 0;
    while (n - i >= 2) {
        uint32_t unit = utf16_unit(p + i, is_big), low = 0;
        bool is_high = (unit & 0xFC00) == 0xD800;
        if (is_high && n - i < 4 && !to->is_last)
            return i;
        if (is_high && n - i >= 4)
            low = utf16_unit(p + i + 2, is_big);
        if (is_high && (low & 0xFC00) == 0xDC00) {
            put_code_point(to, 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)));
            i += 4;
            continue;
        }
        if ((unit & 0xF800) == 0xD800)
            put_replacement(to);
        else
            put_code_point(to, unit);
        i += 2;
    }
    if (n - i == 1 && to->is_last) {
        put_replacement(to);
        i++;
    }
    return i;
}

/* ---- iconv ---- */

static bool is_lead(unsigned char byte)
{
    return byte > 0x80 && byte < 0xFF;
}

/* How many bytes the fault at p takes with it. */
static size_t fault_length(enum encoding e, const unsigned char *p, size_t n)
{
    unsigned char low = e == ENCODING_GB18030 ? 0x80 : 0xA1;
    return n >= 2 && is_lead(p[0]) && p[1] >= low && p[1] < 0xFF ? 2 : 1;
}

/* One call of iconv, of which errno tells the end; bytes NULL flushes. */
static size_t run_iconv(struct decoder *d, struct sink *to, const unsigned char *bytes, size_t n)
{
    char *in = (char *)bytes, *at = to->out->data + to->out->len;
    size_t left = n, room = to->out->cap - to->out->len;
    errno = 0;
    (void)iconv(d->iconv, bytes ? &in : NULL, bytes ? &left : NULL, &at, &room);
    to->out->len = to->out->cap - room;
    return n - left;
}

/* Leaves out a byte too many among those that were decoded from p[*at] up to p[read], with what followed. */
static bool mend_lost_byte(struct decoder *d, struct sink *to, const unsigned char *p, size_t *at,
    size_t read, size_t n, bool is_broken, size_t text_at)
{
    struct lost_byte lost;
    if (!lost_byte_find(d->iconv, p + *at, read - *at, n - *at, is_broken, to->out->data + text_at,
            to->out->len - text_at, &lost))
        return false;
    to->out->len = text_at + lost.text;
    put_replacement(to);
    *at += lost.byte + 1;
    return true;
}

static size_t decode_with_iconv(
    struct decoder *d, struct sink *to, const unsigned char *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        size_t text_at = to->out->len, read = i + run_iconv(d, to, p + i, n - i);
        bool may_go_on = read < n && (errno == EINVAL || (n - read == 1 && is_lead(p[read])));
        bool is_rest = may_go_on && !to->is_last && n - read <= CHAR_REST_MAX;
        bool is_euro = d->encoding == ENCODING_GB18030 && read < n && p[read] == 0x80; /* CP936's */
        bool is_broken = read < n && !is_rest && !is_euro;
        if (d->may_lose && mend_lost_byte(d, to, p, &i, read, n, is_broken, text_at))
            continue;
        i = read;
        if (is_rest)
            return i;
        if (is_euro)
            put(to, euro, 3);
        else if (is_broken)
            put_replacement(to);
        i += is_broken ? fault_length(d->encoding, p + i, n - i) : is_euro;
    }
    if (to->is_last && d->encoding == ENCODING_BIG5_HKSCS) /* has pairs that become two characters:
                                                              an iconv may keep the second back */
        run_iconv(d, to, NULL, 0);
    return i;
}

/* ---- lines ---- */

/* Could this be a line of another encoding? One of GB18030 is hardly ever UTF-8. */
static bool may_be_stray(const struct decoder *d, const char *line, size_t n)
{
    bool is_utf8 = utf8_valid(line, n) == n;
    if (d->encoding == ENCODING_UTF8)
        return !is_utf8 || stray_line_is_suspect(line, n);
    if (!is_utf8)
        return false;
    size_t n_high = 0;
    for (size_t i = 0; i < n && n_high < STRAY_HIGH_MIN; i++)
        n_high += (unsigned char)line[i] >= 0x80;
    return n_high == STRAY_HIGH_MIN;
}

static size_t decode_line(struct decoder *d, struct sink *to, const unsigned char *p, size_t n)
{
    const char *line = (const char *)p;
    if (to->is_last && may_be_stray(d, line, n) &&
        stray_line_decode(&d->stray, d->encoding, line, n, to->out))
        return n;
    return d->encoding == ENCODING_UTF8 ? decode_utf8(to, p, n) : decode_with_iconv(d, to, p, n);
}

/* Line by line: no byte of a character is a line feed, and what a line has lost does not show beyond it. */
static size_t decode_lines(struct decoder *d, struct sink *to, const unsigned char *p, size_t n)
{
    size_t i = 0, piece_max = d->encoding == ENCODING_UTF8 ? PIECE_MAX : GB_PIECE_MAX;
    if (d->encoding == ENCODING_UTF8) { /* mostly all of it */
        size_t n_valid = utf8_valid((const char *)p, n);
        const unsigned char *end = memrchr(p, '\n', n_valid);
        i = end && !stray_line_is_suspect((const char *)p, n_valid) ? (size_t)(end - p) + 1 : 0;
        put(to, p, i);
    }
    while (i < n) {
        size_t most = n - i < piece_max ? n - i : piece_max;
        const unsigned char *end = memchr(p + i, '\n', most);
        size_t len = end ? (size_t)(end - p) + 1 - i : most;
        struct sink piece = *to;
        piece.is_last = end || (to->is_last && i + len == n);
        if (!piece.is_last && len < piece_max)
            break;
        i += decode_line(d, &piece, p + i, len);
    }
    return i;
}

/* ---- life cycle ---- */

enum status decoder_open(enum encoding e, struct decoder **out, struct error *err)
{
    static const char *const iconv_names[N_ENCODINGS] = {[ENCODING_GB18030] = "GB18030",
        [ENCODING_BIG5] = "CP950",
        [ENCODING_BIG5_HKSCS] = "BIG5-HKSCS"};
    *out = NULL;
    if (e == ENCODING_UNKNOWN || (unsigned)e >= N_ENCODINGS)
        return error_set(err, STATUS_BAD_INPUT, "cannot decode bytes of an unknown encoding");
    struct decoder *d = malloc(sizeof *d);
    if (!d)
        return error_no_memory(err);
    memset(d, 0, offsetof(struct decoder, rest));
    d->encoding = e;
    d->has_iconv = iconv_names[e] != NULL;
    d->may_lose = e == ENCODING_GB18030 || e == ENCODING_UTF8;
    if (d->has_iconv && (intptr_t)(d->iconv = iconv_open("UTF-8", iconv_names[e])) == -1) {
        free(d);
        return error_set(err, STATUS_IO, "cannot decode '%s': this system's iconv does not know it",
            iconv_names[e]);
    }
    *out = d;
    return STATUS_OK;
}

void decoder_close(struct decoder *d)
{
    if (!d)
        return;
    if (d->has_iconv)
        iconv_close(d->iconv);
    stray_line_close(d->stray);
    free(d);
}

void decoder_trust(struct decoder *d)
{
    d->may_lose = false;
}

static size_t decode(struct decoder *d, struct sink *to, const void *bytes, size_t n)
{
    if (d->may_lose)
        return decode_lines(d, to, bytes, n);
    switch (d->encoding) {
    case ENCODING_UTF8:
        return decode_utf8(to, bytes, n);
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return decode_utf16(to, bytes, n, d->encoding == ENCODING_UTF16BE);
    default:
        return decode_with_iconv(d, to, bytes, n);
    }
}

/* Decodes what the last chunk left open, with the first of the n bytes, and what fits behind it.
 * Returns how many of them it took: all, where it is still open. */
static size_t finish_rest(struct decoder *d, struct sink *to, const char *bytes, size_t n)
{
    char joint[JOINT_MAX];
    size_t n_new = n < JOINT_MAX - d->n_rest ? n : JOINT_MAX - d->n_rest;
    memcpy(joint, d->rest, d->n_rest);
    if (n_new)
        memcpy(joint + d->n_rest, bytes, n_new);
    struct sink part = *to;
    part.is_last = to->is_last && n_new == n;
    size_t taken = decode(d, &part, joint, d->n_rest + n_new);
    if (taken >= d->n_rest) {
        taken -= d->n_rest;
        d->n_rest = 0;
        return taken;
    }
    d->n_rest = d->n_rest + n_new - taken;
    memcpy(d->rest, joint + taken, d->n_rest);
    return n;
}

enum status decoder_feed(struct decoder *d, const char *bytes, size_t n, bool is_last,
    struct buf *out, uint64_t *n_replaced, struct error *err)
{
    /* Three bytes for each is the worst (a broken byte); iconv keeps up to one character back. */
    bytes = n ? bytes : ""; /* none may be NULL */
    if (n > SIZE_MAX / 4 || !buf_reserve(out, 3 * (n + d->n_rest) + 4))
        return error_no_memory(err);
    struct sink to = {out, n_replaced, is_last};
    size_t at = d->n_rest ? finish_rest(d, &to, bytes, n) : 0;
    if (at == n && (n || !is_last))
        return STATUS_OK;
    at += decode(d, &to, bytes + at, n - at);
    d->n_rest = n - at;
    if (d->n_rest)
        memcpy(d->rest, bytes + at, d->n_rest);
    return STATUS_OK;
}
