// SPDX-License-Identifier: GPL-2.0-or-later
/* XXH3-64: what files, segments and the manifest are compared by. Not against forgery, against
 * change and damage. */
#ifndef DUAN_COMMON_HASH_H
#define DUAN_COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *bytes, size_t n);

/* The hash of a stream, fed in pieces cut anywhere. */
struct hash_stream;
/* NULL when memory is out. */
struct hash_stream *hash_stream_open(void);
void hash_stream_feed(struct hash_stream *h, const void *bytes, size_t n);
/* Of all that was fed; more may follow. */
uint64_t hash_stream_value(const struct hash_stream *h);
/* NULL is allowed. */
void hash_stream_close(struct hash_stream *h);

#endif
