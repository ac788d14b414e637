// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/postings.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "store/glass_pack.h"
#include "store/run_store.h"
#include "store/word_table.h"

/* A token: 18 bits first character, 18 bits second, 28 bits passage. First "characters" from
 * WORD_FIRST on are no Han of any plane: with the second they make a word's number. */
enum {
    PASSAGE_BITS = 28,
    CHAR_BITS = 18,
    N_CHARS = 1 << CHAR_BITS,
    WORD_FIRST = 0x38000,
    WORDS_MAX = 1 << 24,
    POSTING_BYTES_MAX = 15, /* 33 bits and 32 bits as varints, and some */
};
#define PASSAGE_MASK ((1u << PASSAGE_BITS) - 1)

/* How many terms occur once in a passage, and how many more often; while tokens are collected, all tokens, and 0. */
struct passage_terms {
    uint32_t once, often;
};

struct postings {
    uint64_t *tokens, *scratch; /* each n_tokens_max, and room for a last one */
    size_t n_tokens, n_tokens_max;
    size_t n_tokens_due; /* the run is full with so many */
    uint32_t first_docid, last_docid;
    struct passage_terms *passages; /* of the run, n_passages_max */
    size_t n_passages_max;
    size_t n_often;      /* while it is encoded, in scratch: passage << 32 | tf of each tf past 1 */
    uint32_t *counts[2]; /* per digit N_CHARS */
    struct word_table words; /* the terms that are not bigrams */
    size_t words_text_due;
};

/* Of the memory, 16 bytes a token, and an eighth for words; the run itself, about 3 bytes a token,
 * is the caller's. */
enum { TOKEN_BYTES = 2 * sizeof(uint64_t), WORDS_SHARE = 8 };

enum status postings_open(size_t memory_bytes, struct postings **out, struct error *err)
{
    struct postings *p = calloc(1, sizeof *p);
    if (!p)
        return error_no_memory(err);
    p->words_text_due = memory_bytes / WORDS_SHARE / 4;
    p->n_tokens_due = (memory_bytes - memory_bytes / WORDS_SHARE) / TOKEN_BYTES;
    word_table_init(&p->words);
    p->counts[0] = malloc(N_CHARS * sizeof **p->counts);
    p->counts[1] = malloc(N_CHARS * sizeof **p->counts);
    if (!p->counts[0] || !p->counts[1]) {
        postings_close(p);
        return error_no_memory(err);
    }
    *out = p;
    return STATUS_OK;
}

void postings_close(struct postings *p)
{
    if (!p)
        return;
    free(p->tokens);
    free(p->scratch);
    free(p->passages);
    free(p->counts[0]);
    free(p->counts[1]);
    word_table_release(&p->words);
    free(p);
}

bool postings_is_full(const struct postings *p, uint32_t next_docid)
{
    return p->n_tokens &&
           (p->n_tokens >= p->n_tokens_due || p->words.text.len >= p->words_text_due ||
               p->words.n >= WORDS_MAX / 2 || next_docid - p->first_docid > PASSAGE_MASK);
}

/* ---- collecting ---- */

static enum status grow_tokens(struct postings *p, struct error *err)
{
    size_t max = p->n_tokens_max ? p->n_tokens_max * 2 : 1 << 12;
    if (p->n_tokens_max < p->n_tokens_due && max > p->n_tokens_due)
        max = p->n_tokens_due + (1 << 12); /* room for the passage that fills it, as a rule */
    uint64_t *tokens = realloc(p->tokens, (max + 1) * sizeof *tokens);
    if (!tokens)
        return error_no_memory(err);
    p->tokens = tokens;
    p->n_tokens_max = max;
    /* Holds nothing between runs, so it need not be moved. */
    free(p->scratch);
    p->scratch = malloc((max + 1) * sizeof *p->scratch);
    if (!p->scratch) {
        p->n_tokens_max = 0;
        return error_no_memory(err);
    }
    return STATUS_OK;
}

static enum status grow_passages(struct postings *p, size_t n, struct error *err)
{
    size_t max = p->n_passages_max ? p->n_passages_max : 1 << 10;
    while (max < n)
        max *= 2;
    struct passage_terms *passages = realloc(p->passages, max * sizeof *passages);
    if (!passages)
        return error_no_memory(err);
    memset(passages + p->n_passages_max, 0, (max - p->n_passages_max) * sizeof *passages);
    p->passages = passages;
    p->n_passages_max = max;
    return STATUS_OK;
}

/* Room for n tokens of a passage, which *passage becomes the number of in this run. */
static enum status enter_passage(
    struct postings *p, uint32_t docid, size_t n, uint32_t *passage, struct error *err)
{
    while (p->n_tokens_max - p->n_tokens < n) {
        if (grow_tokens(p, err) != STATUS_OK)
            return err->status;
    }
    if (p->n_tokens == 0)
        p->first_docid = docid;
    p->last_docid = docid;
    *passage = docid - p->first_docid;
    return *passage < p->n_passages_max ? STATUS_OK : grow_passages(p, (size_t)*passage + 1, err);
}

/* The number of a term, a new one if it was not seen in this run. */
static enum status word_number(
    struct postings *p, const char *term, size_t n, uint32_t *number, struct error *err)
{
    if (n > POSTINGS_TERM_MAX || p->words.n >= WORDS_MAX)
        return error_set(err, STATUS_INTERNAL, "term of %zu bytes: too long", n);
    return word_table_number(&p->words, term, n, number) ? STATUS_OK : error_no_memory(err);
}

static bool is_packable(const struct token *t)
{
    return (t->kind == TOKEN_BIGRAM && t->first_cp < WORD_FIRST && t->second_cp < N_CHARS) ||
           (t->kind == TOKEN_SINGLE && t->first_cp < WORD_FIRST);
}

enum status postings_add(
    struct postings *p, uint32_t docid, const struct token *token, struct error *err)
{
    uint32_t passage = 0;
    if (enter_passage(p, docid, 1, &passage, err) != STATUS_OK)
        return err->status;
    uint64_t term;
    if (is_packable(token)) {
        uint32_t second = token->kind == TOKEN_BIGRAM ? token->second_cp : 0;
        term = (uint64_t)token->first_cp << CHAR_BITS | second;
    } else {
        uint32_t number = 0;
        if (word_number(p, token->term, token->term_len, &number, err) != STATUS_OK)
            return err->status;
        term = ((uint64_t)WORD_FIRST << CHAR_BITS) + number;
    }
    p->tokens[p->n_tokens++] = term << PASSAGE_BITS | passage;
    p->passages[passage].once++;
    return STATUS_OK;
}

enum status postings_add_runs(
    struct postings *p, uint32_t docid, const uint32_t *cps, size_t n, struct error *err)
{
    uint32_t passage = 0;
    if (enter_passage(p, docid, n, &passage, err) != STATUS_OK)
        return err->status;
    uint64_t *to = p->tokens + p->n_tokens;
    uint32_t most = cps[0];
    for (size_t i = 0; i < n; i++) {
        most = cps[i + 1] > most ? cps[i + 1] : most;
        *to = ((uint64_t)cps[i] << CHAR_BITS | cps[i + 1]) << PASSAGE_BITS | passage;
        to += cps[i] && cps[i + 1];
    }
    if (most >= WORD_FIRST)
        return error_set(err, STATUS_INTERNAL, "broken run of postings");
    p->passages[passage].once += (uint32_t)((size_t)(to - p->tokens) - p->n_tokens);
    p->n_tokens = (size_t)(to - p->tokens);
    return STATUS_OK;
}

/* ---- sorting ---- */

static void count_to_starts(uint32_t *counts)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < N_CHARS; i++) {
        uint32_t n = counts[i];
        counts[i] = sum;
        sum += n;
    }
}

static void scatter(const uint64_t *from, uint64_t *to, size_t n, uint32_t *starts, unsigned shift)
{
    for (size_t i = 0; i < n; i++)
        to[starts[from[i] >> shift & (N_CHARS - 1)]++] = from[i];
}

/* By term; stable, so passages stay in order. Two counting passes, second character first. */
static void sort_tokens(struct postings *p)
{
    enum { SECOND = PASSAGE_BITS, FIRST = PASSAGE_BITS + CHAR_BITS };
    memset(p->counts[0], 0, N_CHARS * sizeof **p->counts);
    memset(p->counts[1], 0, N_CHARS * sizeof **p->counts);
    for (size_t i = 0; i < p->n_tokens; i++) {
        p->counts[0][p->tokens[i] >> SECOND & (N_CHARS - 1)]++;
        p->counts[1][p->tokens[i] >> FIRST]++;
    }
    count_to_starts(p->counts[0]);
    count_to_starts(p->counts[1]);
    scatter(p->tokens, p->scratch, p->n_tokens, p->counts[0], SECOND);
    scatter(p->scratch, p->tokens, p->n_tokens, p->counts[1], FIRST);
}

/* ---- encoding ---- */

struct word_ref {
    const char *text;
    size_t len;
    uint64_t prefix;
    size_t first_token; /* among the sorted ones */
};

static int compare_words(const void *a, const void *b)
{
    const struct word_ref *x = a, *y = b;
    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, n);
    if (order)
        return order;
    return (x->len > y->len) - (x->len < y->len);
}

/* The words by their number, which is the order of their tokens; NULL when memory is out. */
static struct word_ref *list_words(const struct word_table *words)
{
    struct word_ref *refs = malloc((words->n + 1) * sizeof *refs);
    for (size_t i = 0; refs && i < words->n; i++) {
        const struct word *w = &words->list[i];
        const char *text = words->text.data + w->start;
        refs[i] =
            (struct word_ref){.text = text, .len = w->len, .prefix = run_prefix(text, w->len)};
    }
    return refs;
}

/* Where each word's tokens begin in the sorted tokens; returns where the first's do. */
static size_t find_words(const struct postings *p, struct word_ref *refs)
{
    const uint64_t first = (uint64_t)WORD_FIRST << CHAR_BITS;
    size_t at = p->n_tokens, start = 0;
    for (size_t low = 0; low < at;) {
        size_t middle = low + (at - low) / 2;
        if (p->tokens[middle] >> PASSAGE_BITS < first)
            low = middle + 1;
        else
            at = middle;
    }
    start = at;
    for (size_t i = 0; i < p->words.n; i++) {
        refs[i].first_token = at;
        while (at < p->n_tokens && p->tokens[at] >> PASSAGE_BITS == first + i)
            at++;
    }
    return start;
}

/* Of a term that occurs more than once in a passage. */
static inline void count_often(struct postings *p, uint32_t passage, uint32_t tf)
{
    p->passages[passage].once -= tf;
    p->passages[passage].often++;
    p->scratch[p->n_often++] = (uint64_t)passage << 32 | tf;
}

/* As many tokens as are of the first one's term, or up to twice as many. */
static size_t bound_tokens(const uint64_t *tokens, size_t n)
{
    size_t bound = 64;
    while (bound < n && tokens[bound] >> PASSAGE_BITS == *tokens >> PASSAGE_BITS)
        bound *= 2;
    return bound < n ? bound : n;
}

/* Appends a body to what ends at *end: of all tokens of the term of the first. Behind the last token of all stands one of no
 * term. Returns where they end. */
static const uint64_t *encode_body(struct postings *p, const uint64_t *at, uint8_t **end)
{
    const uint64_t key = *at >> PASSAGE_BITS;
    uint8_t *to = *end;
    uint32_t last = 0;
    do {
        const uint64_t token = *at;
        const uint32_t passage = (uint32_t)(token & PASSAGE_MASK), docid = p->first_docid + passage;
        const uint64_t gap = (uint64_t)(docid - last - 1) << 1;
        last = docid;
        if (*++at != token) {
            to = glass_pack_gap(to, gap);
            continue;
        }
        uint32_t tf = 1;
        for (; *at == token; at++)
            tf++;
        to = glass_pack_gap(to, gap | 1);
        to = glass_pack_uint(to, tf - 2);
        count_often(p, passage, tf);
    } while (*at >> PASSAGE_BITS == key);
    *end = to;
    return at;
}

/* Appends the record of the term, whose tokens begin at `at`, and returns where they end; NULL when memory is out. */
static const uint64_t *encode_term(
    struct postings *p, const uint64_t *at, const struct word_ref *term, struct run *run)
{
    struct buf *out = &run->bytes;
    size_t n = bound_tokens(at, (size_t)(p->tokens + p->n_tokens - at));
    if (!run_enter(run, term->prefix) ||
        !buf_reserve(out, 1 + term->len + GLASS_UINT_MAX + n * POSTING_BYTES_MAX))
        return NULL;
    uint8_t *head = (uint8_t *)out->data + out->len;
    *head++ = (uint8_t)term->len;
    memcpy(head, term->text, term->len);
    head += term->len;
    /* The body goes where it would start if its length took one byte, and moves if that takes more. */
    uint8_t *body = head + 1, *end = body, number[GLASS_UINT_MAX];
    at = encode_body(p, at, &end);
    size_t len = (size_t)(end - body), number_len = (size_t)(glass_pack_uint(number, len) - number);
    if (number_len > 1)
        memmove(head + number_len, body, len);
    memcpy(head, number, number_len);
    out->len = (size_t)(head + number_len + len - (uint8_t *)out->data);
    return at;
}

/* The term of a token that is no word's, written to out. */
static struct word_ref pair_term(uint64_t token, char out[2 * UTF8_MAX_BYTES])
{
    uint32_t first = (uint32_t)(token >> (PASSAGE_BITS + CHAR_BITS));
    uint32_t second = (uint32_t)(token >> PASSAGE_BITS) & (N_CHARS - 1);
    size_t n = utf8_encode(first, out);
    n += second ? utf8_encode(second, out + n) : 0;
    return (struct word_ref){.text = out, .len = n, .prefix = run_prefix(out, n)};
}

/* Merges the sorted words into the sorted pairs, which end at pairs_end. */
static bool encode_terms(
    struct postings *p, const struct word_ref *words, const uint64_t *pairs_end, struct run *out)
{
    const uint64_t *at = p->tokens;
    const struct word_ref *word = words, *words_end = words + p->words.n;
    while (at && at < pairs_end) {
        char text[2 * UTF8_MAX_BYTES];
        const struct word_ref pair = pair_term(*at, text);
        for (; word < words_end && compare_words(word, &pair) < 0; word++) {
            if (!encode_term(p, p->tokens + word->first_token, word, out))
                return false;
        }
        at = encode_term(p, at, &pair, out);
    }
    for (; at && word < words_end; word++)
        at = encode_term(p, p->tokens + word->first_token, word, out);
    return at != NULL;
}

/* Sorts scratch[0..n_often) by passage into the tokens, which are encoded already; starts[i] is
 * where those of passage i begin. */
static void sort_often(struct postings *p, uint32_t *starts, size_t n_passages)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n_passages; i++) {
        starts[i] = sum;
        sum += p->passages[i].often;
    }
    for (size_t i = 0; i < p->n_often; i++)
        p->tokens[starts[p->scratch[i] >> 32]++] = p->scratch[i];
}

/* Appends what stands behind the records. */
static bool encode_tfs(struct postings *p, size_t n_passages, struct buf *out)
{
    uint32_t *starts = malloc(n_passages * sizeof *starts);
    if (!starts)
        return false;
    sort_often(p, starts, n_passages);
    free(starts);
    size_t at = 0;
    bool is_ok = buf_append_varint(out, p->first_docid) && buf_append_varint(out, n_passages);
    for (size_t i = 0; i < n_passages && is_ok; i++) {
        const struct passage_terms *terms = &p->passages[i];
        is_ok = buf_append_varint(out, terms->once) && buf_append_varint(out, terms->often);
        for (uint32_t k = 0; k < terms->often && is_ok; k++)
            is_ok = buf_append_varint(out, (uint32_t)p->tokens[at++] - 2);
    }
    return is_ok;
}

static bool encode(struct postings *p, struct run *out)
{
    if (p->n_tokens == 0)
        return true;
    size_t n_passages = p->last_docid - p->first_docid + 1;
    struct word_ref *words = list_words(&p->words);
    if (!words)
        return false;
    p->n_often = 0;
    sort_tokens(p);
    p->tokens[p->n_tokens] = UINT64_MAX;
    const uint64_t *pairs_end = p->tokens + find_words(p, words);
    qsort(words, p->words.n, sizeof *words, compare_words);
    bool is_ok = encode_terms(p, words, pairs_end, out);
    free(words);
    out->n_records = out->bytes.len;
    is_ok = is_ok && encode_tfs(p, n_passages, &out->bytes);
    out->size = out->bytes.len;
    memset(p->passages, 0, n_passages * sizeof *p->passages);
    return is_ok;
}

enum status postings_encode(struct postings *p, struct run *out, struct error *err)
{
    run_init(out);
    if (!encode(p, out)) {
        run_release(out);
        return error_no_memory(err);
    }
    p->n_tokens = 0;
    word_table_clear(&p->words);
    return STATUS_OK;
}
