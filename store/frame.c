// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/frame.h"

#include <stdlib.h>
#include <string.h>
/* For ZSTD_createDDict_byReference, which is in every libzstd since 1.3 as it is here. */
#define ZSTD_STATIC_LINKING_ONLY
#include <zdict.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
    LEVEL = 3,
    LEVEL_WITH_DICTIONARY = 4,
    ROOM_BYTES = 64 * 1024, /* behind a dictionary: what holds more is decoded elsewhere */
};

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
    free(d->bytes);
    frame_dictionary_init(d);
}

enum status frame_dictionary_make(const char *bytes, size_t n, const struct frame_samples *samples,
    struct buf *out, struct error *err)
{
    const ZDICT_params_t how = {.compressionLevel = LEVEL_WITH_DICTIONARY, .dictID = 1};
    if (!buf_reserve(out, n + FRAME_DICTIONARY_HEAD_MAX))
        return error_no_memory(err);
    size_t size = ZDICT_finalizeDictionary(out->data + out->len, n + FRAME_DICTIONARY_HEAD_MAX,
        bytes, n, samples->bytes.data, samples->sizes, samples->n, how);
    if (ZDICT_isError(size))
        return error_set(err, STATUS_NO_MEMORY, "cannot compress: %s", ZDICT_getErrorName(size));
    out->len += size;
    return STATUS_OK;
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
    size_t head = ZDICT_getDictHeaderSize(bytes, n);
    if (ZDICT_isError(head) && ZSTD_getErrorCode(head) != ZSTD_error_memory_allocation)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    d->bytes = malloc(n + ROOM_BYTES);
    if (!d->bytes)
        return error_no_memory(err);
    memcpy(d->bytes, bytes, n);
    d->n = n;
    d->decoder = ZSTD_createDDict_byReference(d->bytes, n);
    if (d->decoder)
        return STATUS_OK;
    frame_dictionary_release(d);
    return error_no_memory(err);
}

static ZSTD_CCtx *make_encoder(void)
{
    ZSTD_CCtx *encoder = ZSTD_createCCtx();
    if (encoder && (ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_compressionLevel, LEVEL)) ||
                       ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_checksumFlag, 1)) ||
                       ZSTD_isError(ZSTD_CCtx_setParameter(encoder, ZSTD_c_dictIDFlag, 0)))) {
        ZSTD_freeCCtx(encoder);
        return NULL;
    }
    return encoder;
}

enum status frame_codec_use(
    struct frame_codec *c, const struct frame_dictionary *d, struct error *err)
{
    c->dictionary = d;
    if (!c->encoder && d && d->encoder)
        c->encoder = make_encoder();
    if (!c->encoder)
        return d && d->encoder ? error_no_memory(err) : STATUS_OK;
    const ZSTD_CDict *encoder = d ? d->encoder : NULL;
    return ZSTD_isError(ZSTD_CCtx_refCDict(c->encoder, encoder)) ? error_no_memory(err) : STATUS_OK;
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

/* Decodes a frame of `size` bytes into `to`; false where it is damaged. */
static bool decode(const struct frame_codec *c, char *to, size_t size, const char *frame, size_t n)
{
    const struct frame_dictionary *d = c->dictionary;
    if (!d || !d->decoder)
        return ZSTD_decompressDCtx(c->decoder, to, size, frame, n) == size;
    char *at = size > ROOM_BYTES ? to : d->bytes + d->n;
    if (ZSTD_decompress_usingDDict(c->decoder, at, size, frame, n, d->decoder) != size)
        return false;
    if (at != to)
        memcpy(to, at, size);
    return true;
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
    if (!decode(c, out->data, (size_t)size, frame, n))
        return error_set(err, STATUS_CORRUPT, "damaged block");
    out->len = (size_t)size;
    return STATUS_OK;
}
