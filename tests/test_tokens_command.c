// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Runs `<before> duan tokens <arguments>` in a shell. Returns its exit status and puts its stdout
 * in out. */
static int run(const char *before, const char *arguments, char *out, size_t max)
{
    char command[4096];
    const char *duan = getenv("DUAN");
    if (!duan) {
        print_message("skipped: DUAN names no program\n");
        skip();
    }
    snprintf(command, sizeof command, "%s '%s' tokens %s 2>/dev/null", before, duan, arguments);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    size_t n = fread(out, 1, max - 1, f);
    out[n] = 0;
    int status = pclose(f);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void tokens__prints_term_start_end_of_a_query(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("", "中国经济", out, sizeof out), 0);
    assert_string_equal(out, "中国\t0\t6\n国经\t3\t9\n经济\t6\t12\n");
}

static void tokens__prints_the_last_character_in_index_mode(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("", "--mode=index '會(huì )議'", out, sizeof out), 0);
    assert_string_equal(out, "会议\t0\t13\n议\t10\t13\n");
}

static void tokens__reads_standard_input(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("printf 'A股' |", "-", out, sizeof out), 0);
    assert_string_equal(out, "a\t0\t1\na股\t0\t4\n股\t1\t4\n");
    assert_int_equal(run("printf '' |", "", out, sizeof out), 1);
    assert_string_equal(out, "");
}

static void tokens__refuses_more_than_64_mb(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("head -c 67108865 /dev/zero |", "", out, sizeof out), 2);
    assert_int_equal(run("head -c 67108864 /dev/zero |", "", out, sizeof out), 1);
}

static void tokens__prints_the_folded_text(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("", "--folded '轎車(chē)下線(xiàn)，GDP'", out, sizeof out), 0);
    assert_string_equal(out, "轿车下线,gdp\n");
}

static void tokens__fails_on_two_texts_and_says_when_there_is_no_term(void **state)
{
    (void)state;
    char out[1000];
    assert_int_equal(run("", "中国 经济", out, sizeof out), 2);
    assert_int_equal(run("", "。", out, sizeof out), 1);
    assert_int_equal(run("", "中国 >/dev/full", out, sizeof out), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens__prints_term_start_end_of_a_query),
        cmocka_unit_test(tokens__prints_the_last_character_in_index_mode),
        cmocka_unit_test(tokens__reads_standard_input),
        cmocka_unit_test(tokens__refuses_more_than_64_mb),
        cmocka_unit_test(tokens__prints_the_folded_text),
        cmocka_unit_test(tokens__fails_on_two_texts_and_says_when_there_is_no_term),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
