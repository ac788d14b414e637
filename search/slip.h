// SPDX-License-Identifier: GPL-2.0-or-later
/* A hint for a likely typing slip: 营伤环境 stands nowhere, 营商环境 in many passages.
 *
 * Only for a text of three to eight Han characters that stands nowhere as typed; only one character is
 * replaced, by one that the index has beside its neighbour; and the other text must stand in
 * SLIP_PASSAGES_MIN passages or more, counted. */
#ifndef DUAN_SEARCH_SLIP_H
#define DUAN_SEARCH_SLIP_H

#include <stddef.h>

#include "common/error.h"
#include "search/query.h"
#include "store/index.h"

enum {
    SLIP_CHARS_MIN = 3, /* of two, any other character would do */
    SLIP_CHARS_MAX = 8,
    SLIP_BYTES_MAX = SLIP_CHARS_MAX * 4 + 1,
    SLIP_PASSAGES_MIN = 5,
};

/* Writes the likely text of a clause, ended by a NUL; empty where there is none. */
enum status slip_find(
    struct index *ix, const struct clause *c, char out[SLIP_BYTES_MAX], struct error *err);

#endif
