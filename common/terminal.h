// SPDX-License-Identifier: GPL-2.0-or-later
/* The terminal: is there one, how wide is it, how wide is text, and what must never reach it. */
#ifndef DUAN_COMMON_TERMINAL_H
#define DUAN_COMMON_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

bool terminal_is(int fd);
/* Columns of the terminal at fd: TIOCGWINSZ, else $COLUMNS, else 80. At least 20. */
size_t terminal_columns(int fd);

enum colour_mode { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
/* May fd be written to in colour? COLOUR_AUTO: a terminal, NO_COLOR not set (no-color.org), TERM
 * not "dumb". */
bool terminal_has_colour(int fd, enum colour_mode mode);

/* Columns that a character, or UTF-8 text, takes: wide characters two (East Asian Width W and F),
 * combining and zero-width none. */
int char_columns(uint32_t cp);
size_t text_columns(const char *s, size_t n);

/* Is this a character that could drive a terminal or reorder a line: C0 (tab and newline too), DEL,
 * C1, bidi controls? */
bool is_control(uint32_t cp);

/* Writes UTF-8 text with control characters and broken bytes shown as U+FFFD, newline and tab as a
 * space. */
void put_text(FILE *out, const char *s, size_t n);
/* The same of text of several lines: newlines and tabs stay, of \r\n the newline. */
void put_lines(FILE *out, const char *s, size_t n);

#endif
