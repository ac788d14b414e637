// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/section.h"

#include <string.h>

#include "common/utf8.h"
#include "tokenizer/folded_text.h"
#include "tokenizer/han_digit.h"

enum { HEAD_CHARS = 32, HASHES_MAX = 6, DIGITS_MAX = 4 };

/* The first folded characters of a line, read as they are asked for. */
struct head {
    struct folded_text text;
    struct folded_char chars[HEAD_CHARS];
    size_t n;
};

/* The character i; NULL behind the last. */
static const struct folded_char *head_char(struct head *h, size_t i)
{
    while (i >= h->n && h->n < HEAD_CHARS && folded_text_next(&h->text, &h->chars[h->n]))
        h->n++;
    return i < h->n ? &h->chars[i] : NULL;
}

static uint32_t head_at(struct head *h, size_t i)
{
    const struct folded_char *c = head_char(h, i);
    return c ? c->cp : 0;
}

static bool is_space_at(struct head *h, size_t i)
{
    const struct folded_char *c = head_char(h, i);
    return c && c->kind == CHAR_SPACE;
}

/* Is it the end, or no punctuation? */
static bool is_text_at(struct head *h, size_t i)
{
    const struct folded_char *c = head_char(h, i);
    return !c || c->kind != CHAR_OTHER;
}

/* 两 counts as 2, too. */
static int digit_of(uint32_t cp)
{
    return cp == 0x4E24 ? 2 : han_digit(cp);
}

static unsigned han_unit(uint32_t cp)
{
    return cp == 0x5341 ? 10 : cp == 0x767E ? 100 : cp == 0x5343 ? 1000 : 0;
}

/* 二十一 or 一百零三 from *i on; the number of characters read, 0 for none. */
static size_t read_han_number(struct head *h, size_t i, unsigned *value)
{
    size_t n = 0;
    unsigned sum = 0, digit = 0;
    bool has_digit = false;
    for (; n < 8; n++) {
        uint32_t cp = head_at(h, i + n);
        int d = digit_of(cp);
        unsigned unit = han_unit(cp);
        if (d >= 0) {
            digit = has_digit && digit ? digit * 10 + (unsigned)d : (unsigned)d;
            has_digit = true;
        } else if (unit) {
            sum += (has_digit && digit ? digit : 1) * unit;
            digit = 0, has_digit = false;
        } else {
            break;
        }
    }
    *value = sum + digit;
    return n;
}

/* 12, 1* or * from i on; the number of characters read. */
static size_t read_number(struct head *h, size_t i, size_t max_digits, unsigned *value)
{
    size_t n = 0;
    bool is_masked = false;
    *value = 0;
    for (; n <= max_digits; n++) {
        uint32_t cp = head_at(h, i + n);
        if (cp == '*')
            is_masked = true;
        else if (cp >= '0' && cp <= '9')
            *value = *value * 10 + (cp - '0');
        else
            break;
    }
    if (is_masked)
        *value = 0;
    return n <= max_digits ? n : 0;
}

static size_t skip_space(struct head *h, size_t i)
{
    while (is_space_at(h, i))
        i++;
    return i;
}

/* Skips what stands before the numbering: blanks, # of Markdown, ** or > (but a mask `*.` is
 * numbering). */
static size_t skip_marks(struct head *h, unsigned *n_hashes)
{
    size_t i = skip_space(h, 0), n = 0;
    while (n <= HASHES_MAX && head_at(h, i + n) == '#')
        n++;
    *n_hashes = 0;
    if (n && n <= HASHES_MAX && (!head_char(h, i + n) || is_space_at(h, i + n))) {
        *n_hashes = (unsigned)n;
        i = skip_space(h, i + n);
    }
    if (head_at(h, i) == '*' && head_at(h, i + 1) == '*' && head_at(h, i + 2) != '.' &&
        head_at(h, i + 2) != '*')
        i = skip_space(h, i + 2);
    return i;
}

struct reading {
    size_t end; /* characters, behind the numbering */
    enum opener_level level;
    unsigned value, depth;
};

static enum opener_level unit_level(struct head *h, size_t i, size_t *n, unsigned *depth)
{
    *n = 1;
    *depth = 0;
    switch (head_at(h, i)) {
    case 0x7F16: /* 编 */
    case 0x7BC7: /* 篇 */
        return OPENER_BOOK;
    case 0x7AE0: /* 章 */
        return OPENER_CHAPTER;
    case 0x8282: /* 节 */
        return OPENER_SECTION;
    case 0x6B3E: /* 款 */
        *depth = 1;
        return OPENER_SECTION;
    case 0x76EE: /* 目 */
        *depth = 2;
        return OPENER_SECTION;
    case 0x6761: /* 条 */
        return OPENER_ARTICLE;
    case 0x90E8: /* 部分 */
        *n = 2;
        return head_at(h, i + 1) == 0x5206 ? OPENER_PART : OPENER_NONE;
    default:
        return OPENER_NONE;
    }
}

/* Behind 第十条 the line must pause: 第十条规定的… is a sentence. A chapter's name may follow at
 * once. */
static bool pauses(struct head *h, size_t i)
{
    uint32_t cp = head_at(h, i);
    return !head_char(h, i) || is_space_at(h, i) || cp == '(' || cp == ':' || cp == '*' ||
           cp == 0x3010;
}

/* 第一章, 第 15-1 條, 第十条之二, 第 一 款 通則; but laws speak of 第一款及第二款, and 第一款 alone may be torn off 第三條 */
static bool read_ordinal(struct head *h, size_t i, struct reading *r)
{
    if (head_at(h, i) != 0x7B2C)
        return false;
    i = skip_space(h, i + 1);
    size_t n = read_han_number(h, i, &r->value);
    if (!n)
        n = read_number(h, i, DIGITS_MAX, &r->value);
    if (!n)
        return false;
    i += n;
    if (head_at(h, i) == '-') {
        unsigned branch;
        n = read_number(h, i + 1, DIGITS_MAX, &branch);
        i += n ? n + 1 : 0;
    }
    i = skip_space(h, i);
    r->level = unit_level(h, i, &n, &r->depth);
    if (r->level == OPENER_NONE)
        return false;
    i += n;
    if (head_at(h, i) == 0x4E4B) { /* 之 */
        unsigned branch;
        n = read_han_number(h, i + 1, &branch);
        i += n ? n + 1 : 0;
    }
    r->end = i;
    if (r->depth)
        return is_space_at(h, i) && head_char(h, skip_space(h, i));
    return r->level != OPENER_ARTICLE || pauses(h, i);
}

/* 第一，and 第二、but not 第一、二产业 */
static bool read_counted(struct head *h, size_t i, struct reading *r)
{
    if (head_at(h, i) != 0x7B2C)
        return false;
    size_t n = read_han_number(h, i + 1, &r->value);
    uint32_t mark = head_at(h, i + 1 + n), next = head_at(h, i + n + 2);
    r->level = OPENER_NUMBER;
    r->end = i + n + 2;
    return n && (mark == ',' || mark == 0xFF0C || mark == 0x3001) && next != 0x7B2C &&
           digit_of(next) < 0 && !han_unit(next);
}

/* 一是 and 二要, before Han */
static bool read_enumerated(struct head *h, size_t i, struct reading *r)
{
    size_t n = read_han_number(h, i, &r->value);
    uint32_t mark = head_at(h, i + n);
    r->level = OPENER_NUMBER_BRACKETED;
    r->end = i + n + 1;
    return n && n <= 2 && r->value && r->value <= 20 && (mark == 0x662F || mark == 0x8981) &&
           is_text_at(h, r->end);
}

static bool read_bracketed(struct head *h, size_t i, struct reading *r)
{
    if (head_at(h, i) != '(')
        return false;
    i = skip_space(h, i + 1);
    size_t n = read_han_number(h, i, &r->value);
    r->level = n ? OPENER_HAN_BRACKETED : OPENER_NUMBER_BRACKETED;
    if (!n)
        n = read_number(h, i, 2, &r->value);
    i = skip_space(h, i + n);
    r->end = i + 1;
    return n && head_at(h, i) == ')';
}

static bool read_circled(const char *line, size_t n, struct reading *r, struct head *h, size_t i)
{
    uint32_t cp = 0;
    size_t at = h->chars[i].start;
    if (at < n)
        utf8_decode(line + at, n - at, &cp);
    bool is_plain = cp >= 0x2460 && cp <= 0x2473, is_dark = cp >= 0x2776 && cp <= 0x277F;
    if (!is_plain && !is_dark)
        return false;
    r->level = OPENER_NUMBER_BRACKETED;
    r->value = cp - (is_plain ? 0x2460 : 0x2776) + 1;
    const struct folded_char *part;
    for (r->end = i; (part = head_char(h, r->end)) && part->start == at;)
        r->end++;
    return true;
}

/* A point behind a number opens a list unless it is a decimal point: 2.5亿, 9.*%, 2.*亿. */
static bool is_decimal(struct head *h, size_t i)
{
    uint32_t cp = head_at(h, i);
    if (cp >= '0' && cp <= '9')
        return true;
    if (cp != '*')
        return false;
    const struct folded_char *next = head_char(h, i + 1);
    return !next || next->kind != CHAR_HAN || next->cp == 0x4EBF || next->cp == 0x4E07; /* 亿 万 */
}

static bool read_plain(struct head *h, size_t i, struct reading *r)
{
    size_t n = read_han_number(h, i, &r->value);
    if (n) {
        r->level = OPENER_HAN;
        r->end = i + n + 1;
        return head_at(h, i + n) == 0x3001 ||
               (head_at(h, i + n) == '.' && !is_decimal(h, i + n + 1));
    }
    n = read_number(h, i, 3, &r->value);
    uint32_t mark = head_at(h, i + n);
    r->level = mark == ')' ? OPENER_NUMBER_BRACKETED : OPENER_NUMBER;
    r->end = i + n + 1;
    if (!n)
        return false;
    return mark == 0x3001 || mark == ')' || (mark == '.' && !is_decimal(h, i + n + 1));
}

bool opener_parse(const char *line, size_t n, struct opener *out)
{
    struct head h;
    struct reading r = {0};
    const struct folded_char *c;
    h.n = 0;
    folded_text_init(&h.text, line, n);
    memset(out, 0, sizeof *out);
    size_t i = skip_marks(&h, &out->n_hashes);
    c = head_char(&h, i);
    out->text = c ? c->start : n;
    if (!c)
        return false;
    if (!read_circled(line, n, &r, &h, i) && !read_ordinal(&h, i, &r) && !read_counted(&h, i, &r) &&
        !read_enumerated(&h, i, &r) && !read_bracketed(&h, i, &r) && !read_plain(&h, i, &r))
        return false;
    out->level = r.level;
    out->value = r.value;
    out->depth = r.depth;
    out->start = h.chars[i].start;
    out->end = h.chars[r.end - 1].end;
    c = head_char(&h, skip_space(&h, r.end));
    out->text = c ? c->start : n;
    return true;
}

/* Writes the clean text of s[0..n), at most SECTION_LABEL_CHARS characters of it. */
static size_t put_clean(const char *s, size_t n, char out[SECTION_LABEL_MAX])
{
    struct cleaner c;
    struct clean_piece piece;
    size_t len = 0, chars = 0;
    for (cleaner_init(&c, s, n); cleaner_next(&c, &piece);) {
        if (piece.kind == CLEAN_DROP)
            continue;
        const char *from = piece.kind == CLEAN_SPACE ? " " : s + piece.start;
        size_t rest = piece.kind == CLEAN_SPACE ? 1 : piece.end - piece.start;
        while (rest) {
            uint32_t cp;
            size_t step = utf8_step(from, rest, &cp);
            if (chars == SECTION_LABEL_CHARS) {
                memcpy(out + len, "\xE2\x80\xA6", 3);
                return len + 3;
            }
            memcpy(out + len, from, step);
            len += step, from += step, rest -= step, chars++;
        }
    }
    return len;
}

static bool ends_in_colon(const char *text, size_t n)
{
    return n && (text[n - 1] == ':' || (n >= 3 && (memcmp(text + n - 3, "：", 3) == 0 ||
                                                      memcmp(text + n - 3, "︰", 3) == 0)));
}

/* Where the last sentence of text[0..n) begins, if it ends in a colon and is too long to be shown whole; else 0. */
static size_t lead_start(const char *text, size_t n)
{
    static const char *const stops[] = {"。", "！", "？", "；"};
    if (!ends_in_colon(text, n) || utf8_count(text, n) <= SECTION_LABEL_CHARS)
        return 0;
    for (size_t at = n - 3; at >= 3; at--)
        for (size_t i = 0; i < 4; i++)
            if (memcmp(text + at - 3, stops[i], 3) == 0)
                return at;
    return 0;
}

/* Where the first sentence of text[0..n) ends, without its stop; n where no more follows. */
static size_t first_sentence(const char *text, size_t n)
{
    static const char *const stops[] = {"。", "！", "？"};
    for (size_t at = 0; at + 3 < n; at++)
        for (size_t i = 0; text[at] & 0x80 && i < 3; i++)
            if (memcmp(text + at, stops[i], 3) == 0)
                return at;
    return n;
}

size_t section_label(const char *text, size_t n, char out[SECTION_LABEL_MAX])
{
    while (n && strchr(" \t\r\n\f\v", text[0]))
        text++, n--;
    const char *end = memchr(text, '\n', n);
    if (end)
        n = (size_t)(end - text);
    struct opener o;
    if (opener_parse(text, n, &o) && o.level == OPENER_ARTICLE)
        return put_clean(text + o.start, o.end - o.start, out);
    size_t start = o.level != OPENER_NONE ? o.start : o.text;
    while (n > start && strchr("*# \r\t|", text[n - 1]))
        n--;
    while (start < n && (text[start] == '|' || text[start] == ' '))
        start++;
    size_t lead = lead_start(text + start, n - start);
    if (lead == 0 && o.level != OPENER_NONE && !ends_in_colon(text, n))
        n = start + first_sentence(text + start, n - start);
    start += lead;
    return put_clean(text + start, n - start, out);
}
