// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/failing_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/json.h"
#include "indexer/index_command.h"
#include "indexer/merge_command.h"
#include "indexer/write_command.h"
#include "search/commands.h"
#include "tokenizer/tokens_command.h"

enum { WORDS_MAX = 16 };

static int (*command_of(const char *name))(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } all[] = {{"index", index_command}, {"merge", merge_command}, {"search", search_command},
        {"show", show_command}, {"info", info_command}, {"check", check_command},
        {"eval", eval_command}, {"tokens", tokens_command}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].run;
    fail_msg("no command %s", name);
    return NULL;
}

/* Points fd at a file in memory; what it pointed at is in *saved. */
static int capture(int fd, int *saved)
{
    int file = memfd_create("out", MFD_CLOEXEC);
    *saved = dup(fd);
    assert_true(file >= 0 && *saved >= 0 && dup2(file, fd) >= 0);
    return file;
}

static void restore(int fd, int saved, int file, char out[FAILING_OUT_BYTES])
{
    dup2(saved, fd);
    close(saved);
    ssize_t n = pread(file, out, FAILING_OUT_BYTES - 1, 0);
    out[n < 0 ? 0 : n] = '\0';
    close(file);
}

long n_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    long n = 0;
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

/* A command that writes takes SIGINT and SIGTERM for the wish to end, and so it does from then on, which is no fault of it. */
static void end_if_stopped(void)
{
    if (!write_command_is_stopped(NULL))
        return;
    fputs("stopped by a signal\n", stderr);
    exit(128);
}

long run_failing(
    const char *line, enum failing kind, long nth, bool is_lasting, int cause, struct result *out)
{
    char buf[FAILING_LINE_BYTES], *words[WORDS_MAX], *rest = buf;
    int n = 0, saved[2], files[2];
    snprintf(buf, sizeof buf, "%s", line);
    for (char *word; (word = strtok_r(rest, " ", &rest)) && n < WORDS_MAX - 1;)
        words[n++] = word;
    words[n] = NULL;
    long n_before = n_descriptors();
    fflush(stdout);
    fflush(stderr);
    files[0] = capture(STDOUT_FILENO, &saved[0]);
    files[1] = capture(STDERR_FILENO, &saved[1]);
    json_watch_memory();
    failures_begin(kind, nth, is_lasting, cause);
    out->status = command_of(words[0])(n, words);
    long n_calls = failures_end();
    fflush(stdout);
    fflush(stderr);
    clearerr(stdout);
    restore(STDOUT_FILENO, saved[0], files[0], out->out);
    restore(STDERR_FILENO, saved[1], files[1], out->err);
    end_if_stopped();
    if (n_descriptors() != n_before)
        fail_msg("%s: %s %ld%s: a descriptor stays open", line, failing_names[kind], nth,
            is_lasting ? " and all behind it" : "");
    return n_calls;
}

void run_rightly(const char *line, struct result *out)
{
    run_failing(line, FAILING_MEMORY, 0, false, 0, out);
    if (out->status != 0)
        fail_msg("%s: exit %d: %s", line, out->status, out->err);
}
