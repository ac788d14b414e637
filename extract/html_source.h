// SPDX-License-Identifier: GPL-2.0-or-later
/* A page's source as libxml2 is to get it, where that reads otherwise than browsers do.
 *
 * Left out: declarations, which Word has for conditionals, <![if !supportLists]> and <![endif]>. What would be one but for a <
 * before its >, or a quotation mark that it does not close, stays: it may be text, or part of an attribute. Of <![CDATA[…]]>
 * only the marks go. <!--> goes, a comment in itself.
 *
 * Written out: references by number to a C1 control, for which browsers take the character of Windows-1252, &#147; for “; and
 * the semicolon behind a name that needs none, &lt丙. Before a letter, a digit or = only &nbsp is one, for &section=2 is of an
 * address. */
#ifndef DUAN_EXTRACT_HTML_SOURCE_H
#define DUAN_EXTRACT_HTML_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

/* Appends the source to *out; false when that is full or memory is out. */
bool html_source_append(struct buf *out, const char *source, size_t n);

#endif
