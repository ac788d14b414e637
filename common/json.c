// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/json.h"

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
