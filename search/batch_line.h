// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of a batch of queries. */
#ifndef DUAN_SEARCH_BATCH_LINE_H
#define DUAN_SEARCH_BATCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/error.h"
#include "search/query.h"

enum { BATCH_LINE_MAX = QUERY_BYTES_MAX + 4096 };

/* Reads a line without its end into line[0..*n), which has room for BATCH_LINE_MAX bytes. STATUS_MISSING at the end of
 * the file, or where it cannot be read (ferror); STATUS_BAD_INPUT for a line that is too long or holds a NUL byte. It
 * is read to its end, too. A byte order mark at the start of the first line is left out. */
enum status batch_line_read(FILE *file, bool is_first, char *line, size_t *n, struct error *err);

#endif
