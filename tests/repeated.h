// SPDX-License-Identifier: GPL-2.0-or-later
#ifndef DUAN_TESTS_REPEATED_H
#define DUAN_TESTS_REPEATED_H

#include <stddef.h>

/* The string so many times over, NUL-terminated; the caller frees it. */
char *repeated(const char *s, size_t times);

#endif
