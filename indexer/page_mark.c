// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/page_mark.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "indexer/line.h"
#include "store/record.h"
#include "tokenizer/folded_text.h"

enum { CHARS_MAX = 24, DIGITS_MAX = 4 };

/* d a digit, - a dash, N 第, P 页, A 共; 0 for what no page's number has. */
static char shape_of(uint32_t cp)
{
    if (cp >= '0' && cp <= '9')
        return 'd';
    if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2500)
        return '-';
    switch (cp) {
    case '-':
    case '~':
    case 0xB7:
        return '-';
    case 0x7B2C:
        return 'N';
    case 0x9875:
        return 'P';
    case 0x5171:
        return 'A';
    case ',':
    case 0xFF0C:
        return ' ';
    case ' ':
    case '/':
    case '(':
    case ')':
        return (char)cp;
    default:
        return 0;
    }
}

/* The line without blanks, a number or stretch of dashes as one. False where it is no page's. */
static bool read_shape(const char *text, size_t n, char shape[CHARS_MAX + 1])
{
    uint32_t cps[CHARS_MAX + 2];
    size_t n_cps = folded_text_start(text, n, cps, CHARS_MAX + 1), len = 0, n_digits = 0;
    if (n_cps > CHARS_MAX)
        return false;
    for (size_t i = 0; i < n_cps; i++) {
        char mark = shape_of(cps[i]);
        n_digits = mark == 'd' ? n_digits + 1 : 0;
        if (!mark || n_digits > DIGITS_MAX)
            return false;
        bool goes_on = (mark == 'd' || mark == '-') && i && shape_of(cps[i - 1]) == mark;
        if (mark != ' ' && !goes_on)
            shape[len++] = mark;
    }
    shape[len] = 0;
    return true;
}

bool is_page_mark(const char *text, size_t n)
{
    static const char *const shapes[] = {
        "-d-", "NdP", "-NdP-", "NdPAdP", "NdP(AdP)", "NdP/AdP", "NdP/dP", "AdPNdP", "d/d", "-d/d-"};
    char shape[CHARS_MAX + 1];
    if (n > 4 * CHARS_MAX || !read_shape(text, n, shape))
        return false;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shape, shapes[i]) == 0)
            return true;
    return false;
}

bool is_bare_page_mark(const char *text, size_t n, size_t n_line)
{
    size_t at = 0, n_digits = 0;
    if (n_line > PAGE_MARK_AHEAD)
        return false;
    for (; at < n_line && (isdigit((unsigned char)text[at]) || isspace((unsigned char)text[at]));
         at++)
        n_digits += isdigit((unsigned char)text[at]) != 0;
    if (at < n_line || n_digits == 0 || n_digits > DIGITS_MAX)
        return false;
    size_t end = n - at < PAGE_MARK_AHEAD ? n : at + PAGE_MARK_AHEAD;
    while (at < end && isspace((unsigned char)text[at]) && text[at] != PAGE_END)
        at++;
    return text[n_line - 1] == PAGE_END || (at < end && text[at] == PAGE_END);
}

void page_marks_blank(char *text, size_t n)
{
    for (size_t at = 0, len; at < n; at += len) {
        size_t with_end = line_length(text + at, n - at, true);
        len = with_end ? with_end : n - at;
        if (!is_page_mark(text + at, len) && !is_bare_page_mark(text + at, n - at, len))
            continue;
        for (size_t i = at; i < at + len; i++)
            if (text[i] != '\n' && text[i] != '\r' && text[i] != PAGE_END)
                text[i] = ' ';
    }
}

/* Does the line end that stands before `at` go on there? \r\n, and the end of a page behind a line. */
static bool goes_on(const char *text, const char *at)
{
    if (at == text)
        return false;
    return (*at == '\n' && at[-1] == '\r') ||
           (*at == PAGE_END && (at[-1] == '\n' || at[-1] == '\r' || at[-1] == PAGE_END));
}

void line_ends_close_up(char *text, size_t n)
{
    char *first = NULL, *last = NULL;
    for (char *at = text; at < text + n; at++) {
        bool is_end = *at == '\n' || *at == '\r' || *at == PAGE_END;
        if (is_end && !(first && goes_on(text, at))) {
            first = first ? first : at;
            last = at;
        } else if (!is_end && *at != ' ' && *at != '\t') {
            if (first)
                memset(first, ' ', (size_t)(last - first));
            first = NULL;
        }
    }
}
