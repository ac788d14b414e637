// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/batch_line.h"

#include <stdbool.h>
#include <string.h>

enum status batch_line_read(FILE *file, bool is_first, char *line, size_t *n, struct error *err)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t n_mark = sizeof mark - 1;
    bool is_too_long = false, has_nul = false;
    int byte = getc(file);
    *n = 0;
    if (byte == EOF)
        return STATUS_MISSING;
    for (; byte != EOF && byte != '\n'; byte = getc(file)) {
        has_nul |= byte == '\0';
        is_too_long |= *n == BATCH_LINE_MAX;
        if (!is_too_long)
            line[(*n)++] = (char)byte;
        if (is_first && *n == n_mark && memcmp(line, mark, n_mark) == 0) {
            *n = 0;
            is_first = false;
        }
    }
    if (ferror(file))
        return STATUS_MISSING;
    if (is_too_long)
        return error_set(err, STATUS_BAD_INPUT, "line is longer than %d bytes", BATCH_LINE_MAX);
    if (has_nul)
        return error_set(err, STATUS_BAD_INPUT, "line holds a NUL byte");
    while (*n && line[*n - 1] == '\r')
        --*n;
    return STATUS_OK;
}
