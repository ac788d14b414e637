// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/terminal.h"

enum { NAME_MAX_LEN = 32, HELP_COLUMN = 26 };

struct option_parser {
    const struct option_command *command;
    char **argv;
    int argc, at;
    struct option_result *result;
    struct error *err;
};

/* ---- finding ---- */

static const struct option_row *row_by_name(
    const struct option_row *rows, const char *name, size_t n)
{
    for (; rows->name; rows++)
        if (strlen(rows->name) == n && memcmp(rows->name, name, n) == 0)
            return rows;
    return NULL;
}

static const struct option_row *row_by_letter(const struct option_row *rows, char letter)
{
    for (; rows->name; rows++)
        if (rows->letter && rows->letter == letter)
            return rows;
    return NULL;
}

/* How many single edits lead from a to b, both at most NAME_MAX_LEN long. */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t row[NAME_MAX_LEN + 1];
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n_b];
}

bool option_is_nearer(const char *typed, size_t n, const char *name, size_t *n_slips)
{
    const size_t len = strlen(name), most = *n_slips ? *n_slips : n < 4 ? 2 : 3;
    size_t d = n > NAME_MAX_LEN || len > NAME_MAX_LEN ? most : edit_distance(typed, n, name, len);
    if (d < most)
        *n_slips = d;
    return d < most;
}

static enum status unknown_option(
    struct option_parser *p, const char *shown, const char *name, size_t n)
{
    const char *nearest = NULL;
    size_t n_slips = 0;
    for (const struct option_row *r = p->command->rows; r->name; r++)
        if (option_is_nearer(name, n, r->name, &n_slips))
            nearest = r->name;
    if (nearest)
        return error_set(
            p->err, STATUS_BAD_INPUT, "unknown option '%s': did you mean '--%s'", shown, nearest);
    return error_set(p->err, STATUS_BAD_INPUT, "unknown option '%s'", shown);
}

/* ---- values ---- */

static bool parse_number(const char *text, bool is_size, uint64_t *out)
{
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    unsigned shift = 0;
    if (is_size && *end) {
        shift = *end == 'k' || *end == 'K'   ? 10
                : *end == 'm' || *end == 'M' ? 20
                : *end == 'g' || *end == 'G' ? 30
                                             : 0;
        end += shift != 0;
        end += shift != 0 && *end == 'B';
    }
    if (errno || *end || v > UINT64_MAX >> shift)
        return false;
    *out = (uint64_t)v << shift;
    return true;
}

enum { BOUND_TEXT_MAX = 24 };

/* A bound as one would type it: of a size of 33554432 bytes 32M. */
static const char *bound_text(uint64_t v, bool is_size, char out[BOUND_TEXT_MAX])
{
    static const char *const units[] = {"", "k", "M", "G"};
    size_t unit = 0;
    for (; is_size && v && v % 1024 == 0 && unit + 1 < sizeof units / sizeof *units; unit++)
        v /= 1024;
    snprintf(out, BOUND_TEXT_MAX, "%llu%s", (unsigned long long)v, units[unit]);
    return out;
}

static enum status set_number(
    struct option_parser *p, const struct option_row *row, const char *text)
{
    uint64_t v;
    char min[BOUND_TEXT_MAX], max[BOUND_TEXT_MAX];
    bool is_size = row->kind == OPTION_SIZE;
    if (!parse_number(text, is_size, &v))
        return is_size ? error_set(p->err, STATUS_BAD_INPUT,
                             "--%s: '%s' is no size (like 64k, 512M, 2G)", row->name, text)
                       : error_set(
                             p->err, STATUS_BAD_INPUT, "--%s: '%s' is no number", row->name, text);
    if (v < row->min || v > row->max)
        return error_set(p->err, STATUS_BAD_INPUT, "--%s: '%s' is not between %s and %s", row->name,
            text, bound_text(row->min, is_size, min), bound_text(row->max, is_size, max));
    *(uint64_t *)row->value = v;
    return STATUS_OK;
}

static enum status set_choice(
    struct option_parser *p, const struct option_row *row, const char *text)
{
    char names[256] = "";
    for (int i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], text) == 0) {
            *(int *)row->value = i;
            return STATUS_OK;
        }
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? tr(", ") : "",
            row->choices[i]);
    }
    return error_set(p->err, STATUS_BAD_INPUT, "--%s: '%s' is none of %s", row->name, text, names);
}

static enum status set_value(
    struct option_parser *p, const struct option_row *row, const char *text)
{
    switch (row->kind) {
    case OPTION_STRING:
        *(const char **)row->value = text;
        return STATUS_OK;
    case OPTION_CHOICE:
        return set_choice(p, row, text);
    case OPTION_NUMBER:
    case OPTION_SIZE:
        return set_number(p, row, text);
    default:
        return error_set(p->err, STATUS_BAD_INPUT, "--%s takes no value", row->name);
    }
}

/* The value in the same word (`attached`), or else the next word. */
static enum status take_value(
    struct option_parser *p, const struct option_row *row, const char *attached)
{
    if (row->kind == OPTION_FLAG && !attached) {
        *(bool *)row->value = true;
        return STATUS_OK;
    }
    if (!attached) {
        if (p->at + 1 >= p->argc)
            return error_set(p->err, STATUS_BAD_INPUT, "--%s needs a value", row->name);
        attached = p->argv[++p->at];
    }
    return set_value(p, row, attached);
}

/* ---- words ---- */

static enum status parse_long(struct option_parser *p, const char *word)
{
    const char *name = word + 2, *equals = strchr(name, '=');
    size_t n = equals ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = row_by_name(p->command->rows, name, n);
    if (row)
        return take_value(p, row, equals ? equals + 1 : NULL);
    if (n == 4 && memcmp(name, "help", 4) == 0) {
        p->result->wants_help = true;
        return STATUS_OK;
    }
    return unknown_option(p, word, name, n);
}

static enum status parse_short(struct option_parser *p, const char *word)
{
    for (const char *c = word + 1; *c; c++) {
        const struct option_row *row = row_by_letter(p->command->rows, *c);
        if (!row && *c == 'h') {
            p->result->wants_help = true;
            return STATUS_OK;
        }
        if (!row)
            return unknown_option(p, word, c, 1);
        if (row->kind != OPTION_FLAG)
            return take_value(p, row, c[1] ? c + 1 : NULL);
        *(bool *)row->value = true;
    }
    return STATUS_OK;
}

static bool is_argument(const struct option_parser *p, const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return true;
    if (!p->command->takes_minus_words || word[1] == '-')
        return false;
    return word[1] != 'h' && !row_by_letter(p->command->rows, word[1]);
}

enum status option_parse(const struct option_command *command, int argc, char **argv,
    struct option_result *out, struct error *err)
{
    *out = (struct option_result){.arguments = calloc((size_t)argc + 1, sizeof *out->arguments)};
    if (!out->arguments)
        return error_no_memory(err);
    struct option_parser p = {command, argv, argc, 1, out, err};
    bool is_ended = false;
    enum status s = STATUS_OK;
    for (; s == STATUS_OK && p.at < argc && !out->wants_help; p.at++) {
        const char *word = argv[p.at];
        if (is_ended || is_argument(&p, word))
            out->arguments[out->n++] = word;
        else if (strcmp(word, "--") == 0)
            is_ended = true;
        else
            s = word[1] == '-' ? parse_long(&p, word) : parse_short(&p, word);
    }
    if (s != STATUS_OK)
        option_result_release(out);
    return s;
}

void option_result_release(struct option_result *r)
{
    free(r->arguments);
    *r = (struct option_result){0};
}

/* ---- help ---- */

static void print_row(const struct option_row *row, FILE *out)
{
    char left[96];
    size_t n = (size_t)snprintf(left, sizeof left, "  %c%c%s --%s", row->letter ? '-' : ' ',
        row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name);
    if (row->argument && n < sizeof left)
        snprintf(left + n, sizeof left - n, " %s", tr(row->argument));
    size_t columns = text_columns(left, strlen(left));
    if (columns + 1 > HELP_COLUMN)
        fprintf(out, "%s\n%*s%s", left, HELP_COLUMN, "", tr(row->help));
    else
        fprintf(out, "%s%*s%s", left, (int)(HELP_COLUMN - columns), "", tr(row->help));
    for (int i = 0; row->choices && row->choices[i]; i++)
        fprintf(out, "%s%s", i ? tr(", ") : tr(": "), row->choices[i]);
    putc('\n', out);
}

void option_print_help(const struct option_command *command, FILE *out)
{
    fprintf(out, tr("usage: duan %s [OPTION]...%s%s\n"), command->name,
        *command->arguments ? " " : "", command->arguments);
    fprintf(out, "%s\n\n", tr(command->summary));
    for (const struct option_row *r = command->rows; r->name; r++)
        print_row(r, out);
    print_row(&(struct option_row){.name = "help", .letter = 'h', .help = "show this help"}, out);
    if (!command->examples)
        return;
    fprintf(out, "\n%s\n", tr("examples:"));
    for (const char *const *e = command->examples; *e; e++)
        fprintf(out, "  %s\n", tr(*e));
}
