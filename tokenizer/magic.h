// SPDX-License-Identifier: GPL-2.0-or-later
/* What kind of file is this, by its first bytes? Only kinds that hold no text of ours. */
#ifndef DUAN_TOKENIZER_MAGIC_H
#define DUAN_TOKENIZER_MAGIC_H

#include <stddef.h>

/* "zip", "PDF", "PNG" …; NULL where the bytes say nothing. A static string. */
const char *magic_kind(const char *bytes, size_t n);

#endif
