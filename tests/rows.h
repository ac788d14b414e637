// SPDX-License-Identifier: GPL-2.0-or-later
/* Tests that are rows of a file in tests/data: `kind<TAB>text<TAB>expected`, `#` begins a comment
 * line. Each row becomes a cmocka test named `tokens.test:14 text`. In text and expected \n \r \t
 * \\ and \u{200B} stand for what they say, and \xFF for a byte. */
#ifndef DUAN_TESTS_ROWS_H
#define DUAN_TESTS_ROWS_H

#include <stddef.h>

enum { ROW_TEXT_MAX = 1024 };

struct row {
    char name[ROW_TEXT_MAX + 64];
    char kind[32];
    char text[ROW_TEXT_MAX], expected[ROW_TEXT_MAX];
    size_t text_len, expected_len;
};

/* Runs each row of tests/data/<file> through check, which gets the row as *state. Returns the
 * number that failed. */
int rows_run(const char *file, void (*check)(void **state));

#endif
