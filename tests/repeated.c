// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/repeated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *repeated(const char *s, size_t times)
{
    size_t len = strlen(s);
    char *out = malloc(len * times + 1);
    assert_non_null(out);
    for (size_t i = 0; i < times; i++)
        memcpy(out + i * len, s, len);
    out[len * times] = '\0';
    return out;
}
