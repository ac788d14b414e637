// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/stop_words.h"

#include <string.h>

#include "common/utf8.h"
#include "tokenizer/fold.h"

/* Longest first, so that 为什么 is taken before 什么. Folded before they are compared. */
static const char *const interrogatives[] = {
    "为什么",
    "怎么样",
    "是不是",
    "有没有",
    "能不能",
    "可不可以",
    "什么样",
    "怎么办",
    "什么",
    "甚么",
    "哪些",
    "哪个",
    "哪里",
    "哪儿",
    "哪种",
    "哪位",
    "哪家",
    "哪年",
    "如何",
    "怎么",
    "怎样",
    "为何",
    "何时",
    "何地",
    "何种",
    "何处",
    "何人",
    "是否",
    "能否",
    "可否",
    "多少",
    "多久",
    "多大",
    "几个",
    "几年",
    "几次",
    "几种",
    "哪",
    "谁",
    "吗",
    "呢",
};
static const char *const no_interrogatives[] = {"哪吒", "哪怕"};
static const char *const particles[] = {"的", "了", "吧", "啊", "呀", "嘛", "着"};

static const char function_chars[] = "的了是在和与及或之其为以于而也就都还被把对从到由向这那此该则"
                                     "等所使让给跟但却又再很最更只才已曾将并且若如因故"
                                     "吗呢吧啊呀嘛么什哪谁何怎几我你他她它们有没不要会能可";

static size_t fold_all(const char *text, uint32_t *cps)
{
    size_t n = strlen(text), count = 0;
    for (size_t i = 0; i < n; count++) {
        i += utf8_step(text + i, n - i, &cps[count]);
        cps[count] = fold_char(cps[count]).cp;
    }
    return count;
}

/* How many characters one of the words takes at folded[0]; 0 when none stands there. */
static size_t match_at(const uint32_t *folded, size_t n, const char *const *words, size_t n_words)
{
    for (size_t w = 0; w < n_words; w++) {
        uint32_t cps[8];
        size_t len = fold_all(words[w], cps);
        if (len <= n && memcmp(folded, cps, len * sizeof *cps) == 0)
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
    size_t n = sizeof function_chars - 1;
    uint32_t c;
    for (size_t i = 0; i < n;) {
        i += utf8_step(function_chars + i, n - i, &c);
        if (fold_char(c).cp == cp)
            return true;
    }
    return false;
}
