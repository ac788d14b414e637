// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/merge_command.h"

#include <stdio.h>

#include "common/command.h"
#include "common/index_folder.h"
#include "common/message.h"
#include "common/progress.h"
#include "indexer/write_command.h"
#include "store/merge.h"

struct merge_command {
    const char *folder;
    uint64_t memory, threads;
    bool is_quiet;
    struct progress progress;
};

static void on_progress(void *arg, const char *path, size_t path_len, uint64_t n_bytes)
{
    struct merge_command *c = arg;
    progress_add(&c->progress, n_bytes, path, path_len);
}

/* The text that will be written again, for the bar; 0 where that cannot be known. */
static uint64_t measure(const char *dir)
{
    struct manifest m;
    struct error ignored; /* the merge will say it */
    uint64_t n = 0;
    if (manifest_read(dir, &m, &ignored) == STATUS_OK)
        for (size_t i = 0; i < m.n_segments; i++)
            n += m.segments[i].stats.text_bytes;
    manifest_release(&m);
    return n;
}

static int run(struct merge_command *c)
{
    const char *dir = index_folder(c->folder);
    const struct merge_options options = {
        .builder = {BUILDER_AUTO, (size_t)c->memory, (unsigned)c->threads},
        .wants_one = true,
        .listener = {c, on_progress, write_command_is_stopped},
    };
    struct merge_counts counts;
    struct error err;
    write_command_catch_signals();
    progress_init(&c->progress, measure(dir), c->is_quiet);
    enum status status = merge_run(dir, &options, &counts, &err);
    progress_clear(&c->progress);
    if (status == STATUS_INTERRUPTED)
        fputs(tr("interrupted: the index is as it was\n"), stderr);
    else if (status != STATUS_OK)
        return command_failed(&err);
    else if (!c->is_quiet && counts.n_merged == 0)
        fputs(tr("nothing to merge\n"), stderr);
    else if (!c->is_quiet)
        write_command_put_merge(&counts, progress_seconds(&c->progress));
    return status == STATUS_OK ? EXIT_DONE : EXIT_FAULT;
}

int merge_command(int argc, char **argv)
{
    static const char *const examples[] = {"duan merge -i reports.duan", NULL};
    struct merge_command c = {.memory = (uint64_t)512 << 20, .threads = write_command_threads()};
    const struct option_row rows[] = {
        index_folder_option(&c.folder),
        {"memory", 'm', OPTION_SIZE, &c.memory, "SIZE", "how much memory to use (512M)",
            (uint64_t)32 << 20, (uint64_t)1 << 40, NULL},
        {"threads", 't', OPTION_NUMBER, &c.threads, "N",
            "how many threads to use (one a processor)", 1, WRITE_THREADS_MAX, NULL},
        {"quiet", 'q', OPTION_FLAG, &c.is_quiet, NULL, "faults only", 0, 0, NULL},
        {0},
    };
    const struct option_command command = {
        "merge", "", "make one segment of an index, without what is dead", rows, examples, false};
    struct option_result r;
    int exit_status;
    if (!command_parse(&command, argc, argv, &r, &exit_status))
        return exit_status;
    exit_status =
        r.n ? command_misused("merge", tr("takes no arguments: name the index with -i")) : run(&c);
    option_result_release(&r);
    return exit_status;
}
