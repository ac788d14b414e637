// SPDX-License-Identifier: GPL-2.0-or-later
/* The query grammar: each row a query and its parse, rendered as one string. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "search/query.h"

/* `word(营商环境) exact(加装) not(电梯)`, folded; an empty clause in brackets; or the error's
 * message. */
static const char *rendered(const char *text)
{
    static char out[4096];
    static const char *const kinds[] = {"word", "exact", "not"};
    struct query q;
    struct error err;
    if (query_parse(text, strlen(text), &q, &err) != STATUS_OK) {
        snprintf(out, sizeof out, "error: %s", err.message);
        return out;
    }
    size_t n = 0;
    for (size_t i = 0; i < q.n_clauses; i++) {
        const struct clause *c = &q.clauses[i];
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s%s(", i ? " " : "",
            c->is_empty ? "empty-" : "", kinds[c->kind]);
        for (size_t j = 0; j < c->n_folded; j++)
            n += utf8_encode(c->folded[j], out + n);
        n += (size_t)snprintf(out + n, sizeof out - n, ")");
    }
    query_release(&q);
    return out;
}

static const struct {
    const char *text, *expected;
} rows[] = {
    {"营商环境", "word(营商环境)"},
    {"營商環境", "word(营商环境)"},
    {"  养老　电梯 ", "word(养老) word(电梯)"},
    {"\"加装电梯\"", "exact(加装电梯)"},
    {"“加装电梯”", "exact(加装电梯)"},
    {"「加裝電梯」 『古窯』", "exact(加装电梯) exact(古窑)"},
    {"＂加装＂电梯", "exact(加装) word(电梯)"},
    {"招商 -公司", "word(招商) not(公司)"},
    {"招商 －“有限公司”", "word(招商) not(有限公司)"},
    {"COVID-19", "word(covid-19)"},
    {"a - b", "word(a) empty-word(-) word(b)"},
    {"什么是GDP ？", "word(什么是gdp) empty-word(?)"},
    {"\"a\\\"b\\\\\"", "exact(a\"b\\)"},
    {"\"——\"", "exact(--)"},
    {"“同一个引号“", "exact(同一个引号)"},
    {"混動轎車(chē)下線(xiàn)", "word(混动轿车下线)"},
    {"中国 \"没有关上", "error: query:4: quote is not closed"},
    {"\"\"", "error: query:1: nothing between the quotes"},
    {"-公司", "error: query '-公司' only says what to leave out"},
    {"", "error: query '' holds nothing to look for"},
    {" 。 ！", "error: query ' 。 ！' holds nothing to look for"},
};

static void query_parse__renders_as_the_row_says(void **state)
{
    size_t i = (size_t)(uintptr_t)*state;
    assert_string_equal(rendered(rows[i].text), rows[i].expected);
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

static void query_parse__keeps_its_hands_off_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    struct query q;
    struct error err;
    assert_int_equal(query_parse("\xFF\xFE中", 5, &q, &err), STATUS_OK);
    assert_int_equal(q.n_clauses, 1);
    query_release(&q);
}

int main(void)
{
    enum { N_ROWS = sizeof rows / sizeof *rows };
    struct CMUnitTest tests[N_ROWS + 3] = {
        cmocka_unit_test(query_parse__refuses_too_long_a_query),
        cmocka_unit_test(query_parse__refuses_too_many_clauses),
        cmocka_unit_test(query_parse__keeps_its_hands_off_bytes_that_are_not_utf8),
    };
    for (size_t i = 0; i < N_ROWS; i++)
        tests[3 + i] = (struct CMUnitTest){.name = rows[i].text,
            .test_func = query_parse__renders_as_the_row_says,
            .initial_state = (void *)(uintptr_t)i};
    return _cmocka_run_group_tests("query", tests, sizeof tests / sizeof *tests, NULL, NULL);
}
