// SPDX-License-Identifier: GPL-2.0-or-later
/* Where text in GB18030 has lost a byte of a character, or has one too many.
 *
 * Nearly each pair of bytes is a character there, so that all behind the place, up to the next ASCII byte, reads as others
 * than were written: 国务院 without its second byte as 刮裨. (Big5 comes right by itself within some characters, as half of its
 * second bytes are ASCII.) What was written is the cheaper text (char_cost.h) by far. */
#ifndef DUAN_TOKENIZER_LOST_BYTE_H
#define DUAN_TOKENIZER_LOST_BYTE_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

struct lost_byte {
    size_t byte; /* the one to leave out */
    size_t text; /* how much of the text goes before it */
};

/* Looks through bytes[0..n_read), which gb18030 (to UTF-8) decoded as text[0..n_text); n is what there is beyond, and is_broken says that
 * bytes[n_read] begins no character. False where no byte is missed. */
bool lost_byte_find(iconv_t gb18030, const unsigned char *bytes, size_t n_read, size_t n,
    bool is_broken, const char *text, size_t n_text, struct lost_byte *out);

#endif
