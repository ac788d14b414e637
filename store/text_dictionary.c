// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/text_dictionary.h"

#include <stdlib.h>

#include "store/text_block.h"
#include "store/text_code.h"

void text_dictionary_close(struct text_dictionary *d)
{
    if (!d)
        return;
    buf_release(&d->bytes);
    frame_dictionary_release(&d->frames);
    free(d);
}

static bool begin_stretch(struct text_sampler *s, uint64_t n_bytes)
{
    s->raw_bytes = 0;
    s->stretch_bytes = n_bytes;
    s->n = 0;
    buf_clear(&s->dictionary);
    return buf_append_byte(&s->dictionary, FRAME_DICTIONARY_FIRST);
}

bool text_sampler_init(struct text_sampler *s)
{
    buf_init(&s->dictionary, TEXT_DICTIONARY_BYTES_MAX);
    return begin_stretch(s, TEXT_STRETCH_FIRST);
}

void text_sampler_release(struct text_sampler *s)
{
    buf_release(&s->dictionary);
}

bool text_sampler_add(struct text_sampler *s, const char *raw, size_t n)
{
    s->raw_bytes += n;
    if (s->dictionary.len >= TEXT_DICTIONARY_BYTES ||
        s->raw_bytes < s->n * s->stretch_bytes / TEXT_PIECES)
        return true;
    const struct bytes texts = text_block_texts(raw, n);
    size_t size = (size_t)(texts.end - texts.at);
    s->n++;
    return text_code_encode(
        texts.at, size < TEXT_PIECE_BYTES ? size : TEXT_PIECE_BYTES, &s->dictionary);
}

enum status text_sampler_next_stretch(
    struct text_sampler *s, uint32_t first_docid, struct text_dictionary **out, struct error *err)
{
    *out = NULL;
    if (s->raw_bytes < s->stretch_bytes)
        return STATUS_OK;
    struct text_dictionary *d = calloc(1, sizeof *d);
    if (!d)
        return error_no_memory(err);
    buf_init(&d->bytes, TEXT_DICTIONARY_BYTES_MAX);
    d->first_docid = first_docid;
    enum status status = buf_append(&d->bytes, s->dictionary.data, s->dictionary.len) &&
                                 begin_stretch(s, TEXT_STRETCH_BYTES)
                             ? frame_dictionary_write(&d->frames, d->bytes.data, d->bytes.len, err)
                             : error_no_memory(err);
    if (status == STATUS_OK)
        *out = d;
    else
        text_dictionary_close(d);
    return status;
}
