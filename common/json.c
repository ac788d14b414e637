// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/json.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/terminal.h"
#include "common/utf8.h"

static atomic_bool lacks_memory;

static void *watched_malloc(size_t n)
{
    void *p = malloc(n);
    if (!p)
        lacks_memory = true;
    return p;
}

void json_watch_memory(void)
{
    lacks_memory = false;
    json_set_alloc_funcs(watched_malloc, free);
}

bool json_lacks_memory(void)
{
    return lacks_memory;
}

static bool append_clean(struct buf *out, const char *s, size_t n)
{
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        char utf8[UTF8_MAX_BYTES];
        at += utf8_step(s + at, n - at, &cp);
        if (!buf_append(out, utf8, utf8_encode(cp, utf8)))
            return false;
    }
    return true;
}

json_t *json_text(const char *s, size_t n)
{
    json_t *value = json_stringn(s, n);
    if (value)
        return value;
    struct buf clean;
    buf_init(&clean, n > SIZE_MAX / 3 ? SIZE_MAX : n * 3);
    if (append_clean(&clean, s, n))
        value = json_stringn(clean.data, clean.len);
    buf_release(&clean);
    return value;
}

/* The length of the number s[0..n) starts with. */
static size_t number_length(const char *s, size_t n)
{
    size_t len = 1;
    while (len < n && s[len] && strchr("0123456789+-.eE", s[len]))
        len++;
    return len;
}

/* Appends the number s[0..n), in quotes where jansson could not hold it, or where it is too long to be tried. */
static bool append_number(struct buf *out, const char *s, size_t n)
{
    char number[512];
    bool fits = n < sizeof number;
    if (fits) {
        memcpy(number, s, n);
        number[n] = '\0';
        errno = 0;
        long long whole = strtoll(number, NULL, 10);
        fits = strpbrk(number, ".eE") ? isfinite(strtod(number, NULL)) : whole == 0 || errno == 0;
    }
    return fits ? buf_append(out, s, n)
                : buf_append_byte(out, '"') && buf_append(out, s, n) && buf_append_byte(out, '"');
}

/* The surrogate that s[0..n) escapes, 0 for anything else. */
static unsigned surrogate_at(const char *s, size_t n)
{
    char digits[5] = "";
    if (n < 6 || s[0] != '\\' || s[1] != 'u' || (s[2] | 0x20) != 'd')
        return 0;
    memcpy(digits, s + 2, 4);
    unsigned cp =
        strspn(digits, "0123456789abcdefABCDEF") == 4 ? (unsigned)strtoul(digits, NULL, 16) : 0;
    return cp >= 0xD800 ? cp : 0;
}

/* Appends the escape that s[0..n) starts with and returns its length; one that is no character becomes U+FFFD. 0 when
 * memory is out. */
static size_t append_escape(struct buf *out, const char *s, size_t n)
{
    unsigned cp = surrogate_at(s, n), low = cp && n >= 12 ? surrogate_at(s + 6, n - 6) : 0;
    bool is_pair = cp && cp < 0xDC00 && low >= 0xDC00;
    if (!is_pair && (cp || (n >= 6 && memcmp(s, "\\u0000", 6) == 0)))
        return buf_append_str(out, "\\uFFFD") ? 6 : 0;
    size_t len = is_pair ? 12 : n >= 2 ? 2 : 1;
    return buf_append(out, s, len) ? len : 0;
}

/* Rewrites what jansson would refuse. */
static bool mend(struct buf *out, const char *s, size_t n)
{
    bool ok = true, in_string = false;
    for (size_t at = 0, len; at < n && ok; at += len) {
        len = 1;
        if (in_string && s[at] == '\\') {
            ok = (len = append_escape(out, s + at, n - at)) > 0;
        } else if (!in_string && (s[at] == '-' || (s[at] >= '0' && s[at] <= '9'))) {
            len = number_length(s + at, n - at);
            ok = append_number(out, s + at, len);
        } else {
            in_string ^= s[at] == '"';
            ok = buf_append_byte(out, s[at]);
        }
    }
    return ok;
}

json_t *json_read(const char *s, size_t n)
{
    json_error_t why;
    struct buf mended;
    json_t *value = json_loadb(s, n, 0, &why);
    if (value || lacks_memory)
        return value;
    buf_init(&mended, n > SIZE_MAX / 2 ? SIZE_MAX : n * 2);
    if (!mend(&mended, s, n))
        lacks_memory = true;
    else if (n && (mended.len != n || memcmp(mended.data, s, n) != 0))
        value = json_loadb(mended.data, mended.len, 0, &why);
    buf_release(&mended);
    return value;
}

/* Writes what json_dumps made, with characters that could drive a terminal as escapes: they stand
 * inside strings, since JSON itself has none of them. */
static void put_line(const char *line, FILE *out)
{
    size_t n = strlen(line), start = 0;
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t cp;
        len = utf8_step(line + i, n - i, &cp);
        if (!is_control(cp))
            continue;
        fwrite(line + start, 1, i - start, out);
        fprintf(out, "\\u%04X", (unsigned)cp);
        start = i + len;
    }
    fwrite(line + start, 1, n - start, out);
    putc('\n', out);
}

bool json_print_line(const json_t *value, FILE *out)
{
    char *line = json_dumps(value, JSON_COMPACT);
    if (!line || lacks_memory) {
        free(line);
        return false;
    }
    put_line(line, out);
    free(line);
    return true;
}
