// SPDX-License-Identifier: GPL-2.0-or-later
/* How many bits a code made for Chinese text would spend on a character: -log2 of how probable it is. 的 6, 梯 15, a character
 * in no list 21. Text read rightly costs 9 to 11 bits a character, read wrongly about 20 (detect.c, lost_byte.c). */
#ifndef DUAN_TOKENIZER_CHAR_COST_H
#define DUAN_TOKENIZER_CHAR_COST_H

#include <stdbool.h>
#include <stdint.h>

enum { CHAR_COST_BROKEN = 40 /* a byte that is of no character */, CHAR_COST_CONTROL = 30 };

/* In bits. */
unsigned char_cost(uint32_t cp);

/* Controls that no text editor writes. Escape and ^Z are met in logs and in old files. */
bool char_is_odd_control(uint32_t cp);

#endif
