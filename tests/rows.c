// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"

enum { ROWS_MAX = 1000, LINE_MAX_BYTES = 4096 };

static size_t unescape_one(const char **in, char *out)
{
    const char *s = *in;
    if (*s++ != '\\') {
        *out = **in;
        *in = s;
        return 1;
    }
    char *end = NULL, kind = *s++;
    *in = s;
    switch (kind) {
    case 'n':
        *out = '\n';
        return 1;
    case 'r':
        *out = '\r';
        return 1;
    case 't':
        *out = '\t';
        return 1;
    case 'x':
        *out = (char)strtoul((char[]){s[0], s[1], 0}, NULL, 16);
        *in = s + 2;
        return 1;
    case 'u': {
        size_t len = utf8_encode((uint32_t)strtoul(s + 1, &end, 16), out);
        *in = end + 1;
        return len;
    }
    default:
        *out = kind;
        return 1;
    }
}

static size_t unescape(const char *s, char out[ROW_TEXT_MAX])
{
    size_t len = 0;
    while (*s && len + UTF8_MAX_BYTES < ROW_TEXT_MAX)
        len += unescape_one(&s, out + len);
    out[len] = 0;
    return len;
}

/* False for a comment or an empty line; stops the program at a malformed one. */
static bool parse_row(const char *file, int line_number, char *line, struct row *row)
{
    line[strcspn(line, "\n")] = 0;
    if (!*line || *line == '#')
        return false;
    char *text = strchr(line, '\t'), *expected = text ? strchr(text + 1, '\t') : NULL;
    if (!expected || (size_t)(text - line) >= sizeof row->kind) {
        fprintf(stderr, "%s:%d: not kind<TAB>text<TAB>expected\n", file, line_number);
        exit(1);
    }
    *text++ = *expected++ = 0;
    strcpy(row->kind, line);
    snprintf(row->name, sizeof row->name, "%s:%d %.900s", file, line_number, text);
    row->text_len = unescape(text, row->text);
    row->expected_len = unescape(expected, row->expected);
    return true;
}

int rows_run(const char *file, void (*check)(void **state))
{
    char path[256], line[LINE_MAX_BYTES];
    snprintf(path, sizeof path, "tests/data/%s", file);
    FILE *f = fopen(path, "r");
    struct row *rows = calloc(ROWS_MAX, sizeof *rows);
    struct CMUnitTest *tests = calloc(ROWS_MAX, sizeof *tests);
    if (!f || !rows || !tests) {
        perror(path);
        exit(1);
    }
    size_t n = 0;
    for (int number = 1; n < ROWS_MAX && fgets(line, sizeof line, f); number++) {
        if (parse_row(file, number, line, &rows[n])) {
            tests[n] = (struct CMUnitTest){
                .name = rows[n].name, .test_func = check, .initial_state = &rows[n]};
            n++;
        }
    }
    fclose(f);
    int failed = _cmocka_run_group_tests(file, tests, n, NULL, NULL);
    free(tests);
    free(rows);
    return failed;
}
