// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/frame.h"

#include <zstd.h>

enum { LEVEL = 3, LEVEL_WITH_DICTIONARY = 4 };

void frame_codec_init(struct frame_codec *c)
{
    *c = (struct frame_codec){0};
}

void frame_codec_release(struct frame_codec *c)
{
    ZSTD_freeCCtx(c->encoder);
    ZSTD_freeDCtx(c->decoder);
    frame_codec_init(c);
}

void frame_dictionary_init(struct frame_dictionary *d)
{
    *d = (struct frame_dictionary){0};
}

void frame_dictionary_release(struct frame_dictionary *d)
{
    ZSTD_freeCDict(d->encoder);
    ZSTD_freeDDict(d->decoder);
    frame_dictionary_init(d);
}

enum status frame_dictionary_write(
    struct frame_dictionary *d, const char *bytes, size_t n, struct error *err)
{
    d->encoder = ZSTD_createCDict(bytes, n, LEVEL_WITH_DICTIONARY);
    return d->encoder ? STATUS_OK : error_no_memory(err);
}

enum status frame_dictionary_read(
    struct frame_dictionary *d, const char *bytes, size_t n, struct error *err)
{
    if (n == 0 || *bytes != FRAME_DICTIONARY_FIRST)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    d->decoder = ZSTD_createDDict(bytes, n);
    return d->decoder ? STATUS_OK : error_no_memory(err);
}

static ZSTD_CCtx *make_encoder(void)
{
    ZSTD_CCtx *encoder = ZSTD_createCCtx();
    if (encoder && (ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, LEVEL)) ||
                       ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 1)))) {
        ZSTD_freeCCtx(encoder);
        return NULL;
    }
    return encoder;
}

enum status frame_codec_use(
    struct frame_codec *c, const struct frame_dictionary *d, struct error *err)
{
    if (!c->encoder && d && d->encoder)
        c->encoder = make_encoder();
    if (!c->decoder && d && d->decoder)
        c->decoder = ZSTD_createDCtx();
    bool is_ok = !d || ((!d->encoder || c->encoder) && (!d->decoder || c->decoder));
    if (is_ok && c->encoder)
        is_ok = !ZSTD_isError(ZSTD_CCtx_refCDict(c->encoder, d ? d->encoder : NULL));
    if (is_ok && c->decoder)
        is_ok = !ZSTD_isError(ZSTD_DCtx_refDDict(c->decoder, d ? d->decoder : NULL));
    return is_ok ? STATUS_OK : error_no_memory(err);
}

enum status frame_encode(
    struct frame_codec *c, const char *bytes, size_t n, struct buf *out, struct error *err)
{
    size_t bound = ZSTD_compressBound(n);
    if (!c->encoder)
        c->encoder = make_encoder();
    if (!c->encoder || ZSTD_isError(bound) || !buf_reserve(out, bound))
        return error_no_memory(err);
    size_t size = ZSTD_compress2(c->encoder, out->data + out->len, bound, bytes, n);
    if (ZSTD_isError(size))
        return error_set(err, STATUS_NO_MEMORY, "cannot compress: %s", ZSTD_getErrorName(size));
    out->len += size;
    return STATUS_OK;
}

enum status frame_decode(struct frame_codec *c, const char *frame, size_t n, size_t max,
    struct buf *out, struct error *err)
{
    buf_clear(out);
    unsigned long long size = ZSTD_getFrameContentSize(frame, n);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > max)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    if (!c->decoder)
        c->decoder = ZSTD_createDCtx();
    if (!c->decoder || !buf_reserve(out, (size_t)size))
        return error_no_memory(err);
    size_t got = ZSTD_decompressDCtx(c->decoder, out->data, (size_t)size, frame, n);
    if (ZSTD_isError(got) || got != size)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    out->len = got;
    return STATUS_OK;
}
