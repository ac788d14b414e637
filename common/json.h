// SPDX-License-Identifier: GPL-2.0-or-later
/* What jansson leaves to us: text that is not quite UTF-8, and one object a line. */
#ifndef DUAN_COMMON_JSON_H
#define DUAN_COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/* For main, before any other: from here on an allocation that fails within jansson is remembered. Most of its calls then
 * leave out a part and say nothing, or say that the text was wrong. */
void json_watch_memory(void);

/* Has one failed? What was built or read may lack a part: not to be kept, nor called an answer. */
bool json_lacks_memory(void);

/* json_loadb, which refuses some that is JSON: a number that no C type holds, 12345678901234567890 or 1e400, comes as
 * the string of what is written; \u0000, and half an emoji, \uD83D, as U+FFFD. NULL where it is not JSON, or memory is
 * out. */
json_t *json_read(const char *s, size_t n);

/* A JSON string of n bytes; a byte that is no part of well-formed UTF-8 becomes U+FFFD. NULL when
 * memory is out. */
json_t *json_text(const char *s, size_t n);

/* Writes value on a line of its own, compact. False when memory is out, or was while value was built; a fault of `out`
 * shows in ferror(out). Characters that could drive a terminal (is_control) are written as escapes. */
bool json_print_line(const json_t *value, FILE *out);

#endif
