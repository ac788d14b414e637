// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/numbering.h"

#include <string.h>

#include "common/utf8.h"

struct style_name {
    const char *name;
    enum number_style style;
};

static const struct style_name ooxml_names[] = {
    {"none", NUMBER_NONE},
    {"bullet", NUMBER_NONE},
    {"decimalZero", NUMBER_DECIMAL_ZERO},
    {"decimalFullWidth", NUMBER_FULL_WIDTH},
    {"decimalFullWidth2", NUMBER_FULL_WIDTH},
    {"upperRoman", NUMBER_UPPER_ROMAN},
    {"lowerRoman", NUMBER_LOWER_ROMAN},
    {"upperLetter", NUMBER_UPPER_LETTER},
    {"lowerLetter", NUMBER_LOWER_LETTER},
    {"chineseCounting", NUMBER_CHINESE},
    {"chineseCountingThousand", NUMBER_CHINESE},
    {"taiwaneseCounting", NUMBER_CHINESE},
    {"taiwaneseCountingThousand", NUMBER_CHINESE},
    {"japaneseCounting", NUMBER_CHINESE},
    {"ideographDigital", NUMBER_CHINESE_DIGITS},
    {"japaneseDigitalTenThousand", NUMBER_CHINESE_DIGITS},
    {"taiwaneseDigital", NUMBER_CHINESE_DIGITS},
    {"chineseLegalSimplified", NUMBER_CHINESE_LEGAL},
    {"ideographLegalTraditional", NUMBER_CHINESE_LEGAL},
    {"ideographTraditional", NUMBER_STEMS},
    {"ideographZodiac", NUMBER_BRANCHES},
    {"decimalEnclosedCircle", NUMBER_CIRCLE},
    {"decimalEnclosedCircleChinese", NUMBER_CIRCLE},
    {"ideographEnclosedCircle", NUMBER_CIRCLE_CHINESE},
    {"decimalEnclosedFullstop", NUMBER_FULL_STOP},
    {"decimalEnclosedParen", NUMBER_PAREN},
    {NULL, NUMBER_DECIMAL},
};

static const struct style_name odf_names[] = {
    {"", NUMBER_NONE},
    {"a", NUMBER_LOWER_LETTER},
    {"A", NUMBER_UPPER_LETTER},
    {"i", NUMBER_LOWER_ROMAN},
    {"I", NUMBER_UPPER_ROMAN},
    {"１, ２, ３, ...", NUMBER_FULL_WIDTH},
    {"一, 二, 三, ...", NUMBER_CHINESE},
    {"壹, 贰, 叁, ...", NUMBER_CHINESE_LEGAL},
    {"壹, 貳, 參, ...", NUMBER_CHINESE_LEGAL},
    {"甲, 乙, 丙, ...", NUMBER_STEMS},
    {"子, 丑, 寅, ...", NUMBER_BRANCHES},
    {"①, ②, ③, ...", NUMBER_CIRCLE},
    {NULL, NUMBER_DECIMAL},
};

static enum number_style by_name(const struct style_name *names, const char *name, size_t n)
{
    while (names->name && (strlen(names->name) != n || memcmp(names->name, name, n) != 0))
        names++;
    return names->style;
}

enum number_style number_style_ooxml(const char *name, size_t n)
{
    return by_name(ooxml_names, name, n);
}

enum number_style number_style_nfc(unsigned nfc)
{
    static const struct {
        unsigned nfc;
        const char *name;
    } rows[] = {{1, "upperRoman"}, {2, "lowerRoman"}, {3, "upperLetter"}, {4, "lowerLetter"},
        {10, "ideographDigital"}, {11, "japaneseCounting"}, {14, "decimalFullWidth"},
        {18, "decimalEnclosedCircle"}, {22, "decimalZero"}, {23, "bullet"},
        {26, "decimalEnclosedFullstop"}, {27, "decimalEnclosedParen"},
        {28, "decimalEnclosedCircleChinese"}, {29, "ideographEnclosedCircle"},
        {30, "ideographTraditional"}, {31, "ideographZodiac"}, {33, "taiwaneseCounting"},
        {34, "ideographLegalTraditional"}, {35, "taiwaneseCountingThousand"},
        {36, "taiwaneseDigital"}, {37, "chineseCounting"}, {38, "chineseLegalSimplified"},
        {39, "chineseCountingThousand"}, {40, "japaneseDigitalTenThousand"}, {255, "none"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].nfc == nfc)
            return number_style_ooxml(rows[i].name, strlen(rows[i].name));
    return NUMBER_DECIMAL;
}

enum number_style number_style_odf(const char *name, size_t n)
{
    return by_name(odf_names, name, n);
}

enum number_style number_style_slide(const char *name, size_t n, const char **text)
{
    static const struct {
        const char *start;
        enum number_style style;
    } rows[] = {{"alphaLc", NUMBER_LOWER_LETTER}, {"alphaUc", NUMBER_UPPER_LETTER},
        {"romanLc", NUMBER_LOWER_ROMAN}, {"romanUc", NUMBER_UPPER_ROMAN},
        {"circleNum", NUMBER_CIRCLE}, {"arabicDb", NUMBER_FULL_WIDTH}, {"ea1", NUMBER_CHINESE}};
    static const char *const texts[][2] = {
        {"ParenBoth", "(%1)"}, {"ParenR", "%1)"}, {"Minus", "-%1-"}, {"Plain", "%1"}};
    enum number_style style = NUMBER_DECIMAL;
    *text = "%1.";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (n >= strlen(rows[i].start) && memcmp(name, rows[i].start, strlen(rows[i].start)) == 0)
            style = rows[i].style;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (memmem(name, n, texts[i][0], strlen(texts[i][0])))
            *text = texts[i][1];
    return style;
}

/* The i-th character of a row of characters. */
static bool append_nth(struct buf *out, const char *row, unsigned i)
{
    size_t n = strlen(row);
    uint32_t c;
    while (i--) {
        size_t len = utf8_step(row, n, &c);
        row += len;
        n -= len;
    }
    return buf_append(out, row, utf8_step(row, n, &c));
}

static bool append_roman(struct buf *out, unsigned v, bool is_upper)
{
    static const unsigned values[] = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
    static const char *const upper[] = {
        "M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"};
    static const char *const lower[] = {
        "m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"};
    bool ok = true;
    for (unsigned i = 0; v && ok;) {
        if (v < values[i]) {
            i++;
            continue;
        }
        ok = buf_append_str(out, is_upper ? upper[i] : lower[i]);
        v -= values[i];
    }
    return ok;
}

/* a … z, aa, bb …: as Word and LibreOffice go on. */
static bool append_letter(struct buf *out, unsigned v, char a)
{
    bool ok = true;
    for (unsigned times = (v - 1) / 26 + 1; times-- && ok;)
        ok = buf_append_byte(out, (char)(a + (v - 1) % 26));
    return ok;
}

/* Below 10,000. In words 12 is 十二 (but 壹拾贰), 102 is 一百零二. */
static bool append_chinese(struct buf *out, unsigned v, const char *digits, const char *units)
{
    bool ok = true, is_zero_due = false, is_legal = strcmp(units, "十百千") != 0;
    for (unsigned power = 1000, place = 3; power && ok; power /= 10, place--) {
        unsigned digit = v / power % 10;
        if (digit == 0) {
            is_zero_due = v > power && v / power > 0;
            continue;
        }
        if (is_zero_due)
            ok = append_nth(out, digits, 0);
        is_zero_due = false;
        if (ok && (is_legal || place != 1 || digit != 1 || v >= 20))
            ok = append_nth(out, digits, digit);
        if (ok && place)
            ok = append_nth(out, units, place - 1);
    }
    return ok;
}

static bool append_digits(struct buf *out, unsigned v, const char *digits)
{
    bool ok = true;
    unsigned power = 1;
    while (v / power >= 10)
        power *= 10;
    for (; power && ok; power /= 10)
        ok = append_nth(out, digits, v / power % 10);
    return ok;
}

static bool append_code_point(struct buf *out, uint32_t c)
{
    char bytes[UTF8_MAX_BYTES];
    return buf_append(out, bytes, utf8_encode(c, bytes));
}

static bool append_circled(struct buf *out, unsigned v)
{
    return append_code_point(out, v <= 20   ? 0x2460 + v - 1
                                  : v <= 35 ? 0x3251 + v - 21
                                            : 0x32B1 + v - 36);
}

static unsigned last_value(enum number_style style)
{
    static const unsigned last[] = {[NUMBER_UPPER_ROMAN] = 3999,
        [NUMBER_LOWER_ROMAN] = 3999,
        [NUMBER_UPPER_LETTER] = 260,
        [NUMBER_LOWER_LETTER] = 260,
        [NUMBER_CHINESE] = 9999,
        [NUMBER_CHINESE_LEGAL] = 9999,
        [NUMBER_STEMS] = 10,
        [NUMBER_BRANCHES] = 12,
        [NUMBER_CIRCLE] = 50,
        [NUMBER_CIRCLE_CHINESE] = 10,
        [NUMBER_FULL_STOP] = 20,
        [NUMBER_PAREN] = 20};
    return style < sizeof last / sizeof *last && last[style] ? last[style] : 0xFFFFFFFF;
}

bool number_append(struct buf *out, enum number_style style, unsigned v)
{
    if (style != NUMBER_NONE && (v == 0 || v > last_value(style)))
        style = NUMBER_DECIMAL;
    switch (style) {
    case NUMBER_NONE:
        return true;
    case NUMBER_DECIMAL:
        return buf_printf(out, "%u", v);
    case NUMBER_DECIMAL_ZERO:
        return buf_printf(out, "%02u", v);
    case NUMBER_FULL_WIDTH:
        return append_digits(out, v, "０１２３４５６７８９");
    case NUMBER_UPPER_ROMAN:
    case NUMBER_LOWER_ROMAN:
        return append_roman(out, v, style == NUMBER_UPPER_ROMAN);
    case NUMBER_UPPER_LETTER:
    case NUMBER_LOWER_LETTER:
        return append_letter(out, v, style == NUMBER_UPPER_LETTER ? 'A' : 'a');
    case NUMBER_CHINESE:
        return append_chinese(out, v, "零一二三四五六七八九", "十百千");
    case NUMBER_CHINESE_DIGITS:
        return append_digits(out, v, "〇一二三四五六七八九");
    case NUMBER_CHINESE_LEGAL:
        return append_chinese(out, v, "零壹贰叁肆伍陆柒捌玖", "拾佰仟");
    case NUMBER_STEMS:
        return append_nth(out, "甲乙丙丁戊己庚辛壬癸", v - 1);
    case NUMBER_BRANCHES:
        return append_nth(out, "子丑寅卯辰巳午未申酉戌亥", v - 1);
    case NUMBER_CIRCLE:
        return append_circled(out, v);
    case NUMBER_CIRCLE_CHINESE:
        return append_code_point(out, 0x3280 + v - 1);
    case NUMBER_FULL_STOP:
        return append_code_point(out, 0x2488 + v - 1);
    case NUMBER_PAREN:
        return append_code_point(out, 0x2474 + v - 1);
    }
    return true;
}

bool number_set_off(struct buf *number)
{
    size_t n = number->len, last = n ? utf8_floor(number->data, n, n - 1) : 0;
    uint32_t c = 0;
    if (n)
        utf8_step(number->data + last, n - last, &c);
    bool is_due = (c > ' ' && c < 0x80) || (c >= 0x4E00 && c <= 0x9FFF);
    return !is_due || buf_append_byte(number, ' ');
}

static bool is_one_of(const char *row, uint32_t c)
{
    size_t n = strlen(row);
    for (uint32_t other; n;) {
        size_t len = utf8_step(row, n, &other);
        if (other == c)
            return true;
        row += len;
        n -= len;
    }
    return false;
}

bool number_stands(const char *text, size_t n)
{
    size_t at = 0, n_digits = 0, n_arabic = 0;
    uint32_t c = 0, first = 0, before = 0;
    for (unsigned i = 0; at < n && i < 8; i++) {
        at += utf8_step(text + at, n - at, &c);
        n_arabic += c >= '0' && c <= '9';
        bool is_digit = (c >= '0' && c <= '9') || is_one_of("零〇一二三四五六七八九十百", c);
        if (i == 0 && (c == '(' || is_one_of("（第", c)))
            first = c;
        else if (is_digit)
            n_digits++;
        else
            break;
        before = c;
    }
    if (n_arabic > 3)
        return false;
    if (n_digits == 0)
        return c >= 0x2460 && c <= 0x249B && first == 0 && before == 0; /* ① ⑴ ⒈ */
    if (first == 0x7B2C)                                                /* 第 */
        return is_one_of("编章节条款项篇", c);
    if (first)
        return is_one_of("）", c) || c == ')';
    bool goes_on = at < n && text[at] >= '0' && text[at] <= '9';
    return is_one_of("、．）", c) || c == ')' || (c == '.' && !goes_on);
}

bool number_next(struct number_state *s, const struct number_level levels[NUMBER_LEVELS],
    unsigned level, struct buf *out)
{
    bool ok = true;
    for (unsigned i = 0; i < level; i++)
        if (s->at[i] == 0)
            s->at[i] = levels[i].start;
    s->at[level] = s->at[level] ? s->at[level] + 1 : levels[level].start;
    for (unsigned i = level + 1; i < NUMBER_LEVELS; i++)
        if (level < levels[i].restart)
            s->at[i] = 0;
    if (levels[level].style == NUMBER_NONE && !strchr(levels[level].text, '%'))
        return true; /* a bullet says nothing, and its sign is often one of a private font */
    for (const char *t = levels[level].text; *t && ok; t++) {
        if (t[0] == '%' && t[1] >= '1' && t[1] <= '9') {
            unsigned of = (unsigned)(*++t - '1');
            enum number_style style = levels[of].style;
            ok = of > level ||
                 number_append(out, levels[level].is_legal ? NUMBER_DECIMAL : style, s->at[of]);
        } else {
            ok = buf_append_byte(out, *t);
        }
    }
    return ok;
}
