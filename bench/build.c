// SPDX-License-Identifier: GPL-2.0-or-later
/* How fast a segment is built, and by which builder: text files in, each line with text a passage.
 *
 *     build api|bulk THREADS MEMORY_MB SEGMENT FILE...
 *
 * where `-` for a file reads the names from standard input, a line each. Prints one line: builder,
 * threads, passages, tokens, MB of text, wall s, CPU s, peak RSS MB, MB of the segment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "store/schema.h"
#include "store/segment_builder.h"

static void die(const struct error *err)
{
    fprintf(stderr, "build: %s\n", err->message);
    exit(2);
}

static void add_lines(struct segment_builder *b, FILE *file, struct error *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    uint32_t number = 0, line_number = 0;
    while ((n = getline(&line, &cap, file)) > 0) {
        line_number++;
        if (n < 2)
            continue;
        const struct passage p = {
            .text = line,
            .text_len = n < PASSAGE_BYTES_MAX ? (size_t)n : PASSAGE_BYTES_MAX,
            .number = ++number,
            .line = line_number,
        };
        if (segment_builder_add_passage(b, &p, err) != STATUS_OK)
            die(err);
    }
    free(line);
}

static void add_file(struct segment_builder *b, const char *path, uint32_t number)
{
    struct error err;
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    const struct source source = {.number = number, .path = path, .path_len = strlen(path)};
    const struct report report = {
        .number = number,
        .source = number,
        .id = "",
        .title = path,
        .title_len = strlen(path),
        .fields = "",
    };
    if (segment_builder_begin_source(b, &source, &err) != STATUS_OK ||
        segment_builder_begin_report(b, &report, &err) != STATUS_OK)
        die(&err);
    add_lines(b, file, &err);
    if (segment_builder_end_source(b, &source, &err) != STATUS_OK)
        die(&err);
    fclose(file);
}

static void add_files(struct segment_builder *b, char **paths, int n)
{
    uint32_t number = 0;
    char *name = NULL;
    size_t cap = 0;
    for (int i = 0; i < n; i++) {
        if (strcmp(paths[i], "-") != 0) {
            add_file(b, paths[i], ++number);
            continue;
        }
        while (getline(&name, &cap, stdin) > 0) {
            name[strcspn(name, "\n")] = '\0';
            add_file(b, name, ++number);
        }
    }
    free(name);
}

static double seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double megabytes(const char *dir)
{
    static const char *const names[] = {"postlist.glass", "docdata.glass"};
    double sum = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        if (stat(path, &st) == 0)
            sum += (double)st.st_size / 1e6;
    }
    return sum;
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: build api|bulk THREADS MEMORY_MB SEGMENT FILE...\n");
        return 2;
    }
    const struct builder_options options = {
        .kind = strcmp(argv[1], "api") == 0 ? BUILDER_API : BUILDER_BULK,
        .n_threads = (unsigned)atoi(argv[2]),
        .memory_bytes = (size_t)atoi(argv[3]) << 20,
    };
    struct error err;
    struct segment_builder *b;
    struct segment_stats stats;
    struct timespec start, end;
    struct rusage usage;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (segment_builder_open(argv[4], &options, &b, &err) != STATUS_OK)
        die(&err);
    add_files(b, argv + 5, argc - 5);
    if (segment_builder_finish(b, &stats, &err) != STATUS_OK)
        die(&err);
    segment_builder_close(b);
    clock_gettime(CLOCK_MONOTONIC, &end);
    getrusage(RUSAGE_SELF, &usage);
    printf("%s %u: %u passages, %.1f M tokens, %.1f MB text, wall %.2f s, cpu %.2f s, rss %.0f MB, "
           "segment %.1f MB\n",
        argv[1], options.n_threads, stats.n_passages, (double)stats.n_tokens / 1e6,
        (double)stats.text_bytes / 1e6,
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
        seconds(&usage.ru_utime) + seconds(&usage.ru_stime), (double)usage.ru_maxrss / 1e3,
        megabytes(argv[4]));
    return 0;
}
