// SPDX-License-Identifier: GPL-2.0-or-later
/* Which encoding is this? The one under which the bytes are the shortest text.
 *
 * Each candidate decodes the same stretch of bytes, and each character costs the bits that a code
 * made for Chinese would spend on it: 的 6, 梯 15, a character in no list 21, a broken byte 40.
 * Read rightly, a character of a report costs 9 to 11 bits; read wrongly, about 20, so ten
 * characters tell GB18030 from Big5 although each is valid under both. The sum is -log2 of how
 * probable these bytes are if the encoding is that one; so other evidence (a declaration,
 * uchardet's opinion) is so many bits less, and the difference of the best two is the certainty.
 *
 * The stretch starts at the first byte that is not ASCII, which in GB18030, Big5 and UTF-8 starts a
 * character, or at a zero before it: the digits of UTF-16 have theirs there. */
#include "tokenizer/decode.h"

#include <uchardet/uchardet.h>

#include "common/utf8.h"
#include "tokenizer/char_cost.h"
#include "tokenizer/magic.h"
#include "tokenizer/stray_line.h"

enum {
    STRETCH_MAX = 1 << 14, /* bytes that are weighed */
    HEAD_MAX = 4096,       /* where a declaration may stand */
    COST_UTF16_MAX = 16,   /* bits a character; read wrongly it is 20 and more */
    BONUS_DECLARED = 48,
    BONUS_UCHARDET = 12,
    BONUS_VALID_UTF8 = 8,  /* other text seldom is; a § is one character in GB and Big5 too */
    MARGIN_CLEAR = 60,     /* no need to ask uchardet */
    PART_CONTROL_MAX = 50, /* text has less than one control character in so many */
    PART_BROKEN_MAX = 4,
    PART_LATIN_MAX = 20,
    PADDING_MIN = 8,   /* zeros: of UTF-16 a character has one */
    N_HIGH_CLEAR = 24, /* so many bytes that are not ASCII are not UTF-8 by chance */
};

struct candidate {
    enum encoding encoding;
    bool is_out;
    double bits;
    size_t n_chars, n_control, n_broken;
};

/* ---- candidates ---- */

static void weigh_text(struct candidate *c, const char *text, size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_step(text + i, n - i, &cp);
        bits += char_cost(cp);
        c->n_chars++;
        c->n_control += char_is_odd_control(cp);
    }
    c->bits = (double)bits;
}

/* Decodes the stretch as the candidate and weighs it; a decoder that is not to be had is out. */
static void weigh(struct candidate *c, const char *bytes, size_t n, bool is_whole)
{
    struct error err;
    struct decoder *d = NULL;
    struct buf text;
    uint64_t n_replaced = 0;
    buf_init(&text, 4 * n + 16);
    c->is_out = decoder_open(c->encoding, &d, &err) != STATUS_OK;
    if (!c->is_out) {
        decoder_trust(d);
        c->is_out = decoder_feed(d, bytes, n, is_whole, &text, &n_replaced, &err) != STATUS_OK;
    }
    if (!c->is_out) {
        weigh_text(c, text.data, text.len);
        c->n_broken = (size_t)n_replaced;
    }
    decoder_close(d);
    buf_release(&text);
}

static bool is_utf16(enum encoding e)
{
    return e == ENCODING_UTF16LE || e == ENCODING_UTF16BE;
}

static bool is_big5(enum encoding e)
{
    return e == ENCODING_BIG5 || e == ENCODING_BIG5_HKSCS;
}

/* Text that is not UTF-16 makes any characters at all under it, so it must be plausible in itself.
 */
static bool is_plausible_utf16(const struct candidate *c)
{
    return c->bits <= (double)COST_UTF16_MAX * (double)c->n_chars &&
           c->n_control * PART_CONTROL_MAX <= c->n_chars;
}

/* ---- other evidence ---- */

static bool starts_with_any_case(const char *at, const char *end, const char *word)
{
    for (; *word; word++, at++)
        if (at == end || (*at | 0x20) != *word)
            return false;
    return true;
}

/* The encoding named behind `charset=`, `encoding=`, `coding:` … at the head; ENCODING_UNKNOWN for
 * none of ours. The bytes stand for themselves in it, so it is not UTF-16 whatever it says. */
static enum encoding declared_encoding(const char *bytes, size_t n)
{
    const char *end = bytes + (n < HEAD_MAX ? n : HEAD_MAX);
    for (const char *at = bytes; at < end; at++) {
        size_t len = starts_with_any_case(at, end, "charset")  ? 7
                     : starts_with_any_case(at, end, "coding") ? 6
                                                               : 0;
        if (!len)
            continue;
        const char *name = at + len;
        while (name < end && strchr(" \t=:\"'", *name) && *name)
            name++;
        size_t name_len = 0;
        while (name + name_len < end && name[name_len] &&
               strchr(" \t\r\n\"';>/?*-", name[name_len]) == NULL)
            name_len++;
        while (name + name_len < end && name[name_len] == '-') /* big5-hkscs, but not -*- */
            for (name_len++; name + name_len < end && (name[name_len] | 0x20) >= '0' &&
                             (name[name_len] | 0x20) <= 'z';)
                name_len++;
        enum encoding e = encoding_by_name(name, name_len);
        if (e != ENCODING_UNKNOWN && !is_utf16(e))
            return e;
    }
    return ENCODING_UNKNOWN;
}

static enum encoding uchardet_opinion(const char *bytes, size_t n)
{
    enum encoding e = ENCODING_UNKNOWN;
    uchardet_t judge = uchardet_new();
    if (judge && uchardet_handle_data(judge, bytes, n) == 0) {
        uchardet_data_end(judge);
        const char *name = uchardet_get_charset(judge);
        e = encoding_by_name(name, strlen(name));
    }
    if (judge)
        uchardet_delete(judge);
    return e;
}

/* ---- the judgement ---- */

enum { N_CANDIDATES = 6 };

static void give_bonus(struct candidate *all, enum encoding e, double bits)
{
    for (size_t i = 0; i < N_CANDIDATES; i++)
        if (all[i].encoding == e || (is_big5(e) && is_big5(all[i].encoding)))
            all[i].bits -= bits;
}

static const struct candidate *best_of(const struct candidate *all)
{
    const struct candidate *best = NULL;
    for (size_t i = 0; i < N_CANDIDATES; i++)
        if (!all[i].is_out && (!best || all[i].bits < best->bits))
            best = &all[i];
    return best;
}

/* By how many bits the next encoding is worse. Big5 and HKSCS are one: they differ in characters
 * that few texts have. */
static double margin_of(const struct candidate *all, const struct candidate *best)
{
    double margin = 1e6;
    for (size_t i = 0; i < N_CANDIDATES; i++)
        if (!all[i].is_out && &all[i] != best &&
            !(is_big5(all[i].encoding) && is_big5(best->encoding)) &&
            all[i].bits - best->bits < margin)
            margin = all[i].bits - best->bits;
    return margin;
}

/* 0.5 where two encodings are equally good, 0.96 at 20 bits, 0.993 at 60; less for each broken
 * byte. */
static double certainty_of(const struct candidate *c, double margin)
{
    double closeness = 8 / (8 + margin);
    double broken = c->n_chars ? (double)c->n_broken / (double)c->n_chars : 0;
    return (1 - closeness * closeness / 2) * (1 - broken);
}

static void judge_stretch(const char *bytes, size_t n, bool is_whole, enum encoding declared,
    bool is_valid_utf8, struct detection *out)
{
    struct candidate all[N_CANDIDATES] = {{.encoding = ENCODING_UTF8},
        {.encoding = ENCODING_GB18030}, {.encoding = ENCODING_BIG5},
        {.encoding = ENCODING_BIG5_HKSCS}, {.encoding = ENCODING_UTF16LE},
        {.encoding = ENCODING_UTF16BE}};
    for (size_t i = 0; i < N_CANDIDATES; i++) {
        weigh(&all[i], bytes, n, is_whole);
        all[i].bits += (double)i; /* at a tie the commoner one */
        if (is_utf16(all[i].encoding) && !is_plausible_utf16(&all[i]))
            all[i].is_out = true;
    }
    give_bonus(all, declared, BONUS_DECLARED);
    give_bonus(all, is_valid_utf8 ? ENCODING_UTF8 : ENCODING_UNKNOWN, BONUS_VALID_UTF8);
    const struct candidate *best = best_of(all);
    if (best && !is_utf16(best->encoding) && margin_of(all, best) < MARGIN_CLEAR) {
        /* uchardet knows UTF-16 by its BOM only */
        give_bonus(all, uchardet_opinion(bytes, n), BONUS_UCHARDET);
        best = best_of(all);
    }
    out->is_binary = !best || best->n_control * PART_CONTROL_MAX > best->n_chars ||
                     best->n_broken * PART_BROKEN_MAX > best->n_chars;
    out->encoding = out->is_binary ? ENCODING_UNKNOWN : best->encoding;
    out->certainty = out->is_binary ? 0 : certainty_of(best, margin_of(all, best));
}

static bool has_bom(const char *bytes, size_t n, struct detection *out)
{
    static const struct {
        enum encoding encoding;
        size_t n;
        const char *bytes;
    } boms[] = {{ENCODING_UTF8, 3, "\xEF\xBB\xBF"}, {ENCODING_UTF16LE, 2, "\xFF\xFE"},
        {ENCODING_UTF16BE, 2, "\xFE\xFF"}, {ENCODING_GB18030, 4, "\x84\x31\x95\x33"}};
    for (size_t i = 0; i < sizeof boms / sizeof *boms; i++) {
        if (n < boms[i].n || memcmp(bytes, boms[i].bytes, boms[i].n) != 0)
            continue;
        *out =
            (struct detection){.encoding = boms[i].encoding, .certainty = 1, .bom_len = boms[i].n};
        return true;
    }
    return false;
}

size_t encoding_bom_len(enum encoding encoding, const char *bytes, size_t n)
{
    struct detection d;
    return has_bom(bytes, n, &d) && d.encoding == encoding ? d.bom_len : 0;
}

/* A BOM says the encoding; whether there is text of it behind, the text says. */
static bool is_text_behind_bom(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    struct candidate c = {.encoding = out->encoding};
    n -= out->bom_len;
    weigh(
        &c, bytes + out->bom_len, n < STRETCH_MAX ? n : STRETCH_MAX, is_whole && n <= STRETCH_MAX);
    if (c.n_control * PART_CONTROL_MAX > c.n_chars || c.n_broken * PART_BROKEN_MAX > c.n_chars)
        *out = (struct detection){.is_binary = true};
    return !out->is_binary;
}

/* How the bytes are made: what the scan of all of them finds. */
struct shape {
    size_t first_telling;       /* of a byte that is not ASCII, or a zero; n for none */
    size_t n_high, n_lone_high; /* such bytes, and those with none beside them */
    size_t n_odd;               /* control bytes */
};

static const uint64_t HIGH_BITS = 0x8080808080808080;

static struct shape shape_of(const char *bytes, size_t n)
{
    struct shape s = {.first_telling = n};
    bool was_high = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t word;
        while (n - i > sizeof word && /* of Chinese text most bytes */
               (memcpy(&word, bytes + i, sizeof word), (word & HIGH_BITS) == HIGH_BITS)) {
            s.first_telling = s.first_telling == n ? i : s.first_telling;
            s.n_high += sizeof word;
            was_high = true;
            i += sizeof word;
        }
        unsigned char byte = (unsigned char)bytes[i];
        bool is_high = byte >= 0x80;
        bool is_odd = !is_high && char_is_odd_control(byte);
        if ((is_high || byte == 0) && s.first_telling == n)
            s.first_telling = i;
        s.n_high += is_high;
        s.n_lone_high +=
            is_high && !was_high && (i + 1 == n || !((unsigned char)bytes[i + 1] >= 0x80));
        s.n_odd += is_odd;
        was_high = is_high;
    }
    return s;
}

static bool is_utf8(const char *bytes, size_t n, bool is_whole)
{
    size_t len = utf8_valid(bytes, n);
    return len == n || (!is_whole && len == utf8_floor(bytes, n, n));
}

/* No controls but those of 8 to 13: what nearly all text is. */
static bool has_few_controls(const char *bytes, size_t n)
{
    size_t at = 0;
    for (; n - at >= sizeof(utf8_vector); at += sizeof(utf8_vector)) {
        const utf8_vector v = utf8_vector_load(bytes + at);
        const utf8_vector is_other =
            ((utf8_vector)(v < 0x20) & ~(utf8_vector)(v - 8 <= 13 - 8)) | (utf8_vector)(v == 0x7F);
        uint64_t found[2];
        memcpy(found, &is_other, sizeof found);
        if (found[0] | found[1])
            return false;
    }
    for (; at < n; at++) {
        unsigned char byte = (unsigned char)bytes[at];
        if (byte == 0x7F || (byte < 0x20 && !(byte >= 8 && byte <= 13)))
            return false;
    }
    return true;
}

/* UTF-8 beyond doubt, without a look at its shape. */
static bool is_clear_utf8(const char *bytes, size_t n, bool is_whole)
{
    unsigned n_high = 0;
    for (size_t at = 0; at < n && n_high < N_HIGH_CLEAR; at++)
        n_high += (unsigned char)bytes[at] >= 0x80;
    return n_high == N_HIGH_CLEAR && has_few_controls(bytes, n) && is_utf8(bytes, n, is_whole);
}

/* What no magic number or BOM says. *out holds UTF-8, certain. */
static void judge_text(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    if (is_clear_utf8(bytes, n, is_whole)) {
        out->is_valid_utf8 = is_whole && !stray_line_is_suspect(bytes, n);
        return;
    }
    struct shape shape = shape_of(bytes, n);
    if (shape.n_high == 0 && shape.n_odd == 0)
        return;
    bool is_valid_utf8 = is_utf8(bytes, n, is_whole);
    out->is_valid_utf8 = is_valid_utf8 && is_whole && !stray_line_is_suspect(bytes, n);
    if (is_valid_utf8 && shape.n_high >= N_HIGH_CLEAR && shape.n_odd * PART_CONTROL_MAX <= n)
        return;
    enum encoding declared = declared_encoding(bytes, n);
    if (declared == ENCODING_UNKNOWN && shape.n_odd == 0 && shape.n_high == shape.n_lone_high &&
        shape.n_high * PART_LATIN_MAX < n) {
        out->certainty = 0.3; /* Latin letters of another code page: GB18030 would swallow the
                                 letter behind each */
        return;
    }
    size_t start =
        shape.first_telling == n ? 0 : shape.first_telling & ~(size_t)1; /* even, for UTF-16 */
    size_t len = n - start < STRETCH_MAX ? n - start : STRETCH_MAX;
    judge_stretch(bytes + start, len, is_whole && start + len == n, declared, is_valid_utf8, out);
}

/* Zeros at the end are no text: a file that was to become longer, or one of blocks. */
static size_t without_padding(const char *bytes, size_t n)
{
    size_t end = n;
    while (end && bytes[end - 1] == 0)
        end--;
    return end && n - end >= PADDING_MIN ? end : n;
}

void encoding_detect(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    *out = (struct detection){.encoding = ENCODING_UTF8, .certainty = 1};
    n = is_whole ? without_padding(bytes, n) : n;
    if (n == 0)
        return;
    out->kind = magic_kind(bytes, n);
    if (out->kind) {
        *out = (struct detection){.kind = out->kind, .is_binary = true};
        return;
    }
    if (!has_bom(bytes, n, out)) {
        judge_text(bytes, n, is_whole, out);
        return;
    }
    bool is_utf8_bom = out->encoding == ENCODING_UTF8;
    size_t bom_len = out->bom_len;
    if (is_text_behind_bom(bytes, n, is_whole, out) || !is_utf8_bom)
        return;
    /* An editor put UTF-8's BOM before text of another encoding. */
    *out = (struct detection){.encoding = ENCODING_UTF8, .certainty = 1};
    judge_text(bytes + bom_len, n - bom_len, is_whole, out);
    out->bom_len = out->is_binary ? 0 : bom_len;
}
