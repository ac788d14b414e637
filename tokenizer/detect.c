// SPDX-License-Identifier: GPL-2.0-or-later
/* Which encoding? Sure signs first (a BOM, a magic number, NUL bytes, well-formed UTF-8), then a
 * contest: the sample is decoded as GB18030, as Big5 and as Big5-HKSCS, and each reading is scored
 * by what its characters are. Text read under the right decoder is made of common characters (98 %
 * of running text are among the 3,755 of GB 2312's first level, in either script, since
 * char_is_common is asked of the folded character); under the wrong one of rare ones, private ones
 * and errors. uchardet and what the file declares of itself add a little, and decide only near
 * ties. */
#include <stdlib.h>
#include <string.h>
#include <uchardet/uchardet.h>

#include "common/utf8.h"
#include "tokenizer/decode.h"
#include "tokenizer/fold.h"

enum {
    CONTEST_SAMPLE = 64 * 1024, /* bytes decoded for the contest */
    DECLARATION_HEAD = 1024,    /* bytes in which a declaration is looked for */
    HEAD_FOR_UCHARDET = 16 * 1024,
};

/* ---- sure signs ---- */

static const struct {
    const char *bytes;
    size_t n, offset;
    const char *kind;
} magics[] = {
    {"PK\003\004", 4, 0, "zip"},
    {"PK\005\006", 4, 0, "zip"},
    {"%PDF-", 5, 0, "PDF"},
    {"\x89PNG\r\n", 6, 0, "PNG"},
    {"\xFF\xD8\xFF", 3, 0, "JPEG"},
    {"GIF8", 4, 0, "GIF"},
    {"BM", 2, 0, "BMP"},
    {"II*\0", 4, 0, "TIFF"},
    {"MM\0*", 4, 0, "TIFF"},
    {"\x1F\x8B\b", 3, 0, "gzip"},
    {"\xFD\x37zXZ\0", 6, 0, "xz"},
    {"BZh", 3, 0, "bzip2"},
    {"\x28\xB5\x2F\xFD", 4, 0, "zstd"},
    {"7z\xBC\xAF\x27\x1C", 6, 0, "7z"},
    {"Rar!\x1A\a", 6, 0, "rar"},
    {"ustar", 5, 257, "tar"},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, 0, "OLE (old Office)"},
    {"\x7F"
     "ELF",
        4, 0, "ELF"},
    {"MZ", 2, 0, "Windows program"},
    {"SQLite format 3\0", 16, 0, "SQLite"},
    {"RIFF", 4, 0, "RIFF"},
    {"OggS", 4, 0, "Ogg"},
    {"fLaC", 4, 0, "FLAC"},
    {"ID3", 3, 0, "MP3"},
    {"ftyp", 4, 4, "MP4"},
    {"\0\1\0\0\0", 5, 0, "font"},
    {"OTTO", 4, 0, "font"},
    {"wOFF", 4, 0, "font"},
    {"wOF2", 4, 0, "font"},
    {"\xCA\xFE\xBA\xBE", 4, 0, "class file"},
};

static const char *magic_kind(const char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
        if (n >= magics[i].offset + magics[i].n &&
            memcmp(bytes + magics[i].offset, magics[i].bytes, magics[i].n) == 0)
            return magics[i].kind;
    return NULL;
}

static bool detect_bom(const char *bytes, size_t n, struct detection *out)
{
    static const struct {
        const char *bytes;
        size_t n;
        enum encoding encoding;
    } boms[] = {
        {"\xEF\xBB\xBF", 3, ENCODING_UTF8},
        {"\xFF\xFE", 2, ENCODING_UTF16LE},
        {"\xFE\xFF", 2, ENCODING_UTF16BE},
        {"\x84\x31\x95\x33", 4, ENCODING_GB18030},
    };
    for (size_t i = 0; i < sizeof boms / sizeof *boms; i++) {
        if (n < boms[i].n || memcmp(bytes, boms[i].bytes, boms[i].n) != 0)
            continue;
        *out = (struct detection){boms[i].encoding, 1, false, NULL, boms[i].n};
        return true;
    }
    return false;
}

/* What a text of ours may hold below the space. */
static bool is_text_control(unsigned char c)
{
    return (c >= '\b' && c <= '\r') || c == 0x1A || c == 0x1B;
}

struct byte_counts {
    size_t nul, control, high;
};

static struct byte_counts count_bytes(const char *bytes, size_t n)
{
    struct byte_counts c = {0};
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)bytes[i];
        c.nul += b == 0;
        c.control += (b < ' ' && b && !is_text_control(b)) || b == 0x7F;
        c.high += b >= 0x80;
    }
    return c;
}

/* ---- UTF-16 without a BOM ---- */

/* The share of 16-bit units that Chinese text in UTF-16 is made of. */
static double utf16_share(const char *bytes, size_t n, bool is_big_endian)
{
    size_t good = 0, units = n / 2;
    for (size_t i = 0; i + 1 < n; i += 2) {
        unsigned a = (unsigned char)bytes[i], b = (unsigned char)bytes[i + 1];
        unsigned unit = is_big_endian ? a << 8 | b : b << 8 | a;
        bool is_plain =
            (unit >= ' ' && unit < 0x7F) || unit == '\n' || unit == '\r' || unit == '\t';
        bool is_cjk = (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0x3000 && unit <= 0x30FF) ||
                      (unit >= 0xFF00 && unit <= 0xFFEF) || (unit >= 0x2010 && unit <= 0x2027);
        good += is_plain || is_cjk;
    }
    return units ? (double)good / (double)units : 0;
}

/* NULs alone do not tell (pure Chinese has none), nor does the share alone (pairs of ASCII letters
 * are Han units): so either a NUL must be there, or bytes that are no UTF-8 and units more common
 * than chance makes them. */
static bool detect_utf16(
    const char *bytes, size_t n, const struct byte_counts *counts, struct detection *out)
{
    size_t even = n & ~(size_t)1;
    if (n < 4)
        return false;
    double little = utf16_share(bytes, even, false), big = utf16_share(bytes, even, true);
    double best = little > big ? little : big;
    if (best < (counts->nul ? 0.9 : 0.98) || little == big)
        return false;
    if (!counts->nul) {
        size_t common = 0;
        for (size_t i = 0; i + 1 < even; i += 2) {
            unsigned a = (unsigned char)bytes[i], b = (unsigned char)bytes[i + 1];
            uint32_t folded = fold_char(big > little ? a << 8 | b : b << 8 | a).cp;
            common +=
                char_is_common(folded) || folded == '\n' || (folded >= 0x3000 && folded < 0x3040);
        }
        if ((double)common < 0.8 * (double)(even / 2))
            return false;
    }
    *out = (struct detection){
        big > little ? ENCODING_UTF16BE : ENCODING_UTF16LE, best, false, NULL, 0};
    return true;
}

/* ---- UTF-8 ---- */

static bool detect_utf8(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    size_t good = 0, bad = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = utf8_decode(bytes + i, n - i, &cp);
        if (!len && !is_whole && n - i < UTF8_MAX_BYTES && i + 1 < n + UTF8_MAX_BYTES &&
            (bytes[i] & 0x40))
            break; /* cut by the sample's end */
        good += len > 1;
        bad += len == 0;
        i += len ? len : 1;
    }
    if (bad * 10 > good)
        return false;
    double certainty =
        bad == 0 ? (good || n == 0 ? 1 : 0.99) : 1 - (double)bad / (double)(good + bad);
    *out = (struct detection){ENCODING_UTF8, certainty, false, NULL, 0};
    return true;
}

/* ---- the contest ---- */

struct reading {
    size_t n_chars;           /* beyond ASCII */
    size_t common, rare, bad; /* of them */
    double score;             /* -1 to 1: 1 when all are common */
};

static void count_reading(const char *text, size_t n, struct reading *r)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        i += utf8_step(text + i, n - i, &cp);
        if (cp < 0x80)
            continue;
        struct fold fold = fold_char(cp);
        bool is_han =
            (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) || cp >= 0x20000;
        bool is_mark = (cp >= 0x3000 && cp <= 0x303F) || (cp >= 0xFF01 && cp <= 0xFF5E) ||
                       (cp >= 0x2010 && cp <= 0x2026) || cp == 0xB7;
        r->n_chars++;
        if ((is_han && char_is_common(fold.cp)) || is_mark)
            r->common++;
        else if ((cp >= 0xE000 && cp <= 0xF8FF) || cp == UTF8_INVALID)
            r->bad++;
        else
            r->rare++;
    }
}

static void read_as(
    enum encoding e, const char *bytes, size_t n, bool is_whole, struct reading *out)
{
    struct decoder *decoder;
    struct error err;
    struct buf text;
    uint64_t n_replaced = 0;
    *out = (struct reading){.score = -1};
    buf_init(&text, 8 * (size_t)CONTEST_SAMPLE);
    if (decoder_open(e, &decoder, &err) != STATUS_OK)
        return;
    if (decoder_feed(decoder, bytes, n, is_whole, &text, &n_replaced, &err) == STATUS_OK)
        count_reading(text.data, text.len, out);
    decoder_close(decoder);
    buf_release(&text);
    if (out->n_chars)
        out->score = ((double)out->common - 0.5 * (double)out->rare - 3 * (double)out->bad) /
                     (double)out->n_chars;
}

static const char *find_word(const char *s, size_t n, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= n; i++)
        if (strncasecmp(s + i, word, len) == 0)
            return s + i + len;
    return NULL;
}

/* What an HTML meta, an XML declaration or a mail header says in the head: `charset=gb2312`,
 * `encoding="big5"`. */
static enum encoding declared(const char *bytes, size_t n)
{
    static const char *const words[] = {"charset=", "encoding="};
    if (n > DECLARATION_HEAD)
        n = DECLARATION_HEAD;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        const char *at = find_word(bytes, n, words[w]), *end = bytes + n;
        if (!at)
            continue;
        while (at < end && (*at == '"' || *at == '\'' || *at == ' '))
            at++;
        size_t len = 0;
        while (at + len < end &&
               (at[len] == '-' || at[len] == '_' || (at[len] >= '0' && at[len] <= '9') ||
                   ((at[len] | 32) >= 'a' && (at[len] | 32) <= 'z')))
            len++;
        return encoding_by_name(at, len);
    }
    return ENCODING_UNKNOWN;
}

static enum encoding asked_of_uchardet(const char *bytes, size_t n)
{
    uchardet_t u = uchardet_new();
    enum encoding e = ENCODING_UNKNOWN;
    if (!u)
        return e;
    if (uchardet_handle_data(u, bytes, n < HEAD_FOR_UCHARDET ? n : HEAD_FOR_UCHARDET) == 0) {
        uchardet_data_end(u);
        const char *name = uchardet_get_charset(u);
        e = encoding_by_name(name, strlen(name));
    }
    uchardet_delete(u);
    return e;
}

static bool is_same_family(enum encoding a, enum encoding b)
{
    bool a_is_big5 = a == ENCODING_BIG5 || a == ENCODING_BIG5_HKSCS;
    bool b_is_big5 = b == ENCODING_BIG5 || b == ENCODING_BIG5_HKSCS;
    return a == b || (a_is_big5 && b_is_big5);
}

/* From the first byte beyond ASCII on, so that an English head does not fill the sample. */
static void trim_head(const char **bytes, size_t *n)
{
    size_t at = 0;
    while (at < *n && (unsigned char)(*bytes)[at] < 0x80)
        at++;
    *bytes += at;
    *n -= at;
}

static void hold_contest(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    static const enum encoding candidates[] = {
        ENCODING_GB18030, ENCODING_BIG5, ENCODING_BIG5_HKSCS};
    enum { N_CANDIDATES = sizeof candidates / sizeof *candidates };
    enum encoding by_uchardet = asked_of_uchardet(bytes, n), by_itself = declared(bytes, n);
    trim_head(&bytes, &n);
    bool is_all = is_whole && n <= CONTEST_SAMPLE;
    n = n < CONTEST_SAMPLE ? n : CONTEST_SAMPLE;
    double scores[N_CANDIDATES];
    size_t best = 0;
    for (size_t i = 0; i < N_CANDIDATES; i++) {
        struct reading r;
        read_as(candidates[i], bytes, n, is_all, &r);
        scores[i] = r.score;
        scores[i] += is_same_family(by_uchardet, candidates[i]) ? 0.05 : 0;
        scores[i] += is_same_family(by_itself, candidates[i]) ? 0.1 : 0;
        if (candidates[i] == ENCODING_BIG5_HKSCS)
            scores[i] -= 0.001; /* only where it reads what CP950 does not */
        if (scores[i] > scores[best])
            best = i;
    }
    double other = -1;
    for (size_t i = 0; i < N_CANDIDATES; i++)
        if (!is_same_family(candidates[i], candidates[best]) && scores[i] > other)
            other = scores[i];
    double certainty = 0.5 + (scores[best] - other) / 2;
    if (scores[best] < 0.5)
        certainty *= 0.5;
    out->encoding = candidates[best];
    out->certainty = certainty > 0.99 ? 0.99 : certainty < 0.05 ? 0.05 : certainty;
}

void encoding_detect(const char *bytes, size_t n, bool is_whole, struct detection *out)
{
    *out = (struct detection){0};
    if (detect_bom(bytes, n, out))
        return;
    struct byte_counts counts = count_bytes(bytes, n);
    out->kind = magic_kind(bytes, n);
    if (out->kind && (counts.nul || counts.control || strcmp(out->kind, "PDF") == 0)) {
        out->is_binary = true;
        return;
    }
    struct detection utf16;
    bool is_utf16 = counts.nul || counts.high ? detect_utf16(bytes, n, &counts, &utf16) : false;
    if (is_utf16 && counts.nul) {
        *out = utf16;
        return;
    }
    if (counts.nul || counts.control * 50 > n) {
        out->is_binary = true;
        return;
    }
    out->kind = NULL;
    if (detect_utf8(bytes, n, is_whole, out))
        return;
    if (is_utf16)
        *out = utf16;
    else
        hold_contest(bytes, n, is_whole, out);
}
