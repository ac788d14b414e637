// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames: bytes under zstd (level 3) with their size in front and a checksum behind. All blocks of
 * a segment are frames. One codec serves one thread, and saves the set-up that would cost more than
 * a small block itself. */
#ifndef DUAN_STORE_FRAME_H
#define DUAN_STORE_FRAME_H

#include "common/buf.h"
#include "common/error.h"

/* Bytes that many frames refer back to, each by itself. Made ready for writing (level 4) or for
 * reading; then codecs of any threads may use it, for as long as it is there. */
struct frame_dictionary {
    struct ZSTD_CDict_s *encoder; /* NULL in one for reading */
    struct ZSTD_DDict_s *decoder; /* likewise */
};
void frame_dictionary_init(struct frame_dictionary *d);
void frame_dictionary_release(struct frame_dictionary *d);

/* Make one ready from such bytes, which are copied. STATUS_CORRUPT where they are none: the first
 * is FRAME_DICTIONARY_FIRST, lest zstd take them for a dictionary of its own format. */
enum { FRAME_DICTIONARY_FIRST = 0 };
enum status frame_dictionary_write(
    struct frame_dictionary *d, const char *bytes, size_t n, struct error *err);
enum status frame_dictionary_read(
    struct frame_dictionary *d, const char *bytes, size_t n, struct error *err);

struct frame_codec {
    struct ZSTD_CCtx_s *encoder; /* both made when first needed */
    struct ZSTD_DCtx_s *decoder;
};

void frame_codec_init(struct frame_codec *c);
void frame_codec_release(struct frame_codec *c);

/* What is encoded and decoded from now on refers to a dictionary; NULL: to none. */
enum status frame_codec_use(
    struct frame_codec *c, const struct frame_dictionary *d, struct error *err);

/* Appends the frame of the n bytes to *out; STATUS_NO_MEMORY on failure, *out as it was. */
enum status frame_encode(
    struct frame_codec *c, const char *bytes, size_t n, struct buf *out, struct error *err);

/* Puts what the frame holds into *out, replacing what was there. STATUS_CORRUPT unless the n bytes
 * are one whole frame of at most max bytes; a frame that claims more is refused before anything is
 * allocated. On failure *out is empty. */
enum status frame_decode(struct frame_codec *c, const char *frame, size_t n, size_t max,
    struct buf *out, struct error *err);

#endif
