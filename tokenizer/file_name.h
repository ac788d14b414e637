// SPDX-License-Identifier: GPL-2.0-or-later
/* The name of a file as text. To Linux and to a zip a name is bytes: those of the encoding of whoever made it, which for
 * Chinese is often GBK or Big5, as where a folder came out of an archive of Windows. */
#ifndef DUAN_TOKENIZER_FILE_NAME_H
#define DUAN_TOKENIZER_FILE_NAME_H

#include <stdbool.h>

#include "common/buf.h"
#include "tokenizer/decode.h"

enum file_name {
    FILE_NAME_UTF8,    /* it is, and was taken over */
    FILE_NAME_DECODED, /* from what its bytes look like */
    FILE_NAME_BROKEN,  /* as far as it could be decoded, with U+FFFD for the rest */
    FILE_NAME_FAILED,  /* no memory, or more than *out takes */
};

/* Appends the name as UTF-8 to *out. GB18030 where nothing else is likelier. */
enum file_name file_name_decode(const char *name, size_t n, struct buf *out);

/* Appends the bytes that a name has in an encoding, one of characters of a byte or more. False where it has not all of the
 * characters, or *out takes no more. */
bool file_name_encode(const char *name, size_t n, enum encoding e, struct buf *out);

#endif
