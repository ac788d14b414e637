// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of a question that carry no subject (什么 如何 的 了 …). Nothing is ever left out of the
 * index; these only decide which bigrams of a question are asked for, and only while something else
 * is left to ask. */
#ifndef DUAN_SEARCH_STOP_WORDS_H
#define DUAN_SEARCH_STOP_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Marks in is_cut[0..n), cleared by the caller, the characters of folded text that belong to an
 * interrogative or a particle. Returns whether an interrogative was among them: only then is the
 * text a question. */
bool stop_words_mark(const uint32_t *folded, size_t n, bool *is_cut);

/* Is this folded character a function character (的 是 在 和 …)? A bigram of two of them says
 * nothing. */
bool is_function_char(uint32_t cp);

#endif
