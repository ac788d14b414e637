// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/json.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/terminal.h"
#include "common/utf8.h"

json_t *json_text(const char *s, size_t n)
{
    json_t *text = json_stringn(n ? s : "", n);
    if (text || n > SIZE_MAX / 3)
        return text;
    struct buf clean;
    buf_init(&clean, 3 * n);
    bool is_whole = true;
    for (size_t i = 0; is_whole && i < n;) {
        uint32_t cp;
        size_t len = utf8_decode(s + i, n - i, &cp);
        is_whole = len ? buf_append(&clean, s + i, len) : buf_append_str(&clean, "\xEF\xBF\xBD");
        i += len ? len : 1;
    }
    if (is_whole)
        text = json_stringn_nocheck(clean.data, clean.len);
    buf_release(&clean);
    return text;
}

bool json_print_line(const json_t *value, FILE *out)
{
    char *line = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (!line)
        return false;
    size_t n = strlen(line), start = 0;
    bool is_written = true;
    for (size_t i = 0; i < n && is_written;) {
        uint32_t cp;
        size_t len = utf8_step(line + i, n - i, &cp);
        if (is_control(cp)) { /* inside a string: JSON itself has none of them */
            is_written = fwrite(line + start, 1, i - start, out) == i - start &&
                         fprintf(out, "\\u%04X", (unsigned)cp) > 0;
            start = i + len;
        }
        i += len;
    }
    is_written = is_written && fwrite(line + start, 1, n - start, out) == n - start;
    free(line);
    return is_written && putc('\n', out) != EOF;
}
