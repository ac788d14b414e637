// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes in the code pages of Windows (936 is GBK), which RTF and old Word files state by number or by the character set
 * of a font. Converted by iconv; a page that is not known is taken for 1252. */
#ifndef DUAN_EXTRACT_CODE_PAGE_H
#define DUAN_EXTRACT_CODE_PAGE_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

enum { CODE_PAGES_MAX = 24, CODE_PAGE_WESTERN = 1252 };

/* The converters opened so far. */
struct code_pages {
    struct {
        unsigned page;
        iconv_t converter; /* (iconv_t)-1 where this C library has none */
    } open[CODE_PAGES_MAX];
    unsigned n;
};

void code_pages_init(struct code_pages *c);
void code_pages_release(struct code_pages *c);

/* The page of a font's character set (134 is 936); standard for the sets that name none. */
unsigned code_page_of_charset(int charset, unsigned standard);

/* Has the page characters of two bytes? */
bool code_page_is_wide(unsigned page);

/* Appends the bytes as UTF-8; each that is broken as U+FFFD. False when there is no room. */
bool code_page_decode(
    struct code_pages *c, unsigned page, const char *bytes, size_t n, struct buf *out);

/* Are bytes of a Western font rather characters of two bytes of that page? Han text under a font that says "Western" is
 * a common fault. Only where all bytes above 7F come in well-formed pairs, so that `Müller` stays. */
bool code_page_suits(struct code_pages *c, unsigned page, const char *bytes, size_t n);

#endif
