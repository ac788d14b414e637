// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/utf8.h"

#include <stdbool.h>
#include <string.h>

static const uint64_t ASCII_MASK = 0x8080808080808080;

static size_t length_by_lead(unsigned char lead)
{
    return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
}

size_t utf8_floor(const char *s, size_t n, size_t at)
{
    if (at > n)
        at = n;
    size_t lead = at;
    while (lead > 0 && at - lead < UTF8_MAX_BYTES) {
        lead--;
        if (((unsigned char)s[lead] & 0xC0) != 0x80)
            break;
    }
    bool is_whole = lead == at || lead + length_by_lead((unsigned char)s[lead]) <= at;
    return is_whole ? at : lead;
}

/* Behind E0 and ED not every second byte is allowed. */
static inline bool is_three(const char *s)
{
    return utf8_is_three(s) && (unsigned char)s[0] != 0xE0 && (unsigned char)s[0] != 0xED;
}

size_t utf8_count(const char *s, size_t n)
{
    size_t count = 0;
    uint32_t cp;
    for (size_t i = 0; i < n; count++)
        i += n - i >= 4 && is_three(s + i) ? 3 : utf8_step(s + i, n - i, &cp);
    return count;
}

size_t utf8_valid(const char *s, size_t n)
{
    enum { LOW = 0xE1, SPAN = 0xEC - LOW }; /* any second byte goes with them */
    size_t i = 0, len;
    uint32_t cp;
    uint64_t word;
    while (i < n) {
        while (n - i >= sizeof word && (memcpy(&word, s + i, sizeof word), !(word & ASCII_MASK)))
            i += sizeof word;
        while (i < n && (unsigned char)s[i] < 0x80)
            i++;
        i += utf8_skip_threes(s + i, n - i, LOW, SPAN);
        while (i < n && (unsigned char)s[i] >= 0x80) {
            len = utf8_decode(s + i, n - i, &cp);
            if (len == 0)
                return i;
            i += len;
            i += utf8_skip_threes(s + i, n - i, LOW, SPAN);
            while (n - i >= 4 && is_three(s + i))
                i += 3;
        }
    }
    return i;
}
