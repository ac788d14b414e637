// SPDX-License-Identifier: GPL-2.0-or-later
/* duan: one program, a table of commands. Each folder holds its own. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/command.h"
#include "common/json.h"
#include "common/message.h"
#include "common/option.h"
#include "indexer/index_command.h"
#include "indexer/merge_command.h"
#include "search/commands.h"
#include "store/xapian_c.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/tokens_command.h"

#define DUAN_VERSION "0.1.0"

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"index", "read files and folders into an index, or bring it up to date", index_command},
    {"search", "find the passages that answer a query", search_command},
    {"show", "print a report, or a passage with its neighbours", show_command},
    {"tokens", "show the terms of a text", tokens_command},
    {"merge", "make one segment of an index, without what is dead", merge_command},
    {"info", "say what an index holds", info_command},
    {"check", "say whether an index is whole", check_command},
    {"eval", "measure answers against judgements", eval_command},
};

static void print_help(FILE *out)
{
    fputs(tr("usage: duan COMMAND [OPTION]... [ARGUMENT]...\n"
             "full-text search for Chinese reports: a keyword in, the paragraphs that hold it "
             "out\n\n"),
        out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, tr(commands[i].summary));
    fputs(tr("\n'duan COMMAND --help' says more; 'duan --version' the versions.\n"), out);
}

static int print_version(void)
{
    printf("duan %s (analyzer %d, Xapian %s)\n", DUAN_VERSION, ANALYZER_VERSION, xapian_version());
    return command_finish(EXIT_DONE);
}

/* A descriptor that came closed would be that of the next file opened, and faults be written into the index. Here the wrong
 * way round, so that reading, and writing an answer, still fail. */
static bool hold_standard_files(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

static int no_command(const char *name)
{
    struct error err;
    const char *nearest = NULL;
    size_t n_slips = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (option_is_nearer(name, strlen(name), commands[i].name, &n_slips))
            nearest = commands[i].name;
    if (nearest)
        error_set(&err, STATUS_BAD_INPUT, "no command '%s': did you mean '%s'", name, nearest);
    else
        error_set(&err, STATUS_BAD_INPUT, "no command '%s': 'duan --help' lists them", name);
    return command_failed(&err);
}

int main(int argc, char **argv)
{
    static char help[] = "--help";
    if (!hold_standard_files())
        return EXIT_FAULT;
    message_init();
    json_watch_memory();
    if (argc < 2) {
        print_help(stderr);
        return EXIT_FAULT;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 && argc > 2) { /* duan help search: duan search --help */
        name = argv[1] = argv[2];
        argv[2] = help;
        argc = 3;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return command_finish(EXIT_DONE);
    }
    if (strcmp(name, "--version") == 0)
        return print_version();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return no_command(name);
}
