// SPDX-License-Identifier: GPL-2.0-or-later
/* UTF-8 text in another encoding, for tests of decoding and detection. */
#ifndef DUAN_TESTS_RECODE_H
#define DUAN_TESTS_RECODE_H

#include <stddef.h>

/* Encodes n bytes of UTF-8 as iconv's encoding `name`; characters that it lacks are left out. The
 * caller frees. */
char *recode(const char *text, size_t n, const char *name, size_t *n_out);

#endif
