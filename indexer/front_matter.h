// SPDX-License-Identifier: GPL-2.0-or-later
/* What Markdown may begin with: lines between --- and ---, or ..., that say of the text what it is.
 *
 *   ---
 *   title: 云陵市养老服务条例
 *   date: 2023-01-05
 *   tags: [养老, 条例]
 *   ---
 *
 * Of YAML, which they are, no more is read than a title and a date that stand on a line of their own, under the names
 * that they have in a table, too (keyed_report.h). Rules around anything but keys are no front matter. */
#ifndef DUAN_INDEXER_FRONT_MATTER_H
#define DUAN_INDEXER_FRONT_MATTER_H

#include <stddef.h>
#include <stdint.h>

enum { FRONT_MATTER_MAX = 16 * 1024 }; /* bytes; what is longer is text */

struct front_matter {
    size_t len;        /* with the blank lines behind it; 0: there is none */
    const char *title; /* within the text; NULL: none */
    size_t title_len;
    uint32_t date; /* as schema_date, 0 for none */
};

/* Looks for it at the start of a text whose first n bytes are given. */
void front_matter_find(struct front_matter *out, const char *text, size_t n);

#endif
