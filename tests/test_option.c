// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/option.h"

/* What the table below fills; anew for each parse. */
static struct values {
    bool wants_json, is_raw;
    const char *dir;
    uint64_t max_hits, memory;
    int sort;
} got;

static const char *const sorts[] = {"relevance", "date", "-date", NULL};
static const char *const examples[] = {"duan search 电梯", NULL};
static const struct option_row rows[] = {
    {"json", 0, OPTION_FLAG, &got.wants_json, NULL, "one object a hit", 0, 0, NULL},
    {"raw", 'r', OPTION_FLAG, &got.is_raw, NULL, "as it stands", 0, 0, NULL},
    {"index", 'i', OPTION_STRING, &got.dir, "DIR", "the index", 0, 0, NULL},
    {"max", 'n', OPTION_NUMBER, &got.max_hits, "数", "how many hits", 1, 1000, NULL},
    {"memory", 0, OPTION_SIZE, &got.memory, "SIZE", "how much", 1024, 1ULL << 40, NULL},
    {"sort", 's', OPTION_CHOICE, &got.sort, "ORDER", "the order", 0, 0, sorts},
    {NULL, 0, OPTION_FLAG, NULL, NULL, NULL, 0, 0, NULL},
};
static const struct option_command plain = {"search", "QUERY", "finds", rows, examples, false};
static const struct option_command query = {"search", "QUERY", "finds", rows, NULL, true};

static char *words[16];
static char line[256];
static struct option_result result;
static struct error err;

/* Parses the words of a line, parted by spaces. */
static enum status parse(const struct option_command *command, const char *text)
{
    int n = 0;
    got = (struct values){.max_hits = 10, .sort = 0};
    snprintf(line, sizeof line, "search %s", text);
    for (char *w = strtok(line, " "); w; w = strtok(NULL, " "))
        words[n++] = w;
    words[n] = NULL;
    option_result_release(&result);
    return option_parse(command, n, words, &result, &err);
}

static void assert_arguments(const char *joined)
{
    char all[256] = "";
    for (size_t i = 0; i < result.n; i++)
        snprintf(
            all + strlen(all), sizeof all - strlen(all), "%s%s", i ? "|" : "", result.arguments[i]);
    assert_string_equal(all, joined);
}

static void assert_fault(
    const struct option_command *command, const char *text, const char *message)
{
    assert_int_equal(parse(command, text), STATUS_BAD_INPUT);
    assert_string_equal(err.message, message);
}

static void option_parse__takes_each_way_to_write_a_value(void **state)
{
    (void)state;
    static const char *const ways[] = {"--max 25 -i r.duan", "--max=25 --index=r.duan",
        "-n 25 -i r.duan", "-n25 -ir.duan", "-rn25 --index r.duan"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assert_int_equal(parse(&plain, ways[i]), STATUS_OK);
        assert_int_equal(got.max_hits, 25);
        assert_string_equal(got.dir, "r.duan");
    }
    assert_true(got.is_raw);
}

static void option_parse__leaves_defaults_alone(void **state)
{
    (void)state;
    assert_int_equal(parse(&plain, "a"), STATUS_OK);
    assert_int_equal(got.max_hits, 10);
    assert_null(got.dir);
    assert_false(got.wants_json);
}

static void option_parse__mixes_options_and_arguments(void **state)
{
    (void)state;
    assert_int_equal(parse(&plain, "a --json - b -n 3 c"), STATUS_OK);
    assert_arguments("a|-|b|c");
    assert_true(got.wants_json);
    assert_int_equal(got.max_hits, 3);
}

static void option_parse__takes_all_behind_two_dashes_as_arguments(void **state)
{
    (void)state;
    assert_int_equal(parse(&plain, "a -- --json -n -- -x"), STATUS_OK);
    assert_arguments("a|--json|-n|--|-x");
    assert_false(got.wants_json);
}

static void option_parse__takes_values_that_look_like_options(void **state)
{
    (void)state;
    assert_int_equal(parse(&plain, "--sort -date -i --json"), STATUS_OK);
    assert_int_equal(got.sort, 2);
    assert_string_equal(got.dir, "--json");
    assert_false(got.wants_json);
}

static void option_parse__reads_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } sizes[] = {{"--memory 1024", 1024}, {"--memory=64k", 65536}, {"--memory 512M", 512ULL << 20},
        {"--memory 2G", 2ULL << 30}, {"--memory 2GB", 2ULL << 30}, {"--memory 3m", 3ULL << 20}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(parse(&plain, sizes[i].text), STATUS_OK);
        assert_true(got.memory == sizes[i].bytes);
    }
}

static void option_parse__names_what_is_wrong(void **state)
{
    (void)state;
    assert_fault(&plain, "--jsn", "unknown option '--jsn': did you mean '--json'");
    assert_fault(&plain, "--foo", "unknown option '--foo'");
    assert_fault(&plain, "--jsn=1", "unknown option '--jsn=1': did you mean '--json'");
    assert_fault(&plain, "-x", "unknown option '-x'");
    assert_fault(&plain, "-rx", "unknown option '-rx'");
    assert_fault(&plain, "-n", "--max needs a value");
    assert_fault(&plain, "--json=1", "--json takes no value");
    assert_fault(&plain, "-n 0", "--max: '0' is not between 1 and 1000");
    assert_fault(&plain, "-n 1001", "--max: '1001' is not between 1 and 1000");
    assert_fault(&plain, "-n -5", "--max: '-5' is no number");
    assert_fault(&plain, "-n 5x", "--max: '5x' is no number");
    assert_fault(&plain, "-n 99999999999999999999", "--max: '99999999999999999999' is no number");
    assert_fault(&plain, "--max=", "--max: '' is no number");
    assert_fault(&plain, "--memory 1023", "--memory: '1023' is not between 1k and 1024G");
    assert_fault(&plain, "--memory 5T", "--memory: '5T' is no size (like 64k, 512M, 2G)");
    assert_fault(&plain, "--memory 99999999999999999G",
        "--memory: '99999999999999999G' is no size (like 64k, 512M, 2G)");
    assert_fault(&plain, "--sort rank", "--sort: 'rank' is none of relevance, date, -date");
}

static void option_parse__lets_a_query_leave_words_out(void **state)
{
    (void)state;
    assert_int_equal(parse(&query, "招商 -公司 -word -n 3 -"), STATUS_OK);
    assert_arguments("招商|-公司|-word|-");
    assert_int_equal(got.max_hits, 3);
    assert_fault(&plain, "招商 -公司", "unknown option '-公司'");
    assert_fault(&query, "招商 --公司", "unknown option '--公司'");
}

static void option_parse__stops_at_help(void **state)
{
    (void)state;
    assert_int_equal(parse(&query, "电梯 --help --nonsense"), STATUS_OK);
    assert_true(result.wants_help);
    assert_int_equal(parse(&plain, "-h"), STATUS_OK);
    assert_true(result.wants_help);
    assert_int_equal(parse(&plain, "-- --help"), STATUS_OK);
    assert_false(result.wants_help);
}

static void option_print_help__lines_wide_names_up(void **state)
{
    (void)state;
    char *help = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&help, &n);
    assert_non_null(out);
    option_print_help(&plain, out);
    fclose(out);
    assert_string_equal(help, "usage: duan search [OPTION]... QUERY\n"
                              "finds\n\n"
                              "      --json              one object a hit\n"
                              "  -r, --raw               as it stands\n"
                              "  -i, --index DIR         the index\n"
                              "  -n, --max 数            how many hits\n"
                              "      --memory SIZE       how much\n"
                              "  -s, --sort ORDER        the order: relevance, date, -date\n"
                              "  -h, --help              show this help\n"
                              "\nexamples:\n  duan search 电梯\n");
    free(help);
}

static int tear_down(void **state)
{
    (void)state;
    option_result_release(&result);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_parse__takes_each_way_to_write_a_value),
        cmocka_unit_test(option_parse__leaves_defaults_alone),
        cmocka_unit_test(option_parse__mixes_options_and_arguments),
        cmocka_unit_test(option_parse__takes_all_behind_two_dashes_as_arguments),
        cmocka_unit_test(option_parse__takes_values_that_look_like_options),
        cmocka_unit_test(option_parse__reads_sizes),
        cmocka_unit_test(option_parse__names_what_is_wrong),
        cmocka_unit_test(option_parse__lets_a_query_leave_words_out),
        cmocka_unit_test(option_parse__stops_at_help),
        cmocka_unit_test(option_print_help__lines_wide_names_up),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, tear_down);
}
