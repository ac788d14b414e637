// SPDX-License-Identifier: GPL-2.0-or-later
/* One source's bytes: read in chunks, hashed, counted, and decoded to UTF-8, in bounded memory.
 *
 * The first DETECT_SAMPLE bytes decide the encoding unless it is given. A file must stay what it
 * was while it is read: one that shrinks, grows or is written to meanwhile is an error, and its old
 * version in the index stays. */
#ifndef DUAN_INDEXER_INPUT_H
#define DUAN_INDEXER_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "common/buf.h"
#include "common/error.h"
#include "extract/kind.h"
#include "store/record.h"
#include "tokenizer/decode.h"

enum { INPUT_CHUNK = 64 * 1024 };

struct input;

/* Opens a regular file. A missing file and one without permission are errors; the message is only
 * what happened, the caller knows the path. */
enum status input_open_file(const char *path, struct input **out, struct error *err);
/* Reads a descriptor that stays the caller's, such as standard input. */
enum status input_open_fd(int fd, struct input **out, struct error *err);
/* Reads what `pull` hands over, a member of an archive: it puts up to n bytes into out and sets *got, 0 at the end. */
typedef enum status input_pull(void *arg, char *out, size_t n, size_t *got, struct error *err);
enum status input_open_pull(input_pull *pull, void *arg, struct input **out, struct error *err);
void input_close(struct input *in);

/* Is the source of that size, and has it that hash? Reads up to a byte more, and keeps what it read for input_detect,
 * which comes after. */
enum status input_is_same(
    struct input *in, size_t size, uint64_t hash, bool *is_same, struct error *err);

/* Reads the sample and judges it. encoding overrides the judgement unless it is ENCODING_UNKNOWN.
 * *is_binary: not text; *kind is then its name ("zip", "PDF" …) or NULL. Call once, before
 * input_read. */
enum status input_detect(struct input *in, enum encoding encoding, bool *is_binary,
    const char **kind, struct error *err);

/* The foreign format of the source, DOCUMENT_NONE for text or what we cannot read. After input_detect. */
enum document_kind input_document(const struct input *in);

/* A descriptor from which the whole source can be read by offset: the file's own, or a copy in memory of at most max bytes
 * (STATUS_BAD_INPUT for more). The caller closes *fd. Reads the source to its end; after input_detect, instead of input_read. */
enum status input_document_fd(struct input *in, uint64_t max, int *fd, struct error *err);
/* What the parser found out about the encoding, for input_finish. */
void input_set_encoding(struct input *in, enum encoding encoding, unsigned certainty_percent);

/* Appends the next piece of decoded text to *out, at most 4 * INPUT_CHUNK + 16 bytes; *is_last when
 * the source ends with it. */
enum status input_read(struct input *in, struct buf *out, bool *is_last, struct error *err);

/* Fills size, mtime_ns, hash, encoding, certainty and n_replaced after the last piece, and says
 * whether the file stayed the same: STATUS_IO when not. */
enum status input_finish(struct input *in, struct source *out, struct error *err);

/* When a file was changed; times that 64 bits of nanoseconds do not reach (before 1678, after 2262) wrap. */
int64_t input_mtime_ns(const struct stat *st);

/* Bytes read so far. */
uint64_t input_position(const struct input *in);

/* The hash of a file's bytes; size says how many there should be. */
enum status input_hash(const char *path, uint64_t size, uint64_t *hash, struct error *err);

#endif
