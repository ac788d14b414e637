// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/line.h"

#include <ctype.h>
#include <string.h>

#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/line_words.h"
#include "indexer/page_mark.h"
#include "store/record.h"

static bool is_one_of(uint32_t cp, const uint32_t *set)
{
    for (; *set; set++)
        if (*set == cp)
            return true;
    return false;
}

/* What a character that is no Han may be to its line. */
enum mark {
    MARK_STOP = 1, /* 。！？!?…｡ */
    MARK_CLOSER =
        2, /* ”’」』）】》〉〕］ and their half width kin, and the asterisks of Markdown */
    MARK_CLAUSE = 4, /* ； */
    MARK_COMMA = 8,  /* ，、 */
    MARK_COLON = 16,
    MARK_DOT = 32, /* in names from other languages */
};

/* By page: ASCII, U+3000 to 303F and U+FF00 to FF7F, where nearly all of them lie. */
static const uint8_t ascii_marks[128] = {
    ['!'] = MARK_STOP,
    ['?'] = MARK_STOP,
    [')'] = MARK_CLOSER,
    [']'] = MARK_CLOSER,
    ['"'] = MARK_CLOSER,
    ['\''] = MARK_CLOSER,
    ['*'] = MARK_CLOSER,
    ['_'] = MARK_CLOSER,
    [';'] = MARK_CLAUSE,
    [','] = MARK_COMMA,
    [':'] = MARK_COLON,
};
static const uint8_t cjk_marks[64] = {
    [0x01] = MARK_COMMA,  /* 、 */
    [0x02] = MARK_STOP,   /* 。 */
    [0x09] = MARK_CLOSER, /* 〉》」』】〕 */
    [0x0B] = MARK_CLOSER,
    [0x0D] = MARK_CLOSER,
    [0x0F] = MARK_CLOSER,
    [0x11] = MARK_CLOSER,
    [0x15] = MARK_CLOSER,
};
static const uint8_t wide_marks[128] = {
    [0x01] = MARK_STOP,   /* ！ */
    [0x09] = MARK_CLOSER, /* ） */
    [0x0C] = MARK_COMMA,  /* ， */
    [0x1A] = MARK_COLON,  /* ： */
    [0x1B] = MARK_CLAUSE, /* ； */
    [0x1F] = MARK_STOP,   /* ？ */
    [0x3D] = MARK_CLOSER, /* ］ */
    [0x61] = MARK_STOP,   /* ｡ */
};

static unsigned marks_of(uint32_t cp)
{
    if (cp < 0x80)
        return ascii_marks[cp];
    if (cp - 0x3000 < 0x40)
        return cjk_marks[cp - 0x3000];
    if (cp - 0xFF00 < 0x80)
        return wide_marks[cp - 0xFF00];
    switch (cp) {
    case 0x2026: /* … */
        return MARK_STOP;
    case 0x201D: /* ” ’ */
    case 0x2019:
        return MARK_CLOSER;
    case 0xB7:
    case 0x2022:
    case 0x30FB:
        return MARK_DOT;
    case 0xFE30: /* ︰, Taiwan's colon, and ﹕ */
    case 0xFE55:
        return MARK_COLON;
    case 0xFE50: /* ﹐﹑ */
    case 0xFE51:
        return MARK_COMMA;
    case 0xFE54: /* ﹔ */
        return MARK_CLAUSE;
    default:
        return 0;
    }
}

static bool is_stop(uint32_t cp)
{
    return marks_of(cp) & MARK_STOP;
}

static bool is_blank_char(uint32_t cp)
{
    return cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0x3000 || cp == 0xA0 || cp == 0x85 ||
           cp == 0xFEFF || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x2028 || cp == 0x2029;
}

static enum line_ending ending_of(uint32_t cp, uint32_t before)
{
    unsigned marks = marks_of(cp);
    if ((marks & MARK_STOP) || cp == '>')
        return LINE_ENDS_SENTENCE;
    if (cp == '.' && ((before | 0x20) >= 'a' && (before | 0x20) <= 'z'))
        return LINE_ENDS_SENTENCE;
    if (marks & MARK_CLAUSE)
        return LINE_ENDS_CLAUSE;
    if (marks & MARK_COLON)
        return LINE_ENDS_COLON;
    return marks & MARK_COMMA ? LINE_ENDS_COMMA : LINE_ENDS_PLAIN;
}

/* Cells between | of a line that begins with one, or between tabs. */
static void read_cells(struct line *l, const char *text, size_t n)
{
    char mark = text[0] == '|' ? '|' : '\t';
    size_t marks = 0;
    bool is_rule = mark == '|', has_dash = false;
    for (size_t i = 0; i < n; i++) {
        marks += text[i] == mark && (mark == '|' || i == 0 || text[i - 1] != '\t');
        is_rule = is_rule && strchr("|-: ", text[i]);
        has_dash |= text[i] == '-';
    }
    if (mark == '|')
        marks -= marks > 1 && text[n - 1] == '|';
    l->n_cells = mark == '|' ? (unsigned)marks : marks ? (unsigned)marks + 1 : 0;
    l->is_rule = is_rule && has_dash;
}

static void read_start(struct line *l, const char *text, size_t n)
{
    uint32_t cp, second = 0;
    size_t step = utf8_step(text, n, &cp);
    if (step < n)
        utf8_decode(text + step, n - step, &second);
    if (cp == '|' || memchr(text, '\t', n))
        read_cells(l, text, n);
    l->is_table = (cp >= 0x2500 && cp <= 0x257F && cp != 0x2500) || cp == '|' ||
                  (cp == 0x2500 && second == 0x2500 && n > 12);
    /* —— • ● ■ ◆ ▪ · */
    l->is_dashed = (cp == 0x2014 && second == 0x2014) || cp == 0x2022 || cp == 0x25CF ||
                   cp == 0x25A0 || cp == 0x25C6 || cp == 0x25AA || cp == 0xB7;
    l->starts_closing = (is_stop(cp) && cp != 0x2026) || cp == 0xFF0C || cp == 0x3001 ||
                        cp == 0xFF1B || cp == 0xFF1A || cp == 0xFF09 || cp == 0x201D ||
                        cp == 0x300D || cp == 0x300F || cp == 0x300B;
    l->starts_aside = cp == '(' || cp == 0xFF08 || cp == 0x2014 || cp == 0x2500 || cp == '-' ||
                      cp == 0x3010 || cp == '[' || cp == '<' || cp == '&' || cp == '{' || cp == '>';
    l->is_opening = step == n && (cp == '(' || cp == 0xFF08);
    l->is_bullet = (cp == '-' || cp == '*' || cp == '+' || cp == '>') && second == ' ';
    l->is_fence = n >= 3 && (memcmp(text, "```", 3) == 0 || memcmp(text, "~~~", 3) == 0);
    l->is_bold =
        n > 4 && memcmp(text, "**", 2) == 0 && memcmp(text + n - 2, "**", 2) == 0 && text[2] != '*';
}

enum { HEAD_WIDTH_MAX = 20, PAGE_MARK_CHARS = 24 };

static unsigned head_width(const char *text, size_t n, uint32_t first)
{
    unsigned width = 0;
    if (first >= 0x80)
        return first < 0x2010 ? 1 : 2;
    while (width < n && width < HEAD_WIDTH_MAX &&
           (isalnum((unsigned char)text[width]) || strchr(".,*%-", text[width])))
        width++;
    return width ? width : 1;
}

/* Bracketed letters are a reading until they turn out too many, or something else. */
enum { READING_CHARS_MAX = 9 };
struct reading {
    unsigned n; /* characters since the bracket, with it; 0 outside */
};

static unsigned reading_step(struct reading *r, uint32_t cp)
{
    if (cp == '(') {
        r->n = 1;
        return 0;
    }
    if (r->n == 0)
        return 0;
    r->n++;
    unsigned done = cp == ')' && r->n > 2 ? r->n : 0;
    bool is_letter = (cp | 0x20) >= 'a' ? cp < 0x2E80 : cp == ' ';
    if (done || !is_letter || r->n > READING_CHARS_MAX)
        r->n = 0;
    return done;
}

/* How many characters of U+4000 to U+9FFF the text begins with. */
static inline size_t count_plain(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    p += utf8_skip_threes(text, n, 0xE4, 0xE9 - 0xE4);
    while (end - p >= 4 && p[0] >= 0xE4 && p[0] <= 0xE9 && utf8_is_three((const char *)p))
        p += 3;
    return (size_t)(p - (const unsigned char *)text) / 3;
}

/* *.* at the end, a number and its masks: the letter of a reading that may stand before it ends no sentence there. */
static bool ends_in_masked_number(const char *text, size_t n)
{
    while (n && text[n - 1] == '*')
        n--;
    return n > 1 && text[n - 1] == '.' && text[n - 2] == '*';
}

/* Width, characters, how it ends. text is trimmed. Of a stretch of Han the last one stands for all. */
static void read_extent(struct line *l, const char *text, size_t n)
{
    uint32_t last = 0, before = 0;
    unsigned all = 0;
    size_t stops = 0;
    struct reading reading = {0};
    bool has_blank = false, ends_in_stop = false;
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        size_t n_han = count_plain(text + at, n - at);
        if (n_han > 1) {
            l->n_chars += (unsigned)n_han - 1;
            l->width += 2 * ((unsigned)n_han - 1);
            l->tail_chars += has_blank ? (unsigned)n_han - 1 : 0;
            at += 3 * (n_han - 1);
            utf8_decode(text + at - 3, n - at + 3, &last);
        }
        at += utf8_step(text + at, n - at, &cp);
        l->n_chars++;
        if (cp >= 0x3400 && cp < 0xFE00) { /* Han: most of the text, and none of what follows */
            l->width += 2;
            l->tail_chars += has_blank;
            ends_in_stop = false;
            reading.n = 0;
            before = last, last = cp;
            continue;
        }
        l->n_chars -= reading_step(&reading, cp);
        l->width += cp < 0x2010 ? 1 : 2;
        unsigned marks = marks_of(cp);
        if ((marks & MARK_STOP) && l->first_stop == 0)
            l->first_stop = l->n_chars;
        bool is_blank = !marks && is_blank_char(cp);
        if (is_blank)
            has_blank = true;
        else if (has_blank)
            l->tail_chars++;
        if (marks & (MARK_STOP | MARK_CLAUSE))
            stops += !ends_in_stop, ends_in_stop = true;
        else if (!(marks & MARK_CLOSER))
            ends_in_stop = false;
        all |= at < n ? marks : marks & ~(unsigned)MARK_COLON;
        if (!(marks & MARK_CLOSER) && !is_blank)
            before = last, last = cp;
    }
    l->has_middle_dot = all & MARK_DOT;
    l->has_comma = all & MARK_COMMA;
    l->has_inner_colon = all & MARK_COLON; /* one at the very end is none */
    l->ending = ending_of(last, ends_in_masked_number(text, n) ? 0 : before);
    l->has_inner_stop = stops > (ends_in_stop ? 1U : 0U);
}

/* Saves folding the start of most lines: could this character open a numbering, or hide one behind
 * it? */
static bool may_open(uint32_t cp)
{
    static const uint32_t han[] = {0x7B2C, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03,
        0x516B, 0x4E5D, 0x5341, 0x767E, 0x96F6, 0x3007, 0x5169, 0x4E24, 0};
    if (cp < 0x80)
        return cp == '#' || cp == '*' || cp == '(' || cp == '>' || (cp >= '0' && cp <= '9');
    if (cp >= 0x4E00 && cp < 0xA000)
        return is_one_of(cp, han);
    return cp < 0x3000 || cp > 0x3020;
}

/* Could the line end in a date? Asked before it is folded. */
static bool may_end_in_date(uint32_t last)
{
    static const uint32_t set[] = {0x65E5, 0x53F7, 0x865F, ')', 0xFF09, '*', 0};
    return (last >= '0' && last <= '9') || (last >= 0xFF10 && last <= 0xFF19) ||
           is_one_of(last, set);
}

static bool is_dash_or_digit(uint32_t cp)
{
    return cp == '-' || cp == '~' || cp == 0xB7 || (cp >= '0' && cp <= '9') ||
           (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2500 || (cp >= 0xFF0D && cp <= 0xFF19);
}

/* Asked before the line is folded: does it begin and end as one does, with 第, 共, 页 or 頁 or without? */
static bool may_be_page_mark(const struct line *l, uint32_t first, uint32_t last)
{
    return l->n_chars <= PAGE_MARK_CHARS && !l->has_inner_stop &&
           (is_dash_or_digit(last) || last == 0x9875 || last == 0x9801 || last == ')' ||
               last == 0xFF09) &&
           (is_dash_or_digit(first) || first == 0x7B2C || first == 0x5171);
}

/* What words say, and what is left when they say nothing. */
static void read_words(struct line *l, const char *text, size_t n, uint32_t last)
{
    struct line_words words;
    uint32_t first = 0;
    line_words_read(&words, text, n);
    utf8_decode(text, n, &first);
    l->is_page_mark = may_be_page_mark(l, first, last) && is_page_mark(text, n);
    l->is_furniture = words.is_furniture || l->is_page_mark;
    l->is_provenance = words.is_provenance;
    l->is_label = words.is_label;
    l->is_byline = words.is_byline;
    l->is_call = words.is_call;
    l->opens_appendix = words.opens_appendix;
    l->ends_in_date = l->ending == LINE_ENDS_PLAIN && may_end_in_date(last) && date_ends(text, n);
    l->is_fragment = l->n_chars <= LINE_FRAGMENT_CHARS && l->ending == LINE_ENDS_PLAIN &&
                     !line_is_item(l) && !l->opener.n_hashes && !l->is_table && !l->n_cells &&
                     !l->is_furniture && !l->is_label && !l->is_fence && !l->starts_closing &&
                     !l->opens_appendix;
}

void line_read(struct line *out, const char *text, size_t n)
{
    memset(out, 0, sizeof *out);
    if (n > LINE_SCAN_BYTES) {
        out->is_long = true;
        n = utf8_floor(text, n, LINE_SCAN_BYTES);
    }
    uint32_t cp, last = 0;
    size_t step, indent = 0;
    char first = '\0';
    if (n)
        first = *text;
    out->is_indented = n >= 3 && memcmp(text, "\xE3\x80\x80", 3) == 0;
    while (n && (step = utf8_step(text, n, &cp), is_blank_char(cp)))
        indent += cp < 0x2010 ? 1 : 2, text += step, n -= step;
    for (size_t end; n; n = end) {
        end = utf8_floor(text, n, n - 1);
        utf8_decode(text + end, n - end, &last);
        if (!is_blank_char(last))
            break;
    }
    out->is_blank = n == 0 && !out->is_long;
    out->is_page_end = out->is_blank && first == PAGE_END;
    if (n == 0)
        return;
    read_start(out, text, n);
    read_extent(out, text, n);
    out->width += (unsigned)indent;
    utf8_decode(text, n, &cp);
    out->head_width = head_width(text, n, cp);
    if (may_open(cp) && opener_parse(text, n, &out->opener))
        out->is_bare_opener = out->opener.text >= n;
    if (out->n_chars <= LINE_WORD_CHARS)
        read_words(out, text, n, last);
    out->begins_call =
        out->is_call || (out->n_chars > LINE_WORD_CHARS && line_words_begin_call(text, n));
}

/* The length of the line end at text (n > 0); 0 when there is none. */
static size_t end_length(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] == '\r' && n > 2 && p[1] == '\r' && p[2] == '\n')
        return 3;
    if (p[0] == '\r')
        return n > 1 && p[1] == '\n' ? 2 : 1;
    if (p[0] >= '\n' && p[0] <= '\f')
        return 1;
    if (p[0] == 0xC2 && n > 1 && p[1] == 0x85)
        return 2;
    return p[0] == 0xE2 && n > 2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
}

/* The first byte of the sixteen that is not 0; one is. */
static size_t first_set(const uint64_t found[2])
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)(found[0] ? __builtin_ctzll(found[0]) : 64 + __builtin_ctzll(found[1])) / 8;
#else
    return (size_t)(found[0] ? __builtin_clzll(found[0]) : 64 + __builtin_clzll(found[1])) / 8;
#endif
}

/* From `at` on the first byte that a line end may begin with; n where there is none. */
static size_t next_lead(const char *text, size_t n, size_t at)
{
    for (; n - at >= sizeof(utf8_vector); at += sizeof(utf8_vector)) {
        const utf8_vector v = utf8_vector_load(text + at);
        const utf8_vector is_lead = (utf8_vector)(v - '\n' <= '\r' - '\n') |
                                    (utf8_vector)(v == 0xC2) | (utf8_vector)(v == 0xE2);
        uint64_t found[2];
        memcpy(found, &is_lead, sizeof found);
        if (found[0] | found[1])
            return at + first_set(found);
    }
    for (; at < n; at++) {
        unsigned char byte = (unsigned char)text[at];
        if ((byte >= '\n' && byte <= '\r') || byte == 0xC2 || byte == 0xE2)
            break;
    }
    return at;
}

size_t line_length(const char *text, size_t n, bool is_last)
{
    size_t at = 0, end = 0;
    while ((at = next_lead(text, n, at)) < n && !(end = end_length(text + at, n - at)))
        at++;
    bool may_go_on =
        at < n && text[at] == '\r' && (at + 1 == n || (at + 2 == n && text[at + 1] == '\r'));
    if (at == n || (may_go_on && !is_last))
        return 0;
    return at + end;
}

size_t line_count(const char *text, size_t n, bool *after_cr)
{
    size_t lines = 0;
    const char *end = text + n, *at = text;
    if (n == 0)
        return 0;
    if (!*after_cr && !memchr(text, '\r', n)) {
        while ((at = memchr(at, '\n', (size_t)(end - at))))
            lines++, at++;
        return lines;
    }
    for (; at < end; at++) {
        if (*at == '\r' || (*at == '\n' && !*after_cr))
            lines++;
        *after_cr = *at == '\r';
    }
    return lines;
}
