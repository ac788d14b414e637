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

/* False where it is too long. */
static bool unescape(const char *s, char out[ROW_TEXT_MAX], size_t *n)
{
    for (*n = 0; *s && *n + UTF8_MAX_BYTES < ROW_TEXT_MAX;)
        *n += unescape_one(&s, out + *n);
    out[*n] = 0;
    return !*s;
}

static void refuse(const char *file, int line_number, const char *why)
{
    fprintf(stderr, "%s:%d: %s\n", file, line_number, why);
    exit(1);
}

/* False for a comment or an empty line; stops the program at a malformed one. */
static bool parse_row(const char *file, int line_number, char *line, struct row *row)
{
    char *end = strchr(line, '\n');
    if (!end)
        refuse(file, line_number, "longer than a line may be, or without its end");
    *end = 0;
    if (!*line || *line == '#')
        return false;
    char *text = strchr(line, '\t'), *expected = text ? strchr(text + 1, '\t') : NULL;
    if (!expected || (size_t)(text - line) >= sizeof row->kind)
        refuse(file, line_number, "not kind<TAB>text<TAB>expected");
    *text++ = *expected++ = 0;
    strcpy(row->kind, line);
    snprintf(row->name, sizeof row->name, "%s:%d %.900s", file, line_number, text);
    if (!unescape(text, row->text, &row->text_len) ||
        !unescape(expected, row->expected, &row->expected_len))
        refuse(file, line_number, "longer than a row may be");
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
    for (int number = 1; fgets(line, sizeof line, f); number++) {
        if (n == ROWS_MAX)
            refuse(file, number, "more rows than there may be");
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
