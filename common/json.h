// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON output over jansson: text that may hold anything, and one object a line. */
#ifndef DUAN_COMMON_JSON_H
#define DUAN_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/* A JSON string of n bytes at s; each byte that is not UTF-8 becomes U+FFFD. NULL when memory is
 * out, which json_pack takes for a failure and json_*_append_new refuse. */
json_t *json_text(const char *s, size_t n);

/* Writes a value, compact, and a newline. Characters that could drive a terminal (is_control) are
 * written as \u escapes, so that they arrive in a program and not in a terminal. False when out
 * refused it, when memory is out, or when value is NULL: out then holds part of the line or
 * none. */
bool json_print_line(const json_t *value, FILE *out);

#endif
