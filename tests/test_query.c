// SPDX-License-Identifier: GPL-2.0-or-later
/* The query grammar: each row of tests/data/query.test a query and its tree, rendered as one
 * string; the limits; and random strings over the operators, which must be parsed or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "search/query.h"
#include "store/schema.h"

enum { ROWS_MAX = 512, RENDERED_MAX = 1 << 17 };

static char out[RENDERED_MAX];
static size_t n_out;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    n_out += (size_t)vsnprintf(out + n_out, sizeof out - n_out, format, arguments);
    va_end(arguments);
    assert_true(n_out < sizeof out);
}

static void put_folded(const struct clause *c)
{
    for (size_t i = 0; i < c->n_folded; i++)
        n_out += utf8_encode(c->folded[i], out + n_out);
}

static void put_date(uint32_t date)
{
    put("%u-%u-%u", schema_date_year(date), schema_date_month(date), schema_date_day(date));
}

static void put_clause(const struct clause *c)
{
    switch (c->kind) {
    case CLAUSE_DATES:
        put("dates(");
        put_date(c->low);
        put("..");
        put_date(c->high);
        put(")");
        return;
    case CLAUSE_FIELD:
        put("field(%s=", c->name);
        put_folded(c);
        put(")");
        return;
    default:
        put("%s", c->is_quoted ? "\"" : c->is_soft ? "~" : "");
        put_folded(c);
        put("%s", c->is_quoted ? "\"" : "");
    }
}

static void put_node(const struct query *q, const struct query_node *node)
{
    static const char *const names[] = {"", "!", "&", "|", "near"};
    if (node->kind == NODE_CLAUSE) {
        put_clause(&q->clauses[node->clause]);
        return;
    }
    put("%s", names[node->kind]);
    if (node->kind == NODE_NEAR)
        put("/%zu", node->distance);
    put("(");
    for (const struct query_node *child = node->first; child; child = child->next) {
        put_node(q, child);
        put("%s", child->next ? " " : "");
    }
    put(")");
}

static void put_left_out(const struct query *q)
{
    for (size_t i = 0; i < q->n_clauses; i++) {
        const struct clause *c = &q->clauses[i];
        if (!c->is_empty && !c->is_unknown_field)
            continue;
        put(" [");
        put_folded(c);
        put("%s]", c->is_unknown_field ? "?" : "");
    }
}

static bool has_field(void *context, const char *name, size_t n)
{
    (void)context;
    (void)n;
    return strcmp(name, "source") == 0 || strcmp(name, "来源") == 0;
}

static const struct query_fields fields = {.has = has_field};

static const char *rendered(const char *text, size_t n)
{
    struct query q;
    struct error err;
    n_out = 0;
    out[0] = '\0';
    if (query_parse_with(text, n, &fields, &q, &err) != STATUS_OK) {
        put("error: %s", err.message);
        return out;
    }
    for (const struct query_node *node = q.root->first; node; node = node->next) {
        put_node(&q, node);
        put("%s", node->next ? " " : "");
    }
    put_left_out(&q);
    query_release(&q);
    return out;
}

struct row {
    char name[64];
    char text[256], expected[256];
};
static struct row *rows;
static size_t n_rows;

static void read_rows(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];
    for (int number = 1; file && fgets(line, sizeof line, file); number++) {
        if (n_rows == ROWS_MAX)
            abort();
        struct row *r = &rows[n_rows];
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (sscanf(line, "%255[^\t]\t%255[^\n]", r->text, r->expected) != 2)
            abort();
        snprintf(r->name, sizeof r->name, "query.test:%d %.40s", number, r->text);
        n_rows++;
    }
    if (file)
        fclose(file);
}

static void query_parse__renders_as_the_row_says(void **state)
{
    const struct row *r = *state;
    assert_string_equal(rendered(r->text, strlen(r->text)), r->expected);
}

static void query_relax__makes_soft_words_of_conditions_on_the_text(void **state)
{
    (void)state;
    static const char text[] = "a \"b\" (c OR d NEAR e) -\"f\" year:2020 -(g h)";
    struct query q;
    struct error err;
    assert_int_equal(query_parse(text, strlen(text), &q, &err), STATUS_OK);
    assert_true(query_relax(&q));
    bool is_soft[8];
    for (size_t i = 0; i < 8; i++)
        is_soft[i] = q.clauses[i].is_soft;
    assert_memory_equal(
        is_soft, ((bool[]){true, true, true, true, true, false, false, false}), sizeof is_soft);
    size_t n = 0;
    for (const struct query_node *node = q.root->first; node; node = node->next)
        n++;
    assert_int_equal(n, 8);
    assert_false(query_relax(&q));
    query_release(&q);
}

static void query_parse__does_not_see_zero_width_characters_around_operators(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"\uFEFF\"加装电梯\"", "\"加装电梯\""},
        {"\u200E\"加装电梯\"\u200E", "\"加装电梯\""},
        {"“加装电梯”\u200B", "\"加装电梯\""},
        {"招商 \u200B-公司", "~招商 !(公司)"},
        {"招商 -\u200B“公司”\u200B 电梯", "~招商 !(\"公司\") ~电梯"},
        {"招商 -\u200B 公司", "~招商 ~公司 [-]"},
        {"养老 \u200BOR\u200B 电梯", "|(养老 电梯)"},
        {"养老 \u2060NEAR/3\u200B 电梯", "near/3(养老 电梯)"},
        {"\uFEFFtitle:公报", "field(title=公报)"},
        {"招商 (养老 电梯)\u200B", "~招商 &(养老 电梯)"},
        {"招商 （养老）\u200B", "~招商 养老"},
        {"加\u200B装\u200B", "~加装"},
        {"OR\u200B养老", "~or养老"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(rendered(pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
}

static void query_parse__refuses_too_long_a_query(void **state)
{
    (void)state;
    static char text[QUERY_BYTES_MAX + 2];
    struct query q;
    struct error err;
    memset(text, 'a', sizeof text - 1);
    assert_int_equal(query_parse(text, QUERY_BYTES_MAX + 1, &q, &err), STATUS_BAD_INPUT);
    assert_int_equal(query_parse(text, QUERY_BYTES_MAX, &q, &err), STATUS_OK);
    query_release(&q);
}

static void query_parse__refuses_too_many_clauses(void **state)
{
    (void)state;
    static char text[4 * QUERY_CLAUSES_MAX + 1];
    struct query q;
    struct error err;
    for (size_t i = 0; i < 2 * QUERY_CLAUSES_MAX + 2; i++)
        text[i] = i % 2 ? ' ' : 'a';
    assert_int_equal(query_parse(text, 2 * QUERY_CLAUSES_MAX + 2, &q, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "query:257: more than 128 words");
    assert_int_equal(query_parse(text, 2 * QUERY_CLAUSES_MAX, &q, &err), STATUS_OK);
    query_release(&q);
}

static void query_parse__refuses_too_deep_a_query(void **state)
{
    (void)state;
    char text[2 * QUERY_DEPTH_MAX + 3];
    for (size_t depth = QUERY_DEPTH_MAX; depth <= QUERY_DEPTH_MAX + 1; depth++) {
        memset(text, '(', depth);
        text[depth] = 'a';
        memset(text + depth + 1, ')', depth);
        assert_string_equal(rendered(text, 2 * depth + 1),
            depth == QUERY_DEPTH_MAX ? "a"
                                     : "error: query:33: more than 32 brackets within each other");
    }
}

static void query_parse__refuses_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xFF\xFE中", "\xD1\xF8\xC0\xCF" /* 养老 in GB18030 */, "\"\xD1\xF8\"", "养老\xE4\xB8"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(rendered(texts[i], strlen(texts[i])), "error: query is not UTF-8");
}

/* Is every node of a tree in its place, and each clause that is not left out in it once? */
static size_t count_clauses(const struct query *q, const struct query_node *node, size_t depth)
{
    size_t n = 0, n_children = 0;
    assert_true(depth <= 3 * QUERY_DEPTH_MAX + 3);
    if (node->kind == NODE_CLAUSE) {
        assert_true(node->clause < q->n_clauses);
        return 1;
    }
    for (const struct query_node *child = node->first; child; child = child->next, n_children++)
        n += count_clauses(q, child, depth + 1);
    assert_true(n_children >= 1);
    if (node->kind == NODE_NEAR)
        assert_int_equal(n_children, 2);
    return n;
}

static void check_parse(const char *text, size_t n)
{
    struct query q;
    struct error err = {.message = ""};
    enum status s = query_parse_with(text, n, &fields, &q, &err);
    if (s != STATUS_OK) {
        assert_int_equal(s, STATUS_BAD_INPUT);
        assert_true(strncmp(err.message, "query", 5) == 0);
        return;
    }
    size_t n_left_out = 0;
    for (size_t i = 0; i < q.n_clauses; i++)
        n_left_out += q.clauses[i].is_empty;
    assert_int_equal(count_clauses(&q, q.root, 0) + n_left_out, q.n_clauses);
    query_relax(&q);
    count_clauses(&q, q.root, 0);
    query_release(&q);
}

static void query_parse__takes_or_refuses_100000_random_queries(void **state)
{
    (void)state;
    static const char *const pieces[] = {"(", ")", "（", "）", "\"", "“", "”", "「", "」", "-",
        "－", "|", "｜", " ", "　", "OR", " OR ", "NEAR", " NEAR/3 ", " NEAR/", "*", "\\", ":",
        "：", "title:", "year:", "date:2020-01..", "source:", "2020", "..", "养老", "a", "。",
        "\xFF", "\xE4\xB8", "㌕", "\n", "/", "202*年"};
    const char *given = getenv("SEED"), *rounds = getenv("FUZZ_ROUNDS");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL), random = seed;
    size_t n_rounds = rounds ? strtoull(rounds, NULL, 10) : 100000;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    for (size_t round = 0; round < n_rounds; round++) {
        char text[600];
        size_t n = 0, wanted = 1 + (random >> 40) % 60;
        for (size_t i = 0; i < wanted; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const char *piece = pieces[(random >> 33) % (sizeof pieces / sizeof *pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
            if (n + 20 > sizeof text)
                break;
        }
        char *exact = malloc(n ? n : 1); /* so that a sanitizer sees a step past its end */
        assert_non_null(exact);
        memcpy(exact, text, n);
        check_parse(exact, n);
        free(exact);
    }
}

int main(void)
{
    rows = calloc(ROWS_MAX, sizeof *rows);
    read_rows("tests/data/query.test");
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(query_relax__makes_soft_words_of_conditions_on_the_text),
        cmocka_unit_test(query_parse__does_not_see_zero_width_characters_around_operators),
        cmocka_unit_test(query_parse__refuses_too_long_a_query),
        cmocka_unit_test(query_parse__refuses_too_many_clauses),
        cmocka_unit_test(query_parse__refuses_too_deep_a_query),
        cmocka_unit_test(query_parse__refuses_bytes_that_are_not_utf8),
        cmocka_unit_test(query_parse__takes_or_refuses_100000_random_queries),
    };
    enum { N_FIXED = sizeof fixed / sizeof *fixed };
    struct CMUnitTest *tests = calloc(n_rows + N_FIXED, sizeof *tests);
    memcpy(tests, fixed, sizeof fixed);
    for (size_t i = 0; i < n_rows; i++)
        tests[N_FIXED + i] = (struct CMUnitTest){.name = rows[i].name,
            .test_func = query_parse__renders_as_the_row_says,
            .initial_state = &rows[i]};
    int failed = n_rows ? _cmocka_run_group_tests("query", tests, n_rows + N_FIXED, NULL, NULL) : 1;
    free(tests);
    free(rows);
    return failed;
}
