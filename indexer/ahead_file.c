// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/ahead_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/document.h"
#include "indexer/input.h"

enum { SNIFF_BYTES = 4096 };

struct ahead_file *ahead_file_new(const struct walk_file *walk)
{
    struct ahead_file *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->walk = *walk;
    f->walk.path = strdup(walk->path);
    f->walk.disk_path = strdup(walk->disk_path);
    f->walk.shown = strdup(walk->shown);
    f->stat = *walk->stat;
    f->walk.stat = &f->stat;
    recording_init(&f->recording, 0);
    if (f->walk.path && f->walk.disk_path && f->walk.shown)
        return f;
    ahead_file_free(f);
    return NULL;
}

void ahead_file_free(struct ahead_file *f)
{
    if (!f)
        return;
    recording_release(&f->recording);
    free((void *)(uintptr_t)f->walk.path);
    free((void *)(uintptr_t)f->walk.disk_path);
    free((void *)(uintptr_t)f->walk.shown);
    free(f);
}

/* One file at work. */
struct reading {
    struct ahead_file *file;
    const struct ahead_reading *how;
    struct input *input;
    struct extractor **extractor;
    struct report_sink sink; /* the recording */
};

static struct reader_options reader_options_of(const struct reading *at)
{
    const struct walk_file *walk = &at->file->walk;
    return (struct reader_options){(enum source_format)at->file->source.format, walk->path,
        walk->path_len, at->how->max_line_bytes};
}

static enum status read_as_text(struct reading *at, struct error *err)
{
    struct ahead_file *f = at->file;
    f->source.format = (uint8_t)source_format_for(at->how->format, f->walk.path, f->walk.path_len);
    const struct reader_options options = reader_options_of(at);
    enum status status = reader_run(at->input, &options, &at->sink, err);
    if (status == STATUS_OK)
        status = input_finish(at->input, &f->source, err);
    if (status == STATUS_OK)
        f->state = AHEAD_READ;
    return status;
}

static bool is_verdict(enum status status)
{
    return status == STATUS_BAD_INPUT || status == STATUS_FOREIGN;
}

static enum status read_as_document(struct reading *at, struct error *err)
{
    struct ahead_file *f = at->file;
    struct extractor **ex = at->extractor;
    enum status status = *ex ? STATUS_OK : extractor_open(ex, err);
    if (status == STATUS_OK)
        status = document_open(
            *ex, at->input, source_format_kind(at->how->format), at->how->encoding, &f->kind, err);
    if (is_verdict(status)) {
        f->failure = *err;
        f->state = AHEAD_REFUSED;
    }
    if (status != STATUS_OK || f->kind == DOCUMENT_ARCHIVE)
        return status;
    f->source.format = (uint8_t)source_format_of_kind(f->kind);
    const struct reader_options options = reader_options_of(at);
    status = document_read(*ex, f->kind, &options, &at->sink, err);
    f->failure = (struct error){.status = STATUS_OK};
    if (is_verdict(status))
        f->failure = *err;
    else if (status == STATUS_OK)
        status = input_finish(at->input, &f->source, err);
    if (status == STATUS_OK || is_verdict(status))
        f->state = AHEAD_READ;
    return status;
}

/* Is it foreign, though too long for a text? What it says may be short. */
static bool is_long_document(const char *path)
{
    char head[SNIFF_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return n > 0 && document_sniff(head, (size_t)n) != DOCUMENT_NONE;
}

static void read_input(struct reading *at)
{
    struct error ignored; /* whoever reads the file again says it */
    bool is_binary;
    const char *kind;
    if (input_detect(at->input, at->how->encoding, &is_binary, &kind, &ignored) != STATUS_OK)
        return;
    if (document_is_wanted(at->input, at->how->format))
        read_as_document(at, &ignored);
    else if (!is_binary && (uint64_t)at->file->stat.st_size <= at->how->max_text_bytes)
        read_as_text(at, &ignored);
}

void ahead_file_read(struct ahead_file *f, const struct ahead_reading *how, struct extractor **ex)
{
    struct error ignored;
    struct reading at = {.file = f, .how = how, .extractor = ex};
    if (how->is_stopped(how->arg))
        return;
    if ((uint64_t)f->stat.st_size > how->max_text_bytes && !is_long_document(f->walk.disk_path))
        return;
    if (input_open_file(f->walk.disk_path, &at.input, &ignored) != STATUS_OK)
        return;
    recording_init(&f->recording, how->max_recording_bytes);
    f->recording.is_stopped = how->is_stopped;
    f->recording.arg = how->arg;
    at.sink = recording_sink(&f->recording);
    read_input(&at);
    input_close(at.input);
    if (*ex)
        extractor_end(*ex);
    if (f->state != AHEAD_READ)
        recording_release(&f->recording);
}
