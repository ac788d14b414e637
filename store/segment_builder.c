// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/segment_builder.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "store/builder.h"
#include "store/champions.h"
#include "store/checksums.h"
#include "store/segment_content.h"
#include "store/xapian_c.h"

struct segment_builder {
    const struct builder_ops *ops;
    void *inner;
    struct segment_content *content;
    char *dir; /* set once the folder is made */
    unsigned n_threads;
    struct file_sums sums[SUMMED_FILES];
    bool is_finished;
};

/* A libxapian we do not know gets its own writer, never a guess of ours. */
static enum status choose_builder(
    struct segment_builder *b, enum builder_kind kind, struct error *err)
{
    bool is_known = false;
    b->ops = &builder_api;
    if (kind == BUILDER_API)
        return STATUS_OK;
    enum status s = builder_bulk_check(b->dir, &is_known, err);
    if (s != STATUS_OK)
        return s;
    if (is_known)
        b->ops = &builder_bulk;
    else if (kind == BUILDER_BULK)
        return error_set(err, STATUS_NEWER,
            "Xapian %s writes databases in a format we do not know: use --builder=api",
            xapian_version());
    return STATUS_OK;
}

static enum status open_parts(struct segment_builder *b, const char *dir,
    const struct builder_options *options, struct error *err)
{
    if (mkdir(dir, 0777) != 0)
        return error_errno(err, "cannot make '%s'", dir);
    b->dir = strdup(dir);
    if (!b->dir)
        return error_no_memory(err);
    enum status s = choose_builder(b, options->kind, err);
    if (s == STATUS_OK)
        s = segment_content_open(dir, b->ops->takes_raw_texts, &b->content, err);
    return s == STATUS_OK ? b->ops->open(dir, options, &b->inner, err) : s;
}

enum status segment_builder_open(const char *dir, const struct builder_options *options,
    struct segment_builder **out, struct error *err)
{
    struct segment_builder *b = calloc(1, sizeof *b);
    if (!b)
        return error_no_memory(err);
    b->n_threads = options->n_threads ? options->n_threads : 1;
    for (unsigned i = 0; i < SUMMED_FILES; i++)
        file_sums_init(&b->sums[i]);
    enum status s = open_parts(b, dir, options, err);
    if (s == STATUS_OK)
        *out = b;
    else
        segment_builder_close(b);
    return s;
}

enum status segment_builder_begin_source(
    struct segment_builder *b, const struct source *source, struct error *err)
{
    return segment_content_begin_source(b->content, source, err);
}

enum status segment_builder_begin_report(
    struct segment_builder *b, const struct report *report, struct error *err)
{
    return segment_content_begin_report(b->content, report, err);
}

enum status segment_builder_end_source(
    struct segment_builder *b, const struct source *source, struct error *err)
{
    return segment_content_end_source(b->content, source, err);
}

static enum status add_text(
    struct segment_builder *b, const struct finished_text *text, struct error *err)
{
    return text->n ? b->ops->add_text(b->inner, text, err) : STATUS_OK;
}

enum status segment_builder_add_passage(
    struct segment_builder *b, const struct passage *passage, struct error *err)
{
    struct indexed_passage indexed;
    struct finished_text text;
    enum status s = segment_content_add_passage(b->content, passage, &indexed, &text, err);
    if (s == STATUS_OK)
        s = add_text(b, &text, err);
    return s == STATUS_OK ? b->ops->add_passage(b->inner, &indexed, err) : s;
}

enum status segment_builder_finish(
    struct segment_builder *b, struct segment_stats *stats, struct error *err)
{
    struct finished_text text;
    enum status s = segment_content_finish(b->content, &text, err);
    if (s == STATUS_OK)
        s = add_text(b, &text, err);
    if (s == STATUS_OK)
        s = b->ops->finish(b->inner, b->content, b->sums, err);
    if (s == STATUS_OK)
        s = checksums_write(b->dir, b->sums, err);
    if (s == STATUS_OK)
        s = champions_write(b->dir, segment_content_chars(b->content), b->n_threads, err);
    if (s == STATUS_OK)
        s = file_sync_files(b->dir, err);
    if (s != STATUS_OK)
        return s;
    *stats = *segment_content_stats(b->content);
    b->is_finished = true;
    return STATUS_OK;
}

bool segment_builder_knows_hash(
    const struct segment_builder *b, const char *name, uint64_t *size, uint64_t *hash)
{
    for (unsigned i = 0; i < SUMMED_FILES; i++) {
        const struct file_sums *sums = &b->sums[i];
        if (sums->pieces.len == 0 || strcmp(name, summed_file_name(i)) != 0)
            continue;
        *size = sums->size;
        *hash = sums->hash;
        return true;
    }
    return false;
}

void segment_builder_close(struct segment_builder *b)
{
    struct error ignored;
    if (!b)
        return;
    if (b->inner)
        b->ops->close(b->inner);
    segment_content_close(b->content);
    for (unsigned i = 0; i < SUMMED_FILES; i++)
        file_sums_release(&b->sums[i]);
    if (b->dir && !b->is_finished)
        file_remove_tree(b->dir, &ignored); /* what is left the next writer removes */
    free(b->dir);
    free(b);
}
