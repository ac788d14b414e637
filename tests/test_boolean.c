// SPDX-License-Identifier: GPL-2.0-or-later
/* Random queries of words, quotes, NEAR, OR, minus, brackets and years, over the reports: what the
 * engine counts and finds is what a second evaluator, that knows nothing of terms, finds in the
 * folded passages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "search/search.h"
#include "store/schema.h"
#include "tests/folded_index.h"
#include "tokenizer/tokenizer.h"

enum { QUERIES = 2000, QUERY_TEXT_MAX = 16384, TREE_DEPTH_MAX = 3, FOUND_MAX = 300 };

/* An expression, made before its text; the parser never sees it. */
enum kind { WORD, QUOTED, NEAR, YEARS, AND, OR, NOT };
struct expression {
    enum kind kind;
    char a[PIECE_MAX],
        b[PIECE_MAX]; /* of WORD, QUOTED; of NEAR both, where a mark says which are quoted */
    bool is_quoted_a, is_quoted_b;
    size_t n; /* NEAR's distance; children of AND and OR; first year */
    unsigned last_year;
    struct expression *children[3];
};

static struct folded_index reports;
static bool has_reports;

static int set_up(void **state)
{
    (void)state;
    char command[4096], path[2048];
    snprintf(path, sizeof path, "%s/seed", corpora_path());
    if (access(path, R_OK) != 0)
        return 0;
    random_seed();
    snprintf(command, sizeof command,
        "'%s'/seed '%s'/reports-state-council/20* '%s'/reports-party-*", corpora_path(),
        corpora_path(), corpora_path());
    has_reports = folded_index_open(&reports, command);
    return has_reports ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    if (has_reports)
        folded_index_close(&reports);
    return 0;
}

/* ---- making ---- */

static bool is_word_text(const char *piece)
{
    for (size_t at = 0, n = strlen(piece); at < n;) {
        uint32_t cp;
        at += utf8_step(piece + at, n - at, &cp);
        enum char_class class = fold_char(cp).kind;
        if (class != CHAR_HAN && class != CHAR_LETTER && class != CHAR_DIGIT)
            return false;
    }
    return true;
}

static void draw_operand(char piece[PIECE_MAX], bool is_quoted)
{
    size_t longest = random_below(3) ? 2 : 5;
    while (
        !folded_index_draw(&reports, longest, false, piece) || (!is_quoted && !is_word_text(piece)))
        ;
}

/* The operands of NEAR, half of the time from one passage, so that some are near. */
static void draw_near(struct expression *e)
{
    char both[PIECE_MAX];
    e->is_quoted_a = random_below(2);
    e->is_quoted_b = random_below(2);
    e->n = random_below(12);
    draw_operand(e->a, e->is_quoted_a);
    draw_operand(e->b, e->is_quoted_b);
    if (random_below(2) || !folded_index_draw(&reports, 12, true, both))
        return;
    size_t n = strlen(both), cut = utf8_floor(both, n, n < 6 ? n : 6), last = n;
    while (last > cut && last + 6 > n)
        last--;
    last = utf8_floor(both, n, last);
    if (last < cut || last == n)
        return;
    bool is_swapped = random_below(2);
    memcpy(is_swapped ? e->b : e->a, both, cut);
    (is_swapped ? e->b : e->a)[cut] = '\0';
    strcpy(is_swapped ? e->a : e->b, both + last);
}

static struct expression *make_expression(size_t depth)
{
    struct expression *e = calloc(1, sizeof *e);
    assert_non_null(e);
    size_t dice = random_below(depth < TREE_DEPTH_MAX ? 10 : 6);
    e->kind = dice < 2 ? WORD : dice < 3 ? QUOTED : dice < 5 ? NEAR : dice < 6 ? YEARS : AND;
    if (dice >= 6)
        e->kind = dice < 7 ? AND : dice < 9 ? OR : NOT;
    switch (e->kind) {
    case WORD:
    case QUOTED:
        draw_operand(e->a, e->kind == QUOTED);
        break;
    case NEAR:
        draw_near(e);
        break;
    case YEARS:
        e->n = 1950 + random_below(75);
        e->last_year = (unsigned)(e->n + random_below(40));
        break;
    default:
        e->n = e->kind == NOT ? 1 : 2 + random_below(2);
        for (size_t i = 0; i < e->n; i++)
            e->children[i] = make_expression(depth + 1);
    }
    return e;
}

static void free_expression(struct expression *e)
{
    for (size_t i = 0; i < 3; i++)
        if (e->children[i])
            free_expression(e->children[i]);
    free(e);
}

static void write_operand(char *out, const char *piece, bool is_quoted)
{
    if (is_quoted)
        quote_piece(piece, out + strlen(out));
    else
        strcat(out, piece);
}

static void write_expression(char *out, const struct expression *e)
{
    switch (e->kind) {
    case WORD:
    case QUOTED:
        write_operand(out, e->a, e->kind == QUOTED);
        return;
    case NEAR:
        strcat(out, "(");
        write_operand(out, e->a, e->is_quoted_a);
        sprintf(out + strlen(out), " NEAR/%zu ", e->n);
        write_operand(out, e->b, e->is_quoted_b);
        strcat(out, ")");
        return;
    case YEARS:
        sprintf(out + strlen(out), "year:%zu..%u", e->n, e->last_year);
        return;
    default:
        strcat(out, e->kind == NOT ? "-(" : "(");
        for (size_t i = 0; i < e->n; i++) {
            strcat(out, i == 0 ? "" : e->kind == OR ? " OR " : " ");
            write_expression(out, e->children[i]);
        }
        strcat(out, ")");
    }
}

/* ---- evaluating, by bytes of the folded text ---- */

static bool is_alnum(const char *text, size_t n, size_t at)
{
    uint32_t cp;
    utf8_step(text + at, n - at, &cp);
    enum char_class class = fold_char(cp).kind;
    return class == CHAR_LETTER || class == CHAR_DIGIT;
}

/* Does a word or a number go on over the byte? Which signs a number takes in is the tokenizer's to
 * say. */
static bool cuts(const char *text, size_t n, size_t at)
{
    if (at == 0 || at >= n)
        return false;
    if (is_alnum(text, n, at) && is_alnum(text, n, utf8_floor(text, n, at - 1)))
        return true;
    if (!strchr(".,*", text[at]) && !strchr(".,*", text[at - 1]))
        return false;
    struct tokenizer tokenizer;
    struct token t;
    tokenizer_init(&tokenizer, TOKENIZER_INDEX, text, n);
    while (tokenizer_next(&tokenizer, &t))
        if (t.kind == TOKEN_WORD && t.start < at && at < t.end)
            return true;
    return false;
}

/* The byte at which the piece stands, from `from` on; n for none. */
static size_t find(const char *text, size_t n, const char *piece, bool is_quoted, size_t from)
{
    size_t len = strlen(piece);
    while (from < n) {
        const char *at = memmem(text + from, n - from, piece, len);
        if (!at)
            return n;
        size_t place = (size_t)(at - text);
        if (is_quoted || (!cuts(text, n, place) && !cuts(text, n, place + len)))
            return place;
        from = place + 1;
    }
    return n;
}

static bool is_near(const char *text, size_t n, const struct expression *e)
{
    for (size_t p = find(text, n, e->a, e->is_quoted_a, 0); p < n;
         p = find(text, n, e->a, e->is_quoted_a, p + 1)) {
        for (size_t q = find(text, n, e->b, e->is_quoted_b, 0); q < n;
             q = find(text, n, e->b, e->is_quoted_b, q + 1)) {
            size_t p_end = p + strlen(e->a), q_end = q + strlen(e->b);
            if ((q >= p_end && utf8_count(text + p_end, q - p_end) <= e->n) ||
                (p >= q_end && utf8_count(text + q_end, p - q_end) <= e->n))
                return true;
        }
    }
    return false;
}

static bool holds(const struct expression *e, size_t passage)
{
    size_t n;
    const char *text = folded_index_text(&reports, passage, &n);
    unsigned year = schema_date_year(reports.dates[passage]);
    switch (e->kind) {
    case WORD:
    case QUOTED:
        return find(text, n, e->a, e->kind == QUOTED, 0) < n;
    case NEAR:
        return is_near(text, n, e);
    case YEARS:
        return year >= e->n && year <= e->last_year;
    case NOT:
        return !holds(e->children[0], passage);
    default:
        for (size_t i = 0; i < e->n; i++)
            if (holds(e->children[i], passage) == (e->kind == OR))
                return e->kind == OR;
        return e->kind == AND;
    }
}

/* ---- comparing ---- */

static void compare_hits(
    const char *text, const struct query *q, const struct expression *e, size_t expected)
{
    struct search_results results;
    struct error err = {.message = ""};
    const struct search_options options = {.limit = FOUND_MAX, .is_brief = true};
    assert_int_equal(search_run(reports.ix, q, &options, &results, &err), STATUS_OK);
    if (results.n != expected)
        fail_msg("%s: %zu hits, but %zu passages hold it", text, results.n, expected);
    for (size_t i = 0; i < results.n; i++)
        if (!holds(e, results.hits[i].docid - 1))
            fail_msg("%s: passage %u is a hit", text, results.hits[i].docid);
    search_results_release(&results);
}

/* Returns how many passages meet it. */
static size_t compare(const struct expression *e)
{
    static char text[QUERY_TEXT_MAX * 8];
    struct query q;
    struct error err = {.message = ""};
    text[0] = '\0';
    write_expression(text, e);
    if (strlen(text) > QUERY_BYTES_MAX)
        return 0;
    enum status s = query_parse(text, strlen(text), &q, &err);
    if (s == STATUS_BAD_INPUT && strstr(err.message, "only says what to leave out"))
        return 0;
    if (s != STATUS_OK)
        fail_msg("%s: %s", text, err.message);
    size_t expected = 0;
    uint64_t count = 0;
    for (size_t i = 0; i < reports.n; i++)
        expected += holds(e, i);
    if (search_count(reports.ix, &q, &count, &err) != STATUS_OK || count != expected)
        fail_msg("%s: the engine counts %llu, a plain evaluation %zu; %s", text,
            (unsigned long long)count, expected, err.message);
    if (e->kind != WORD && expected <= FOUND_MAX) /* a bare word is soft: it ranks */
        compare_hits(text, &q, e, expected);
    query_release(&q);
    return expected;
}

static void search__finds_what_a_plain_evaluation_of_2000_random_queries_finds(void **state)
{
    (void)state;
    if (!has_reports)
        skip();
    const char *given = getenv("QUERIES");
    size_t n = given ? strtoull(given, NULL, 10) : QUERIES, n_met = 0;
    for (size_t i = 0; i < n; i++) {
        struct expression *e = make_expression(0);
        n_met += compare(e) > 0;
        free_expression(e);
    }
    print_message("%zu of %zu are met by some passage of %zu\n", n_met, n, reports.n);
    assert_true(n_met > n / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search__finds_what_a_plain_evaluation_of_2000_random_queries_finds),
    };
    return cmocka_run_group_tests_name("boolean", tests, set_up, tear_down);
}
