// SPDX-License-Identifier: GPL-2.0-or-later
/* In memory: the list of segments with their dead sources, and the failures of the last run. What
 * is written and read is in manifest_text.c. */
#include "store/manifest.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/utf8.h"
#include "store/leftovers.h"
#include "store/manifest_text.h"
#include "tokenizer/tokenizer.h"

void manifest_init(struct manifest *m)
{
    *m = (struct manifest){
        .format = MANIFEST_FORMAT,
        .analyzer = ANALYZER_VERSION,
        .next_source = 1,
        .next_report = 1,
        .next_segment = 1,
    };
}

static void clear_failures(struct manifest *m)
{
    for (size_t i = 0; i < m->n_failures; i++)
        free(m->failures[i]);
    free(m->failures);
    m->failures = NULL;
    m->n_failures = 0;
    m->n_failures_all = 0;
}

void manifest_release(struct manifest *m)
{
    for (size_t i = 0; i < m->n_segments; i++)
        free(m->segments[i].dead);
    free(m->segments);
    clear_failures(m);
    manifest_init(m);
}

/* ---- changing ---- */

enum status manifest_add_segment(
    struct manifest *m, const struct manifest_segment *segment, struct error *err)
{
    if (m->n_segments >= MANIFEST_SEGMENTS_MAX)
        return error_set(err, STATUS_BAD_INPUT, "an index holds at most %d segments: remove it and index again",
            MANIFEST_SEGMENTS_MAX);
    struct manifest_segment *all = realloc(m->segments, (m->n_segments + 1) * sizeof *all);
    if (!all)
        return error_no_memory(err);
    m->segments = all;
    struct manifest_segment copy = *segment;
    if (segment->n_dead) {
        copy.dead = malloc(segment->n_dead * sizeof *copy.dead);
        if (!copy.dead)
            return error_no_memory(err);
        memcpy(copy.dead, segment->dead, segment->n_dead * sizeof *copy.dead);
    } else {
        copy.dead = NULL;
    }
    all[m->n_segments++] = copy;
    return STATUS_OK;
}

void manifest_remove_segment(struct manifest *m, size_t segment)
{
    free(m->segments[segment].dead);
    m->n_segments--;
    memmove(&m->segments[segment], &m->segments[segment + 1],
        (m->n_segments - segment) * sizeof *m->segments);
}

/* Where a source is among the dead, or where it would be put. */
static size_t dead_place(const struct manifest_segment *s, uint32_t source)
{
    size_t low = 0, high = s->n_dead;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->dead[mid] < source)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool manifest_is_dead(const struct manifest_segment *s, uint32_t source)
{
    size_t at = dead_place(s, source);
    return at < s->n_dead && s->dead[at] == source;
}

enum status manifest_add_dead(
    struct manifest *m, size_t segment, const struct source *source, struct error *err)
{
    struct manifest_segment *s = &m->segments[segment];
    size_t at = dead_place(s, source->number);
    if (at < s->n_dead && s->dead[at] == source->number)
        return STATUS_OK;
    uint32_t *dead = realloc(s->dead, (s->n_dead + 1) * sizeof *dead);
    if (!dead)
        return error_no_memory(err);
    s->dead = dead;
    memmove(&s->dead[at + 1], &s->dead[at], (s->n_dead - at) * sizeof *s->dead);
    s->dead[at] = source->number;
    s->n_dead++;
    s->n_dead_reports += source->n_reports;
    s->n_dead_passages += source->n_passages;
    return STATUS_OK;
}

enum status manifest_add_failure(struct manifest *m, const char *line, struct error *err)
{
    if (m->n_failures < MANIFEST_FAILURES_MAX) {
        char **all = realloc(m->failures, (m->n_failures + 1) * sizeof *all);
        if (!all)
            return error_no_memory(err);
        m->failures = all;
        size_t n = strlen(line);
        if (n > MANIFEST_FAILURE_BYTES_MAX)
            n = utf8_floor(line, n, MANIFEST_FAILURE_BYTES_MAX);
        all[m->n_failures] = strndup(line, n);
        if (!all[m->n_failures])
            return error_no_memory(err);
        m->n_failures++;
    }
    m->n_failures_all++;
    return STATUS_OK;
}

/* ---- the file ---- */

static enum status foreign(const char *dir, struct error *err)
{
    return error_set(err, STATUS_FOREIGN, "'%s' is no index of duan's", dir);
}

/* Nobody is sent to 'duan index' with a folder that it would refuse. */
static enum status missing(const char *dir, struct error *err)
{
    struct error ignored;
    if (leftovers_check_folder(dir, &ignored) == STATUS_FOREIGN)
        return foreign(dir, err);
    return error_set(
        err, STATUS_MISSING, "no index at '%s': make one with 'duan index -i %s PATH'", dir, dir);
}

/* What the kinds of failure mean to somebody who named this folder. Where there are segments there was a manifest
 * (index_commit.c): to take the folder for a new index would be to lose them. */
static enum status explain(const char *dir, enum status s, struct error *err)
{
    bool is_index = s != STATUS_NO_MEMORY && leftovers_are_an_index(dir);
    if (is_index && s == STATUS_MISSING)
        return error_set(err, STATUS_CORRUPT, "the manifest of index '%s' is missing", dir);
    if (is_index && (s == STATUS_FOREIGN || s == STATUS_BAD_INPUT))
        s = STATUS_CORRUPT;
    switch (s) {
    case STATUS_MISSING:
        return missing(dir, err);
    case STATUS_BAD_INPUT:
    case STATUS_FOREIGN:
        return foreign(dir, err);
    case STATUS_NEWER:
        return error_context(err, s, "index '%s'", dir);
    case STATUS_CORRUPT:
        return error_context(err, s, "the manifest of index '%s' is damaged", dir);
    default:
        return s;
    }
}

enum status manifest_read(const char *dir, struct manifest *m, struct error *err)
{
    char path[PATH_MAX];
    struct buf text;
    manifest_init(m);
    enum status s = file_join(dir, "manifest", path, err);
    if (s != STATUS_OK)
        return s;
    buf_init(&text, MANIFEST_BYTES_MAX);
    s = file_read(path, &text, err);
    if (s == STATUS_OK)
        s = manifest_decode(text.data, text.len, m, err);
    buf_release(&text);
    return s == STATUS_OK ? s : explain(dir, s, err);
}

bool manifest_is_in(const char *dir)
{
    char path[PATH_MAX], start[MANIFEST_HEAD_MAX];
    struct error ignored;
    if (file_join(dir, "manifest", path, &ignored) != STATUS_OK)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* may be a FIFO */
    ssize_t n = fd < 0 ? -1 : read(fd, start, sizeof start);
    if (fd >= 0)
        close(fd);
    return n > 0 && manifest_has_head(start, (size_t)n);
}

/* A manifest that could not be read again must never replace one that can. */
static enum status encode_and_prove(const struct manifest *m, struct buf *text, struct error *err)
{
    struct manifest again;
    enum status s = manifest_encode(m, text, err);
    if (s != STATUS_OK)
        return s;
    s = manifest_decode(text->data, text->len, &again, err);
    manifest_release(&again);
    if (s != STATUS_OK && s != STATUS_NO_MEMORY)
        return error_context(err, STATUS_INTERNAL, "the new manifest is wrong");
    return s;
}

enum status manifest_write(const char *dir, const struct manifest *m, struct error *err)
{
    char path[PATH_MAX];
    struct buf text;
    enum status s = file_join(dir, "manifest", path, err);
    if (s != STATUS_OK)
        return s;
    buf_init(&text, MANIFEST_BYTES_MAX);
    s = encode_and_prove(m, &text, err);
    if (s == STATUS_OK)
        s = file_write_atomically(path, text.data, text.len, err);
    buf_release(&text);
    return s;
}
