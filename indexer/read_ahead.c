// SPDX-License-Identifier: GPL-2.0-or-later
/* Files stand in a ring in the order they were given; the work queue's threads read them, and who takes the first waits
 * until it is done. */
#include "indexer/read_ahead.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "store/work_queue.h"

enum {
    FILES_EACH = 4, /* a thread, and */
    FILES_MORE = 8,
    MEMORY_SHARE = 8,        /* of all memory, at most */
    RECORDING_MAX = 4 << 20, /* of one file, and */
    TEXT_SHARE = 2,          /* of that, for a text as it stands in the file */
    THREAD_BYTES = 1 << 20,  /* chunks, splitter, a parser's frames */
};

struct slot {
    struct ahead_file *file;
    bool is_done;
};

struct read_ahead {
    struct ahead_reading how;
    struct work_queue *queue; /* of slots */
    unsigned n_threads;
    struct extractor **extractors; /* n_threads; NULL until asked for */
    atomic_bool is_closing;
    struct slot *ring; /* n_max */
    size_t n_max;
    uint64_t n_given, n_taken;
    pthread_mutex_t lock; /* of is_done */
    pthread_cond_t has_done;
};

static size_t files_max(unsigned n_threads)
{
    return (size_t)n_threads * FILES_EACH + FILES_MORE;
}

size_t read_ahead_bytes(unsigned n_threads, size_t all)
{
    size_t most = files_max(n_threads) * RECORDING_MAX + (size_t)n_threads * THREAD_BYTES;
    size_t share = all / MEMORY_SHARE;
    return n_threads < 2 ? 0 : share < most ? share : most;
}

static void mark_done(struct read_ahead *a, struct slot *slot)
{
    pthread_mutex_lock(&a->lock);
    slot->is_done = true;
    pthread_cond_signal(&a->has_done);
    pthread_mutex_unlock(&a->lock);
}

/* Cannot fail: a file that could not be read is unread. */
static enum status work(void *context, void *job, unsigned thread, struct error *err)
{
    struct read_ahead *a = context;
    struct slot *slot = job;
    (void)err;
    ahead_file_read(slot->file, &a->how, &a->extractors[thread]);
    mark_done(a, slot);
    return STATUS_OK;
}

static bool is_closing(void *arg)
{
    return atomic_load(&((struct read_ahead *)arg)->is_closing);
}

static void set_limits(struct read_ahead *a, const struct read_ahead_options *o)
{
    size_t threads = (size_t)o->n_threads * THREAD_BYTES;
    size_t rest = o->memory_bytes > 2 * threads ? o->memory_bytes - threads : o->memory_bytes / 2;
    size_t each = rest / a->n_max;
    a->how = (struct ahead_reading){.format = o->format,
        .encoding = o->encoding,
        .max_line_bytes = o->max_line_bytes,
        .max_recording_bytes = each < RECORDING_MAX ? each : RECORDING_MAX,
        .is_stopped = is_closing,
        .arg = a};
    a->how.max_text_bytes = a->how.max_recording_bytes / TEXT_SHARE;
}

enum status read_ahead_open(
    const struct read_ahead_options *options, struct read_ahead **out, struct error *err)
{
    struct read_ahead *a = calloc(1, sizeof *a);
    if (!a)
        return error_no_memory(err);
    const struct work_kind kind = {.work = work, .context = a};
    a->n_threads = options->n_threads;
    a->n_max = files_max(a->n_threads);
    set_limits(a, options);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->has_done, NULL);
    a->ring = calloc(a->n_max, sizeof *a->ring);
    a->extractors = calloc(a->n_threads, sizeof(struct extractor *));
    enum status status = a->ring && a->extractors ? STATUS_OK : error_no_memory(err);
    if (status == STATUS_OK)
        status = work_queue_open(a->n_threads, (unsigned)a->n_max, &kind, &a->queue, err);
    if (status == STATUS_OK)
        *out = a;
    else
        read_ahead_close(a);
    return status;
}

void read_ahead_close(struct read_ahead *a)
{
    if (!a)
        return;
    atomic_store(&a->is_closing, true);
    work_queue_close(a->queue);
    for (; a->n_taken < a->n_given; a->n_taken++)
        ahead_file_free(a->ring[a->n_taken % a->n_max].file);
    for (unsigned i = 0; a->extractors && i < a->n_threads; i++)
        extractor_close(a->extractors[i]);
    pthread_cond_destroy(&a->has_done);
    pthread_mutex_destroy(&a->lock);
    free(a->extractors);
    free(a->ring);
    free(a);
}

bool read_ahead_is_full(const struct read_ahead *a)
{
    return a->n_given - a->n_taken == a->n_max;
}

enum status read_ahead_give(
    struct read_ahead *a, const struct walk_file *walk, bool is_likely, struct error *err)
{
    struct slot *slot = &a->ring[a->n_given % a->n_max];
    *slot = (struct slot){.file = ahead_file_new(walk), .is_done = !is_likely};
    if (!slot->file)
        return error_no_memory(err);
    a->n_given++;
    return is_likely ? work_queue_submit(a->queue, slot, err) : STATUS_OK;
}

struct ahead_file *read_ahead_take(struct read_ahead *a)
{
    if (a->n_taken == a->n_given)
        return NULL;
    struct slot *slot = &a->ring[a->n_taken++ % a->n_max];
    pthread_mutex_lock(&a->lock);
    while (!slot->is_done)
        pthread_cond_wait(&a->has_done, &a->lock);
    pthread_mutex_unlock(&a->lock);
    return slot->file;
}
