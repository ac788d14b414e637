// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/char_cost.h"

#include <stddef.h>

#include "tokenizer/common_chars.h"

struct cost_span {
    uint32_t first, last;
    unsigned bits;
};

/* Sorted; 26 bits for what is in none. Estimates, but for the scripts' order: nothing hangs on a
 * bit here. */
static const struct cost_span cost_spans[] = {
    {0x80, 0x9F, CHAR_COST_CONTROL},
    {0xA0, 0x24F, 16},
    {0x300, 0x36F, 20},
    {0x370, 0x3FF,
        17}, /* Greek and Cyrillic are in GB 2312, and often what broken text is read as */
    {0x400, 0x45F, 17},
    {0x2010, 0x201F, 8}, /* dashes and quotation marks */
    {0x2020, 0x203B, 10},
    {0x203C, 0x22FF, 13}, /* units, arrows, mathematics */
    {0x2300, 0x245F, 18},
    {0x2460, 0x249B, 11}, /* ① ⒈ */
    {0x249C, 0x259F, 16},
    {0x25A0, 0x26FF, 12}, /* ■ ● ★ */
    {0x3000, 0x3002, 6},
    {0x3003, 0x3007, 12},
    {0x3008, 0x3011, 8}, /* 《 「 【 */
    {0x3012, 0x303F, 14},
    {0x3041, 0x30FF, 13},
    {0x3100, 0x312F, 14},
    {0x3130, 0x33FF, 18},
    {0x3400, 0x4DBF, 23},
    {0xAC00, 0xD7A3, 22},
    {0xE000, 0xF8FF, 28},
    {0xF900, 0xFAFF, 22},
    {0xFE10, 0xFE6F, 15},
    {0xFF01, 0xFF0B, 8},
    {0xFF0C, 0xFF0C, 5},
    {0xFF0D, 0xFF5E, 9},
    {0xFF61, 0xFFEF, 19},
    {0xFFF0, 0xFFFC, CHAR_COST_CONTROL},
    {0xFFFD, 0xFFFD, CHAR_COST_BROKEN},
    {0x1F300, 0x1FAFF, 18},
    {0x20000, 0x323AF, 26},
    {0xF0000, 0x10FFFF, 32},
};

bool char_is_odd_control(uint32_t cp)
{
    return cp < 0x20 ? !(cp >= 8 && cp <= 13) && cp != 0x1A && cp != 0x1B
                     : cp >= 0x7F && cp < 0xA0 && cp != 0x85;
}

unsigned char_cost(uint32_t cp)
{
    if (cp >= COMMON_FIRST && cp <= COMMON_LAST) {
        uint32_t at = cp - COMMON_FIRST;
        return (common_chars[at / 2] >> (at % 2 * 4) & 15u) + COMMON_COST_MIN;
    }
    if (cp < 0x80)
        return char_is_odd_control(cp) ? CHAR_COST_CONTROL : 6;
    for (size_t i = 0; i < sizeof cost_spans / sizeof *cost_spans && cost_spans[i].first <= cp; i++)
        if (cp <= cost_spans[i].last)
            return cost_spans[i].bits;
    return 26;
}
