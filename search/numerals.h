// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers in Chinese characters and in digits: 四十五 = 45, 二〇二三 = 2023, 两千亿 = 2000亿,
 * 百分之九点七 = 9.7%.
 *
 * Only what is surely a number is one: 十四五 (a plan's name), 一二 and 三五 are none, two or more
 * digits in a row are a number when one of them is zero or there are four of them. */
#ifndef DUAN_SEARCH_NUMERALS_H
#define DUAN_SEARCH_NUMERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMERAL_FORMS_MAX = 8, NUMERAL_BYTES_MAX = 96, NUMERAL_CHARS_MAX = 24 };

/* Ways to write one number, UTF-8, each ended by a NUL. */
struct numeral_forms {
    char at[NUMERAL_FORMS_MAX][NUMERAL_BYTES_MAX];
    size_t n;
};

/* Is the folded character one that a number in Chinese characters is made of? 分 and 之 are not: a
 * percentage begins with 百分之. */
bool is_numeral(uint32_t cp);

/* 万, 亿. */
bool is_big_unit(uint32_t cp);
bool is_ascii_digit(uint32_t cp);
enum { NUMERAL_ORDINAL = 0x7B2C }; /* 第 */

/* The end of the number in Chinese characters that begins at folded[at], `at` where none does. */
size_t numeral_end(const uint32_t *folded, size_t n, size_t at);

/* The writings with digits of a number that is all of folded[0..n): 两千亿 gives 2000亿; none where
 * it is no number. */
void numerals_to_digits(const uint32_t *folded, size_t n, struct numeral_forms *out);

/* The writings with digits of a number in digits, of 10,000 or more, that is counted in a unit: 万 or 亿, with 亿 for
 * `next` 万亿; any other is none. 45 亿 gives 4500000000 4,500,000,000 450000万 450,000万 45亿; none where it is no whole
 * number. */
void numerals_in_units(
    const char *digits, size_t n, uint32_t unit, uint32_t next, struct numeral_forms *out);

/* The writings in Chinese characters of a number in digits (45, 1,234, 9.7, 9.7%): 2023 gives
 * 二〇二三, 二零二三, 二千零二十三, 两千零二十三, 贰仟零贰拾叁. None past twelve digits, or eight before a point. */
void numerals_to_han(const char *digits, size_t n, struct numeral_forms *out);

/* The other way to write a number's thousands: 1234 gives 1,234 and the reverse. False where there is
 * none. */
bool numerals_regroup(const char *digits, size_t n, char out[NUMERAL_BYTES_MAX]);

#endif
