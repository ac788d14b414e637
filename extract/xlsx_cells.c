// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/xlsx_cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "extract/hex.h"

/* ---- formats ---- */

/* The code without what is quoted, escaped or in brackets, up to the first section's end. */
static size_t bare_code(const char *code, size_t n, char *out, size_t max)
{
    size_t len = 0;
    for (size_t i = 0; i < n && len + 1 < max && code[i] != ';'; i++) {
        char close = code[i] == '"' ? '"' : code[i] == '[' ? ']' : '\0';
        if (strchr("\\!_*", code[i])) {
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

/* Does it tell more than a sign of currency, a blank or a dash? */
static bool is_telling(const char *words, size_t n)
{
    for (size_t at = 0, len; at < n; at += len) {
        uint32_t c;
        len = utf8_step(words + at, n - at, &c);
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool is_sign = c < 0x80 || c == 0xA0 || c == 0xA3 || c == 0xA5 || c == 0x3000 ||
                       c == 0xFF04 || c == UTF8_INVALID || (c >= 0x2010 && c <= 0x2015) ||
                       (c >= 0x20A0 && c <= 0x20CF) || (c >= 0xFFE0 && c <= 0xFFE6);
        if (is_letter || c == '%' || !is_sign)
            return true;
    }
    return false;
}

/* A section of a format as it is read. */
struct section {
    struct cell_words words;
    bool has_digits, ends_in_comma;
    bool is_odd; /* its number is scaled, split, or of a condition */
};

static void add_words(struct section *s, const char *text, size_t n)
{
    char *to = s->has_digits ? s->words.after : s->words.before;
    size_t len = strlen(to);
    if (n >= CELL_WORDS_MAX - len)
        s->is_odd = true;
    else
        memcpy(to + len, text, n);
}

static void read_bare(struct section *s, char c)
{
    if (strchr("0#?.", c)) {
        s->is_odd |= s->words.after[0] != '\0';
        s->has_digits = true;
    }
    s->ends_in_comma = (s->ends_in_comma && !strchr("0#?.", c)) || (c == ',' && s->has_digits);
}

/* One piece of the code; returns its bytes. */
static size_t read_piece(struct section *s, const char *code, size_t n)
{
    static const char *const generals[] = {"General", "GENERAL", "G/通用格式"};
    uint32_t c;
    for (size_t i = 0; i < sizeof generals / sizeof *generals; i++)
        if (n >= strlen(generals[i]) && memcmp(code, generals[i], strlen(generals[i])) == 0) {
            s->has_digits = true;
            return strlen(generals[i]);
        }
    if (*code == '"' || *code == '[') {
        const char *close = memchr(code + 1, *code == '"' ? '"' : ']', n - 1);
        size_t len = close ? (size_t)(close - code) : n;
        if (*code == '"')
            add_words(s, code + 1, len - 1);
        else
            s->is_odd |= n > 1 && strchr("<>=", code[1]);
        return close ? len + 1 : n;
    }
    bool is_escape = strchr("\\!_*", *code);
    if (is_escape && n == 1)
        return 1;
    size_t len = utf8_step(code + is_escape, n - is_escape, &c);
    if (*code == '\\' || *code == '!' || c >= 0x80)
        add_words(s, code + is_escape, *code == '_' || *code == '*' ? 0 : len);
    else if (!is_escape)
        read_bare(s, *code);
    return len + is_escape;
}

/* The words of the section that the code begins with; *words stays empty where they do not stand around a plain number. Returns
 * its bytes. */
static size_t read_words(const char *code, size_t n, struct cell_words *words)
{
    struct section s = {.has_digits = false};
    size_t at = 0;
    while (at < n && code[at] && code[at] != ';')
        at += read_piece(&s, code + at, n - at);
    *words = (struct cell_words){"", ""};
    if (!s.has_digits || s.is_odd || s.ends_in_comma)
        return at;
    if (is_telling(s.words.before, strlen(s.words.before)))
        memcpy(words->before, s.words.before, CELL_WORDS_MAX);
    if (is_telling(s.words.after, strlen(s.words.after)))
        memcpy(words->after, s.words.after, CELL_WORDS_MAX);
    return at;
}

struct cell_format cell_format_parse(const char *code, size_t n)
{
    char bare[128];
    struct cell_format f = {.kind = CELL_GENERAL};
    bare_code(code, n, bare, sizeof bare);
    size_t end = read_words(code, n, &f.words);
    f.has_negative = end + 1 < n && code[end] == ';';
    if (f.has_negative)
        read_words(code + end + 1, n - end - 1, &f.negative);
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
    static const struct cell_format fixed[] = {[1] = {.kind = CELL_FIXED},
        [2] = {.kind = CELL_FIXED, .decimals = 2},
        [3] = {.kind = CELL_FIXED},
        [4] = {.kind = CELL_FIXED, .decimals = 2},
        [9] = {.kind = CELL_PERCENT},
        [10] = {.kind = CELL_PERCENT, .decimals = 2}};
    struct cell_format general = {.kind = CELL_GENERAL};
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
        general = (struct cell_format){
            .kind = CELL_FIXED, .decimals = id >= 39 && id != 41 && id != 42 ? 2 : 0};
    return general;
}

/* ---- values ---- */

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
    const bool is_own = v < 0 && f.has_negative;
    const struct cell_words *words = is_own ? &f.negative : &f.words;
    const char *sign = v < 0 && (!is_own || !words->before[0]) ? "-" : "";
    int len;
    if (f.kind >= CELL_DATE && v >= 0 && v < 2958466) /* up to the year 9999 */
        len = render_date(v, f.kind, is_1904, out);
    else if (f.kind == CELL_PERCENT)
        len = snprintf(out, CELL_TEXT_MAX, "%s%s%.*f%%%s", sign, words->before, (int)decimals,
            fabs(v) * 100, words->after);
    else if (f.kind == CELL_FIXED)
        len = snprintf(out, CELL_TEXT_MAX, "%s%s%.*f%s", sign, words->before, (int)decimals,
            fabs(v), words->after);
    else
        len =
            snprintf(out, CELL_TEXT_MAX, "%s%s%.15g%s", sign, words->before, fabs(v), words->after);
    return (size_t)len;
}

/* ---- texts ---- */

/* The code unit of _xHHHH_ at text; -1 where there is none. */
static int escaped_at(const char *text, size_t n)
{
    if (n < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return -1;
    int high = hex_byte(text + 2, text + 4), low = hex_byte(text + 4, text + 6);
    return high < 0 || low < 0 ? -1 : high << 8 | low;
}

size_t cell_unescape(char *text, size_t n)
{
    size_t to = 0;
    for (size_t at = 0; at < n;) {
        int unit = escaped_at(text + at, n - at);
        if (unit < 0) {
            text[to++] = text[at++];
            continue;
        }
        at += 7;
        uint32_t c = (uint32_t)unit;
        int low = c >= 0xD800 && c < 0xDC00 ? escaped_at(text + at, n - at) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            at += 7;
        }
        to += utf8_encode(c >= 0xD800 && c < 0xE000 ? UTF8_INVALID : c, text + to);
    }
    return to;
}
