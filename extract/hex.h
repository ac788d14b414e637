// SPDX-License-Identifier: GPL-2.0-or-later
/* A byte written as two hexadecimal digits: =E4 in mail, \'e4 in RTF, %E4 in a link. */
#ifndef DUAN_EXTRACT_HEX_H
#define DUAN_EXTRACT_HEX_H

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* 0 to 255; -1 where no two digits stand at `at` before end. */
static inline int hex_byte(const char *at, const char *end)
{
    int high = end - at >= 2 ? hex_digit(at[0]) : -1, low = high < 0 ? -1 : hex_digit(at[1]);
    return low < 0 ? -1 : high << 4 | low;
}

#endif
