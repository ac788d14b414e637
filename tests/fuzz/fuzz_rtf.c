// SPDX-License-Identifier: GPL-2.0-or-later
/* RTF of any bytes behind the five that make it one. */
#include "tests/fuzz/blocks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "{\\rtf";
    struct fuzz_input in = {data, size};
    struct seen_blocks seen;
    size_t n = sizeof head - 1 + in.n;
    char *bytes = malloc(n);
    MUST(bytes);
    memcpy(bytes, head, sizeof head - 1);
    if (in.n)
        memcpy(bytes + sizeof head - 1, in.at, in.n);
    parse_blocks(parse_rtf, bytes, n, ENCODING_UNKNOWN, &seen);
    free(bytes);
    return 0;
}
