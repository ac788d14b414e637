// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy that merge.h states. Of what is dead only passages are counted; text and tokens of the
 * rest are estimated by their share. */
#include <string.h>

#include "store/merge.h"

static uint64_t n_live(const struct manifest_segment *s)
{
    return s->stats.n_passages - s->n_dead_passages;
}

static uint64_t live_share(const struct manifest_segment *s, uint64_t of)
{
    return s->n_dead_passages ? (uint64_t)((double)of * (double)n_live(s) / s->stats.n_passages)
                              : of;
}

static uint64_t live_bytes(const struct manifest_segment *s)
{
    return live_share(s, s->stats.text_bytes);
}

static unsigned tier_of(uint64_t text_bytes)
{
    unsigned tier = 0;
    for (; text_bytes > MERGE_TIER_BYTES; tier++)
        text_bytes /= MERGE_TIER_FACTOR;
    return tier;
}

/* ---- too dead ---- */

static void choose_dead(const struct manifest *m, bool *due)
{
    for (size_t i = 0; i < m->n_segments; i++) {
        const struct manifest_segment *s = &m->segments[i];
        due[i] |= s->n_dead_passages * MERGE_DEAD_SHARE > s->stats.n_passages ||
                  s->n_dead > MERGE_DEAD_SOURCES || s->n_dead == s->stats.n_sources;
    }
}

/* ---- adrift ---- */

/* The average that the segment's wdfs rest on: of all that it was built from. */
static bool is_adrift(const struct manifest_segment *s, double average)
{
    if (s->stats.n_passages == 0)
        return false;
    double off = (double)s->stats.n_tokens / s->stats.n_passages - average;
    return (off < 0 ? -off : off) * MERGE_DRIFT_SHARE > average;
}

static void choose_adrift(const struct manifest *m, bool *due)
{
    uint64_t n_passages = 0, n_tokens = 0, n_adrift = 0;
    for (size_t i = 0; i < m->n_segments; i++) {
        n_passages += n_live(&m->segments[i]);
        n_tokens += live_share(&m->segments[i], m->segments[i].stats.n_tokens);
    }
    if (n_passages == 0 || n_passages > MERGE_PASSAGES_MAX)
        return;
    for (size_t i = 0; i < m->n_segments; i++)
        if (is_adrift(&m->segments[i], (double)n_tokens / (double)n_passages))
            n_adrift += n_live(&m->segments[i]);
    if (n_adrift * MERGE_DRIFTED_SHARE > n_passages)
        memset(due, true, m->n_segments * sizeof *due);
}

/* ---- too many of a size ---- */

static uint64_t due_bytes(const struct manifest *m, const bool *due)
{
    uint64_t n = 0;
    for (size_t i = 0; i < m->n_segments; i++)
        if (due[i])
            n += live_bytes(&m->segments[i]);
    return n;
}

/* Where the tier is over-full, what the segments already due will make counted in, all of it is
 * due. */
static void choose_tier(const struct manifest *m, unsigned tier, bool *due)
{
    uint64_t made = due_bytes(m, due);
    size_t n_in_tier = made && tier_of(made) == tier, n_others = 0;
    for (size_t i = 0; i < m->n_segments; i++)
        n_others += !due[i] && tier_of(live_bytes(&m->segments[i])) == tier;
    if (n_others == 0 || n_in_tier + n_others <= MERGE_TIER_SEGMENTS)
        return;
    for (size_t i = 0; i < m->n_segments; i++)
        due[i] |= tier_of(live_bytes(&m->segments[i])) == tier;
}

/* From the lowest tier up: what a tier makes lies in that tier or in a higher one. */
static void choose_tiers(const struct manifest *m, bool *due)
{
    const unsigned n_tiers = tier_of(UINT64_MAX) + 1;
    for (unsigned tier = 0; tier < n_tiers; tier++)
        choose_tier(m, tier, due);
}

/* ---- all together ---- */

/* Leaves the largest out until the rest fits one segment. */
static void fit(const struct manifest *m, bool *due)
{
    for (;;) {
        uint64_t n = 0;
        size_t largest = m->n_segments;
        for (size_t i = 0; i < m->n_segments; i++) {
            if (!due[i])
                continue;
            n += n_live(&m->segments[i]);
            if (largest == m->n_segments || n_live(&m->segments[i]) > n_live(&m->segments[largest]))
                largest = i;
        }
        if (n <= MERGE_PASSAGES_MAX)
            return;
        due[largest] = false;
    }
}

size_t merge_choose(const struct manifest *m, bool wants_one, bool *due)
{
    size_t n = 0, n_dead = 0;
    if (m->n_segments == 0)
        return 0;
    memset(due, wants_one, m->n_segments * sizeof *due);
    choose_dead(m, due);
    choose_adrift(m, due);
    choose_tiers(m, due);
    fit(m, due);
    for (size_t i = 0; i < m->n_segments; i++) {
        n += due[i];
        n_dead += due[i] ? m->segments[i].n_dead : 0;
    }
    if (n == 1 && n_dead == 0) { /* it would only be written again */
        memset(due, false, m->n_segments * sizeof *due);
        n = 0;
    }
    return n;
}
