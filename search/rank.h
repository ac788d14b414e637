// SPDX-License-Identifier: GPL-2.0-or-later
/* The second look at the best candidates, from their text.
 *
 * The score of a passage is the sum of
 *   the BM25 of the query's terms, as Xapian has it and, counted anew in the text, one that
 *     takes more notice of how often a term occurs and of the length;
 *   the BM25 of the query's single characters;
 *   the best sentence: the largest sum of distinct terms within one;
 *   the opening: distinct terms that start in the first 40 characters;
 *   the densest stretch of 40 characters: the largest sum of distinct characters within one;
 *   pairs of terms that stand as near each other in the text as in the query;
 *   the terms that stand in the headings above it (section_evidence.h), and in its report's title
 *   (title_evidence.h).
 * The text is folded once by the caller and scanned once here: each Han character is looked up in a
 * small table of the query's characters, and only words of letters and digits go through the
 * tokenizer. */
#ifndef DUAN_SEARCH_RANK_H
#define DUAN_SEARCH_RANK_H

#include "search/folded_passage.h"
#include "search/plan.h"

enum {
    RANKED_TERMS_MAX = 64, /* of a very long query only the first so many are looked for again */
    RANKED_CHARS_MAX = 128,
    RANKED_PHRASES_MAX = 64,
    RANKER_SLOTS = 512, /* a power of two, and well above the number of distinct characters */
};

/* What is looked for, made once for a query. Private. */
struct ranker {
    const struct plan *plan;
    size_t n_terms, n_chars, n_phrases;
    bool has_words;    /* terms that are found by the tokenizer */
    uint64_t seen[16]; /* bit cp % 1024: one of the characters may be in the table */
    struct ranker_slot {
        uint32_t cp;       /* 0: empty */
        int16_t character; /* of the plan; -1 for none */
        int16_t term;      /* the first of the terms of Han that begin with cp; -1 for none */
        int16_t phrase;    /* the first of the phrases that do; -1 for none */
    } slots[RANKER_SLOTS];
    int16_t next_term[RANKED_TERMS_MAX];
    struct ranker_phrase { /* a number written in another way than a term */
        const struct variant *variant;
        int16_t term, next;
    } phrases[RANKED_PHRASES_MAX];
};

/* plan is borrowed as long as the ranker is used. */
void ranker_init(struct ranker *r, const struct plan *plan);

/* Scores one passage, whose folded text is f and whose raw text is text. first_pass is Xapian's
 * score, negative where it rests on more than this text. Which terms (a bit each) stand in it as typed goes to
 * *found. */
double ranker_score(const struct ranker *r, const struct folded_passage *f, const char *text,
    size_t n, double first_pass, uint64_t *found);

/* Which terms (a bit each) stand in a text. */
uint64_t ranker_terms(
    const struct ranker *r, const struct folded_passage *f, const char *text, size_t n);
/* The share of the query's value that terms are, 0 to 1. */
double ranker_share(const struct ranker *r, uint64_t terms);
/* What terms in the headings above a passage add to its score. */
double ranker_section_score(const struct ranker *r, uint64_t terms);
/* What terms add that stand in the title of its report, and not in it. */
double ranker_title_score(const struct ranker *r, uint64_t terms);

/* The soft term of the plan that a token of the passage is, or is a variant of; -1 for none. */
int plan_find_token(const struct plan *plan, const struct folded_passage *f, const struct token *t);

#endif
