// SPDX-License-Identifier: GPL-2.0-or-later
/* The digits of numbers in Han characters, folded: 零〇○一二三四五六七八九. */
#ifndef DUAN_TOKENIZER_HAN_DIGIT_H
#define DUAN_TOKENIZER_HAN_DIGIT_H

#include <stdbool.h>
#include <stdint.h>

/* 0 to 9; -1 for any other character. */
static inline int han_digit(uint32_t cp)
{
    switch (cp) {
    case 0x96F6:
    case 0x3007:
    case 0x25CB:
        return 0;
    case 0x4E00:
        return 1;
    case 0x4E8C:
        return 2;
    case 0x4E09:
        return 3;
    case 0x56DB:
        return 4;
    case 0x4E94:
        return 5;
    case 0x516D:
        return 6;
    case 0x4E03:
        return 7;
    case 0x516B:
        return 8;
    case 0x4E5D:
        return 9;
    default:
        return -1;
    }
}

/* 十百千万亿, and the digits: does a number end in it? */
static inline bool han_ends_number(uint32_t cp)
{
    return han_digit(cp) >= 0 || cp == 0x5341 || cp == 0x767E || cp == 0x5343 || cp == 0x4E07 ||
           cp == 0x4EBF;
}

#endif
