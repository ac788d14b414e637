// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages of any bytes, in the encoding that the first byte says. */
#include "tests/fuzz/blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    enum encoding e = (enum encoding)(fuzz_byte(&in) % (ENCODING_UTF16BE + 1));
    char *bytes = fuzz_copy(in.at, in.n);
    struct seen_blocks seen;
    parse_blocks(parse_html, bytes, in.n, e, &seen);
    if (e == ENCODING_UTF8 && in.n && !memchr(bytes, '&', in.n) && !document_is_mhtml(bytes, in.n))
        MUST(seen.n_marks <= count_marks(bytes, in.n));
    free(bytes);
    return 0;
}
