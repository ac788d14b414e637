// SPDX-License-Identifier: GPL-2.0-or-later
/* Other terms that may be what a query's number meant: scraped reports mask digits by asterisks.
 *
 * An asterisk stands for one digit. So 2023 may be written 202* in the text (and 2023年 202*年,
 * 2112.8亿 2112.*亿), and who asks for 202* may mean 2020 to 2029. Such terms count, but less than
 * what was typed. */
#ifndef DUAN_SEARCH_VARIANTS_H
#define DUAN_SEARCH_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "store/index.h"

enum { VARIANTS_MAX = 256 };

struct variant {
    const char *bytes;
    size_t n;
};
struct variants {
    struct variant *at; /* n of them, at most VARIANTS_MAX, without the term itself; in the arena */
    size_t n;
};

/* The terms of the index that agree with a term (a word, or one joined with its unit) digit by
 * digit, where an asterisk on either side agrees with any digit. None for a term without a digit.
 */
enum status variants_find(struct index *ix, const char *term, size_t n, struct arena *arena,
    struct variants *out, struct error *err);

#endif
