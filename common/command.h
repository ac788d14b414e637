// SPDX-License-Identifier: GPL-2.0-or-later
/* What all commands share: exit statuses, usage mistakes, the end of the output. */
#ifndef DUAN_COMMON_COMMAND_H
#define DUAN_COMMON_COMMAND_H

#include <stdbool.h>

#include "common/option.h"

enum exit_status {
    EXIT_DONE = 0,  /* hits, or what was asked is done */
    EXIT_NONE = 1,  /* no hit */
    EXIT_FAULT = 2, /* an error, or some input failed */
};

/* Parses a command's options. False when the command is over, and *exit_status says how: help was
 * printed on stdout, or a mistake reported on stderr. On true the caller releases *out. */
bool command_parse(const struct option_command *command, int argc, char **argv,
    struct option_result *out, int *exit_status);

/* Reports a mistake in usage ("duan search: give a query", and where help is) and returns
 * EXIT_FAULT. */
int command_misused(const char *command, const char *message);

/* Reports an error and returns EXIT_FAULT. Control characters in the message are masked. */
int command_failed(const struct error *err);

/* Flushes stdout; when that fails says so and returns EXIT_FAULT, else exit_status. The end of
 * every command that prints: a full disk must not look like success. */
int command_finish(int exit_status);

#endif
