// SPDX-License-Identifier: GPL-2.0-or-later
/* The streams of an OLE2 file ("compound document"), by libgsf. A stream is no longer than the file; one that states
 * more is damaged. */
#ifndef DUAN_EXTRACT_OLE_H
#define DUAN_EXTRACT_OLE_H

#include <stdbool.h>
#include <stddef.h>

#include "extract/block_writer.h"
#include "extract/document.h"

struct ole;

/* The input is borrowed for as long as the file is open. *out is NULL after a failure. */
enum status ole_open(const struct document_input *in, struct ole **out, struct error *err);
void ole_close(struct ole *o);

bool ole_has(const struct ole *o, const char *name);
/* Reads a stream whole; the caller frees *out. STATUS_MISSING where there is none of that name. */
enum status ole_read(
    const struct ole *o, const char *name, unsigned char **out, size_t *n, struct error *err);

/* Title, author and date of the summary, where there is one. */
void ole_meta(const struct ole *o, struct block_writer *w);

#endif
