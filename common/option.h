// SPDX-License-Identifier: GPL-2.0-or-later
/* One table of options that is parser and help.
 *
 * `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, flags, `--` to end options; options and
 * arguments may be mixed; a lone `-` is an argument. Help that was asked for (--help, -h) goes to
 * stdout and ends in success; a mistake is one line, and the caller prints it with a pointer to
 * --help. All texts go through the message catalogue. */
#ifndef DUAN_COMMON_OPTION_H
#define DUAN_COMMON_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/error.h"

enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_STRING, /* const char *, borrowed from argv */
    OPTION_NUMBER, /* uint64_t, decimal, min to max */
    OPTION_SIZE,   /* uint64_t bytes: 1000, 64k, 512M, 2G (powers of 1024), min to max */
    OPTION_CHOICE, /* int: index into choices */
};

/* A row of the table. The value already in the storage is the default and stays when the option is
 * absent. */
struct option_row {
    const char *name; /* long, without dashes; NULL ends the table */
    char letter;      /* short; 0 for none */
    enum option_kind kind;
    void *value;          /* of the type that kind says */
    const char *argument; /* its name in the help: "DIR" */
    const char *help;
    uint64_t min, max;          /* OPTION_NUMBER, OPTION_SIZE */
    const char *const *choices; /* OPTION_CHOICE: names, NULL at the end */
};

struct option_command {
    const char *name;      /* "search" */
    const char *arguments; /* "QUERY" */
    const char *summary;   /* one line */
    const struct option_row *rows;
    const char *const *examples; /* lines for the help, NULL at the end; may be NULL */
    bool takes_minus_words; /* an argument like -电梯 or -word is no option but an argument, unless
                               it starts with a letter of the table: what a query needs */
};

struct option_result {
    const char **arguments; /* into argv, n of them, in order; freed by option_result_release */
    size_t n;
    bool wants_help; /* the rest was not looked at */
};

/* argv[0] is the command's name. STATUS_BAD_INPUT names the option: "unknown option '--jsn': did
 * you mean '--json'". */
enum status option_parse(const struct option_command *command, int argc, char **argv,
    struct option_result *out, struct error *err);
void option_result_release(struct option_result *r);

/* Is the name what was meant by typed[0..n), with fewer slips than the names before it? *n_slips is theirs; 0: there was none. */
bool option_is_nearer(const char *typed, size_t n, const char *name, size_t *n_slips);

/* Writes the command's help. */
void option_print_help(const struct option_command *command, FILE *out);

#endif
