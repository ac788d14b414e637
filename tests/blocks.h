// SPDX-License-Identifier: GPL-2.0-or-later
/* What a parser gives out, as one string that a test compares: a line a block, `kind text` (T, I, R, N, or the level of a
 * heading), with its page between them where asked; title=, date= and author= before. */
#ifndef DUAN_TESTS_BLOCKS_H
#define DUAN_TESTS_BLOCKS_H

#include <stdbool.h>

#include "common/buf.h"
#include "extract/document.h"

/* The bytes are handed over in memory of just their length, so that a sanitizer sees what is read behind them. The caller
 * releases *out, whatever is returned; each block is checked to be clean UTF-8 and not empty. */
enum status blocks_of(document_parser *parser, const char *bytes, size_t n, bool has_pages,
    struct buf *out, struct error *err);

/* Parses the bytes so many times with a few of them changed at random (SEED, or a seed that is printed), and asserts that
 * each ends well or with a message of one line. */
void blocks_survive_flips(document_parser *parser, const char *bytes, size_t n, unsigned times);

#endif
