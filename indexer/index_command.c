// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/index_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "common/progress.h"
#include "common/terminal.h"
#include "indexer/update.h"
#include "indexer/write_command.h"

struct index_command {
    const char *folder, *encoding, *pattern;
    int format, builder;
    uint64_t memory, threads;
    bool is_quiet, is_verbose;
    struct progress progress;
    struct update_options options;
    struct update_counts counts;
};

/* ---- what the run says ---- */

static void on_fault(void *arg, const char *path, uint32_t line, const char *what)
{
    struct index_command *c = arg;
    progress_clear(&c->progress);
    put_text(stderr, path, strlen(path));
    if (line)
        fprintf(stderr, ":%u", line);
    fputs(": ", stderr);
    put_text(stderr, what, strlen(what));
    fputc('\n', stderr);
}

static void on_event(void *arg, const char *path, enum update_event event)
{
    struct index_command *c = arg;
    const char *what = event == UPDATE_ADDED     ? tr("added")
                       : event == UPDATE_CHANGED ? tr("changed")
                                                 : tr("removed");
    progress_clear(&c->progress);
    fprintf(stderr, "%s ", what);
    put_text(stderr, path, strlen(path));
    fputc('\n', stderr);
}

static void on_progress(void *arg, const char *path, uint64_t n_bytes)
{
    struct index_command *c = arg;
    progress_add(&c->progress, n_bytes, path, strlen(path));
}

/* Appends "N what" to a list in the making. */
static void put_count(bool *is_first, uint64_t n, const char *what)
{
    if (n == 0)
        return;
    fprintf(stderr, "%s%llu %s", *is_first ? "" : tr(", "), (unsigned long long)n, what);
    *is_first = false;
}

static void put_skipped(const struct update_counts *counts)
{
    bool is_first = true, is_any = counts->walk.n_hidden || counts->walk.n_links ||
                                   counts->walk.n_indexes || counts->n_kinds;
    if (!is_any)
        return;
    fputs(tr("; skipped "), stderr);
    put_count(&is_first, counts->walk.n_hidden, tr("hidden"));
    put_count(&is_first, counts->walk.n_links, tr("linked"));
    put_count(&is_first, counts->walk.n_indexes, tr("duan index"));
    for (size_t i = 0; i < counts->n_kinds; i++)
        put_count(&is_first, counts->binaries[i].n, counts->binaries[i].kind);
}

static void put_summary(const struct index_command *c)
{
    const struct update_counts *n = &c->counts;
    double seconds = progress_seconds(&c->progress) - n->merge_seconds,
           mb = (double)n->n_bytes_read / 1e6;
    fprintf(stderr, tr("added %llu, changed %llu, removed %llu, unchanged %llu, failed %llu"),
        (unsigned long long)n->n_added, (unsigned long long)n->n_changed,
        (unsigned long long)n->n_removed, (unsigned long long)n->n_unchanged,
        (unsigned long long)n->n_failed);
    if (n->n_bad_lines)
        fprintf(stderr, tr(", bad lines %llu"), (unsigned long long)n->n_bad_lines);
    put_skipped(n);
    fputc('\n', stderr);
    if (n->n_added || n->n_changed)
        fprintf(stderr, tr("reports %llu, passages %llu: %.1f MB in %.1f s (%.1f MB/s)\n"),
            (unsigned long long)n->n_reports, (unsigned long long)n->n_passages, mb, seconds,
            seconds > 0 ? mb / seconds : 0.0);
    if (n->n_unfit)
        fprintf(stderr, tr("the pattern of --fields does not fit the path of %llu files\n"),
            (unsigned long long)n->n_unfit);
    if (n->n_replaced)
        fprintf(stderr, tr("%llu bytes fitted no encoding and became U+FFFD\n"),
            (unsigned long long)n->n_replaced);
    if (n->merged.n_merged)
        write_command_put_merge(&n->merged, n->merge_seconds);
    if (n->is_interrupted)
        fputs(tr("interrupted: what is complete was kept, the rest is as it was\n"), stderr);
}

/* ---- how much there is ---- */

static enum status measure_file(void *arg, const struct walk_file *f, struct error *err)
{
    (void)err;
    *(uint64_t *)arg += (uint64_t)f->stat->st_size;
    return STATUS_OK;
}

static enum status ignore_fault(void *arg, const char *shown, const char *what, struct error *err)
{
    (void)arg, (void)shown, (void)what, (void)err;
    return STATUS_OK;
}

/* The bytes below the paths, for the bar; 0 where that cannot be known. */
static uint64_t measure(const char *const *paths, size_t n)
{
    uint64_t total = 0;
    const struct walk_callbacks callbacks = {
        &total, measure_file, ignore_fault, NULL, write_command_is_stopped, NULL};
    for (size_t i = 0; i < n; i++) {
        struct walk_counts counts = {0};
        struct error err;
        struct walk_root root;
        bool is_complete;
        if (strcmp(paths[i], "-") == 0)
            return 0;
        if (walk_root_open(paths[i], &root, &err) != STATUS_OK)
            continue;
        walk(&root, &callbacks, &counts, &is_complete, &err);
        walk_root_release(&root);
    }
    return total;
}

/* ---- the command ---- */

static int run(struct index_command *c, const char *const *paths, size_t n)
{
    struct error err;
    bool has_bar = !c->is_quiet && terminal_is(STDERR_FILENO);
    write_command_catch_signals();
    progress_init(&c->progress, has_bar ? measure(paths, n) : 0, c->is_quiet);
    c->options.format = source_format_named(c->format);
    c->options.builder = (enum builder_kind)c->builder;
    c->options.memory_bytes = (size_t)c->memory;
    c->options.n_threads = (unsigned)c->threads;
    c->options.listener = (struct update_listener){.arg = c,
        .fault = on_fault,
        .progress = on_progress,
        .event = c->is_verbose ? on_event : NULL,
        .is_stopped = write_command_is_stopped};
    enum status status =
        update_run(index_folder(c->folder), paths, n, &c->options, &c->counts, &err);
    progress_clear(&c->progress);
    if (status != STATUS_OK)
        return command_failed(&err);
    if (!c->is_quiet || c->counts.is_interrupted)
        put_summary(c);
    return c->counts.has_faults || c->counts.n_failed || c->counts.is_interrupted ? EXIT_FAULT
                                                                                  : EXIT_DONE;
}

int index_command(int argc, char **argv)
{
    static const char *const builders[] = {"auto", "api", "bulk", NULL};
    static const char *const examples[] = {"duan index -i reports.duan reports/",
        "duan index -i news.duan news.tsv",
        "duan index --fields '(?<year>\\d{4})年(?<place>.+?)政府工作报告' reports/",
        "zcat old.txt.gz | duan index -i old.duan --encoding gb18030 -", NULL};
    struct index_command c = {.memory = (uint64_t)512 << 20, .threads = write_command_threads()};
    const struct option_row rows[] = {
        index_folder_option(&c.folder),
        {"format", 'f', OPTION_CHOICE, &c.format, "FORMAT", "how to read what is given", 0, 0,
            source_format_names},
        {"encoding", 'e', OPTION_STRING, &c.encoding, "NAME",
            "the encoding of what is given; else it is detected", 0, 0, NULL},
        {"fields", 0, OPTION_STRING, &c.pattern, "PATTERN",
            "fields from the path: the named groups of a regular expression (PCRE2)", 0, 0, NULL},
        {"memory", 'm', OPTION_SIZE, &c.memory, "SIZE", "how much memory to use (512M)",
            (uint64_t)32 << 20, (uint64_t)1 << 40, NULL},
        {"threads", 't', OPTION_NUMBER, &c.threads, "N",
            "how many threads to use (one a processor)", 1, WRITE_THREADS_MAX, NULL},
        {"builder", 0, OPTION_CHOICE, &c.builder, "KIND",
            "how to build, through Xapian or by ourselves", 0, 0, builders},
        {"quiet", 'q', OPTION_FLAG, &c.is_quiet, NULL, "faults only", 0, 0, NULL},
        {"verbose", 'v', OPTION_FLAG, &c.is_verbose, NULL,
            "each source that was added, changed or removed", 0, 0, NULL},
        {0},
    };
    const struct option_command command = {"index", "PATH...|-",
        "read files and folders into an index, or bring it up to date", rows, examples, false};
    struct option_result r;
    struct error err;
    int exit_status;
    if (!command_parse(&command, argc, argv, &r, &exit_status))
        return exit_status;
    if (c.encoding)
        c.options.encoding = encoding_by_name(c.encoding, strlen(c.encoding));
    if (r.n == 0)
        exit_status =
            command_misused("index", tr("give files or folders, or - for standard input"));
    else if (c.encoding && c.options.encoding == ENCODING_UNKNOWN)
        exit_status = command_misused("index",
            tr("no such encoding; known are UTF-8, GB18030, Big5, Big5-HKSCS, UTF-16LE, UTF-16BE"));
    else if (c.pattern && field_pattern_open(c.pattern, &c.options.pattern, &err) != STATUS_OK)
        exit_status = command_failed(&err);
    else
        exit_status = run(&c, r.arguments, r.n);
    field_pattern_close(c.options.pattern);
    option_result_release(&r);
    return exit_status;
}
