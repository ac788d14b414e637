// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/command.h"

#include <string.h>

#include "common/json.h"
#include "common/message.h"
#include "common/terminal.h"

bool command_parse(const struct option_command *command, int argc, char **argv,
    struct option_result *out, int *exit_status)
{
    struct error err;
    if (option_parse(command, argc, argv, out, &err) != STATUS_OK) {
        *exit_status = err.status == STATUS_NO_MEMORY ? command_failed(&err)
                                                      : command_misused(command->name, err.message);
        return false;
    }
    if (!out->wants_help)
        return true;
    option_print_help(command, stdout);
    option_result_release(out);
    *exit_status = command_finish(EXIT_DONE);
    return false;
}

int command_misused(const char *command, const char *message)
{
    fprintf(stderr, "duan %s: ", command);
    put_text(stderr, message, strlen(message));
    fprintf(stderr, tr("\ntry 'duan %s --help'\n"), command);
    return EXIT_FAULT;
}

int command_failed(const struct error *err)
{
    fputs("duan: ", stderr);
    put_text(stderr, err->message, strlen(err->message));
    fputc('\n', stderr);
    return EXIT_FAULT;
}

int command_finish(int exit_status)
{
    struct error err;
    if (fflush(stdout) != 0 || ferror(stdout))
        error_errno(&err, "cannot write the output");
    else if (json_lacks_memory() && exit_status != EXIT_FAULT)
        error_no_memory(&err);
    else
        return exit_status;
    return command_failed(&err);
}
