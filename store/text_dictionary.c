// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/text_dictionary.h"

#include <stdlib.h>

#include "store/text_block.h"
#include "store/text_code.h"

/* Of samples, one of which is as long as a block mostly is. */
enum {
    SAMPLE_BYTES_MAX = 32 << 10,
    SAMPLES_BYTES_MAX = TEXT_PIECES * TEXT_CODE_BOUND(SAMPLE_BYTES_MAX)
};

_Static_assert((int)TEXT_PIECES <= (int)FRAME_SAMPLES_MAX, "a sample for each piece");

void text_dictionary_close(struct text_dictionary *d)
{
    if (!d)
        return;
    buf_release(&d->bytes);
    frame_dictionary_release(&d->frames);
    free(d);
}

static void begin_stretch(struct text_sampler *s, uint64_t n_bytes)
{
    s->raw_bytes = 0;
    s->stretch_bytes = n_bytes;
    s->n = s->samples.n = 0;
    s->is_sample_due = false;
    buf_clear(&s->pieces);
    buf_clear(&s->samples.bytes);
}

void text_sampler_init(struct text_sampler *s)
{
    buf_init(&s->pieces, TEXT_PIECES_BYTES_MAX);
    buf_init(&s->samples.bytes, SAMPLES_BYTES_MAX);
    begin_stretch(s, TEXT_STRETCH_FIRST);
}

void text_sampler_release(struct text_sampler *s)
{
    buf_release(&s->pieces);
    buf_release(&s->samples.bytes);
}

/* A whole block, as a frame has it. */
static bool add_sample(struct text_sampler *s, const char *raw, size_t n)
{
    struct buf *out = &s->samples.bytes;
    const size_t before = out->len;
    s->is_sample_due = false;
    if (!text_block_code(raw, n, out))
        return false;
    s->samples.sizes[s->samples.n++] = out->len - before;
    return true;
}

bool text_sampler_add(struct text_sampler *s, const char *raw, size_t n)
{
    s->raw_bytes += n;
    if (s->is_sample_due && n <= SAMPLE_BYTES_MAX && !add_sample(s, raw, n))
        return false;
    if (s->pieces.len >= TEXT_DICTIONARY_BYTES ||
        s->raw_bytes < s->n * s->stretch_bytes / TEXT_PIECES)
        return true;
    const struct bytes texts = text_block_texts(raw, n);
    size_t size = (size_t)(texts.end - texts.at);
    s->n++;
    s->is_sample_due = s->samples.n < TEXT_PIECES;
    return text_code_encode(
        texts.at, size < TEXT_PIECE_BYTES ? size : TEXT_PIECE_BYTES, &s->pieces);
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
    enum status status =
        frame_dictionary_make(s->pieces.data, s->pieces.len, &s->samples, &d->bytes, err);
    if (status == STATUS_OK)
        status = frame_dictionary_write(&d->frames, d->bytes.data, d->bytes.len, err);
    begin_stretch(s, TEXT_STRETCH_BYTES);
    if (status == STATUS_OK)
        *out = d;
    else
        text_dictionary_close(d);
    return status;
}
