// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding a date in a line or a file name: 2023年2月22日, 2026-02-06, 2026/2/6, 2026.02.06,
 * 20230706, 二〇二三年二月, 民國112年3月 (1911 added), a year alone. Read on the folded text.
 * Masked digits (202*年) give no date. */
#ifndef DUAN_INDEXER_DATE_H
#define DUAN_INDEXER_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most exact date in text[0..n), the first of equals, as schema_date; 0 where there is none.
 * Only the first few hundred characters are looked at. date_find_in_name also takes a year without
 * 年 (report2023, 1954_…), and a month behind it (2025-06). */
uint32_t date_find(const char *text, size_t n);
uint32_t date_find_in_name(const char *name, size_t n);

/* The date that text[0..n) begins with, behind blanks, brackets and dashes; 0 where none does. */
uint32_t date_opening(const char *text, size_t n);

/* Does text[0..n) end in a date with its day, an hour or a closing bracket behind it or not?
 * 云陵市统计局　2023年3月28日 does. */
bool date_ends(const char *text, size_t n);

/* 3 with a day, 2 with a month, 1 with the year only, 0 for none. */
int date_precision(uint32_t date);

#endif
