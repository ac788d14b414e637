// SPDX-License-Identifier: GPL-2.0-or-later
/* Is what stands in a text a number of its own, or a part of a longer one, or of a row of numbers? */
#ifndef DUAN_SEARCH_NUMERAL_PLACE_H
#define DUAN_SEARCH_NUMERAL_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is what stands at folded[start..end) no part of a longer number? 四十五 is one of 一百四十五, of 四十五万, of 四十五点六
 * and of 百分之四十五. Where a Han character that is no numeral begins or ends it, nothing is asked of that side. */
bool numeral_is_whole(const uint32_t *folded, size_t n, size_t start, size_t end);

/* Are the digits at folded[start..end) a part of a time of day (09:45), of a fraction (3/4), of a decimal as it used to be
 * printed (4·3), of a date or another row of three (2024-05-01)? Never four digits: they are a year, and a number by themselves. */
bool numeral_is_in_row(const uint32_t *folded, size_t n, size_t start, size_t end);

#endif
