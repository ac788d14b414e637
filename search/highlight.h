// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a hit matched, and the text as it is shown.
 *
 * A clause that stands in the passage as typed is marked where it stands whole, and nowhere else; a
 * soft word that does not is marked by its terms. Ranges are found in the raw text, so an injected
 * reading lies inside the mark: 會(huì )議 is covered whole. */
#ifndef DUAN_SEARCH_HIGHLIGHT_H
#define DUAN_SEARCH_HIGHLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/error.h"
#include "search/folded_passage.h"
#include "search/plan.h"
#include "search/query.h"

struct range {
    size_t start, end; /* bytes */
};
struct ranges {
    struct range *at; /* sorted, apart from each other; in an arena */
    size_t n;
};

/* The ranges of the raw text that matched; f is its folded text. */
enum status highlight_find(const struct query *q, const struct plan *plan, struct folded_passage *f,
    const char *text, size_t n, struct arena *arena, struct ranges *out, struct error *err);

/* Does the text show a term of the plan, or one of its variants, whole? */
bool highlight_is_due(
    const struct plan *plan, struct folded_passage *f, const char *text, size_t n);

/* A passage as it is shown: cleaned (folded_text.h's cleaner), or raw but for the blanks at its
 * ends. Text and marks, moved to their places in it, are in the arena. */
struct shown_text {
    const char *text;
    size_t n;
    struct ranges marks;
};
enum status shown_text_make(const char *text, size_t n, const struct ranges *marks, bool is_raw,
    struct arena *arena, struct shown_text *out, struct error *err);

#endif
