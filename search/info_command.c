// SPDX-License-Identifier: GPL-2.0-or-later
/* duan info: what an index holds, how much room it takes, in which encodings its sources were, what
 * could not be read. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/json.h"
#include "common/message.h"
#include "common/terminal.h"
#include "search/commands.h"
#include "search/field_names.h"
#include "store/index.h"

enum { ENCODINGS_MAX = ENCODING_UTF16BE + 1 };

struct encoding_info {
    uint64_t n_sources, n_replaced;
    unsigned least_certainty; /* in percent */
};

struct info {
    struct index *ix;
    struct index_totals totals;
    uint64_t n_terms, disk_bytes, stored_text_bytes;
    uint64_t n_dead_passages, n_bad_lines;
    struct encoding_info encodings[ENCODINGS_MAX];
    json_t *fields; /* names, and how many reports have them */
};

/* ---- gathering ---- */

static void add_source(struct info *info, const struct source *s)
{
    struct encoding_info *e = &info->encodings[s->encoding];
    if (e->n_sources++ == 0 || s->certainty < e->least_certainty)
        e->least_certainty = s->certainty;
    e->n_replaced += s->n_replaced;
    info->n_bad_lines +=
        s->place_unit == PLACE_NONE ? 0 : s->n_bad_lines; /* of an archive: files */
}

static enum status gather_encodings(struct info *info, struct error *err)
{
    struct index_cursor c;
    struct source s;
    uint32_t segment;
    bool has_more;
    enum status status;
    index_cursor_init(&c, info->ix);
    while ((status = index_next_source(&c, &s, &segment, &has_more, err)) == STATUS_OK && has_more)
        add_source(info, &s);
    index_cursor_release(&c);
    return status;
}

static enum status gather_sizes(struct info *info, struct error *err)
{
    const struct manifest *m = index_manifest(info->ix);
    char path[PATH_MAX];
    struct stat st;
    for (size_t i = 0; i < m->n_segments; i++) {
        const struct manifest_segment *s = &m->segments[i];
        for (size_t k = 0; k < s->n_files; k++)
            info->disk_bytes += s->files[k].size;
        info->stored_text_bytes += s->stats.text_bytes;
        info->n_dead_passages += s->n_dead_passages;
    }
    int n = snprintf(path, sizeof path, "%s/manifest", index_dir(info->ix));
    if (n < 0 || n >= PATH_MAX || stat(path, &st) != 0)
        return error_errno(err, "cannot read '%s'", path);
    info->disk_bytes += (uint64_t)st.st_size;
    return STATUS_OK;
}

static enum status gather(struct info *info, const char *dir, struct error *err)
{
    enum status s = index_open(dir, &info->ix, err);
    if (s != STATUS_OK)
        return s;
    info->totals = index_totals(info->ix);
    s = gather_sizes(info, err);
    if (s == STATUS_OK)
        s = index_n_terms(info->ix, &info->n_terms, err);
    if (s == STATUS_OK)
        s = gather_encodings(info, err);
    return s == STATUS_OK ? field_names(info->ix, &info->fields, err) : s;
}

static uint64_t n_replaced(const struct info *info)
{
    uint64_t n = 0;
    for (size_t i = 0; i < ENCODINGS_MAX; i++)
        n += info->encodings[i].n_replaced;
    return n;
}

/* ---- for people ---- */

/* The name of a line, in a column as wide as the widest. */
static void print_name(const char *name)
{
    enum { COLUMN = 12 };
    size_t columns = text_columns(name, strlen(name));
    printf("%s%*s", name, columns < COLUMN ? (int)(COLUMN - columns) : 1, "");
}

static void print_count(const char *name, uint64_t n)
{
    print_name(name);
    printf("%" PRIu64 "\n", n);
}

static void print_size(const char *name, uint64_t n)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double amount = (double)n;
    size_t unit = 0;
    while (amount >= 1000 && unit + 1 < sizeof units / sizeof *units) {
        amount /= 1000;
        unit++;
    }
    print_name(name);
    printf(unit ? "%.1f %s" : "%.0f %s", amount, unit ? units[unit] : tr(units[0]));
}

static void print_encodings(const struct info *info)
{
    const char *name = tr("encodings");
    for (size_t i = 0; i < ENCODINGS_MAX; i++) {
        const struct encoding_info *e = &info->encodings[i];
        if (e->n_sources == 0)
            continue;
        print_name(name);
        printf(tr("%s: %llu, at least %u %% certain\n"), encoding_name((enum encoding)i),
            (unsigned long long)e->n_sources, e->least_certainty);
        name = "";
    }
}

static void print_fields(const struct info *info)
{
    const char *name, *separator = "";
    json_t *n;
    if (json_object_size(info->fields) == 0)
        return;
    print_name(tr("fields"));
    json_object_foreach(info->fields, name, n)
    {
        fputs(separator, stdout);
        put_text(stdout, name, strlen(name));
        printf("%s%llu", tr(": "), (unsigned long long)json_integer_value(n));
        separator = tr(", ");
    }
    putchar('\n');
}

static void print_failures(const struct manifest *m)
{
    print_count(tr("failures"), m->n_failures_all);
    for (size_t i = 0; i < m->n_failures; i++) {
        fputs("  ", stdout);
        put_text(stdout, m->failures[i], strlen(m->failures[i]));
        putchar('\n');
    }
    if (m->n_failures < m->n_failures_all)
        printf(tr("  and %llu more\n"), (unsigned long long)(m->n_failures_all - m->n_failures));
}

static void print_text(const struct info *info)
{
    const struct manifest *m = index_manifest(info->ix);
    print_name(tr("index"));
    put_text(stdout, index_dir(info->ix), strlen(index_dir(info->ix)));
    putchar('\n');
    print_count(tr("files"), info->totals.n_sources);
    print_count(tr("reports"), info->totals.n_reports);
    print_count(tr("passages"), info->totals.n_passages);
    print_count(tr("terms"), info->n_terms);
    print_size(tr("text"), info->totals.text_bytes);
    putchar('\n');
    print_size(tr("on disk"), info->disk_bytes);
    if (info->stored_text_bytes)
        printf(tr(", %.0f %% of the text"),
            100 * (double)info->disk_bytes / (double)info->stored_text_bytes);
    putchar('\n');
    print_count(tr("segments"), m->n_segments);
    if (info->n_dead_passages)
        print_count(tr("dropped passages"), info->n_dead_passages);
    print_encodings(info);
    print_fields(info);
    print_count(tr("bad bytes"), n_replaced(info));
    if (info->n_bad_lines)
        print_count(tr("bad lines"), info->n_bad_lines);
    print_failures(m);
}

/* ---- for programs ---- */

static json_t *encodings_array(const struct info *info)
{
    json_t *all = json_array();
    for (size_t i = 0; i < ENCODINGS_MAX; i++) {
        const struct encoding_info *e = &info->encodings[i];
        if (e->n_sources)
            json_array_append_new(
                all, json_pack("{s:s, s:I, s:I, s:I}", "name", encoding_name((enum encoding)i),
                         "files", (json_int_t)e->n_sources, "least_certainty",
                         (json_int_t)e->least_certainty, "bad_bytes", (json_int_t)e->n_replaced));
    }
    return all;
}

static json_t *segments_array(const struct manifest *m)
{
    json_t *all = json_array();
    for (size_t i = 0; i < m->n_segments; i++) {
        const struct manifest_segment *s = &m->segments[i];
        uint64_t bytes = 0;
        for (size_t k = 0; k < s->n_files; k++)
            bytes += s->files[k].size;
        json_array_append_new(all, json_pack("{s:s, s:I, s:I, s:I}", "name", s->name, "passages",
                                       (json_int_t)s->stats.n_passages, "dropped_passages",
                                       (json_int_t)s->n_dead_passages, "bytes", (json_int_t)bytes));
    }
    return all;
}

static json_t *failures_array(const struct manifest *m)
{
    json_t *all = json_array();
    for (size_t i = 0; i < m->n_failures; i++)
        json_array_append_new(all, json_text(m->failures[i], strlen(m->failures[i])));
    return all;
}

static enum status print_json(const struct info *info, struct error *err)
{
    const struct manifest *m = index_manifest(info->ix);
    const struct index_totals *t = &info->totals;
    json_t *line = json_pack(
        "{s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:O, s:I, s:I, s:o, s:I, s:o}",
        "v", 1, "index", json_text(index_dir(info->ix), strlen(index_dir(info->ix))), "analyzer",
        (json_int_t)m->analyzer, "generation", (json_int_t)m->generation, "files",
        (json_int_t)t->n_sources, "reports", (json_int_t)t->n_reports, "passages",
        (json_int_t)t->n_passages, "terms", (json_int_t)info->n_terms, "text_bytes",
        (json_int_t)t->text_bytes, "disk_bytes", (json_int_t)info->disk_bytes, "encodings",
        encodings_array(info), "fields", info->fields, "bad_bytes", (json_int_t)n_replaced(info),
        "bad_lines", (json_int_t)info->n_bad_lines, "segments", segments_array(m), "all_failures",
        (json_int_t)m->n_failures_all, "failures", failures_array(m));
    bool is_printed = line && json_print_line(line, stdout);
    json_decref(line);
    return is_printed ? STATUS_OK : error_no_memory(err);
}

int info_command(int argc, char **argv)
{
    const char *folder = NULL;
    bool wants_json = false;
    const struct option_row rows[] = {
        index_folder_option(&folder),
        {"json", 0, OPTION_FLAG, &wants_json, NULL, "one JSON object", 0, 0, NULL},
        {0},
    };
    const struct option_command command = {
        "info", "", "say what an index holds", rows, NULL, false};
    struct option_result words;
    struct info info = {0};
    struct error err;
    int exit_status = EXIT_DONE;
    if (!command_parse(&command, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.n)
        exit_status = command_misused("info", tr("takes no arguments: name the index with -i"));
    else if (gather(&info, index_folder(folder), &err) != STATUS_OK)
        exit_status = command_failed(&err);
    else if (wants_json && print_json(&info, &err) != STATUS_OK)
        exit_status = command_failed(&err);
    else if (!wants_json)
        print_text(&info);
    exit_status = command_finish(exit_status);
    json_decref(info.fields);
    index_close(info.ix);
    option_result_release(&words);
    return exit_status;
}
