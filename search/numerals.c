// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/numerals.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "tokenizer/han_digit.h"

static const uint64_t WAN = 10000, YI = 100000000;
static const uint64_t NUMBER_LIMIT = 10000000000000000; /* below 10^16 */
enum {
    FRACTION_MAX = 8,
    INTEGER_DIGITS_MAX = 12,
    DECIMAL_DIGITS_MAX = 8, /* of them, before a fraction */
    INTEGER_BYTES_MAX = 24,
    GROUP = 3,
    YEAR_DIGITS = 4
};

/* ---- Chinese characters to digits ---- */

/* 0 to 9, or -1. 两 and what banks write (壹贰叁) count, too. */
static int digit_of(uint32_t cp)
{
    static const uint32_t bankers[10] = {
        0, 0x58F9, 0x8D30, 0x53C1, 0x8086, 0x4F0D, 0x9646, 0x67D2, 0x634C, 0x7396};
    for (int d = 1; d < 10; d++)
        if (bankers[d] == cp)
            return d;
    return cp == 0x4E24 ? 2 : han_digit(cp);
}

/* 10, 100, 1000, or 0. */
static uint64_t small_unit(uint32_t cp)
{
    switch (cp) {
    case 0x5341: /* 十 */
    case 0x62FE: /* 拾 */
        return 10;
    case 0x767E: /* 百 */
    case 0x4F70: /* 佰 */
        return 100;
    case 0x5343: /* 千 */
    case 0x4EDF: /* 仟 */
        return 1000;
    default:
        return 0;
    }
}

static uint64_t big_unit(uint32_t cp)
{
    return cp == 0x4E07 /* 万 */ ? WAN : cp == 0x4EBF /* 亿 */ ? YI : 0;
}

static bool is_point(uint32_t cp)
{
    return cp == 0x70B9 /* 点 */;
}

bool is_big_unit(uint32_t cp)
{
    return big_unit(cp) > 0;
}

bool is_numeral(uint32_t cp)
{
    return digit_of(cp) >= 0 || small_unit(cp) || big_unit(cp) || is_point(cp);
}

bool is_ascii_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

struct number {
    uint64_t whole;
    char fraction[FRACTION_MAX + 1]; /* digits behind the point */
    uint64_t unit;                   /* behind a fraction: 二点五亿; else 1 */
    bool is_percent;
};

struct reader {
    const uint32_t *at, *end;
};

/* 百分之 at the start of a text. */
static bool begins_percent(const uint32_t *folded, size_t n)
{
    return n > 3 && folded[0] == 0x767E && folded[1] == 0x5206 && folded[2] == 0x4E4B;
}

/* Digits one by one: 二〇二三. */
static bool read_digits(struct reader *r, uint64_t *out)
{
    const uint32_t *start = r->at;
    uint64_t value = 0;
    bool has_zero = false;
    for (; r->at < r->end && digit_of(*r->at) >= 0 && value < NUMBER_LIMIT / 10; r->at++) {
        int d = digit_of(*r->at);
        if (*r->at == 0x4E24 /* 两 */)
            return false;
        has_zero |= d == 0;
        value = 10 * value + (uint64_t)d;
    }
    *out = value;
    size_t n = (size_t)(r->at - start);
    return (n >= YEAR_DIGITS || (n >= 2 && has_zero)) && digit_of(*start) > 0;
}

/* Below 10,000, with units: 三百二十, 十五, 二千零五; or one digit. 两千五 is not: it may be 2500. */
static bool read_section(struct reader *r, uint64_t *out)
{
    uint64_t last_unit = WAN;
    for (*out = 0; r->at < r->end && last_unit > 1;) {
        bool has_zero = digit_of(*r->at) == 0;
        if (has_zero && (*out == 0 || ++r->at == r->end))
            return false;
        int d = digit_of(*r->at);
        uint64_t unit = 0;
        if (d > 0 && ++r->at < r->end)
            unit = small_unit(*r->at);
        else if (d < 0 && *out == 0 && small_unit(*r->at) == 10) /* 十五 */
            unit = 10;
        if (d < 0 && unit)
            d = 1;
        if (d <= 0)
            return !has_zero && *out > 0;
        if (unit ? unit >= last_unit : *out && last_unit > 10 && !has_zero)
            return false;
        r->at += unit > 0;
        last_unit = unit ? unit : 1;
        *out += (uint64_t)d * last_unit;
    }
    return *out > 0;
}

/* May a section with its unit follow one with last_unit? Without a zero between them only in full:
 * 一万二千, but 三万五 may be 35,000. */
static bool may_follow(uint64_t section, uint64_t unit, uint64_t last_unit, bool has_zero)
{
    return unit < last_unit &&
           (last_unit == NUMBER_LIMIT || has_zero || (section >= 1000 && unit * WAN == last_unit));
}

/* Sections with 亿 and 万 behind them, or digits one by one. */
static bool read_whole(struct reader *r, uint64_t *out)
{
    struct reader digits = *r;
    if (read_digits(&digits, out) && (digits.at == digits.end || is_point(*digits.at))) {
        *r = digits;
        return true;
    }
    uint64_t last_unit = NUMBER_LIMIT, section;
    *out = 0;
    while (r->at < r->end && !is_point(*r->at)) {
        bool has_zero = *out && digit_of(*r->at) == 0;
        r->at += has_zero;
        if (r->at == r->end || !read_section(r, &section))
            return false;
        uint64_t unit = 1;
        for (; r->at < r->end && big_unit(*r->at) && unit < YI; r->at++)
            unit *= big_unit(*r->at);
        const bool is_of_both = unit == YI && last_unit == WAN; /* 一万五千亿: all of it */
        if (!may_follow(section, is_of_both ? 1 : unit, last_unit, has_zero))
            return false;
        last_unit = unit;
        *out = is_of_both ? (*out + section) * YI : *out + section * unit;
    }
    return *out > 0 && *out < NUMBER_LIMIT;
}

static bool read_fraction(struct reader *r, struct number *out)
{
    size_t n = 0;
    r->at++;
    for (; r->at < r->end && digit_of(*r->at) >= 0 && n < FRACTION_MAX; r->at++)
        out->fraction[n++] = (char)('0' + digit_of(*r->at));
    for (; r->at < r->end && big_unit(*r->at) && out->unit < YI; r->at++)
        out->unit *= big_unit(*r->at);
    return n > 0;
}

static bool read_number(const uint32_t *folded, size_t n, struct number *out)
{
    *out = (struct number){.unit = 1, .is_percent = begins_percent(folded, n)};
    struct reader r = {folded + (out->is_percent ? 3 : 0), folded + n};
    if (digit_of(*r.at) == 0 && r.at + 1 < r.end && is_point(r.at[1]))
        r.at++; /* 零点五 */
    else if (!read_whole(&r, &out->whole))
        return false;
    if (r.at < r.end && is_point(*r.at) && !read_fraction(&r, out))
        return false;
    return r.at == r.end;
}

size_t numeral_end(const uint32_t *folded, size_t n, size_t at)
{
    size_t end = at;
    if (begins_percent(folded + at, n - at))
        end += 3;
    while (end < n && is_numeral(folded[end]) && end - at < NUMERAL_CHARS_MAX)
        end++;
    return end;
}

static void add_form(struct numeral_forms *out, const char *a, const char *b, const char *c)
{
    if (out->n < NUMERAL_FORMS_MAX)
        snprintf(out->at[out->n++], NUMERAL_BYTES_MAX, "%s%s%s", a, b, c);
}

/* value in a unit, to four places: 120000000 is 1.2 亿. False where that is not exact. */
static bool in_unit(uint64_t value, uint64_t unit, char out[NUMERAL_BYTES_MAX])
{
    uint64_t step = unit / WAN, rest = value % unit;
    if (value < unit || rest % step)
        return false;
    int n = snprintf(out, NUMERAL_BYTES_MAX, "%" PRIu64 ".%04" PRIu64, value / unit, rest / step);
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[n - 1] = '\0';
    return true;
}

/* The value in a unit, and from 1,000 of it on with the thousands apart. */
static void add_unit_forms(
    struct numeral_forms *out, uint64_t value, uint64_t unit, const char *name)
{
    char text[NUMERAL_BYTES_MAX], regrouped[NUMERAL_BYTES_MAX];
    if (!in_unit(value, unit, text))
        return;
    add_form(out, text, name, "");
    if (numerals_regroup(text, strlen(text), regrouped))
        add_form(out, regrouped, name, "");
}

/* A whole number: 45 as it is, from 10,000 on with its thousands apart and in 万, 亿 and 万亿, too. */
static void add_digit_forms(struct numeral_forms *out, uint64_t value)
{
    char text[NUMERAL_BYTES_MAX], regrouped[NUMERAL_BYTES_MAX];
    snprintf(text, sizeof text, "%" PRIu64, value);
    add_form(out, text, "", "");
    if (value >= WAN && numerals_regroup(text, strlen(text), regrouped))
        add_form(out, regrouped, "", "");
    if (value < YI * WAN)
        add_unit_forms(out, value, WAN, "万");
    add_unit_forms(out, value, YI, "亿");
    add_unit_forms(out, value, YI * WAN, "万亿");
}

void numerals_to_digits(const uint32_t *folded, size_t n, struct numeral_forms *out)
{
    struct number number;
    char whole[INTEGER_BYTES_MAX];
    out->n = 0;
    if (n == 0 || n > NUMERAL_CHARS_MAX || !read_number(folded, n, &number))
        return;
    snprintf(whole, sizeof whole, "%" PRIu64, number.whole);
    if (number.fraction[0]) {
        char fraction[FRACTION_MAX + 8];
        const char *unit = number.unit == YI * WAN ? "万亿"
                           : number.unit == YI     ? "亿"
                           : number.unit == WAN    ? "万"
                                                   : "";
        snprintf(fraction, sizeof fraction, ".%s", number.fraction);
        add_form(out, whole, fraction, number.is_percent ? "%" : unit);
        return;
    }
    if (number.is_percent) {
        add_form(out, whole, "%", "");
        return;
    }
    add_digit_forms(out, number.whole);
}

/* digits times unit, where that is a whole number: 1.2 and 10,000 are 12,000. */
static bool read_in_unit(const char *digits, size_t n, uint64_t unit, uint64_t *out)
{
    bool is_fraction = false;
    uint64_t value = 0;
    if (n == 0 || (n > 1 && digits[0] == '0' && digits[1] != '.'))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (digits[i] == ',' && !is_fraction)
            continue;
        if (digits[i] == '.' && !is_fraction) {
            is_fraction = true;
            continue;
        }
        if (digits[i] < '0' || digits[i] > '9' || (is_fraction && unit % 10))
            return false;
        unit /= is_fraction ? 10 : 1;
        value = 10 * value + (uint64_t)(digits[i] - '0');
        if (value >= NUMBER_LIMIT / unit)
            return false;
    }
    *out = value * unit;
    return true;
}

void numerals_in_units(
    const char *digits, size_t n, uint32_t unit, uint32_t next, struct numeral_forms *out)
{
    uint64_t value, times = big_unit(unit) ? big_unit(unit) : 1;
    out->n = 0;
    if (big_unit(unit) == WAN && big_unit(next) == YI)
        times = YI * WAN;
    if (read_in_unit(digits, n, times, &value) && value >= WAN)
        add_digit_forms(out, value);
}

/* ---- digits to Chinese characters ---- */

static const char *const names[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

static void append(char out[NUMERAL_BYTES_MAX], const char *s)
{
    size_t n = strlen(out);
    snprintf(out + n, NUMERAL_BYTES_MAX - n, "%s", s);
}

/* Below 10,000: 2023 gives 二千零二十三, 15 gives 十五. */
static void append_section(char out[NUMERAL_BYTES_MAX], unsigned value)
{
    static const char *const units[] = {"千", "百", "十", ""};
    bool has_gap = out[0] && value < 1000, has_any = out[0];
    for (unsigned i = 0, unit = 1000; i < 4; i++, unit /= 10) {
        unsigned d = value / unit % 10;
        if (d == 0) {
            has_gap = has_gap || has_any;
            continue;
        }
        append(out, has_gap ? "零" : "");
        if (d != 1 || unit != 10 || has_any)
            append(out, names[d]);
        append(out, units[i]);
        has_gap = false;
        has_any = true;
    }
}

/* The number as banks write it: 四十五 gives 肆拾伍, 十五 壹拾伍. */
static void append_banker(char out[NUMERAL_BYTES_MAX], const char *text)
{
    static const char *const plain = "一二三四五六七八九十百千";
    static const char *const banker = "壹贰叁肆伍陆柒捌玖拾佰仟";
    const size_t n_char = strlen("一");
    if (strncmp(text, "十", n_char) == 0)
        append(out, "壹");
    for (; *text; text += n_char) {
        char one[UTF8_MAX_BYTES + 1] = "";
        memcpy(one, text, n_char); /* all of them are of three bytes */
        const char *at = strstr(plain, one);
        if (at)
            memcpy(one, banker + (at - plain), n_char);
        append(out, one);
    }
}

static void append_whole(char out[NUMERAL_BYTES_MAX], uint64_t value)
{
    if (value == 0)
        append(out, names[0]);
    if (value >= YI) {
        append_section(out, (unsigned)(value / YI));
        append(out, "亿");
    }
    if (value / WAN % WAN) {
        append_section(out, (unsigned)(value / WAN % WAN));
        append(out, "万");
    }
    append_section(out, (unsigned)(value % WAN));
}

static void append_digits(char out[NUMERAL_BYTES_MAX], const char *digits, const char *zero)
{
    for (; *digits; digits++)
        append(out, *digits == '0' ? zero : names[*digits - '0']);
}

/* Takes a number apart: whole part without commas, fraction, percent sign. */
static bool split(const char *digits, size_t n, char whole[INTEGER_DIGITS_MAX + 1],
    char fraction[FRACTION_MAX + 1], bool *is_percent)
{
    size_t n_whole = 0, n_fraction = 0, i = 0;
    *is_percent = n && digits[n - 1] == '%';
    n -= *is_percent;
    for (; i < n && digits[i] != '.'; i++) {
        if (digits[i] == ',')
            continue;
        if (digits[i] < '0' || digits[i] > '9' || n_whole == INTEGER_DIGITS_MAX)
            return false;
        whole[n_whole++] = digits[i];
    }
    for (i++; i < n; i++) {
        if (digits[i] < '0' || digits[i] > '9' || n_fraction == FRACTION_MAX)
            return false;
        fraction[n_fraction++] = digits[i];
    }
    whole[n_whole] = fraction[n_fraction] = '\0';
    return n_whole > 0 && (whole[0] != '0' || n_whole == 1) &&
           (n_fraction == 0 || n_whole <= DECIMAL_DIGITS_MAX);
}

void numerals_to_han(const char *digits, size_t n, struct numeral_forms *out)
{
    char whole[INTEGER_DIGITS_MAX + 1], fraction[FRACTION_MAX + 1];
    char text[NUMERAL_BYTES_MAX] = "", tail[NUMERAL_BYTES_MAX] = "";
    bool is_percent;
    uint64_t value = 0;
    out->n = 0;
    if (!split(digits, n, whole, fraction, &is_percent))
        return;
    for (const char *d = whole; *d; d++)
        value = 10 * value + (uint64_t)(*d - '0');
    if (fraction[0]) {
        append(tail, "点");
        append_digits(tail, fraction, names[0]);
    }
    append_whole(text, value);
    const char *head = is_percent ? "百分之" : "";
    bool is_year = strlen(whole) == YEAR_DIGITS && !fraction[0] && !is_percent &&
                   memchr(digits, ',', n) == NULL;
    for (int i = 0; i < 2 && is_year; i++) {
        char year[NUMERAL_BYTES_MAX] = "";
        append_digits(year, whole, i ? names[0] : "〇");
        if (i == 0 || strchr(whole, '0'))
            add_form(out, year, "", "");
    }
    add_form(out, head, text, tail);
    size_t n_two = strlen(names[2]);
    bool has_unit_behind =
        strncmp(text + n_two, "千", 3) == 0 || strncmp(text + n_two, "万", 3) == 0;
    if (strncmp(text, names[2], n_two) == 0 && has_unit_behind && !is_percent)
        add_form(out, "两", text + n_two, tail);
    if (value < 10 || is_percent || fraction[0])
        return;
    char banker[NUMERAL_BYTES_MAX] = "";
    append_banker(banker, text);
    add_form(out, banker, "", "");
}

bool numerals_regroup(const char *digits, size_t n, char out[NUMERAL_BYTES_MAX])
{
    char plain[NUMERAL_BYTES_MAX];
    size_t n_whole = 0, n_plain = 0, n_out = 0;
    bool has_comma = false, has_point = false;
    if (n == 0 || 2 * n >= NUMERAL_BYTES_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        has_comma |= digits[i] == ',';
        has_point |= digits[i] == '.';
        if (digits[i] == ',')
            continue;
        if (digits[i] != '.' && (digits[i] < '0' || digits[i] > '9'))
            return false;
        n_whole += !has_point;
        plain[n_plain++] = digits[i];
    }
    if (!has_comma && (n_whole <= GROUP || plain[0] == '0'))
        return false;
    for (size_t i = 0; i < n_plain; i++) {
        if (!has_comma && i && i < n_whole && (n_whole - i) % GROUP == 0)
            out[n_out++] = ',';
        out[n_out++] = plain[i];
    }
    out[n_out] = '\0';
    return true;
}
