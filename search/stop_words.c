// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/stop_words.h"

#include <string.h>
#include <uchar.h>

/* All in their folded forms. Longest first, so that 为什么 is taken before 什么. */
static const char32_t *const interrogatives[] = {
    U"为什么",
    U"怎么样",
    U"是不是",
    U"有没有",
    U"能不能",
    U"可不可以",
    U"什么样",
    U"怎么办",
    U"什么",
    U"甚么",
    U"哪些",
    U"哪个",
    U"哪里",
    U"哪儿",
    U"哪种",
    U"哪位",
    U"哪家",
    U"哪年",
    U"如何",
    U"怎么",
    U"怎样",
    U"为何",
    U"何时",
    U"何地",
    U"何种",
    U"何处",
    U"何人",
    U"是否",
    U"能否",
    U"可否",
    U"多少",
    U"多久",
    U"多大",
    U"几个",
    U"几年",
    U"几次",
    U"几种",
    U"哪",
    U"谁",
    U"吗",
    U"呢",
};
static const char32_t *const no_interrogatives[] = {U"哪咤" /* 哪吒 */, U"哪怕"};
static const char32_t *const particles[] = {U"的", U"了", U"吧", U"啊", U"呀", U"嘛", U"着"};

static const char32_t function_chars[] =
    U"的了是在和与及或之其为以于而也就都还被把对从到由向这那此该则"
    U"等所使让给跟但却又再很最更只才已曾将并且若如因故"
    U"吗呢吧啊呀嘛么什哪谁何怎几我你他她它们有没不要会能可";

/* How many characters the first of the words that begins folded[0..n) takes; 0 where none does. */
static size_t match_at(
    const uint32_t *folded, size_t n, const char32_t *const *words, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++) {
        size_t len = 0;
        while (words[w][len] && len < n && folded[len] == words[w][len])
            len++;
        if (!words[w][len])
            return len;
    }
    return 0;
}

#define MATCH_AT(folded, n, words) match_at(folded, n, words, sizeof(words) / sizeof *(words))

bool stop_words_mark(const uint32_t *folded, size_t n, bool *is_cut)
{
    bool is_question = false;
    for (size_t i = 0; i < n;) {
        size_t len = MATCH_AT(folded + i, n - i, no_interrogatives);
        if (len) {
            i += len;
            continue;
        }
        len = MATCH_AT(folded + i, n - i, interrogatives);
        if (len)
            is_question = true;
        else
            len = MATCH_AT(folded + i, n - i, particles);
        memset(is_cut + i, 1, len);
        i += len ? len : 1;
    }
    return is_question;
}

bool is_function_char(uint32_t cp)
{
    for (const char32_t *c = function_chars; *c; c++)
        if (*c == cp)
            return true;
    return false;
}
