// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/file_name.h"

#include <iconv.h>
#include <stdint.h>

#include "common/utf8.h"

enum file_name file_name_decode(const char *name, size_t n, struct buf *out)
{
    struct detection found;
    struct decoder *decoder;
    struct error ignored;
    uint64_t n_replaced = 0;
    if (utf8_valid(name, n) == n)
        return buf_append(out, name, n) ? FILE_NAME_UTF8 : FILE_NAME_FAILED;
    encoding_detect(name, n, true, &found);
    if (found.encoding == ENCODING_UNKNOWN || found.encoding >= ENCODING_UTF16LE)
        found.encoding = ENCODING_GB18030;
    if (decoder_open(found.encoding, &decoder, &ignored) != STATUS_OK)
        return FILE_NAME_FAILED;
    enum status status = decoder_feed(decoder, name, n, true, out, &n_replaced, &ignored);
    decoder_close(decoder);
    if (status != STATUS_OK)
        return FILE_NAME_FAILED;
    return n_replaced ? FILE_NAME_BROKEN : FILE_NAME_DECODED;
}

bool file_name_encode(const char *name, size_t n, enum encoding e, struct buf *out)
{
    if (e == ENCODING_UTF8)
        return buf_append(out, name, n);
    iconv_t encoder = iconv_open(encoding_name(e), "UTF-8");
    if ((intptr_t)encoder == -1)
        return false;
    char *in = (char *)(uintptr_t)name;
    size_t room = 2 * n, left = room;
    bool is_ok = buf_reserve(out, room);
    if (is_ok) {
        char *at = out->data + out->len;
        is_ok = iconv(encoder, &in, &n, &at, &left) != (size_t)-1;
        out->len += is_ok ? room - left : 0;
    }
    iconv_close(encoder);
    return is_ok;
}
