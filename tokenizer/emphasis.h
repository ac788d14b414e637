// SPDX-License-Identifier: GPL-2.0-or-later
/* Markdown's bold, `改造**老旧小区**一万个`, whose asterisks are no part of the text, and no masked digits either. */
#ifndef DUAN_TOKENIZER_EMPHASIS_H
#define DUAN_TOKENIZER_EMPHASIS_H

#include <stdbool.h>
#include <stddef.h>

enum { EMPHASIS_BYTES = 2 };

/* Does a run of exactly two asterisks begin at s[at], with another near by in the line? */
bool emphasis_has_partner(const char *s, size_t n, size_t at);

/* Is it, besides, no mask, which may be behind a number, unless it ends **12.3**? Not between blanks, nor beside a character that is
 * ignored. */
bool emphasis_is_mark(const char *s, size_t n, size_t at);
/* Likewise of the one that ends at s[end]. */
bool emphasis_is_mark_before(const char *s, size_t n, size_t end);

#endif
