// SPDX-License-Identifier: GPL-2.0-or-later
/* Text blocks: the raw text of consecutive passages, coded (text_code.h), under one zstd frame
 * (checksummed).
 *
 * A passage on its own compresses badly and slowly (zlib: 78 % at 11 MB/s). What zstd keeps of the
 * text of laws and reports (15 MB, without the columns), by the UTF-8 text that a block holds:
 *            UTF-8     coded
 *   16 KB    36.3 %    29.0 %
 *    8 KB    39.9 %    31.3 %
 *    4 KB    44.6 %    34.3 %
 * Most blocks refer to a dictionary besides (text_dictionary.h). Coded text is not slower to read
 * than UTF-8 under zstd, since only the passages asked for are decoded.
 * Before the text is coded a block is: number of passages;
 * columns of their lengths, reports, numbers, lines, sections, levels; then all texts, one behind
 * the other. A block may span reports. */
#ifndef DUAN_STORE_TEXT_BLOCK_H
#define DUAN_STORE_TEXT_BLOCK_H

#include "common/buf.h"
#include "common/error.h"
#include "store/frame.h"
#include "store/record.h"
#include "store/text_code.h"

/* Collects passages until the block is due. */
struct text_block_writer;
enum status text_block_writer_open(struct text_block_writer **out, struct error *err);
void text_block_writer_close(struct text_block_writer *w);

/* Adds a passage of a report. *is_first says whether it opened a new block: then, and only then, the block before
 * it, if there was one, was finished and appended to *done (cleared first). STATUS_BAD_INPUT, and nothing changed,
 * when the passage is empty, longer than PASSAGE_BYTES_MAX, or a heading of a level above 9. */
enum status text_block_writer_add(struct text_block_writer *w, uint32_t report,
    const struct passage *p, bool *is_first, struct buf *done, struct error *err);
/* Finishes the last block into *done; leaves it empty when there is none. */
enum status text_block_writer_finish(
    struct text_block_writer *w, struct buf *done, struct error *err);

/* The same two for a builder that compresses on other threads: a block done is appended to *raw (cleared first) as it
 * is before its text is coded; text_block_encode makes the frame of it. A writer is used one way or the other. */
enum status text_block_writer_collect(struct text_block_writer *w, uint32_t report,
    const struct passage *p, bool *is_first, struct buf *raw, struct error *err);
enum status text_block_writer_collect_rest(
    struct text_block_writer *w, struct buf *raw, struct error *err);

/* The texts of a collected block, borrowed from it. */
struct bytes text_block_texts(const char *raw, size_t n);

/* Appends a collected block with its text coded, which is what its frame holds; false when memory is out. */
bool text_block_code(const char *raw, size_t n, struct buf *out);
/* Appends the frame of a collected block to *out; *coded is scratch. */
enum status text_block_encode(struct frame_codec *codec, const char *raw, size_t n,
    struct buf *coded, struct buf *out, struct error *err);

/* A decoded block. The text of a passage is decoded when it is first asked for: a question looks at
 * one passage of each of some thirty blocks. */
struct text_block {
    struct buf bytes, coded;
    struct text_block_entry *entries; /* n_passages */
    uint32_t n_passages;
    struct frame_codec own, *codec; /* private, as is */
    struct text_code_map map;
};
struct text_block_entry {
    size_t text_start; /* into bytes */
    uint32_t text_len, report, number, line, section;
    uint8_t level;
    bool is_decoded; /* private, as are */
    uint32_t length, n_lines;
};
void text_block_init(struct text_block *b);
void text_block_release(struct text_block *b);
/* Decodes a frame, made with the dictionary if not NULL; STATUS_CORRUPT when it is not whole. On failure *b holds no passages. */
enum status text_block_decode(struct text_block *b, const char *frame, size_t n,
    const struct frame_dictionary *dictionary, struct error *err);
/* Decodes with a codec that others use too, whose tables so stay in the processor's cache; it must
 * outlive the block. */
void text_block_share(struct text_block *b, struct frame_codec *codec);
/* The same from a block as it was collected. */
enum status text_block_load(struct text_block *b, const char *raw, size_t n, struct error *err);
/* Passage i (0 <= i < n_passages), borrowed from the block until another is decoded into it. */
struct passage text_block_passage(struct text_block *b, uint32_t i);

#endif
