// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/date.h"

#include <stdbool.h>

#include "common/utf8.h"
#include "store/schema.h"
#include "tokenizer/fold.h"
#include "tokenizer/folded_text.h"
#include "tokenizer/han_digit.h"

enum {
    LOOK_CHARS = 256,
    YEAR_MIN = 1840,
    YEAR_MAX = 2100,
    ROC_OFFSET = 1911,
    BARE_DATE_DIGITS = 8
};

struct chars {
    uint32_t cp[LOOK_CHARS + 1]; /* any blank as ' '; 0 behind the last */
    size_t n;
};

static int digit_of(uint32_t cp)
{
    return cp >= '0' && cp <= '9' ? (int)(cp - '0') : han_digit(cp);
}

/* A number at *i in Arabic or Han digits, with 十 and 百 or without; moves *i behind it. The number
 * of characters. */
static size_t read_number(const struct chars *c, size_t *i, unsigned *value)
{
    size_t start = *i;
    unsigned sum = 0, digits = 0;
    bool has_digits = false;
    for (; *i < c->n && *i - start < BARE_DATE_DIGITS; ++*i) {
        int d = digit_of(c->cp[*i]);
        unsigned unit = c->cp[*i] == 0x5341 ? 10 : c->cp[*i] == 0x767E ? 100 : 0;
        if (d >= 0) {
            digits = digits * 10 + (unsigned)d;
            has_digits = true;
        } else if (unit) {
            sum += (has_digits ? digits : 1) * unit;
            digits = 0, has_digits = false;
        } else {
            break;
        }
    }
    *value = sum + digits;
    return *i - start;
}

static bool is_day(unsigned month, unsigned day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_separator(uint32_t cp)
{
    return cp == '-' || cp == '/' || cp == '.';
}

static size_t skip_blanks(const struct chars *c, size_t i)
{
    while (c->cp[i] == ' ')
        i++;
    return i;
}

/* What follows a year at i: 年2月22日, -02-22. */
static uint32_t read_rest(const struct chars *c, size_t i, unsigned year)
{
    i = skip_blanks(c, i);
    uint32_t mark = c->cp[i];
    unsigned month = 0, day = 0;
    bool is_han = mark == 0x5E74; /* 年 */
    if (!is_han && !is_separator(mark))
        return 0;
    i = skip_blanks(c, i + 1);
    bool has_month = read_number(c, &i, &month) > 0;
    i = skip_blanks(c, i);
    if (!has_month || month < 1 || month > 12 || (is_han ? c->cp[i] != 0x6708 : c->cp[i] != mark))
        return is_han && month == 0 ? schema_date(year, 0, 0) : 0;
    i = skip_blanks(c, i + 1);
    if (!read_number(c, &i, &day) || !is_day(month, day))
        return is_han ? schema_date(year, month, 0) : 0;
    i = is_han ? skip_blanks(c, i) : i;
    if (is_han && c->cp[i] != 0x65E5 && c->cp[i] != 0x53F7) /* 日 号 */
        return schema_date(year, month, 0);
    return schema_date(year, month, day);
}

static bool follows_roc(const struct chars *c, size_t i)
{
    while (i > 0 && c->cp[i - 1] == ' ')
        i--;
    return i >= 2 && c->cp[i - 2] == 0x6C11 && c->cp[i - 1] == 0x56FD; /* 民国 */
}

/* 2025-06 and no more, as a name or a key says it; but 2011-12年 are two years. */
static uint32_t read_month(const struct chars *c, size_t i, unsigned year)
{
    unsigned month = 0;
    if (!is_separator(c->cp[i++]) || read_number(c, &i, &month) != 2)
        return 0;
    bool goes_on = c->cp[i] == 0x5E74 || c->cp[i] == '*' ||
                   (is_separator(c->cp[i]) && digit_of(c->cp[i + 1]) >= 0);
    return month >= 1 && month <= 12 && !goes_on ? schema_date(year, month, 0) : 0;
}

/* The date that begins with the number at *i; moves *i behind the number. */
static uint32_t read_date(const struct chars *c, size_t *i, bool takes_bare_year)
{
    size_t start = *i;
    unsigned value;
    size_t n = read_number(c, i, &value);
    size_t behind = skip_blanks(c, *i);
    bool is_roc = follows_roc(c, start), is_year = value >= YEAR_MIN && value <= YEAR_MAX;
    if (start > 0 && (c->cp[start - 1] == '*' || (c->cp[start - 1] == '.' && !is_year)))
        return 0;
    if (is_roc && value >= 1 && value < 200)
        return c->cp[behind] == 0x5E74 ? read_rest(c, behind, value + ROC_OFFSET) : 0;
    if (n == BARE_DATE_DIGITS) {
        unsigned year = value / 10000, month = value / 100 % 100, day = value % 100;
        bool is_date =
            year >= YEAR_MIN && year <= YEAR_MAX && is_day(month, day) && digit_of(c->cp[*i]) < 0;
        return is_date ? schema_date(year, month, day) : 0;
    }
    if (n != 4 || !is_year || c->cp[*i] == '*')
        return 0;
    uint32_t date = read_rest(c, *i, value);
    if (date == 0 && takes_bare_year)
        date = read_month(c, *i, value);
    return date == 0 && takes_bare_year ? schema_date(value, 0, 0) : date;
}

int date_precision(uint32_t date)
{
    return date == 0 ? 0 : schema_date_month(date) == 0 ? 1 : schema_date_day(date) == 0 ? 2 : 3;
}

/* What a date is written with, and the hour behind it: 2023年3月28日 09:20 */
static bool is_date_char(uint32_t cp)
{
    static const uint32_t marks[] = {
        ' ', ':', '-', '/', '.', 0x5E74, 0x6708, 0x65E5, 0x53F7, 0x5341, 0x767E}; /* 年月日号十百 */
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (cp == marks[i])
            return true;
    return digit_of(cp) >= 0;
}

/* Is the last character a Han one that no date ends with? Saves folding most lines. */
static bool ends_otherwise(const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char last = {.kind = CHAR_SPACE};
    size_t at = n ? utf8_floor(text, n, n - 1) : 0;
    folded_text_init(&t, text + at, n - at);
    while (folded_text_next(&t, &last))
        continue;
    return last.kind == CHAR_HAN && !is_date_char(last.cp);
}

bool date_ends(const char *text, size_t n)
{
    struct chars c;
    if (ends_otherwise(text, n))
        return false;
    c.n = folded_text_start(text, n, c.cp, LOOK_CHARS);
    size_t end = c.n;
    while (end > 0 && (c.cp[end - 1] == ' ' || c.cp[end - 1] == ')' || c.cp[end - 1] == '*'))
        end--;
    for (size_t i = end; i > 0 && is_date_char(c.cp[i - 1]);) {
        size_t behind = --i;
        if (date_precision(read_date(&c, &behind, false)) == 3)
            return true;
    }
    return false;
}

/* Could it hold a number? What is known to fold to no digit is most of any text, and saves folding it. */
static bool may_hold_number(const char *text, size_t n)
{
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        at += utf8_step(text + at, n - at, &cp);
        bool is_mark = (cp >= 0x3000 && cp <= 0x3020 && cp != 0x3007) || cp == 0xFF08 ||
                       cp == 0xFF09 || cp == 0xFF0C || cp == 0xFF1A || cp == 0xFF1B;
        const struct fold fold = fold_char(cp);
        bool is_known = cp < 0x80 || (cp >= 0x4E00 && cp <= 0x9FFF) || is_mark;
        if (!is_known || fold.n_expansion || digit_of(fold.cp) >= 0 || fold.cp == 0x5341 ||
            fold.cp == 0x767E)
            return true;
    }
    return false;
}

static uint32_t find(const char *text, size_t n, bool takes_bare_year)
{
    struct chars c;
    uint32_t best = 0;
    if (!may_hold_number(text, n))
        return 0;
    c.n = folded_text_start(text, n, c.cp, LOOK_CHARS);
    for (size_t i = 0; i < c.n;) {
        if (digit_of(c.cp[i]) < 0 && c.cp[i] != 0x5341 && c.cp[i] != 0x767E) {
            i++;
            continue;
        }
        uint32_t date = read_date(&c, &i, takes_bare_year);
        if (date_precision(date) > date_precision(best))
            best = date;
    }
    return best;
}

uint32_t date_find(const char *text, size_t n)
{
    return find(text, n, false);
}

uint32_t date_find_in_name(const char *name, size_t n)
{
    return find(name, n, true);
}

uint32_t date_opening(const char *text, size_t n)
{
    struct chars c;
    size_t i = 0;
    c.n = folded_text_start(text, n, c.cp, LOOK_CHARS);
    while (c.cp[i] == ' ' || c.cp[i] == '(' || c.cp[i] == '[' || c.cp[i] == '-' ||
           c.cp[i] == 0x3010 || c.cp[i] == 0x2014) /* 【 — */
        i++;
    i += c.cp[i] == 0x6C11 && c.cp[i + 1] == 0x56FD ? 2 : 0; /* 民国 */
    return read_date(&c, &i, false);
}
