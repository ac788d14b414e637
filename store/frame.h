// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames: bytes under zstd (level 3) with their size in front and a checksum behind. All blocks of
 * a segment are frames. One codec serves one thread, and saves the set-up that would cost more than
 * a small block itself. */
#ifndef DUAN_STORE_FRAME_H
#define DUAN_STORE_FRAME_H

#include "common/buf.h"
#include "common/error.h"

struct frame_codec {
    struct ZSTD_CCtx_s *encoder; /* both made when first needed */
    struct ZSTD_DCtx_s *decoder;
};

void frame_codec_init(struct frame_codec *c);
void frame_codec_release(struct frame_codec *c);

/* Appends the frame of the n bytes to *out; STATUS_NO_MEMORY on failure, *out as it was. */
enum status frame_encode(
    struct frame_codec *c, const char *bytes, size_t n, struct buf *out, struct error *err);

/* Puts what the frame holds into *out, replacing what was there. STATUS_CORRUPT unless the n bytes
 * are one whole frame of at most max bytes; a frame that claims more is refused before anything is
 * allocated. On failure *out is empty. */
enum status frame_decode(struct frame_codec *c, const char *frame, size_t n, size_t max,
    struct buf *out, struct error *err);

#endif
