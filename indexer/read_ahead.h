// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading ahead: files are opened, decoded and cut on several threads while those before them go into the index.
 *
 * Files are handed over in the order of the walk and come back in it, each with what its reading said. Only what one
 * file says goes through here; whether it is wanted, and what is done about it, is decided where it comes out, in order.
 * So nothing depends on the number of threads. What is under way is bounded in number and in bytes. */
#ifndef DUAN_INDEXER_READ_AHEAD_H
#define DUAN_INDEXER_READ_AHEAD_H

#include "indexer/ahead_file.h"

struct read_ahead;

struct read_ahead_options {
    enum source_format format;
    enum encoding encoding;
    unsigned n_threads;
    size_t memory_bytes; /* read_ahead_bytes */
    size_t max_line_bytes;
};

/* The share of all the memory of a run; 0 for one thread, which does not read ahead. */
size_t read_ahead_bytes(unsigned n_threads, size_t all);

enum status read_ahead_open(
    const struct read_ahead_options *options, struct read_ahead **out, struct error *err);
/* Forgets what was not taken. NULL is allowed. */
void read_ahead_close(struct read_ahead *a);

/* Is there no room for another file before one is taken? */
bool read_ahead_is_full(const struct read_ahead *a);
/* Hands over a copy of what the walk says; there must be room. A file that is not likely to be wanted stays unread. */
enum status read_ahead_give(
    struct read_ahead *a, const struct walk_file *walk, bool is_likely, struct error *err);
/* Waits for the file given first that was not taken yet; NULL where there is none. Freed with ahead_file_free. */
struct ahead_file *read_ahead_take(struct read_ahead *a);

#endif
