// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes between duan and duan-extract.
 *
 * Over a socket duan sends a *request* with two descriptors: the file, and the end of a pipe to write into. The server forks
 * a child for it; when the child has ended the server answers with its wait status. Into the pipe the child writes
 * *frames*: type and length in WIRE_HEADER bytes, then the payload. The reader trusts none of it: what is not
 * as said here is STATUS_CORRUPT.
 *
 *   K  kind (1 byte), encoding (1), certainty in percent (1): always the first
 *   M  enum document_meta (1), text
 *   B  enum block_kind (1), level (1), page (4, little-endian), text
 *   F  a member of an archive begins: its name, empty for the one file under a compressor
 *   D  bytes of that member; none of them where it came to its end, though the archive may break behind it
 *   X  why that member cannot be read, or not to its end; others may follow
 *   E  enum status (1), message, none with STATUS_OK: always the last; a child that ends without one has crashed */
#ifndef DUAN_EXTRACT_WIRE_H
#define DUAN_EXTRACT_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "extract/document.h"
#include "extract/kind.h"

enum wire_type {
    WIRE_KIND = 'K',
    WIRE_META = 'M',
    WIRE_BLOCK = 'B',
    WIRE_MEMBER = 'F',
    WIRE_DATA = 'D',
    WIRE_FAULT = 'X',
    WIRE_END = 'E',
};

enum {
    WIRE_HEADER = 5, /* type, length little-endian */
    WIRE_DATA_MAX = 64 * 1024,
    WIRE_NAME_MAX = 4096,
    WIRE_PAYLOAD_MAX = BLOCK_BYTES_MAX + 6,
};

struct wire_request {
    uint8_t kind;     /* enum document_kind that the user states, or DOCUMENT_NONE */
    uint8_t encoding; /* enum encoding that the user states, or ENCODING_UNKNOWN */
};

/* A frame read; the strings point into the payload. */
struct wire_frame {
    enum wire_type type;
    enum document_kind kind;
    enum encoding encoding;
    uint8_t certainty;
    enum document_meta meta;
    struct block block;
    enum status status;
    const char *text; /* of M, F, D, X, E */
    size_t n;
};

/* Writes one frame, head (up to 6 bytes of the payload) and text behind each other. STATUS_IO when the reader is gone. */
enum status wire_write(int fd, enum wire_type type, const void *head, size_t n_head,
    const char *text, size_t n, struct error *err);

/* The length of the payload that follows a header; STATUS_CORRUPT for one that cannot be. */
enum status wire_header(const unsigned char header[WIRE_HEADER], size_t *n, struct error *err);

/* Reads a payload of the header's type; checks ranges and that all text is well-formed UTF-8 without control characters
 * (of F and D: not). STATUS_CORRUPT otherwise. */
enum status wire_payload(
    enum wire_type type, const char *payload, size_t n, struct wire_frame *out, struct error *err);

#endif
