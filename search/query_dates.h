// SPDX-License-Identifier: GPL-2.0-or-later
/* The value of `year:` and `date:` as a range of dates.
 *
 *   2023   2020..2024   2020..   ..2019          of years, or with month and day:
 *   2023-02   2023-02-15   2023-02..2023-06      `/` serves for `-`
 * A range runs from the first day its start may mean to the last its end may mean. A report of
 * which only the year is known lies in a range that holds the whole year. */
#ifndef DUAN_SEARCH_QUERY_DATES_H
#define DUAN_SEARCH_QUERY_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads n folded code points. False where they are no range. low > high is the caller's to refuse.
 */
bool query_dates_parse(
    const uint32_t *folded, size_t n, bool only_years, uint32_t *low, uint32_t *high);

#endif
