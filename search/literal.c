// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/literal.h"

#include <string.h>

#include "common/utf8.h"
#include "search/numerals.h"
#include "tokenizer/tokenizer.h"

enum {
    LITERAL_TERMS_MAX = 64,        /* conditions put on candidates; the text sees to the rest */
    WORDS_PER_LEAD_BYTE = 2000000, /* of the dictionary, when it is scanned */
    DICTIONARY_BYTES_MAX = 256 << 20,
    WORD_MATCHES_MAX = 1 << 16,
};

/* Could a character next to a word belong to the same word in a longer text? */
static bool may_continue_word(uint32_t cp, enum char_class class)
{
    return class == CHAR_LETTER || class == CHAR_DIGIT || cp == '.' || cp == ',' || cp == '*';
}

/* Does a word begin, or end, between folded[at - 1] and folded[at] wherever the clause stands? One that is not quoted
 * begins and ends no word within another. */
static bool is_word_edge(const struct clause *c, size_t at, size_t neighbour)
{
    if (at == 0 || at >= c->n_folded)
        return !c->is_quoted;
    const uint32_t cp = c->folded[neighbour];
    return !may_continue_word(cp, fold_char(cp).kind);
}

/* Is the word that starts at `position` shown whole by the folded clause? */
static bool is_whole_word(const struct clause *c, size_t position, size_t n_chars)
{
    const size_t end = position + n_chars;
    return is_word_edge(c, position, position - 1) && is_word_edge(c, end, end);
}

struct conditions {
    const struct xnode *nodes[LITERAL_TERMS_MAX + 1]; /* and the words of the dictionary */
    size_t n;
    bool has_term;         /* not only characters */
    bool has_unknown_word; /* a word at an edge: no condition could be made of it */
};

static bool add_condition(
    struct conditions *all, struct arena *arena, enum xop op, const struct token *t)
{
    if (all->n == LITERAL_TERMS_MAX)
        return true;
    all->has_term |= op == XOP_TERM;
    all->nodes[all->n] = xnode_term(arena, op, t->term, t->term_len);
    return all->nodes[all->n++] != NULL;
}

static bool collect_conditions(const struct clause *c, struct arena *arena, struct conditions *all)
{
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_QUERY, c->text, c->text_len);
    bool ok = true;
    while (ok && tokenizer_next(&tokenizer, &t)) {
        if (t.kind == TOKEN_BIGRAM)
            ok = add_condition(all, arena, XOP_TERM, &t);
        else if (t.kind == TOKEN_SINGLE)
            ok = add_condition(all, arena, XOP_PREFIX, &t);
        else if (t.kind == TOKEN_WORD &&
                 !t.is_masked && /* **2023 may be bold in the text, and no mask */
                 (fold_char(t.first_cp).kind == CHAR_EMOJI ||
                     is_whole_word(c, t.position, utf8_count(t.term, t.term_len))))
            ok = add_condition(all, arena, XOP_TERM, &t);
        else if (t.kind == TOKEN_WORD)
            all->has_unknown_word = true;
    }
    return ok;
}

/* Would the tokenizer join the character to a word that ends before it, in a term of both? */
static bool is_joined_to_word(uint32_t before, uint32_t cp)
{
    return fold_char(cp).kind == CHAR_HAN || (cp == '%' && is_ascii_digit(before));
}

static bool is_word_char(uint32_t cp)
{
    const enum char_class kind = fold_char(cp).kind;
    return kind == CHAR_LETTER || kind == CHAR_DIGIT;
}

static bool is_inner_point(const struct clause *c, size_t at)
{
    return c->folded[at] == '.' && at > 0 && at + 1 < c->n_folded &&
           fold_char(c->folded[at - 1]).kind == CHAR_DIGIT &&
           fold_char(c->folded[at + 1]).kind == CHAR_DIGIT;
}

/* The longest stretch of letters, digits and points between digits of the clause, with what is joined to it (23年), in UTF-8: what a word of the
 * dictionary must hold. */
static size_t longest_word(const struct clause *c, char *out, size_t room)
{
    size_t best = 0, best_at = 0;
    for (size_t i = 0; i < c->n_folded;) {
        size_t end = i;
        while (end < c->n_folded && (is_word_char(c->folded[end]) || is_inner_point(c, end)))
            end++;
        if (end - i > best) {
            best = end - i;
            best_at = i;
        }
        i = end + 1;
    }
    size_t n = 0, end = best_at + best;
    if (best && end < c->n_folded && is_joined_to_word(c->folded[end - 1], c->folded[end]))
        end++;
    for (size_t i = best_at; i < end && n + UTF8_MAX_BYTES <= room; i++)
        n += utf8_encode(c->folded[i], out + n);
    return n;
}

/* Adds the words of the dictionary that begin with `lead` and hold `part`. A word cut into pieces
 * (TOKENIZER_WORD_MAX) may hold it across a cut: its full-length pieces are candidates all. */
static enum status add_words(struct index *ix, char lead, const char *part, size_t n_part,
    struct arena *arena, struct buf *terms, const struct xnode **nodes, size_t *n_nodes,
    struct error *err)
{
    size_t n_terms;
    buf_clear(terms);
    enum status s = index_terms(ix, &lead, 1, WORDS_PER_LEAD_BYTE, terms, &n_terms, err);
    struct bytes in = buf_bytes(terms);
    while (s == STATUS_OK && in.at < in.end && *n_nodes < WORD_MATCHES_MAX) {
        size_t n;
        const char *term = bytes_string(&in, &n);
        bytes_varint(&in);
        if (!memmem(term, n, part, n_part) && n + UTF8_MAX_BYTES <= TOKENIZER_WORD_MAX)
            continue;
        nodes[*n_nodes] = xnode_term(arena, XOP_TERM, term, n);
        if (!nodes[(*n_nodes)++])
            s = error_no_memory(err);
    }
    return s;
}

/* The next byte that may begin a word. Behind E4 to E9 stand ideographs alone, and most of the dictionary. */
static unsigned next_lead(unsigned lead)
{
    return lead == '~' ? 0xC2 : lead == 0xE3 ? 0xEA : lead + 1;
}

/* Candidates of a literal that shows no word whole: every passage with a word that holds its
 * longest part. NULL: none has. */
static enum status words_holding(struct index *ix, const struct clause *c, struct arena *arena,
    const struct xnode **out, struct error *err)
{
    char part[TOKENIZER_WORD_MAX / 2];
    size_t n_part = longest_word(c, part, sizeof part), n_nodes = 0;
    const struct xnode **nodes = arena_alloc(arena, WORD_MATCHES_MAX * sizeof *nodes);
    struct buf terms;
    buf_init(&terms, DICTIONARY_BYTES_MAX);
    enum status s = nodes ? STATUS_OK : error_no_memory(err);
    for (unsigned lead = '!'; s == STATUS_OK && lead <= 0xF4; lead = next_lead(lead))
        if (lead < 'A' || lead > 'Z') /* no term begins with a capital */
            s = add_words(ix, (char)lead, part, n_part, arena, &terms, nodes, &n_nodes, err);
    buf_release(&terms);
    if (s != STATUS_OK)
        return s;
    if (n_nodes == WORD_MATCHES_MAX)
        *out = xnode_combine(arena, XOP_ALL, NULL, 0);
    else if (n_nodes)
        *out = xnode_combine(arena, XOP_SYNONYM, nodes, n_nodes);
    else
        return *out = NULL, STATUS_OK;
    return *out ? STATUS_OK : error_no_memory(err);
}

enum status literal_make(struct index *ix, const struct clause *c, struct arena *arena,
    struct literal *out, struct error *err)
{
    struct conditions all = {.n = 0};
    *out = (struct literal){.clause = c};
    if (!collect_conditions(c, arena, &all))
        return error_no_memory(err);
    if (all.has_unknown_word && !all.has_term) {
        enum status s = words_holding(ix, c, arena, &all.nodes[all.n], err);
        if (s != STATUS_OK || !all.nodes[all.n])
            return s;
        all.n += all.nodes[all.n]->op != XOP_ALL;
    }
    out->candidates = all.n ? xnode_combine(arena, XOP_AND, all.nodes, all.n)
                            : xnode_combine(arena, XOP_ALL, NULL, 0);
    if (!out->candidates)
        return error_no_memory(err);
    bool is_han = true;
    for (size_t i = 0; i < c->n_folded; i++)
        is_han = is_han && fold_char(c->folded[i]).kind == CHAR_HAN;
    out->is_decided = is_han && all.n == 1 && c->n_folded <= 2;
    return STATUS_OK;
}

bool literal_stands_in(const struct clause *c, struct folded_passage *f)
{
    return folded_passage_find(f, c->folded, c->n_folded, !c->is_quoted, 0) < f->n;
}
