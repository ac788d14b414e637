// SPDX-License-Identifier: GPL-2.0-or-later
/* What the name of a paragraph style says, in Word's languages: "heading 2", "标题 2", "標題 2"; "Title", "标题". */
#ifndef DUAN_EXTRACT_STYLE_NAME_H
#define DUAN_EXTRACT_STYLE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* The outline level, from 0; -1 for a name that is no heading's. */
int style_name_outline(const char *name, size_t n);
/* Is it the style of the document's title? */
bool style_name_is_title(const char *name, size_t n);

#endif
