// SPDX-License-Identifier: GPL-2.0-or-later
/* One hit a text: of passages that say the same, as a report does that is there as .docx and .txt, or a paragraph that many reports
 * share, the first is a hit, and the others are its twins.
 *
 * The list is gone through by stretches of STRETCH hits, and twins are told within one: so what a page shows depends on the list alone,
 * and each passage of the list is shown or named. */
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "search/search_parts.h"

enum { STRETCH = RANKED_CANDIDATES };

/* The hash of a passage's folded text without its blanks, which differ between two files of one report. */
static enum status hash_text(struct search *s, const struct xhit *hit, uint64_t *out)
{
    struct stored_passage p;
    enum status status = search_fold_passage(s, hit->segment, hit->docid, &p);
    if (status != STATUS_OK)
        return status;
    size_t n = 0;
    for (size_t i = 0; i < s->folded.n; i++)
        if (s->folded.classes[i] != CHAR_SPACE)
            s->folded.cps[n++] = s->folded.cps[i];
    *out = hash_bytes(s->folded.cps, n * sizeof *s->folded.cps);
    return STATUS_OK;
}

static size_t find(const uint64_t *hashes, size_t n, uint64_t wanted)
{
    size_t at = 0;
    while (at < n && hashes[at] != wanted)
        at++;
    return at;
}

/* Behind those of the same hit. What stands behind it is of its stretch: a few. */
static void add_twin(struct twins *twins, size_t of, const struct xhit *hit)
{
    size_t at = twins->n++;
    for (; at > 0 && twins->at[at - 1].of > of; at--)
        twins->at[at] = twins->at[at - 1];
    twins->at[at] = (struct twin){.of = of, .segment = hit->segment, .docid = hit->docid};
}

/* Moves the first of each text in hits[from..from + n) to hits[*n_kept..), and the others to the twins. */
static enum status fold_stretch(struct search *s, struct xhits *hits, size_t from, size_t n,
    size_t *n_kept, struct twins *twins)
{
    const size_t first = *n_kept;
    uint64_t hashes[STRETCH];
    for (size_t i = from; i < from + n; i++) {
        uint64_t hash;
        enum status status = hash_text(s, &hits->hits[i], &hash);
        if (status != STATUS_OK)
            return status;
        size_t at = find(hashes, *n_kept - first, hash);
        if (first + at < *n_kept) {
            add_twin(twins, first + at, &hits->hits[i]);
        } else {
            hashes[at] = hash;
            hits->hits[(*n_kept)++] = hits->hits[i];
        }
    }
    return STATUS_OK;
}

/* Folds whole stretches until there are page_end hits. */
static enum status fold_hits(
    struct search *s, struct xhits *hits, size_t page_end, struct twins *twins)
{
    size_t n_kept = 0;
    enum status status = STATUS_OK;
    *twins = (struct twins){.at = malloc((hits->n + 1) * sizeof *twins->at)};
    if (!twins->at)
        return error_no_memory(s->err);
    for (size_t i = 0; status == STATUS_OK && i < hits->n && n_kept < page_end; i += STRETCH) {
        size_t n = hits->n - i < STRETCH ? hits->n - i : STRETCH;
        status = fold_stretch(s, hits, i, n, &n_kept, twins);
    }
    hits->n = n_kept;
    return status;
}

enum status search_distinct(
    struct search *s, size_t page_end, struct xhits *out, struct twins *twins)
{
    size_t wanted = (page_end + STRETCH - 1) / STRETCH * STRETCH;
    for (;; wanted *= 2) {
        enum status status = search_hits(s, wanted, out);
        *twins = (struct twins){0};
        if (status != STATUS_OK)
            return status;
        const bool is_all = out->n < wanted;
        if (!is_all)
            out->n = wanted;
        status = fold_hits(s, out, page_end, twins);
        if (status == STATUS_OK && (is_all || out->n >= page_end))
            return STATUS_OK;
        free(twins->at);
        xhits_release(out);
        if (status != STATUS_OK)
            return status;
    }
}
