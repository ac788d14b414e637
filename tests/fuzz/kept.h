// SPDX-License-Identifier: GPL-2.0-or-later
/* What passages keep of the text that was cut into them. */
#ifndef DUAN_TESTS_FUZZ_KEPT_H
#define DUAN_TESTS_FUZZ_KEPT_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/* All of it; but what stands between the parts of a paragraph, blank lines and the numbers of pages, may have become blanks. */
static inline bool is_kept(const struct buf *seen, const char *text, size_t n)
{
    bool is_same = seen->len == n;
    for (size_t i = 0; is_same && i < n; i++)
        is_same =
            seen->data[i] == text[i] || (seen->data[i] == ' ' && !isalpha((unsigned char)text[i]));
    return is_same;
}

#endif
