// SPDX-License-Identifier: GPL-2.0-or-later
/* A literal: text that a passage holds as typed, or does not. Terms find the candidates, the text
 * decides.
 *
 * A passage that holds the literal's folded text holds each bigram inside it, a term that begins
 * with each lone Han character, and each word that the literal shows whole. A word at the edge of a quoted
 * one may be part of a longer one ("12.8亿" stands in 2112.8亿), so it is no condition; a literal
 * of nothing but such words and lone characters ("2112", "23年") is looked up in the dictionary of words
 * instead, and one without any term ("——") has every passage as candidate. */
#ifndef DUAN_SEARCH_LITERAL_H
#define DUAN_SEARCH_LITERAL_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "search/query.h"
#include "store/index.h"

struct literal {
    const struct clause *clause;
    /* All passages that hold it, and perhaps others; NULL: no passage can. */
    const struct xnode *candidates;
    bool is_decided; /* no others: terms alone decide */
};

/* Builds the candidates' node in the arena. */
enum status literal_make(struct index *ix, const struct clause *c, struct arena *arena,
    struct literal *out, struct error *err);

/* Does the passage hold the clause? Quoted text is found anywhere, a bare word not inside a longer
 * word. */
bool literal_stands_in(const struct clause *c, struct folded_passage *f);

#endif
