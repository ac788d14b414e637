// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions of the whole program over examples/, in tests/data/commands/. A case is
 *
 *     # what it shows
 *     $ duan search ...
 *     the output
 *     = 1
 *
 * where the command is run by sh in a folder that holds a copy of examples/ and r.duan, its index;
 * the output, stderr with it, is exactly these lines, blank ones apart; and the last line is the
 * exit status, left out where it is 0. Beside a line `~ text`, which is met by the next output line
 * that holds the text, output before and behind what is asked for may be anything. A title holds
 * for the cases below it, too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CASES_MAX = 512, TEXT_MAX = 1 << 16 };

struct session_case {
    char name[160];
    char command[1024];
    char expected[TEXT_MAX / 4];
    int exit_status;
};
static struct session_case *cases;
static size_t n_cases;

static void read_cases(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[4096], title[128] = "";
    struct session_case *c = NULL;
    if (!file)
        abort();
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        if (line[0] == '#') {
            snprintf(title, sizeof title, "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
        } else if (line[0] == '$') {
            if (n_cases == CASES_MAX)
                abort();
            c = &cases[n_cases++];
            snprintf(c->name, sizeof c->name, "%s:%d%s", strrchr(path, '/') + 1, number, title);
            snprintf(c->command, sizeof c->command, "%.*s", (int)strcspn(line + 2, "\n"), line + 2);
        } else if (c && line[0] == '=') {
            c->exit_status = atoi(line + 1);
        } else if (c && line[0] != '\n') {
            strncat(c->expected, line, sizeof c->expected - strlen(c->expected) - 1);
        }
    }
    fclose(file);
}

static size_t run(const char *command, char *out, int *exit_status)
{
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = fread(out, 1, TEXT_MAX - 1, pipe);
    out[n] = '\0';
    int status = pclose(pipe);
    *exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return n;
}

static const char *skip_blank_lines(const char *s)
{
    return s + strspn(s, "\n");
}

/* Is each expected line met by the output, in order? */
static bool is_met(const char *expected, const char *output)
{
    bool is_exact = expected[0] != '~' && !strstr(expected, "\n~");
    output = skip_blank_lines(output);
    while (*expected) {
        size_t n = strcspn(expected, "\n"), m = strcspn(output, "\n");
        if (expected[0] == '~') {
            char part[4096];
            snprintf(part, sizeof part, "%.*s", n < 2 ? 0 : (int)n - 2, expected + 2);
            char *found = strstr(output, part);
            if (!found)
                return false;
            output = found;
            m = strcspn(output, "\n");
        } else if (n != m || memcmp(expected, output, n) != 0) {
            return false;
        }
        expected += n + (expected[n] == '\n');
        output = skip_blank_lines(output + m);
    }
    return !is_exact || *output == '\0';
}

static void duan__answers_as_the_session_says(void **state)
{
    const struct session_case *c = *state;
    static char output[TEXT_MAX];
    char command[2048];
    int exit_status;
    snprintf(command, sizeof command, "{ %s ; } 2>&1", c->command);
    run(command, output, &exit_status);
    if (exit_status != c->exit_status || !is_met(c->expected, output))
        fail_msg("$ %s\n--- expected (exit %d)\n%s--- got (exit %d)\n%s", c->command,
            c->exit_status, c->expected, exit_status, output);
}

static char folder[256]; /* of this run */

/* Makes the folder, copies examples/, puts `duan` on the path, builds r.duan. */
static int set_up(void **state)
{
    (void)state;
    char command[4096], here[2048], output[TEXT_MAX];
    int exit_status;
    const char *duan = getenv("DUAN");
    if (!getcwd(here, sizeof here) || !duan)
        return -1;
    snprintf(folder, sizeof folder, "/tmp/duan-commands-%d", (int)getpid());
    snprintf(command, sizeof command,
        "mkdir -p %s/bin && ln -sf %s %s/bin/duan && cp -r %s/examples %s/", folder, duan, folder,
        here, folder);
    run(command, output, &exit_status);
    char path[4096];
    snprintf(path, sizeof path, "%s/bin:%s", folder, getenv("PATH"));
    setenv("PATH", path, 1);
    setenv("DUAN_LANG", "en", 1);
    setenv("DUAN_INDEX", "r.duan", 1);
    if (exit_status != 0 || chdir(folder) != 0)
        return -1;
    run("duan index -q examples 2>&1", output, &exit_status);
    if (exit_status != 0)
        print_error("duan index examples: exit %d\n%s", exit_status, output);
    return exit_status;
}

static int tear_down(void **state)
{
    (void)state;
    char command[512], output[TEXT_MAX];
    int exit_status;
    if (!folder[0] || chdir("/") != 0) /* never the folder that a failed set_up left us in */
        return -1;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    run(command, output, &exit_status);
    return exit_status;
}

int main(void)
{
    static const char *const files[] = {"tests/data/commands/search.test",
        "tests/data/commands/query.test", "tests/data/commands/show.test",
        "tests/data/commands/info.test", "tests/data/commands/index.test",
        "tests/data/commands/merge.test", "tests/data/commands/documents.test",
        "tests/data/commands/timings.test", "tests/data/commands/eval.test",
        "tests/data/commands/partial.test", "tests/data/commands/usage.test"};
    cases = calloc(CASES_MAX, sizeof *cases);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        read_cases(files[i]);
    struct CMUnitTest *tests = calloc(n_cases + 1, sizeof *tests);
    for (size_t i = 0; i < n_cases; i++)
        tests[i] = (struct CMUnitTest){.name = cases[i].name,
            .test_func = duan__answers_as_the_session_says,
            .initial_state = &cases[i]};
    int failed =
        n_cases ? _cmocka_run_group_tests("commands", tests, n_cases, set_up, tear_down) : 1;
    free(tests);
    free(cases);
    return failed;
}
