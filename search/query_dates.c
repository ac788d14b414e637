// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/query_dates.h"

#include "store/schema.h"

enum { YEAR_MAX = 9999, MONTH_MAX = 12, DAY_MAX = 31 };

struct reader {
    const uint32_t *at, *end;
};

/* A number of at most max_digits between 1 and max; 0 where there is none. */
static unsigned read_number(struct reader *r, int max_digits, unsigned max)
{
    unsigned number = 0;
    for (; max_digits && r->at < r->end && *r->at - '0' <= 9; r->at++, max_digits--)
        number = 10 * number + (*r->at - '0');
    return number <= max ? number : 0;
}

static bool take(struct reader *r, uint32_t cp)
{
    if (r->at == r->end || *r->at != cp)
        return false;
    r->at++;
    return true;
}

static unsigned days_of(unsigned year, unsigned month)
{
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    bool is_short = month == 4 || month == 6 || month == 9 || month == 11;
    return month == 2 ? 28 + is_leap : DAY_MAX - is_short;
}

/* One date: the first and the last day it may mean. */
static bool read_date(struct reader *r, bool only_years, uint32_t *first, uint32_t *last)
{
    unsigned year = read_number(r, 4, YEAR_MAX), month = 0, day = 0;
    if (!year)
        return false;
    if (!only_years && (take(r, '-') || take(r, '/'))) {
        if (!(month = read_number(r, 2, MONTH_MAX)))
            return false;
        if ((take(r, '-') || take(r, '/')) && !(day = read_number(r, 2, days_of(year, month))))
            return false;
    }
    *first = schema_date(year, month, day);
    *last = schema_date(year, month ? month : MONTH_MAX, day ? day : DAY_MAX);
    return true;
}

bool query_dates_parse(
    const uint32_t *folded, size_t n, bool only_years, uint32_t *low, uint32_t *high)
{
    struct reader r = {folded, folded + n};
    uint32_t ignored;
    *low = 1;
    *high = schema_date(YEAR_MAX, MONTH_MAX, DAY_MAX);
    if (r.at < r.end && *r.at != '.' && !read_date(&r, only_years, low, high))
        return false;
    if (r.at == r.end)
        return n > 0;
    if (!take(&r, '.') || !take(&r, '.'))
        return false;
    *high = schema_date(YEAR_MAX, MONTH_MAX, DAY_MAX);
    if (r.at < r.end && !read_date(&r, only_years, &ignored, high))
        return false;
    return r.at == r.end && n > 2;
}
