// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/stuffing.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"
#include "indexer/line.h"
#include "store/section.h"
#include "tokenizer/folded_text.h"

enum {
    TAIL_CHARS = 7, /* of a sentence, the last first: a stuffed text and what stands before it */
    RING_CHARS = 8, /* TAIL_CHARS at the least, a power of two */
    STUFFED_CHARS_MIN = 2,
    STUFFED_CHARS_MAX = TAIL_CHARS - 1,
    SENTENCE_CHARS = 10,  /* a shorter one may well end as others do, as one without a comma */
    SENTENCES_MAX = 512,  /* that are looked at */
    STUFFED_MIN = 7,      /* times, and */
    STUFFED_SHARE = 4,    /* one of so many sentences; */
    SAME_BEFORE = 5,      /* at most one in so many behind the same character, */
    DIFFERENT_BEFORE = 2, /* and at least one in so many behind a new one */
    QUICK_SHARE = 8,      /* at least one in so many of all sentences, for a closer look */
    QUICK_SLOTS = 1024,
};

struct tails {
    uint32_t cp[SENTENCES_MAX][TAIL_CHARS];
    size_t n;
};

static bool is_stop(uint32_t cp)
{
    return cp == 0x3002 || cp == '!' || cp == '?';
}

/* Takes the tail of a sentence of n characters, the last of which are in a ring. */
static void add_tail(struct tails *t, const uint32_t ring[RING_CHARS], size_t n)
{
    for (size_t i = 0; i < TAIL_CHARS; i++)
        t->cp[t->n][i] = ring[(n - 1 - i) % RING_CHARS];
    t->n++;
}

static void read_line(struct tails *t, const char *text, size_t n)
{
    enum { AT_ONCE = 128 };
    struct folded_text folded;
    uint32_t cps[AT_ONCE], ring[RING_CHARS] = {0};
    size_t n_chars = 0, got;
    bool has_comma = false;
    folded_text_init(&folded, text, n);
    while (t->n < SENTENCES_MAX && (got = folded_text_read(&folded, cps, AT_ONCE)) > 0) {
        for (size_t i = 0; i < got && t->n < SENTENCES_MAX; i++) {
            uint32_t cp = cps[i];
            if (is_stop(cp)) {
                if (n_chars >= SENTENCE_CHARS && has_comma)
                    add_tail(t, ring, n_chars);
                n_chars = 0;
                has_comma = false;
            } else if (cp != ' ') {
                ring[n_chars++ % RING_CHARS] = cp;
                has_comma |= cp == ',';
            }
        }
    }
}

/* Of prose: not of the items of a list, which may well end alike. */
static void read_tails(struct tails *t, const char *text, size_t n)
{
    for (size_t at = 0, len; at < n && t->n < SENTENCES_MAX; at += len) {
        struct opener opener;
        len = line_length(text + at, n - at, true);
        len = len ? len : n - at;
        if (!opener_parse(text + at, len, &opener))
            read_line(t, text + at, len);
    }
}

static bool is_han(uint32_t cp)
{
    return cp >= 0x3400 && cp < 0xFE00;
}

/* In how many tails do the last n characters of tail i stand? 0 where an earlier tail has them or they are not Han. */
static size_t count(const struct tails *t, size_t i, size_t n)
{
    size_t sum = 0;
    for (size_t k = 0; k < n; k++)
        if (!is_han(t->cp[i][k]))
            return 0;
    for (size_t j = 0; j < t->n; j++) {
        if (memcmp(t->cp[i], t->cp[j], n * sizeof **t->cp) != 0)
            continue;
        if (j < i)
            return 0;
        sum++;
    }
    return sum;
}

/* Is what stands before the last n characters of tail i, which are at the end of `sum` sentences, something else each
 * time? */
static bool is_behind_anything(const struct tails *t, size_t i, size_t n, size_t sum)
{
    uint32_t before[SENTENCES_MAX];
    size_t times[SENTENCES_MAX], n_before = 0;
    for (size_t j = i; j < t->n; j++) {
        if (memcmp(t->cp[i], t->cp[j], n * sizeof **t->cp) != 0)
            continue;
        size_t k = 0;
        while (k < n_before && before[k] != t->cp[j][n])
            k++;
        if (k == n_before) {
            before[n_before] = t->cp[j][n];
            times[n_before++] = 0;
        }
        if (++times[k] > 1 && times[k] * SAME_BEFORE > sum)
            return false;
    }
    return n_before * DIFFERENT_BEFORE >= sum;
}

/* 之 的 等 其: part of a sentence, never of a keyword */
static bool has_particle(const uint32_t *cps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cps[i] == 0x4E4B || cps[i] == 0x7684 || cps[i] == 0x7B49 || cps[i] == 0x5176)
            return true;
    return false;
}

/* A look at the bytes, since nearly no text is stuffed: do the same six stand before many a 。? An injected reading
 * between is stepped over. */
static bool may_be_stuffed(const char *text, size_t n)
{
    uint16_t counts[QUICK_SLOTS] = {0};
    size_t n_stops = 0, most = 0;
    const char *at = text, *end = text + n;
    for (; at < end && (at = memchr(at, '\xE3', (size_t)(end - at))); at++) {
        const char *tail = at;
        uint64_t key = 0;
        if (end - at < 3 || memcmp(at, "。", 3) != 0)
            continue;
        if (tail > text && tail[-1] == ')')
            for (tail--; tail > text && at - tail < 16 && *tail != '(';)
                tail--;
        if (tail - text < 6)
            continue;
        memcpy(&key, tail - 6, 6);
        size_t count = ++counts[(key * 0x9E3779B97F4A7C15u) >> 54];
        most = count > most ? count : most;
        n_stops++;
    }
    return most >= STUFFED_MIN && most * QUICK_SHARE >= n_stops;
}

size_t stuffing_find(const char *text, size_t n, char out[STUFFED_BYTES_MAX])
{
    struct tails t;
    t.n = 0; /* the rest is as it was */
    size_t best = 0, best_sum = 0, len = 0, chars = STUFFED_CHARS_MIN;
    if (!may_be_stuffed(text, n))
        return 0;
    read_tails(&t, text, n);
    for (size_t i = 0; i < t.n; i++) {
        size_t sum = count(&t, i, STUFFED_CHARS_MIN);
        if (sum > best_sum)
            best = i, best_sum = sum;
    }
    if (best_sum < STUFFED_MIN || best_sum * STUFFED_SHARE < t.n)
        return 0;
    for (size_t longer = chars + 1; longer <= STUFFED_CHARS_MAX; longer++)
        if (count(&t, best, longer) * 10 >= best_sum * 9)
            chars = longer;
    if (has_particle(t.cp[best], chars) || !is_behind_anything(&t, best, chars, best_sum))
        return 0;
    for (size_t k = chars; k-- > 0;)
        len += utf8_encode(t.cp[best][k], out + len);
    return len;
}
