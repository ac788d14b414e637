// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as any encoding, in chunks of any size: what comes out is UTF-8, and the same however it came; what is
 * UTF-8 already comes out as it went in, but where it was read as Windows-1252 before. Detection judges the same bytes the same. */
#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tokenizer/decode.h"
#include "tokenizer/stray_line.h"

static void decode(enum encoding e, const char *bytes, size_t n, size_t chunk, struct buf *out,
    uint64_t *n_replaced)
{
    struct decoder *d;
    struct error err;
    *n_replaced = 0;
    MUST(decoder_open(e, &d, &err) == STATUS_OK);
    for (size_t at = 0, part; at < n || n == 0; at += part) {
        part = n - at < chunk ? n - at : chunk;
        char *copy = fuzz_copy(bytes + at, part);
        bool is_last = at + part == n;
        MUST(decoder_feed(d, copy, part, is_last, out, n_replaced, &err) == STATUS_OK);
        free(copy);
        if (n == 0)
            break;
    }
    decoder_close(d);
    MUST(utf8_valid(out->data ? out->data : "", out->len) == out->len);
}

static void check_detection(const char *bytes, size_t n)
{
    struct detection whole, again, head;
    encoding_detect(bytes, n, true, &whole);
    encoding_detect(bytes, n, true, &again);
    encoding_detect(bytes, n, false, &head);
    MUST(whole.encoding == again.encoding && whole.certainty == again.certainty);
    MUST(whole.encoding != ENCODING_UNKNOWN || whole.is_binary);
    MUST(head.encoding != ENCODING_UNKNOWN || head.is_binary);
    MUST(whole.certainty >= 0 && whole.certainty <= 1);
    MUST(whole.bom_len <= n && head.bom_len <= n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    enum encoding e = (enum encoding)(ENCODING_UTF8 + fuzz_byte(&in) % ENCODING_UTF16BE);
    size_t chunk = 1 + fuzz_byte(&in) % 64;
    char *bytes = fuzz_copy(in.at, in.n);
    struct buf whole, pieces;
    uint64_t n_replaced, n_replaced_again;
    buf_init(&whole, 4 * in.n + 16);
    buf_init(&pieces, 4 * in.n + 16);
    decode(e, bytes, in.n, SIZE_MAX, &whole, &n_replaced);
    decode(e, bytes, in.n, chunk, &pieces, &n_replaced_again);
    MUST(whole.len == pieces.len && n_replaced == n_replaced_again);
    MUST(!whole.len || memcmp(whole.data, pieces.data, whole.len) == 0);
    if (e == ENCODING_UTF8 && utf8_valid(bytes, in.n) == in.n)
        MUST(n_replaced == 0 && (whole.len == in.n || stray_line_is_suspect(bytes, in.n)));
    check_detection(bytes, in.n);
    buf_release(&whole);
    buf_release(&pieces);
    free(bytes);
    return 0;
}
