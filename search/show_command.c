// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "common/terminal.h"
#include "search/commands.h"
#include "search/render.h"

enum { CONTEXT_MAX = 1000, MATCHES_SHOWN = 10 };
#define BY_NUMBER "report:"

struct show_command {
    const char *folder;
    uint64_t context;
    bool is_raw, wants_json;
    struct render_options render;
    struct index *ix;
    struct error err;
};

/* REPORT#PASSAGE: is a passage named? *n becomes the length of REPORT. */
static bool split_passage(const char *name, size_t *n, uint32_t *passage)
{
    const char *hash = strrchr(name, '#');
    *n = strlen(name);
    if (!hash || hash[1] == '\0' || strspn(hash + 1, "0123456789") != strlen(hash + 1) ||
        strlen(hash) > 10)
        return false;
    *n = (size_t)(hash - name);
    *passage = (uint32_t)strtoul(hash + 1, NULL, 10);
    return true;
}

static bool ends_with(const char *s, size_t n, const char *end, size_t n_end)
{
    return n_end <= n && memcmp(s + n - n_end, end, n_end) == 0;
}

/* How well a report answers to a name: by its title, the end of its path from a slash on, its path or id. */
enum likeness { LIKE_NOT, LIKE_TITLE, LIKE_PATH_END, LIKE_WHOLE };

static enum likeness likeness(
    const struct report *r, const struct source *s, const char *name, size_t n)
{
    if ((r->id_len == n && memcmp(r->id, name, n) == 0) ||
        (s->path_len == n && memcmp(s->path, name, n) == 0))
        return LIKE_WHOLE;
    if (ends_with(s->path, s->path_len, name, n) && s->path_len > n &&
        s->path[s->path_len - n - 1] == '/')
        return LIKE_PATH_END;
    return r->title_len == n && memcmp(r->title, name, n) == 0 ? LIKE_TITLE : LIKE_NOT;
}

struct match {
    uint32_t numbers[MATCHES_SHOWN]; /* of the first reports that matched best */
    enum likeness likeness;
    size_t n; /* how many matched as well */
};

static enum status find_report(
    struct show_command *c, const char *name, size_t n, struct match *best)
{
    struct index_cursor cursor;
    struct report report;
    uint32_t segment;
    bool has_more = true;
    *best = (struct match){0};
    index_cursor_init(&cursor, c->ix);
    enum status s = index_next_report(&cursor, &report, &segment, &has_more, &c->err);
    while (s == STATUS_OK && has_more) {
        struct stored_report stored;
        s = report.n_passages ? index_report_by_number(c->ix, report.number, &stored, &c->err)
                              : STATUS_OK;
        enum likeness like = s == STATUS_OK && report.n_passages
                                 ? likeness(&stored.report, &stored.source, name, n)
                                 : LIKE_NOT;
        if (like > best->likeness)
            *best = (struct match){.likeness = like};
        if (like && like == best->likeness && best->n++ < MATCHES_SHOWN)
            best->numbers[best->n - 1] = report.number;
        if (s == STATUS_OK)
            s = index_next_report(&cursor, &report, &segment, &has_more, &c->err);
    }
    index_cursor_release(&cursor);
    return s;
}

static bool read_number(const char *s, uint32_t *number)
{
    size_t n = strlen(s);
    unsigned long long value = strtoull(s, NULL, 10);
    *number = (uint32_t)value;
    return n > 0 && n <= 10 && strspn(s, "0123456789") == n && value <= UINT32_MAX;
}

static enum status say_ambiguous(struct show_command *c, const char *name, const struct match *m)
{
    char list[MATCHES_SHOWN * 24] = "";
    size_t n = 0;
    for (size_t i = 0; i < m->n && i < MATCHES_SHOWN; i++)
        n += (size_t)snprintf(
            list + n, sizeof list - n, "%s" BY_NUMBER "%u", i ? ", " : "", (unsigned)m->numbers[i]);
    snprintf(list + n, sizeof list - n, "%s", m->n > MATCHES_SHOWN ? ", ..." : "");
    return error_set(
        &c->err, STATUS_BAD_INPUT, "'%s' names %zu reports: give one of %s", name, m->n, list);
}

/* ---- a line of a search, pasted ---- */

/* Takes "a.txt:23 #15 id" or "a.pdf, page 3 #15" to pieces, or "a.txt:23", which is what a shell leaves of it: the length
 * of the path, the line and the passage, 0 where it is not said. False: it is none of these. */
static bool split_pasted(const char *name, size_t *n, uint32_t *line, uint32_t *passage)
{
    static const char *const pages[] = {", page", "，第 "};
    const char *hash = strstr(name, " #"), *place = hash ? hash : name + strlen(name), *page;
    *n = (size_t)(place - name);
    *passage = hash ? (uint32_t)strtoul(hash + 2, NULL, 10) : 0;
    while (place > name && place[-1] >= '0' && place[-1] <= '9')
        place--;
    bool has_line = place > name && place[-1] == ':';
    *line = has_line ? (uint32_t)strtoul(place, NULL, 10) : 0;
    if (has_line)
        *n = (size_t)(place - 1 - name);
    for (size_t i = 0; i < sizeof pages / sizeof *pages && !has_line; i++)
        if ((page = memmem(name, *n, pages[i], strlen(pages[i]))))
            *n = (size_t)(page - name);
    return *line || *passage;
}

/* The passage in which a line of the report's source stands: of several that begin there the first. */
static enum status find_line(struct show_command *c, const struct stored_report *r, uint32_t line,
    struct stored_passage *out)
{
    uint32_t low = r->report.first_docid, high = low + r->source.n_passages, found = low;
    bool is_exact = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index_passage(c->ix, r->segment, middle, out, &c->err) != STATUS_OK)
            return c->err.status;
        if (out->passage.line < line)
            low = middle + 1;
        else
            high = middle;
        is_exact |= out->passage.line == line;
        if (is_exact ? out->passage.line == line : out->passage.line < line)
            found = middle;
    }
    return index_passage(c->ix, r->segment, found, out, &c->err);
}

/* Of a tsv, each line of which is a report, the line says which of those that match. */
static enum status resolve_line(struct show_command *c, const struct match *match, uint32_t line,
    uint32_t *number, uint32_t *passage)
{
    struct stored_report first;
    struct stored_passage p;
    if (match->likeness < LIKE_PATH_END)
        return STATUS_MISSING;
    enum status s = index_report_by_number(c->ix, match->numbers[0], &first, &c->err);
    if (s != STATUS_OK)
        return s;
    if (match->n > first.source.n_reports || first.source.place_unit != PLACE_LINE)
        return STATUS_MISSING;
    s = find_line(c, &first, line, &p);
    *number = p.report;
    *passage = *passage ? *passage : p.passage.number;
    return s;
}

/* ---- what is named ---- */

/* A number that is an id, too, is taken for the id, which is what a search prints; report:N always is the number. */
static enum status resolve(struct show_command *c, const char *name, size_t n, uint32_t line,
    uint32_t *number, uint32_t *passage)
{
    char *path = strndup(name, n), *absolute = path ? realpath(path, NULL) : NULL;
    struct match match = {0};
    enum status s = path ? STATUS_OK : error_no_memory(&c->err);
    bool is_number = s == STATUS_OK && strncmp(path, BY_NUMBER, strlen(BY_NUMBER)) == 0 &&
                     read_number(path + strlen(BY_NUMBER), number);
    if (s == STATUS_OK && !is_number)
        s = find_report(c, absolute ? absolute : path, absolute ? strlen(absolute) : n, &match);
    if (s == STATUS_OK && line)
        s = resolve_line(c, &match, line, number, passage);
    else if (s == STATUS_OK && match.n > 1)
        s = say_ambiguous(c, path, &match);
    else if (s == STATUS_OK && match.n == 1)
        *number = match.numbers[0];
    else if (s == STATUS_OK && !is_number && !read_number(path, number))
        s = error_set(&c->err, STATUS_MISSING, "no report '%s' in the index", path);
    free(absolute);
    free(path);
    return s;
}

/* The whole report as its text stood, byte for byte but on a terminal, or cleaned passage by passage. */
static enum status print_report(struct show_command *c, const struct stored_report *r)
{
    struct arena arena;
    enum status s = STATUS_OK;
    uint32_t first = r->report.first_docid, n = r->report.n_passages, segment = r->segment;
    arena_init(&arena, (size_t)64 << 20);
    for (uint32_t i = 0; s == STATUS_OK && i < n; i++) {
        struct stored_passage p;
        struct shown_text shown;
        s = index_passage(c->ix, segment, first + i, &p, &c->err);
        if (s != STATUS_OK)
            break;
        if (c->is_raw && !terminal_is(STDOUT_FILENO)) {
            fwrite(p.passage.text, 1, p.passage.text_len, stdout);
            continue;
        }
        if (c->is_raw) {
            put_lines(stdout, p.passage.text, p.passage.text_len);
            continue;
        }
        s = shown_text_make(p.passage.text, p.passage.text_len, &(struct ranges){0}, false, &arena,
            &shown, &c->err);
        if (s == STATUS_OK) {
            put_lines(stdout, shown.text, shown.n);
            fputc('\n', stdout);
        }
        arena_release(&arena);
    }
    arena_release(&arena);
    return s;
}

static enum status print_passages(
    struct show_command *c, const struct stored_report *r, uint32_t passage)
{
    uint32_t n = r->report.n_passages, base = r->report.first_docid, segment = r->segment;
    if (passage == 0 || passage > n)
        return error_set(&c->err, STATUS_MISSING, "report %u has %u passages, not %u",
            r->report.number, n, passage);
    uint32_t from = passage > c->context ? passage - (uint32_t)c->context : 1;
    uint32_t to = n - passage > c->context ? passage + (uint32_t)c->context : n;
    enum status s = STATUS_OK;
    for (uint32_t i = from; s == STATUS_OK && i <= to; i++) {
        struct arena arena;
        struct search_hit hit;
        struct stored_passage p;
        arena_init(&arena, (size_t)16 << 20);
        s = search_describe(c->ix, segment, base + i - 1, &arena, &hit, &c->err);
        if (s == STATUS_OK)
            s = index_passage(c->ix, segment, base + i - 1, &p, &c->err);
        if (s == STATUS_OK)
            s = shown_text_make(p.passage.text, p.passage.text_len, &(struct ranges){0}, c->is_raw,
                &arena, &hit.shown, &c->err);
        if (s == STATUS_OK && c->wants_json)
            s = render_json(stdout, i, NULL, 0, &hit, &c->err);
        else if (s == STATUS_OK)
            render_hit(stdout, &c->render, i, &hit);
        arena_release(&arena);
    }
    return s;
}

static enum status show(struct show_command *c, const char *name)
{
    size_t n;
    uint32_t number, line, passage = 0;
    bool has_passage = split_passage(name, &n, &passage);
    struct stored_report report;
    enum status s = resolve(c, name, n, 0, &number, &passage);
    if (s == STATUS_MISSING && split_pasted(name, &n, &line, &passage)) {
        const struct error first = c->err;
        has_passage = true;
        s = resolve(c, name, n, line, &number, &passage);
        if (s == STATUS_MISSING)
            c->err = first;
    }
    if (s == STATUS_OK)
        s = index_report_by_number(c->ix, number, &report, &c->err);
    if (s != STATUS_OK)
        return s;
    if (has_passage)
        return print_passages(c, &report, passage);
    if (!c->wants_json)
        return print_report(c, &report);
    c->context = report.report.n_passages;
    return report.report.n_passages ? print_passages(c, &report, 1) : STATUS_OK;
}

static const char *const examples[] = {
    "duan show 3",
    "duan show report:3#17",
    "duan show 2025年浙江省政府工作报告.txt#17 --context 1",
    "duan show --raw reports/jinzhong-2023.txt",
    NULL,
};

int show_command(int argc, char **argv)
{
    struct show_command c = {0};
    const struct option_row rows[] = {
        index_folder_option(&c.folder),
        {"context", 0, OPTION_NUMBER, &c.context, "N",
            "with a passage, N passages before and behind it", 0, CONTEXT_MAX, NULL},
        {"raw", 0, OPTION_FLAG, &c.is_raw, NULL, "as it stands in the file, uncleaned", 0, 0, NULL},
        {"json", 0, OPTION_FLAG, &c.wants_json, NULL, "one JSON object a passage", 0, 0, NULL},
        {0},
    };
    const struct option_command command = {"show", "REPORT[#PASSAGE]",
        "print a report (by path, id, end of path, title, number, or report:NUMBER), or one of its "
        "passages",
        rows, examples, false};
    struct option_result words;
    int exit_status;
    if (!command_parse(&command, argc, argv, &words, &exit_status))
        return exit_status;
    c.render.has_colour = terminal_has_colour(STDOUT_FILENO, COLOUR_AUTO);
    c.render.columns = terminal_is(STDOUT_FILENO) ? terminal_columns(STDOUT_FILENO) : 0;
    if (words.n != 1)
        exit_status = command_misused("show", tr("give one report"));
    else if (index_open(index_folder(c.folder), &c.ix, &c.err) != STATUS_OK ||
             show(&c, words.arguments[0]) != STATUS_OK)
        exit_status = command_failed(&c.err);
    else
        exit_status = command_finish(EXIT_DONE);
    index_close(c.ix);
    option_result_release(&words);
    return exit_status;
}
