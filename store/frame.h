// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames: bytes under zstd (level 3) with their size in front and a checksum behind. All blocks of
 * a segment are frames. One codec serves one thread, and saves the set-up that would cost more than
 * a small block itself. */
#ifndef DUAN_STORE_FRAME_H
#define DUAN_STORE_FRAME_H

#include "common/buf.h"
#include "common/error.h"

/* What many frames refer back to, each by itself, for as long as it is there: bytes, and the tables that frames have in
 * common, in zstd's format. One made ready for writing (level 4) codecs of any threads may use at once, one for reading those of
 * one thread: zstd takes a quarter less time where what it decodes lies right behind what it refers to, so there is
 * room for it. */
struct frame_dictionary {
    struct ZSTD_CDict_s *encoder; /* NULL in one for reading */
    struct ZSTD_DDict_s *decoder; /* likewise */
    char *bytes;                  /* of the decoder: n, and the room behind them */
    size_t n;
};
void frame_dictionary_init(struct frame_dictionary *d);
void frame_dictionary_release(struct frame_dictionary *d);

/* Appends to *out the dictionary of n bytes, with the tables that suit the samples, which stand in `bytes` one behind the
 * other: its last n bytes are those. STATUS_NO_MEMORY on failure. */
enum { FRAME_DICTIONARY_HEAD_MAX = 512, FRAME_SAMPLES_MAX = 64 };
struct frame_samples {
    struct buf bytes;
    size_t sizes[FRAME_SAMPLES_MAX];
    unsigned n;
};
enum status frame_dictionary_make(const char *bytes, size_t n, const struct frame_samples *samples,
    struct buf *out, struct error *err);

/* Make one ready from what was made, which is copied. STATUS_CORRUPT where it is none. */
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
