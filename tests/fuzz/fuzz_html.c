// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages of any bytes, in the encoding that the first byte says. */
#include "tests/fuzz/blocks.h"
#include "tokenizer/stray_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    enum encoding e = (enum encoding)(fuzz_byte(&in) % (ENCODING_UTF16BE + 1));
    char *bytes = fuzz_copy(in.at, in.n);
    struct seen_blocks seen;
    parse_blocks(parse_html, bytes, in.n, e, &seen);
    /* A line of another encoding may read as marks that it has no bytes of. */
    bool is_utf8 = e == ENCODING_UTF8 && utf8_valid(bytes, in.n) == in.n &&
                   !stray_line_is_suspect(bytes, in.n);
    if (is_utf8 && in.n && !memchr(bytes, '&', in.n) && !document_is_mhtml(bytes, in.n))
        MUST(seen.n_marks <= count_marks(bytes, in.n));
    free(bytes);
    return 0;
}
