// SPDX-License-Identifier: GPL-2.0-or-later
/* Jobs stand in a ring by their number: [n_committed, n_submitted) are under way, those from
 * n_taken on wait for a thread. A thread that finds the next job to commit done commits it and
 * those behind it; the ring slots keep what finished early. */
#include "store/work_queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct slot {
    void *job;
    bool is_done;
};

struct work_queue {
    struct work_kind kind;
    unsigned n_threads, n_started, max_jobs;
    pthread_t *threads;
    pthread_mutex_t lock;
    pthread_cond_t has_work, has_room;
    struct slot *ring; /* max_jobs */
    uint64_t n_submitted, n_taken, n_committed;
    bool is_committing, is_closing;
    struct error failure; /* the first; STATUS_OK while there is none */
};

struct thread_start {
    struct work_queue *q;
    unsigned number;
};

static void free_job(const struct work_queue *q, void *job)
{
    if (q->kind.free_job)
        q->kind.free_job(job);
}

static void note_failure(struct work_queue *q, const struct error *err)
{
    if (q->failure.status == STATUS_OK)
        q->failure = *err;
}

/* Commits what is next in order, as long as it is done. The lock is held at entry and exit, not
 * during a commit. */
static void commit_in_order(struct work_queue *q)
{
    if (q->is_committing)
        return;
    q->is_committing = true;
    while (q->n_committed < q->n_submitted && q->ring[q->n_committed % q->max_jobs].is_done) {
        struct slot *slot = &q->ring[q->n_committed % q->max_jobs];
        bool is_wanted = q->failure.status == STATUS_OK && q->kind.commit;
        struct error err = {.status = STATUS_OK};
        pthread_mutex_unlock(&q->lock);
        if (is_wanted)
            q->kind.commit(q->kind.context, slot->job, &err);
        free_job(q, slot->job);
        pthread_mutex_lock(&q->lock);
        if (err.status != STATUS_OK)
            note_failure(q, &err);
        *slot = (struct slot){0};
        q->n_committed++;
        pthread_cond_broadcast(&q->has_room);
    }
    q->is_committing = false;
}

static void work_on_next(struct work_queue *q, unsigned thread)
{
    struct slot *slot = &q->ring[q->n_taken++ % q->max_jobs];
    bool is_wanted = q->failure.status == STATUS_OK;
    struct error err = {.status = STATUS_OK};
    pthread_mutex_unlock(&q->lock);
    if (is_wanted)
        q->kind.work(q->kind.context, slot->job, thread, &err);
    pthread_mutex_lock(&q->lock);
    if (err.status != STATUS_OK)
        note_failure(q, &err);
    slot->is_done = true;
    commit_in_order(q);
}

static void *thread_main(void *arg)
{
    struct thread_start start = *(struct thread_start *)arg;
    struct work_queue *q = start.q;
    free(arg);
    pthread_mutex_lock(&q->lock);
    for (;;) {
        while (q->n_taken == q->n_submitted && !q->is_closing)
            pthread_cond_wait(&q->has_work, &q->lock);
        if (q->n_taken == q->n_submitted)
            break;
        work_on_next(q, start.number);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

static bool start_thread(struct work_queue *q, unsigned number)
{
    struct thread_start *start = malloc(sizeof *start);
    if (!start)
        return false;
    *start = (struct thread_start){.q = q, .number = number};
    if (pthread_create(&q->threads[number], NULL, thread_main, start) != 0) {
        free(start);
        return false;
    }
    q->n_started++;
    return true;
}

enum status work_queue_open(unsigned n_threads, unsigned max_jobs, const struct work_kind *kind,
    struct work_queue **out, struct error *err)
{
    struct work_queue *q = calloc(1, sizeof *q);
    if (!q)
        return error_no_memory(err);
    q->kind = *kind;
    q->n_threads = n_threads;
    q->max_jobs = max_jobs;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->has_work, NULL);
    pthread_cond_init(&q->has_room, NULL);
    q->ring = calloc(max_jobs, sizeof *q->ring);
    q->threads = calloc(n_threads, sizeof *q->threads);
    bool is_ok = q->ring && q->threads;
    for (unsigned i = 0; is_ok && n_threads > 1 && i < n_threads; i++)
        is_ok = start_thread(q, i);
    if (!is_ok) {
        work_queue_close(q);
        return error_set(err, STATUS_NO_MEMORY, "cannot start %u threads", n_threads);
    }
    *out = q;
    return STATUS_OK;
}

/* The lock is held. */
static enum status outcome(const struct work_queue *q, struct error *err)
{
    if (q->failure.status != STATUS_OK)
        *err = q->failure;
    return q->failure.status;
}

enum status work_queue_submit(struct work_queue *q, void *job, struct error *err)
{
    pthread_mutex_lock(&q->lock);
    while (q->n_submitted - q->n_committed == q->max_jobs)
        pthread_cond_wait(&q->has_room, &q->lock);
    q->ring[q->n_submitted++ % q->max_jobs] = (struct slot){.job = job};
    if (q->n_threads > 1)
        pthread_cond_signal(&q->has_work);
    else
        work_on_next(q, 0);
    enum status s = outcome(q, err);
    pthread_mutex_unlock(&q->lock);
    return s;
}

enum status work_queue_wait(struct work_queue *q, struct error *err)
{
    pthread_mutex_lock(&q->lock);
    while (q->n_committed < q->n_submitted)
        pthread_cond_wait(&q->has_room, &q->lock);
    enum status s = outcome(q, err);
    pthread_mutex_unlock(&q->lock);
    return s;
}

void work_queue_close(struct work_queue *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->is_closing = true;
    pthread_cond_broadcast(&q->has_work);
    pthread_mutex_unlock(&q->lock);
    for (unsigned i = 0; i < q->n_started; i++)
        pthread_join(q->threads[i], NULL);
    pthread_cond_destroy(&q->has_room);
    pthread_cond_destroy(&q->has_work);
    pthread_mutex_destroy(&q->lock);
    free(q->ring);
    free(q->threads);
    free(q);
}
