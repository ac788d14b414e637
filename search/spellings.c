// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/spellings.h"

#include <stddef.h>
#include <uchar.h>

/* Folded. Each counted in the laws of Taiwan and of the mainland: one spelling is the rule on one side. */
static const char32_t *const pairs[][2] = {
    {U"计划", U"计画"},
    {U"规划", U"规画"},
    {U"策划", U"策画"},
    {U"企划", U"企画"},
    {U"筹划", U"筹画"},
    {U"身份", U"身分"},
    {U"部分", U"部份"},
    {U"成分", U"成份"},
    {U"记录", U"纪录"},
    {U"彻底", U"澈底"},
    {U"贯彻", U"贯澈"},
    {U"联络", U"连络"},
    {U"联系", U"连系"},
    {U"坐标", U"座标"},
    {U"坐落", U"座落"},
    {U"什么", U"甚么"},
    {U"家具", U"家俱"},
    {U"链条", U"炼条"},
    {U"沉没", U"沈没"},
    {U"沉淀", U"沈淀"},
    {U"沉陷", U"沈陷"},
    {U"沉降", U"沈降"},
    {U"沉船", U"沈船"},
};

bool spelling_other(uint32_t first, uint32_t second, uint32_t out[2])
{
    for (size_t i = 0; i < 2 * (sizeof pairs / sizeof *pairs); i++) {
        const char32_t *known = pairs[i / 2][i % 2], *other = pairs[i / 2][1 - i % 2];
        if (known[0] != first || known[1] != second)
            continue;
        out[0] = other[0];
        out[1] = other[1];
        return true;
    }
    return false;
}
