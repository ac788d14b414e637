// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames: bytes under zstd (level 3) with their size in front and a checksum behind. All blocks of
 * a segment are frames. One codec serves one thread, and saves the set-up that would cost more than
 * a small block itself. */
#ifndef DUAN_STORE_FRAME_H
#define DUAN_STORE_FRAME_H

#include "common/buf.h"
#include "common/error.h"

/* Bytes that many frames refer back to, each by itself, for as long as it is there. One made ready for writing (level 4)
 * codecs of any threads may use at once, one for reading those of one thread: zstd takes a quarter less time where what it
 * decodes lies right behind what it refers to, so there is room for it. */
struct frame_dictionary {
    struct ZSTD_CDict_s *encoder; /* NULL in one for reading */
    char *bytes;                  /* n, and room behind them; NULL in one for writing */
    size_t n;
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
    const struct frame_dictionary *dictionary; /* of what is decoded; borrowed, or NULL */
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
