// SPDX-License-Identifier: GPL-2.0-or-later
/* From bytes of unknown encoding to UTF-8.
 *
 * Detection weighs evidence, because validity alone decides little (every Big5 file of our corpus
 * is also valid GB18030): a BOM; NUL patterns (UTF-16, binary); a declaration in the head (HTML
 * meta, XML, `charset=`); well-formed UTF-8; under each candidate decoder the share of broken
 * sequences, of the commonest characters, of unassigned or private ones; and uchardet's opinion.
 * Conversion is iconv's. */
#ifndef DUAN_TOKENIZER_DECODE_H
#define DUAN_TOKENIZER_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"

enum encoding {
    ENCODING_UNKNOWN,
    ENCODING_UTF8, /* ASCII is UTF-8 */
    ENCODING_GB18030,
    ENCODING_BIG5, /* CP950, Microsoft's Big5 */
    ENCODING_BIG5_HKSCS,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
};

/* "UTF-8", "GB18030", "Big5", "Big5-HKSCS", "UTF-16LE", "UTF-16BE", "unknown". */
const char *encoding_name(enum encoding e);
/* The encoding of a name as users and web pages write it (gbk, GB2312, cp936, big5, CP950, utf8,
 * utf-16 …), in any case; ENCODING_UNKNOWN for any other. */
enum encoding encoding_by_name(const char *name, size_t n);

struct detection {
    enum encoding encoding;
    double certainty; /* 0 to 1 */
    /* Not text: NUL bytes or control characters that no encoding of ours explains. */
    bool is_binary;
    /* "zip", "PDF", "PNG" …: what the magic number says; NULL where it says nothing. */
    const char *kind;
    size_t bom_len; /* bytes to skip at the start */
    /* All of the bytes were looked at, and are what a decoder would give; false says nothing. */
    bool is_valid_utf8;
};

enum { DETECT_SAMPLE = 1 << 20 }; /* how much of a file's head is worth handing over */

/* Judges the head of a file. is_whole: bytes are all there is, so a character cut at the end is a
 * fault. ENCODING_UNKNOWN only together with is_binary: other bytes always get the likeliest
 * encoding. Cannot fail. */
void encoding_detect(const char *bytes, size_t n, bool is_whole, struct detection *out);
/* Bytes of this encoding's byte order mark, where one stands at the start; 0 where none does. */
size_t encoding_bom_len(enum encoding encoding, const char *bytes, size_t n);

/* A decoder turns a stream into UTF-8, chunk by chunk; what it writes is always well formed. */
struct decoder;
enum status decoder_open(enum encoding e, struct decoder **out, struct error *err);
void decoder_close(struct decoder *d);
/* Makes it look for no lost bytes and no lines of another encoding: where the encoding is still to be told, they would be found
 * in any. */
void decoder_trust(struct decoder *d);

/* Decodes n bytes and appends to *out. Characters cut at the end of a chunk wait inside for the
 * next one, in UTF-8 and GB18030 the line does, which may be one of another encoding (stray_line.h); is_last flushes them. A byte that the encoding does not know
 * becomes U+FFFD, and so does what is left of a character of GB18030 that lost a byte, by which what
 * follows would read as other characters (lost_byte.h); *n_replaced counts those. STATUS_NO_MEMORY
 * when *out is full (give it a maximum of at least 4 n + 16 beyond its length, and in
 * chunks 48 KB more). */
enum status decoder_feed(struct decoder *d, const char *bytes, size_t n, bool is_last,
    struct buf *out, uint64_t *n_replaced, struct error *err);

#endif
