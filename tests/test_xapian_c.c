// SPDX-License-Identifier: GPL-2.0-or-later
/* Two segments of letters. Docids: terms (wdf 8 unless said otherwise).
 *   a: 1 x y   2 x   3 y z   4 xa xb   5 x(80)
 *   b: 1 y     2 x z         3 xa                  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/xapian_c.h"
#include "tests/temp_dir.h"

static struct error err;
static char *folder;

struct row {
    const char *terms[3];
    uint32_t wdf;
    const char *data;
};

static void build(const char *name, const struct row *rows, size_t n)
{
    struct xwriter *w;
    assert_int_equal(xwriter_open(temp_dir_path(folder, "work"), &w, &err), STATUS_OK);
    for (size_t i = 0; i < n; i++) {
        struct xposting p[3];
        size_t n_terms = 0;
        while (n_terms < 3 && rows[i].terms[n_terms]) {
            p[n_terms].term = rows[i].terms[n_terms];
            p[n_terms].term_len = strlen(p[n_terms].term);
            p[n_terms++].wdf = rows[i].wdf;
        }
        assert_int_equal(
            xwriter_add(w, p, n_terms, rows[i].data, strlen(rows[i].data), &err), STATUS_OK);
        if (i == 1)
            assert_int_equal(xwriter_flush(w, &err), STATUS_OK);
    }
    assert_int_equal(xwriter_set_metadata(w, "who", name, strlen(name), &err), STATUS_OK);
    assert_int_equal(xwriter_finish(w, temp_dir_path(folder, name), &err), STATUS_OK);
    xwriter_close(w);
}

static int set_up(void **state)
{
    (void)state;
    static const struct row a[] = {
        {{"x", "y"}, 8, "one"},
        {{"x"}, 8, ""},
        {{"y", "z"}, 8, ""},
        {{"xa", "xb"}, 8, "four"},
        {{"x"}, 80, ""},
    };
    static const struct row b[] = {
        {{"y"}, 8, "uno"},
        {{"x", "z"}, 8, ""},
        {{"xa"}, 8, ""},
    };
    folder = temp_dir_make();
    build("a", a, 5);
    build("b", b, 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(folder);
    return 0;
}

static struct xdb *open_both(void)
{
    const char *dirs[] = {temp_dir_path(folder, "a"), temp_dir_path(folder, "b")};
    struct xdb *db = NULL;
    assert_int_equal(xdb_open(dirs, 2, &db, &err), STATUS_OK);
    return db;
}

/* ---- queries in Polish notation: one letter an operator, `.` ends its children ---- */

enum { NODES_MAX = 40 };
static struct xnode nodes[NODES_MAX];
static const struct xnode *children[NODES_MAX][8];
static size_t n_nodes;
static struct docid_range ranges[2]; /* of one node */
static struct docid_ranges by_segment[2];

static const struct xnode *parse(const char **at)
{
    static const char ops[] = "tpaAOSNMFWR"; /* enum xop */
    struct xnode *n = &nodes[n_nodes];
    const struct xnode **below = children[n_nodes++];
    *n = (struct xnode){.op = (enum xop)(strchr(ops, *(*at)++) - ops), .children = below};
    if (n->op == XOP_TERM || n->op == XOP_PREFIX) {
        n->term = *at;
        n->term_len = strcspn(*at, " ");
        *at += n->term_len + 1;
    }
    if (n->op == XOP_RANGES) { /* R1-3;2-4: of each segment */
        char *end;
        for (int i = 0; i < 2; i++, *at = end + 1) {
            ranges[i].first = (uint32_t)strtoul(*at, &end, 10);
            ranges[i].last = (uint32_t)strtoul(end + 1, &end, 10);
            by_segment[i] = (struct docid_ranges){.at = &ranges[i], .n = ranges[i].last > 0};
        }
        n->ranges = by_segment;
    }
    if (n->op == XOP_SCALE)
        n->weight = 3;
    if (n->op < XOP_AND || n->op == XOP_RANGES)
        return n;
    while (**at != '.')
        below[n->n_children++] = parse(at);
    ++*at;
    return n;
}

static const struct xnode *query(const char *text)
{
    n_nodes = 0;
    return parse(&text);
}

static const struct xsearch plain = {.limit = 10, .k1 = 7.2, .check_at_least = 100};

/* Hits as "a1 b2", then the number of all matches. */
static const char *search(struct xdb *db, const char *text, struct xsearch how)
{
    static char out[200];
    struct xhits hits;
    assert_int_equal(xdb_search(db, query(text), &how, &hits, &err), STATUS_OK);
    size_t n = 0;
    for (size_t i = 0; i < hits.n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%c%u ", (int)('a' + hits.hits[i].segment),
            hits.hits[i].docid);
    snprintf(out + n, sizeof out - n, "/%zu", hits.n_estimated);
    xhits_release(&hits);
    assert_null(hits.hits);
    return out;
}

static const char *boolean(struct xdb *db, const char *text)
{
    struct xsearch how = plain;
    how.is_boolean = true;
    return search(db, text, how);
}

static double score_of(struct xdb *db, const char *text, uint32_t segment, uint32_t docid)
{
    struct xhits hits;
    double score = -1;
    assert_int_equal(xdb_search(db, query(text), &plain, &hits, &err), STATUS_OK);
    for (size_t i = 0; i < hits.n; i++)
        if (hits.hits[i].segment == segment && hits.hits[i].docid == docid)
            score = hits.hits[i].score;
    xhits_release(&hits);
    return score;
}

static void xdb_search__matches_by_each_operator(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"tx ", "a1 a2 a5 b2 /4"},
        {"tq ", "/0"},
        {"px ", "a1 a2 a4 a5 b2 b3 /6"},
        {"pxa ", "a4 b3 /2"},
        {"pq ", "/0"},
        {"a", "a1 a2 a3 a4 a5 b1 b2 b3 /8"},
        {"Atx ty .", "a1 /1"},
        {"Otx ty .", "a1 a2 a3 a5 b1 b2 /6"},
        {"Stx ty .", "a1 a2 a3 a5 b1 b2 /6"},
        {"Ntx .", "a1 a2 a5 b2 /4"},
        {"Ntx tz ty .", "a2 a5 /2"},
        {"NaStx ty ..", "a4 b3 /2"},
        {"Mtx ty tz .", "a1 a2 a5 b2 /4"},
        {"Ftx tz .", "b2 /1"},
        {"Ftx tz ty .", "/0"},
        {"Ftx Otz ty ..", "a1 b2 /2"},
        {"Wtx .", "a1 a2 a5 b2 /4"},
        {"R2-4;3-3 ", "a2 a3 a4 b3 /4"},
        {"R0-0;0-0 ", "/0"},
        {"Fpx R1-2;2-2 .", "a1 a2 b2 /3"},
        {"A.", "/0"},
        {"O.", "/0"},
        {"S.", "/0"},
        {"N.", "/0"},
        {"OAtx ty .Atx tz ..", "a1 b2 /2"},
    };
    struct xdb *db = open_both();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(boolean(db, rows[i][0]), rows[i][1]);
    xdb_close(db);
}

static void xdb_search__ranks_by_the_statistics_of_all_segments(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    assert_string_equal(search(db, "tx ", plain), "a5 a1 a2 b2 /4"); /* ties by combined docid */
    assert_true(score_of(db, "tz ", 0, 3) == score_of(db, "tz ", 1, 2));
    /* BM25 by hand: N 8, df 2, wdf 8, k1 7.2; Xapian's idf log((N - df + .5) / (df + .5)) */
    assert_true(score_of(db, "tz ", 0, 3) > 0.9554 * 8.2 * 8 / 15.2 - 1e-3);
    assert_true(score_of(db, "tz ", 0, 3) < 0.9556 * 8.2 * 8 / 15.2 + 1e-3);
    xdb_close(db);
}

static void xdb_search__weighs_as_the_operator_says(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    double x = score_of(db, "tx ", 0, 1), y = score_of(db, "ty ", 0, 1);
    assert_true(score_of(db, "Otx ty .", 0, 1) > x + y - 1e-6);
    assert_true(score_of(db, "Mtx ty .", 0, 1) > x + y - 1e-6);
    assert_true(score_of(db, "Ftx ty .", 0, 1) < x + 1e-6);
    assert_true(score_of(db, "Wtx .", 0, 1) > 3 * x - 1e-6);
    assert_true(score_of(db, "Stx ty .", 0, 1) < x + y - 1e-6);
    /* as one term a prefix weighs the same whichever of its terms is met */
    assert_true(score_of(db, "px ", 0, 1) == score_of(db, "px ", 1, 3));
    assert_true(score_of(db, "R1-2;0-0 ", 0, 1) == 0);
    xdb_close(db);
}

static void xdb_search__pages_through_segments(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    char got[100] = "";
    for (size_t at = 0; at < 8; at++) {
        struct xsearch how = plain;
        how.is_boolean = at % 2;
        how.offset = at / 2;
        how.limit = 1;
        strcat(got, search(db, "tz ", how));
        strcat(got, " ");
    }
    assert_string_equal(got, "b2 /2 a3 /2 a3 /2 b2 /2 /2 /2 /2 /2 ");
    struct xsearch how = plain;
    how.is_boolean = true;
    how.offset = 4;
    how.limit = 3;
    assert_string_equal(search(db, "a", how), "a5 b1 b2 /8");
    how.offset = 6;
    assert_string_equal(search(db, "a", how), "b2 b3 /8");
    how.limit = 0;
    assert_string_equal(search(db, "a", how), "/8");
    how.limit = how.offset = SIZE_MAX;
    assert_string_equal(search(db, "a", how), "/8");
    how.is_boolean = false;
    assert_string_equal(search(db, "a", how), "/8");
    xdb_close(db);
}

static void xdb_search__refuses_what_is_out_of_bounds(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    struct xhits hits;
    struct xnode chain[XNODE_DEPTH_MAX + 1];
    const struct xnode *links[XNODE_DEPTH_MAX + 1];
    char term[XTERM_MAX + 1];
    memset(term, 'x', sizeof term);
    for (int i = 0; i <= XNODE_DEPTH_MAX; i++) {
        links[i] = &chain[i + 1 > XNODE_DEPTH_MAX ? 0 : i + 1];
        chain[i] =
            (struct xnode){.op = XOP_SCALE, .weight = 1, .children = &links[i], .n_children = 1};
    }
    /* the last link leads back to the first: endless */
    assert_int_equal(xdb_search(db, chain, &plain, &hits, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "query nested deeper than 64 levels");
    chain[XNODE_DEPTH_MAX] = (struct xnode){.op = XOP_TERM, .term = "x", .term_len = 1};
    assert_int_equal(xdb_search(db, chain, &plain, &hits, &err), STATUS_BAD_INPUT);
    assert_int_equal(xdb_search(db, chain + 1, &plain, &hits, &err), STATUS_OK);
    assert_int_equal(hits.n, 4);
    xhits_release(&hits);

    chain[0] = (struct xnode){.op = XOP_TERM, .term = term, .term_len = sizeof term};
    assert_int_equal(xdb_search(db, chain, &plain, &hits, &err), STATUS_BAD_INPUT);
    assert_non_null(strstr(err.message, "term of 246 bytes, more than 245: 'xxx"));
    chain[0].term_len = XTERM_MAX;
    assert_int_equal(xdb_search(db, chain, &plain, &hits, &err), STATUS_OK);
    xhits_release(&hits);
    chain[0].term_len = 0;
    assert_int_equal(xdb_search(db, chain, &plain, &hits, &err), STATUS_BAD_INPUT);
    chain[1].weight = -1;
    assert_int_equal(xdb_search(db, chain + 1, &plain, &hits, &err), STATUS_BAD_INPUT);
    xdb_close(db);
}

static void xdb_terms__lists_terms_with_their_df(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    struct buf out;
    size_t n;
    buf_init(&out, 1000);
    assert_int_equal(xdb_terms(db, "x", 1, 100, &out, &n, &err), STATUS_OK);
    assert_int_equal(n, 3);
    assert_int_equal(out.len, 11);
    assert_memory_equal(out.data, "\1x\4\2xa\2\2xb\1", 11);
    buf_clear(&out);
    assert_int_equal(xdb_terms(db, "", 0, 2, &out, &n, &err), STATUS_OK);
    assert_int_equal(n, 2);
    assert_int_equal(xdb_terms(db, "q", 1, 2, &out, &n, &err), STATUS_OK);
    assert_int_equal(n, 0);
    struct buf small;
    buf_init(&small, 4);
    assert_int_equal(xdb_terms(db, "x", 1, 9, &small, &n, &err), STATUS_NO_MEMORY);
    buf_release(&small);
    buf_release(&out);
    xdb_close(db);
}

static void xdb_term_stats__sums_over_segments(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    uint64_t df, cf;
    assert_int_equal(xdb_term_stats(db, "x", 1, &df, &cf, &err), STATUS_OK);
    assert_int_equal(df, 4);
    assert_int_equal(cf, 104);
    assert_int_equal(xdb_term_stats(db, "unknown", 7, &df, &cf, &err), STATUS_OK);
    assert_int_equal(df, 0);
    assert_int_equal(cf, 0);
    assert_int_equal(xdb_term_stats(db, "", 0, &df, &cf, &err), STATUS_BAD_INPUT);
    assert_int_equal(xdb_counts(db, 1, &df, &cf, &err), STATUS_OK);
    assert_int_equal(df, 3);
    assert_int_equal(cf, 4);
    xdb_close(db);
}

static void xdb_data__belongs_to_one_segment(void **state)
{
    (void)state;
    struct xdb *db = open_both();
    struct buf out;
    buf_init(&out, 100);
    assert_int_equal(xdb_data(db, 0, 4, &out, &err), STATUS_OK);
    assert_int_equal(xdb_data(db, 0, 5, &out, &err), STATUS_OK); /* has none */
    assert_int_equal(xdb_data(db, 1, 1, &out, &err), STATUS_OK);
    assert_int_equal(xdb_metadata(db, 1, "who", &out, &err), STATUS_OK);
    assert_int_equal(xdb_metadata(db, 0, "unknown", &out, &err), STATUS_OK);
    assert_string_equal(buf_terminate(&out), "fourunob");
    assert_int_equal(xdb_data(db, 0, 6, &out, &err), STATUS_MISSING);
    assert_int_equal(xdb_data(db, 0, 0, &out, &err), STATUS_MISSING);
    buf_release(&out);
    xdb_close(db);
}

/* ---- faults ---- */

static enum status open_one(const char *dir)
{
    struct xdb *db = NULL;
    enum status s = xdb_open(&dir, 1, &db, &err);
    assert_true((db != NULL) == (s == STATUS_OK));
    xdb_close(db);
    return s;
}

/* A copy of segment a in which one file is cut to n bytes (or, n too large, is as it was). */
static const char *damaged_copy(const char *name, const char *file, size_t n, int first_byte)
{
    const char *dir = temp_dir_path(folder, name), *path = temp_dir_path(dir, file);
    size_t size;
    temp_dir_copy(temp_dir_path(folder, "a"), dir);
    char *bytes = temp_dir_read(path, &size);
    if (first_byte >= 0)
        bytes[14] = (char)first_byte; /* of the format stamp */
    temp_dir_write(path, bytes, n < size ? n : size);
    free(bytes);
    return dir;
}

static void xdb_open__says_what_is_missing_or_foreign(void **state)
{
    (void)state;
    assert_int_equal(open_one(temp_dir_path(folder, "nothing")), STATUS_MISSING);
    assert_non_null(strstr(err.message, "nothing': "));
    const char *texts = temp_dir_path(folder, "texts"), *file = temp_dir_path(texts, "iamglass");
    temp_dir_copy(temp_dir_path(folder, "a"), texts);
    assert_int_equal(remove(file), 0);
    assert_int_equal(open_one(texts), STATUS_MISSING);
    temp_dir_write(file, "a text about glass", 18);
    assert_int_equal(open_one(texts), STATUS_FOREIGN);
    assert_int_equal(open_one(file), STATUS_FOREIGN);
    const char *dirs[] = {temp_dir_path(folder, "a"), file};
    struct xdb *db = NULL;
    assert_int_equal(xdb_open(dirs, 2, &db, &err), STATUS_FOREIGN);
    assert_null(db);
}

static void xdb_open__knows_a_newer_format(void **state)
{
    (void)state;
    assert_int_equal(open_one(damaged_copy("newer", "iamglass", SIZE_MAX, 0x7f)), STATUS_NEWER);
}

static void xdb_open__finds_a_cut_version_file(void **state)
{
    (void)state;
    assert_int_equal(open_one(damaged_copy("cut1", "iamglass", 5, -1)), STATUS_CORRUPT);
    assert_int_equal(open_one(damaged_copy("cut2", "iamglass", 40, -1)), STATUS_CORRUPT);
}

static void xdb_search__finds_a_truncated_table(void **state)
{
    (void)state;
    const char *dir = damaged_copy("cut3", "postlist.glass", 100, -1);
    struct xdb *db = NULL;
    enum status s = xdb_open(&dir, 1, &db, &err);
    struct xhits hits;
    if (s == STATUS_OK)
        s = xdb_search(db, query("tx "), &plain, &hits, &err);
    assert_int_equal(s, STATUS_CORRUPT);
    assert_non_null(strstr(err.message, "cut3' is damaged: "));
    xdb_close(db);
}

static void xdb_open__finds_a_missing_table(void **state)
{
    (void)state;
    const char *dir = damaged_copy("cut4", "postlist.glass", 100, -1);
    assert_int_equal(remove(temp_dir_path(dir, "postlist.glass")), 0);
    assert_int_equal(open_one(dir), STATUS_CORRUPT);
}

static void xdb_check__reports_what_it_finds(void **state)
{
    (void)state;
    struct buf report;
    buf_init(&report, 100000);
    assert_int_equal(xdb_check(temp_dir_path(folder, "a"), &report, &err), STATUS_OK);
    assert_non_null(strstr(buf_terminate(&report), "postlist table structure checked OK"));
    buf_clear(&report);

    const char *dir = damaged_copy("cut5", "postlist.glass", SIZE_MAX, -1);
    const char *path = temp_dir_path(dir, "postlist.glass");
    size_t n;
    char *bytes = temp_dir_read(path, &n);
    for (size_t i = n - 40; i < n; i++)
        bytes[i] ^= 0x55;
    temp_dir_write(path, bytes, n);
    free(bytes);
    assert_int_equal(xdb_check(dir, &report, &err), STATUS_CORRUPT);
    assert_non_null(strstr(err.message, "cut5' is damaged: "));
    assert_null(strchr(err.message, '\n'));
    buf_release(&report);
    assert_int_equal(xdb_check(temp_dir_path(folder, "nothing"), &report, &err), STATUS_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xdb_search__matches_by_each_operator),
        cmocka_unit_test(xdb_search__ranks_by_the_statistics_of_all_segments),
        cmocka_unit_test(xdb_search__weighs_as_the_operator_says),
        cmocka_unit_test(xdb_search__pages_through_segments),
        cmocka_unit_test(xdb_search__refuses_what_is_out_of_bounds),
        cmocka_unit_test(xdb_terms__lists_terms_with_their_df),
        cmocka_unit_test(xdb_term_stats__sums_over_segments),
        cmocka_unit_test(xdb_data__belongs_to_one_segment),
        cmocka_unit_test(xdb_open__says_what_is_missing_or_foreign),
        cmocka_unit_test(xdb_open__knows_a_newer_format),
        cmocka_unit_test(xdb_open__finds_a_cut_version_file),
        cmocka_unit_test(xdb_open__finds_a_missing_table),
        cmocka_unit_test(xdb_search__finds_a_truncated_table),
        cmocka_unit_test(xdb_check__reports_what_it_finds),
    };
    return cmocka_run_group_tests_name("xapian_c", tests, set_up, tear_down);
}
