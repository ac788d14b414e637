// SPDX-License-Identifier: GPL-2.0-or-later
#include "tokenizer/tokens.h"

#include <errno.h>
#include <string.h>

#include "common/buf.h"
#include "common/message.h"
#include "common/option.h"
#include "common/utf8.h"
#include "tokenizer/tokenizer.h"

enum { EXIT_FOUND, EXIT_NONE, EXIT_FAULT };
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
            return error_set(err, STATUS_NO_MEMORY, "out of memory");
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
        fwrite(utf8, 1, utf8_encode(c.cp, utf8), stdout);
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

static enum status run(const struct options *options, const struct option_result *r,
    struct buf *input, int *code, struct error *err)
{
    const char *text;
    size_t n;
    if (r->n > 1)
        return error_set(err, STATUS_BAD_INPUT, "more than one text; quote it");
    if (r->n == 1 && strcmp(r->arguments[0], "-") != 0) {
        text = r->arguments[0];
        n = strlen(text);
    } else {
        enum status s = read_stdin(input, err);
        if (s != STATUS_OK)
            return s;
        text = input->len ? input->data : "";
        n = input->len;
    }
    bool has_any =
        options->is_folded ? print_folded(text, n) : print_tokens(options->mode, text, n);
    *code = has_any ? EXIT_FOUND : EXIT_NONE;
    if (fflush(stdout) != 0 && errno != EPIPE)
        return error_errno(err, "cannot write to standard output");
    return STATUS_OK;
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
            .help = "as passages are indexed, or as a query is read (default)"},
        {.name = "folded",
            .kind = OPTION_FLAG,
            .value = &options.is_folded,
            .help = "print the folded text instead: what is compared"},
        {0},
    };
    const struct option_command command = {.name = "tokens",
        .arguments = "[TEXT|-]",
        .rows = rows,
        .summary = "show the terms of a text and where they stand, in bytes",
        .examples = examples};
    struct option_result result = {0};
    struct error err;
    struct buf input;
    int code = EXIT_FOUND;
    buf_init(&input, (size_t)TEXT_MAX_MB << 20);
    enum status s = option_parse(&command, argc, argv, &result, &err);
    if (s == STATUS_OK && result.wants_help)
        option_print_help(&command, stdout);
    else if (s == STATUS_OK)
        s = run(&options, &result, &input, &code, &err);
    option_result_release(&result);
    buf_release(&input);
    if (s == STATUS_OK)
        return code;
    fprintf(stderr, "duan tokens: %s\n", err.message);
    return EXIT_FAULT;
}
