// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/numeral_place.h"

#include "search/numerals.h"

enum { POINT = 0x70B9 /* 点 */, MIDDLE_DOT = 0xB7 /* · */, YEAR_DIGITS = 4 };

static bool is_figure(uint32_t cp)
{
    return is_ascii_digit(cp) || (is_numeral(cp) && cp != POINT);
}

/* Is at[0] a point or comma within a number? 一，二 are two. */
static bool joins_figures(const uint32_t *at)
{
    if (at[0] == POINT)
        return is_figure(at[-1]) && is_figure(at[1]);
    return (at[0] == '.' || at[0] == ',') && is_ascii_digit(at[-1]) && is_ascii_digit(at[1]);
}

bool numeral_is_whole(const uint32_t *folded, size_t n, size_t start, size_t end)
{
    const uint32_t *at = folded + start, *behind = folded + end;
    const size_t n_behind = n - end;
    if (is_figure(*at)) {
        if (start >= 1 && is_figure(at[-1]))
            return false;
        if (start >= 2 && joins_figures(at - 1))
            return false;
        if (start >= 2 && at[-1] == 0x4E4B && at[-2] == 0x5206) /* 分之 */
            return false;
    }
    if (n_behind == 0 || !is_figure(behind[-1]))
        return true;
    return !is_figure(behind[0]) && !(n_behind > 1 && joins_figures(behind));
}

static bool joins_row(uint32_t cp)
{
    return cp == ':' || cp == '/' || cp == MIDDLE_DOT;
}

/* How many groups of digits, two at most, are joined by hyphens to what ends before folded[at]. */
static size_t groups_behind(const uint32_t *folded, size_t n, size_t at)
{
    size_t groups = 0;
    for (; groups < 2 && at + 1 < n && folded[at] == '-' && is_ascii_digit(folded[at + 1]);
         groups++)
        for (at++; at < n && is_ascii_digit(folded[at]);)
            at++;
    return groups;
}

/* The same of what begins at folded[at]. */
static size_t groups_before(const uint32_t *folded, size_t at)
{
    size_t groups = 0;
    for (; groups < 2 && at > 1 && folded[at - 1] == '-' && is_ascii_digit(folded[at - 2]);
         groups++)
        for (at--; at > 0 && is_ascii_digit(folded[at - 1]);)
            at--;
    return groups;
}

bool numeral_is_in_row(const uint32_t *folded, size_t n, size_t start, size_t end)
{
    if (end - start == YEAR_DIGITS)
        return false;
    if (start > 1 && joins_row(folded[start - 1]) && is_ascii_digit(folded[start - 2]))
        return true;
    if (end + 1 < n && joins_row(folded[end]) && is_ascii_digit(folded[end + 1]))
        return true;
    return groups_before(folded, start) + groups_behind(folded, n, end) >= 2;
}
