// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/xlsx_cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The code without what is quoted, escaped or in brackets, up to the first section's end. */
static size_t bare_code(const char *code, size_t n, char *out, size_t max)
{
    size_t len = 0;
    for (size_t i = 0; i < n && len + 1 < max && code[i] != ';'; i++) {
        char close = code[i] == '"' ? '"' : code[i] == '[' ? ']' : '\0';
        if (code[i] == '\\' || code[i] == '_' || code[i] == '*') {
            i++;
        } else if (close) {
            if (close == ']' && i + 2 < n && strchr("hHmMsS", code[i + 1]) &&
                (code[i + 2] == ']' || code[i + 2] == code[i + 1]))
                out[len++] = code[i + 1]; /* [h]:mm */
            while (i + 1 < n && code[++i] != close)
                continue;
        } else {
            out[len++] = code[i];
        }
    }
    out[len] = '\0';
    return len;
}

struct cell_format cell_format_parse(const char *code, size_t n)
{
    char bare[128];
    struct cell_format f = {.kind = CELL_GENERAL};
    bare_code(code, n, bare, sizeof bare);
    if (strcasestr(bare, "general"))
        return f;
    bool has_day = strpbrk(bare, "yYdDeE") && !strpbrk(bare, "0#?"),
         has_hour = strpbrk(bare, "hHsS");
    if (!has_day && !has_hour && strpbrk(bare, "mM") && !strpbrk(bare, "0#?"))
        has_day = true;
    if (has_day || has_hour) {
        f.kind = has_day && has_hour ? CELL_DATE_TIME : has_day ? CELL_DATE : CELL_TIME;
        return f;
    }
    const char *point = strchr(bare, '.');
    if (!strpbrk(bare, "0#?") || strpbrk(bare, "eE/"))
        return f;
    if (point && strchr(point, '#')) /* as many decimals as there are */
        return f;
    while (point && (point[1] == '0' || point[1] == '#' || point[1] == '?')) {
        f.decimals++;
        point++;
    }
    f.kind = strchr(bare, '%') ? CELL_PERCENT : CELL_FIXED;
    return f;
}

struct cell_format cell_format_builtin(int id)
{
    static const struct cell_format fixed[] = {[1] = {CELL_FIXED, 0},
        [2] = {CELL_FIXED, 2},
        [3] = {CELL_FIXED, 0},
        [4] = {CELL_FIXED, 2},
        [9] = {CELL_PERCENT, 0},
        [10] = {CELL_PERCENT, 2}};
    struct cell_format general = {CELL_GENERAL, 0};
    if (id >= 0 && id <= 10)
        return fixed[id];
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        (id >= 57 && id <= 58))
        general.kind = CELL_DATE;
    else if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ||
             id == 55 || id == 56)
        general.kind = CELL_TIME;
    else if (id == 22)
        general.kind = CELL_DATE_TIME;
    else if (id >= 37 && id <= 44)
        general = (struct cell_format){CELL_FIXED, id >= 39 && id != 41 && id != 42 ? 2 : 0};
    return general;
}

/* Days since 1970-01-01 to year, month, day (Howard Hinnant's civil_from_days). */
static void civil(long days, long *y, unsigned *m, unsigned *d)
{
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned doe = (unsigned)(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *d = doy - (153 * mp + 2) / 5 + 1;
    *m = mp < 10 ? mp + 3 : mp - 9;
    *y = (long)yoe + era * 400 + (*m <= 2);
}

/* Serial days: 1 is 1900-01-01, and 60 the 29 February that 1900 did not have. */
static int render_date(double serial, enum cell_kind kind, bool is_1904, char *out)
{
    double seconds = floor(serial * 86400 + 0.5);
    long days = (long)(seconds / 86400), second = (long)(seconds - (double)days * 86400), year;
    unsigned month, day;
    int n = 0;
    civil(days + (is_1904 ? -24107 : days < 60 ? -25568 : -25569), &year, &month, &day);
    if (kind != CELL_TIME)
        n = snprintf(out, CELL_TEXT_MAX, "%04ld-%02u-%02u", year, month, day);
    if (kind == CELL_TIME || (kind == CELL_DATE_TIME && second))
        n += snprintf(out + n, CELL_TEXT_MAX - (size_t)n, n ? " %02ld:%02ld" : "%02ld:%02ld",
            second / 3600 + (kind == CELL_TIME ? days * 24 : 0), second / 60 % 60);
    if ((kind == CELL_TIME || kind == CELL_DATE_TIME) && second % 60)
        n += snprintf(out + n, CELL_TEXT_MAX - (size_t)n, ":%02ld", second % 60);
    return n;
}

size_t cell_render(
    const char *value, size_t n, struct cell_format f, bool is_1904, char out[CELL_TEXT_MAX])
{
    char digits[CELL_TEXT_MAX], *end;
    n = n < CELL_TEXT_MAX - 1 ? n : CELL_TEXT_MAX - 1;
    memcpy(digits, value, n);
    digits[n] = '\0';
    double v = strtod(digits, &end);
    if (end == digits || !isfinite(v) || fabs(v) > 1e15) {
        memcpy(out, digits, n + 1);
        return n;
    }
    unsigned decimals = f.decimals < 15 ? f.decimals : 15;
    int len;
    if (f.kind >= CELL_DATE && v >= 0 && v < 2958466) /* up to the year 9999 */
        len = render_date(v, f.kind, is_1904, out);
    else if (f.kind == CELL_PERCENT)
        len = snprintf(out, CELL_TEXT_MAX, "%.*f%%", (int)decimals, v * 100);
    else if (f.kind == CELL_FIXED)
        len = snprintf(out, CELL_TEXT_MAX, "%.*f", (int)decimals, v);
    else
        len = snprintf(out, CELL_TEXT_MAX, "%.15g", v);
    return (size_t)len;
}
