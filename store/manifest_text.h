// SPDX-License-Identifier: GPL-2.0-or-later
/* The manifest as text:
 *   {"duan":"manifest","format":1,"analyzer":1,…,"segments":[…],"failures":[…]}
 *   3f2a…16 hexadecimal digits of the XXH3-64 of the line above, without its newline
 * Every format to come keeps the head {"duan":"manifest", the key "format" and the checksum, so
 * that each duan can tell a newer index from a damaged one. */
#ifndef DUAN_STORE_MANIFEST_TEXT_H
#define DUAN_STORE_MANIFEST_TEXT_H

#include "common/buf.h"
#include "store/manifest.h"

/* Some two million dead sources: long before, their segments are due for a merge. */
enum { MANIFEST_BYTES_MAX = 16 << 20 };

/* Does the file that starts so claim to be a manifest? */
enum { MANIFEST_HEAD_MAX = 32 }; /* bytes that are enough to tell */
bool manifest_has_head(const char *start, size_t n);

/* Appends the text to *out. STATUS_NO_MEMORY, or STATUS_BAD_INPUT where it would not fit. */
enum status manifest_encode(const struct manifest *m, struct buf *out, struct error *err);

/* STATUS_FOREIGN without our head, _CORRUPT, _NEWER; the message says what, not where. On failure
 * *m is empty. Nothing that the text claims is believed: names are plain, numbers rise and lie
 * within their limits. */
enum status manifest_decode(const char *text, size_t n, struct manifest *m, struct error *err);

#endif
