// SPDX-License-Identifier: GPL-2.0-or-later
/* Feeds the live sources of several segments to a writer, in the order of their numbers: each
 * segment holds them rising, so the next is always the least of those at hand. Text is tokenized
 * again rather than its postings joined: a wdf rests on its segment's average length, and the
 * frequency it was made from cannot be told from it. What a segment gave is compared with what the
 * manifest says of it before anything is committed. */
#include "store/merge.h"

#include <stdlib.h>

#include "store/index_parts.h"
#include "store/index_writer.h"
#include "store/leftovers.h"

enum {
    TICK_BYTES = 64 << 10,
    OWN_BYTES = 4 << 20, /* blocks of the segments that are read */
    BUILDER_BYTES_MIN = 16 << 20,
};

/* A segment that is merged. */
struct merge_input {
    uint32_t segment;
    struct index_cursor sources, reports;
    struct source source; /* the next one, borrowed from the cursor */
    bool has_source;
    uint32_t n_sources, n_reports, n_passages; /* taken from it so far */
};

struct merge {
    const struct merge_options *options;
    struct merge_counts *counts;
    struct index_writer *writer;
    struct index *ix; /* the writer's reader */
    struct merge_input *inputs;
    size_t n_inputs;
    size_t n_untold; /* bytes that the listener was not told of */
};

static enum status tick(
    struct merge *m, const struct source *source, size_t n_bytes, struct error *err)
{
    const struct merge_listener *l = &m->options->listener;
    m->n_untold += n_bytes;
    if (m->n_untold < TICK_BYTES)
        return STATUS_OK;
    if (l->progress)
        l->progress(l->arg, source->path, source->path_len, m->n_untold);
    m->n_untold = 0;
    return l->is_stopped && l->is_stopped(l->arg)
               ? error_set(err, STATUS_INTERRUPTED, "interrupted")
               : STATUS_OK;
}

/* ---- feeding ---- */

static enum status feed_report(struct merge *m, struct merge_input *in, struct error *err)
{
    struct report report;
    struct stored_passage p;
    uint32_t segment;
    bool has_more;
    enum status s = index_next_report(&in->reports, &report, &segment, &has_more, err);
    if (s != STATUS_OK)
        return s;
    if (!has_more || report.source != in->source.number)
        return index_segment_damaged(m->ix, in->segment, "reports", err);
    const uint32_t number = report.number, first = report.first_docid, n = report.n_passages;
    s = index_writer_begin_report(m->writer, &report, err);
    for (uint32_t i = 0; i < n && s == STATUS_OK; i++) {
        s = index_passage(m->ix, in->segment, first + i, &p, err);
        if (s == STATUS_OK && p.report != number)
            s = index_segment_damaged(m->ix, in->segment, "text", err);
        if (s == STATUS_OK)
            s = index_writer_add_passage(m->writer, &p.passage, err);
        if (s == STATUS_OK)
            s = tick(m, &in->source, p.passage.text_len, err);
        m->counts->text_bytes += s == STATUS_OK ? p.passage.text_len : 0;
    }
    in->n_reports++;
    in->n_passages += n;
    return s;
}

static enum status next_source(struct merge_input *in, struct error *err)
{
    uint32_t segment;
    return index_next_source(&in->sources, &in->source, &segment, &in->has_source, err);
}

static enum status feed_source(struct merge *m, struct merge_input *in, struct error *err)
{
    struct source *source = &in->source;
    uint32_t n_passages = in->n_passages;
    enum status s = index_writer_begin_source(m->writer, source, err);
    for (uint32_t i = 0; i < source->n_reports && s == STATUS_OK; i++)
        s = feed_report(m, in, err);
    if (s == STATUS_OK && in->n_passages - n_passages != source->n_passages)
        s = index_segment_damaged(m->ix, in->segment, "sources", err);
    if (s == STATUS_OK)
        s = index_writer_end_source(m->writer, source, err);
    in->n_sources++;
    return s == STATUS_OK ? next_source(in, err) : s;
}

static struct merge_input *least_input(const struct merge *m)
{
    struct merge_input *least = NULL;
    for (size_t i = 0; i < m->n_inputs; i++) {
        struct merge_input *in = &m->inputs[i];
        if (in->has_source && (!least || in->source.number < least->source.number))
            least = in;
    }
    return least;
}

/* Did the segment give all that the manifest says is alive in it? */
static enum status check_input(
    const struct merge *m, const struct merge_input *in, struct error *err)
{
    const struct manifest_segment *s = &index_manifest(m->ix)->segments[in->segment];
    bool is_whole = in->n_sources == s->stats.n_sources - s->n_dead &&
                    in->n_reports == s->stats.n_reports - s->n_dead_reports &&
                    in->n_passages == s->stats.n_passages - s->n_dead_passages;
    return is_whole ? STATUS_OK
                    : index_segment_damaged(
                          m->ix, in->segment, "its statistics are not the manifest's", err);
}

static enum status feed(struct merge *m, struct error *err)
{
    struct merge_input *in;
    enum status s = STATUS_OK;
    for (size_t i = 0; i < m->n_inputs && s == STATUS_OK; i++)
        s = next_source(&m->inputs[i], err);
    while (s == STATUS_OK && (in = least_input(m)))
        s = feed_source(m, in, err);
    for (size_t i = 0; i < m->n_inputs && s == STATUS_OK; i++)
        s = check_input(m, &m->inputs[i], err);
    return s;
}

/* ---- what is merged ---- */

static uint64_t segment_bytes(const struct manifest_segment *s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s->n_files; i++)
        n += s->files[i].size;
    return n;
}

static void count_before(struct merge *m)
{
    const struct manifest *manifest = index_manifest(m->ix);
    m->counts->n_merged = (uint32_t)m->n_inputs;
    for (size_t i = 0; i < m->n_inputs; i++) {
        const struct manifest_segment *s = &manifest->segments[m->inputs[i].segment];
        m->counts->n_dead_sources += s->n_dead;
        m->counts->n_bytes_before += segment_bytes(s);
    }
}

/* After the commit, while the lock is still held. */
static enum status count_after(struct merge *m, const char *dir, struct error *err)
{
    struct manifest now;
    enum status s = manifest_read(dir, &now, err);
    for (size_t i = 0; i < m->n_inputs; i++) {
        m->counts->n_sources += m->inputs[i].n_sources;
        m->counts->n_reports += m->inputs[i].n_reports;
        m->counts->n_passages += m->inputs[i].n_passages;
    }
    m->counts->n_segments = (uint32_t)now.n_segments;
    if (m->counts->n_sources && now.n_segments)
        m->counts->n_bytes_after = segment_bytes(&now.segments[now.n_segments - 1]);
    manifest_release(&now);
    return s;
}

/* Opens what is due; *n_due 0: nothing. */
static enum status open_inputs(struct merge *m, size_t *n_due, struct error *err)
{
    const struct manifest *manifest = index_manifest(m->ix);
    size_t n = manifest->n_segments;
    bool *due = calloc(n, sizeof *due);
    uint32_t *segments = calloc(n, sizeof *segments);
    m->inputs = calloc(n, sizeof *m->inputs);
    enum status s = due && segments && m->inputs ? STATUS_OK : error_no_memory(err);
    *n_due = s == STATUS_OK ? merge_choose(manifest, m->options->wants_one, due) : 0;
    for (uint32_t i = 0; i < n && *n_due; i++) {
        if (!due[i])
            continue;
        struct merge_input *in = &m->inputs[m->n_inputs];
        in->segment = segments[m->n_inputs++] = i;
        index_cursor_init_segment(&in->sources, m->ix, i);
        index_cursor_init_segment(&in->reports, m->ix, i);
    }
    if (*n_due)
        s = index_writer_begin_merge(m->writer, segments, *n_due, err);
    free(due);
    free(segments);
    return s;
}

static void close_inputs(struct merge *m)
{
    for (size_t i = 0; i < m->n_inputs; i++) {
        index_cursor_release(&m->inputs[i].sources);
        index_cursor_release(&m->inputs[i].reports);
    }
    free(m->inputs);
}

/* ---- a merge ---- */

static enum status merge_locked(struct merge *m, const char *dir, struct error *err)
{
    size_t n_due = 0;
    m->ix = index_writer_reader(m->writer);
    enum status s = m->ix ? open_inputs(m, &n_due, err) : STATUS_OK;
    if (s != STATUS_OK || n_due == 0)
        return s;
    count_before(m);
    s = feed(m, err);
    if (s == STATUS_OK)
        s = index_writer_commit(m->writer, err);
    return s == STATUS_OK ? count_after(m, dir, err) : s;
}

/* A look without the lock, which nobody need wait for when nothing is due. A merge that was asked for also clears away
 * what one that was killed behind its commit left. */
static enum status look(const char *dir, const struct merge_options *options, bool *is_any,
    bool *has_leftovers, struct error *err)
{
    struct manifest now;
    *is_any = *has_leftovers = false;
    enum status s = manifest_read(dir, &now, err);
    if (s == STATUS_OK && now.n_segments) {
        bool *due = calloc(now.n_segments, sizeof *due);
        if (due)
            *is_any = merge_choose(&now, options->wants_one, due) > 0;
        else
            s = error_no_memory(err);
        free(due);
    }
    if (s == STATUS_OK && !*is_any && options->wants_one)
        s = leftovers_find(dir, &now, has_leftovers, err);
    manifest_release(&now);
    return s;
}

/* To open the index for writing is enough. Where another writer has the lock they are its own, or it has been there. */
static enum status clear_away(
    const char *dir, const struct builder_options *options, struct error *err)
{
    struct index_writer *w = NULL;
    enum status s = index_writer_open(dir, options, &w, err);
    index_writer_close(w);
    return s == STATUS_LOCKED ? STATUS_OK : s;
}

enum status merge_run(const char *dir, const struct merge_options *options,
    struct merge_counts *counts, struct error *err)
{
    struct merge m = {.options = options, .counts = counts};
    struct builder_options builder = options->builder;
    bool is_any, has_leftovers;
    *counts = (struct merge_counts){0};
    enum status s = look(dir, options, &is_any, &has_leftovers, err);
    if (s == STATUS_OK && has_leftovers)
        s = clear_away(dir, &builder, err);
    if (s != STATUS_OK || !is_any)
        return s;
    builder.memory_bytes = builder.memory_bytes > OWN_BYTES + BUILDER_BYTES_MIN
                               ? builder.memory_bytes - OWN_BYTES
                               : BUILDER_BYTES_MIN;
    s = index_writer_open(dir, &builder, &m.writer, err);
    if (s == STATUS_OK)
        s = merge_locked(&m, dir, err);
    close_inputs(&m);
    index_writer_close(m.writer);
    return s;
}
