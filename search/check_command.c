// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "common/terminal.h"
#include "search/commands.h"
#include "store/check.h"

enum { FINDINGS_BYTES_MAX = 1 << 20 };

/* Line by line, because a path may hold what a terminal must not see. */
static void print_findings(const struct buf *findings, size_t n)
{
    size_t n_printed = 0;
    for (const char *at = findings->data, *end = at + findings->len; at < end; n_printed++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        put_text(stdout, at, (size_t)(newline - at));
        putchar('\n');
        at = newline + 1;
    }
    if (n_printed < n)
        printf(tr("and %zu more\n"), n - n_printed);
}

static int check(const char *dir)
{
    struct buf findings;
    struct error err;
    struct check_result result;
    int exit_status = EXIT_DONE;
    buf_init(&findings, FINDINGS_BYTES_MAX);
    if (index_check(dir, &findings, &result, &err) != STATUS_OK) {
        exit_status = command_failed(&err);
    } else if (result.n_findings) {
        print_findings(&findings, result.n_findings);
        exit_status = command_finish(EXIT_FAULT);
    } else {
        if (result.is_without_xapian)
            fputs(
                tr("left out: Xapian's own check, for which its files must be writable\n"), stderr);
        puts(tr("index is whole"));
        exit_status = command_finish(EXIT_DONE);
    }
    buf_release(&findings);
    return exit_status;
}

int check_command(int argc, char **argv)
{
    const char *folder = NULL;
    const struct option_row rows[] = {
        index_folder_option(&folder),
        {0},
    };
    const struct option_command command = {"check", "",
        "say whether an index is whole: reads all of it, prints what is wrong", rows, NULL, false};
    struct option_result words;
    int exit_status;
    if (!command_parse(&command, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.n)
        exit_status = command_misused("check", tr("takes no arguments: name the index with -i"));
    else
        exit_status = check(index_folder(folder));
    option_result_release(&words);
    return exit_status;
}
