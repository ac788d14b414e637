// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/tokens_command.h"

#include <string.h>

#include "common/buf.h"
#include "common/command.h"
#include "common/message.h"
#include "common/terminal.h"
#include "common/utf8.h"
#include "tokenizer/tokenizer.h"

enum { TEXT_MAX_MB = 64, READ_SIZE = 1 << 16 };

static enum status read_stdin(struct buf *text, struct error *err)
{
    char chunk[READ_SIZE];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (n > text->max - text->len)
            return error_set(
                err, STATUS_BAD_INPUT, "standard input holds more than %d MB", TEXT_MAX_MB);
        if (!buf_append(text, chunk, n))
            return error_no_memory(err);
    }
    if (ferror(stdin))
        return error_errno(err, "cannot read standard input");
    return STATUS_OK;
}

static bool print_tokens(enum tokenizer_mode mode, const char *text, size_t n)
{
    struct tokenizer tokenizer;
    struct token t;
    bool has_any = false;
    tokenizer_init(&tokenizer, mode, text, n);
    while (tokenizer_next(&tokenizer, &t)) {
        fwrite(t.term, 1, t.term_len, stdout);
        printf("\t%zu\t%zu\n", t.start, t.end);
        has_any = true;
    }
    return has_any;
}

static bool print_folded(const char *text, size_t n)
{
    struct folded_text folded;
    struct folded_char c;
    char utf8[UTF8_MAX_BYTES];
    bool has_any = false;
    folded_text_init(&folded, text, n);
    while (folded_text_next(&folded, &c)) {
        put_lines(stdout, utf8, utf8_encode(c.cp, utf8)); /* what drives a terminal, masked */
        has_any = true;
    }
    if (has_any)
        putchar('\n');
    return has_any;
}

struct options {
    int mode;
    bool is_folded;
};

static int print(const struct options *options, const char *text, size_t n)
{
    bool has_any =
        options->is_folded ? print_folded(text, n) : print_tokens(options->mode, text, n);
    return command_finish(has_any ? EXIT_DONE : EXIT_NONE);
}

static int print_stdin(const struct options *options)
{
    struct buf text;
    struct error err;
    buf_init(&text, (size_t)TEXT_MAX_MB << 20);
    enum status s = read_stdin(&text, &err);
    int exit_status =
        s == STATUS_OK ? print(options, text.len ? text.data : "", text.len) : command_failed(&err);
    buf_release(&text);
    return exit_status;
}

int tokens_command(int argc, char **argv)
{
    static const char *const modes[] = {"index", "query", NULL}; /* enum tokenizer_mode */
    static const char *const examples[] = {
        "duan tokens 中国经济", "duan tokens --mode index - <report.txt", NULL};
    struct options options = {.mode = TOKENIZER_QUERY};
    const struct option_row rows[] = {
        {.name = "mode",
            .kind = OPTION_CHOICE,
            .value = &options.mode,
            .argument = "MODE",
            .choices = modes,
            .help = "as passages are indexed, or as a query is read (query)"},
        {.name = "folded",
            .kind = OPTION_FLAG,
            .value = &options.is_folded,
            .help = "print the folded text instead: what is compared"},
        {0},
    };
    const struct option_command command = {.name = "tokens",
        .arguments = "[TEXT|-]",
        .rows = rows,
        .summary = "show the terms of a text, and where they stand in bytes",
        .examples = examples};
    struct option_result result;
    int exit_status;
    if (!command_parse(&command, argc, argv, &result, &exit_status))
        return exit_status;
    if (result.n > 1)
        exit_status = command_misused("tokens", tr("more than one text; quote it"));
    else if (result.n == 0 || strcmp(result.arguments[0], "-") == 0)
        exit_status = print_stdin(&options);
    else
        exit_status = print(&options, result.arguments[0], strlen(result.arguments[0]));
    option_result_release(&result);
    return exit_status;
}
