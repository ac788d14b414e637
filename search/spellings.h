// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of two characters that Taiwan and Hong Kong, or older texts, spell with another character than the mainland, and
 * folding cannot join: 計畫 is 计划, but 画 is not 划 (画法, 规划法), and 身分 is 身份, but 分 not 份. Such a spelling counts as
 * another writing of the term, below what was typed; what is quoted stands as typed. */
#ifndef DUAN_SEARCH_SPELLINGS_H
#define DUAN_SEARCH_SPELLINGS_H

#include <stdbool.h>
#include <stdint.h>

/* The other spelling of a bigram of folded characters; false where it has none. */
bool spelling_other(uint32_t first, uint32_t second, uint32_t out[2]);

#endif
