// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/recode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "common/utf8.h"

char *recode(const char *text, size_t n, const char *name, size_t *n_out)
{
    iconv_t cd = iconv_open(name, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    size_t room = 4 * n + 16, size = room;
    char *out = malloc(room), *at = out, *in = (char *)text;
    assert_non_null(out);
    while (n) {
        uint32_t cp;
        if (iconv(cd, &in, &n, &at, &room) != (size_t)-1)
            break;
        assert_int_not_equal(errno, E2BIG);
        size_t len = utf8_step(in, n, &cp);
        in += len;
        n -= len;
    }
    iconv(cd, NULL, NULL, &at, &room);
    iconv_close(cd);
    *n_out = size - room;
    return out;
}
