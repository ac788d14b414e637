// SPDX-License-Identifier: GPL-2.0-or-later
/* What the elements of a web page mean to its text. */
#ifndef DUAN_EXTRACT_HTML_ELEMENT_H
#define DUAN_EXTRACT_HTML_ELEMENT_H

#include <stdbool.h>

enum html_role {
    ROLE_INLINE, /* nothing */
    ROLE_BLOCK,  /* parts paragraphs */
    ROLE_BREAK,
    ROLE_HEADING, /* its level is the digit of its name */
    ROLE_LIST,
    ROLE_ORDERED,
    ROLE_ITEM,
    ROLE_LINK,
    ROLE_TABLE,
    ROLE_ROW,
    ROLE_ROWS,
    ROLE_CELL,
    ROLE_PRE,
    ROLE_TITLE,
    ROLE_META,
    ROLE_FURNITURE, /* dropped unless the page has nothing else */
    ROLE_NOTHING,   /* never text */
    ROLE_LABEL, /* nor is that, but where its end is missing it ends at the next block, or base */
    ROLE_BASE,  /* of <ruby> */
};

/* Of an element's name in lower case; ROLE_INLINE of those that we do not know. */
enum html_role html_role_of(const char *name);
/* Does it end the paragraph before it? */
bool html_role_is_block(enum html_role role);
/* Has the element no end tag? Then it cannot hide what follows. */
bool html_is_void(const char *name);

#endif
