// SPDX-License-Identifier: GPL-2.0-or-later
/* Work on several threads whose results are taken in order.
 *
 * The caller submits jobs; each is *worked* on by some thread, then *committed* in the order of
 * submission, one at a time. So what commits see does not depend on the number of threads. The
 * number of jobs between submission and the end of their commit is bounded, and with it their
 * memory. With one thread everything happens inside submit. */
#ifndef DUAN_STORE_WORK_QUEUE_H
#define DUAN_STORE_WORK_QUEUE_H

#include "common/error.h"

struct work_queue;

struct work_kind {
    /* Runs on any thread; thread is its number, below n_threads: for what each keeps for itself. */
    enum status (*work)(void *context, void *job, unsigned thread, struct error *err);
    /* Runs on any thread, never twice at once. NULL: nothing to do. */
    enum status (*commit)(void *context, void *job, struct error *err);
    /* Called once for every job submitted, after its commit or after a failure. NULL: nothing to
     * do. */
    void (*free_job)(void *job);
    void *context;
};

/* At most max_jobs >= 1 jobs are under way. */
enum status work_queue_open(unsigned n_threads, unsigned max_jobs, const struct work_kind *kind,
    struct work_queue **out, struct error *err);

/* Hands over a job, and waits while too many are under way. A failure may be that of an earlier
 * job; after it further jobs are only freed. */
enum status work_queue_submit(struct work_queue *q, void *job, struct error *err);

/* Waits until all jobs are committed, or one failed and the others are freed. */
enum status work_queue_wait(struct work_queue *q, struct error *err);

/* Waits and ends the threads; what failed was said by wait or submit. NULL is allowed. */
void work_queue_close(struct work_queue *q);

#endif
