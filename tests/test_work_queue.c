// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/work_queue.h"

enum { JOBS = 500, NEVER = -1 };

struct log {
    int committed[JOBS];
    int n_committed;
    int fails_in_work, fails_in_commit; /* number of the job */
};

struct job {
    int number;
    struct log *log;
    atomic_int *n_alive;
};

static enum status work(void *context, void *job, unsigned thread, struct error *err)
{
    struct log *log = context;
    const struct job *j = job;
    (void)thread;
    for (volatile int i = j->number * 7919 % 5000; i > 0;) /* later jobs are often done before */
        i = i - 1;
    return j->number == log->fails_in_work ? error_set(err, STATUS_IO, "work %d", j->number)
                                           : STATUS_OK;
}

static enum status commit(void *context, void *job, struct error *err)
{
    struct log *log = context;
    const struct job *j = job;
    log->committed[log->n_committed++] = j->number;
    return j->number == log->fails_in_commit ? error_set(err, STATUS_IO, "commit %d", j->number)
                                             : STATUS_OK;
}

static void free_job(void *job)
{
    struct job *j = job;
    atomic_fetch_sub(j->n_alive, 1);
    free(j);
}

/* Submits jobs until one fails; the status of the end. */
static enum status run(struct log *log, unsigned n_threads, unsigned max_jobs)
{
    const struct work_kind kind = {
        .work = work, .commit = commit, .free_job = free_job, .context = log};
    struct work_queue *q;
    struct error err;
    atomic_int n_alive = 0;
    assert_int_equal(work_queue_open(n_threads, max_jobs, &kind, &q, &err), STATUS_OK);
    enum status s = STATUS_OK;
    for (int i = 0; i < JOBS && s == STATUS_OK; i++) {
        struct job *j = malloc(sizeof *j);
        *j = (struct job){.number = i, .log = log, .n_alive = &n_alive};
        int n = atomic_fetch_add(&n_alive, 1) + 1;
        assert_true(n <= (int)max_jobs + 1); /* and the one about to be submitted */
        s = work_queue_submit(q, j, &err);
    }
    enum status end = work_queue_wait(q, &err);
    work_queue_close(q);
    assert_int_equal(n_alive, 0);
    return end;
}

static void work_queue__commits_in_order(void **state)
{
    (void)state;
    for (unsigned n_threads = 1; n_threads <= 4; n_threads++) {
        struct log log = {.fails_in_work = NEVER, .fails_in_commit = NEVER};
        assert_int_equal(run(&log, n_threads, n_threads + 1), STATUS_OK);
        assert_int_equal(log.n_committed, JOBS);
        for (int i = 0; i < JOBS; i++)
            assert_int_equal(log.committed[i], i);
    }
}

static void work_queue__commits_nothing_from_a_failed_job_on(void **state)
{
    (void)state;
    for (unsigned n_threads = 1; n_threads <= 4; n_threads++) {
        struct log log = {.fails_in_work = 100, .fails_in_commit = NEVER};
        assert_int_equal(run(&log, n_threads, 3), STATUS_IO);
        assert_true(log.n_committed <= 100);
        for (int i = 0; i < log.n_committed; i++)
            assert_int_equal(log.committed[i], i);
    }
}

static void work_queue__stops_at_a_failed_commit(void **state)
{
    (void)state;
    for (unsigned n_threads = 1; n_threads <= 4; n_threads++) {
        struct log log = {.fails_in_work = NEVER, .fails_in_commit = 50};
        assert_int_equal(run(&log, n_threads, 3), STATUS_IO);
        assert_int_equal(log.n_committed, 51);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_queue__commits_in_order),
        cmocka_unit_test(work_queue__commits_nothing_from_a_failed_job_on),
        cmocka_unit_test(work_queue__stops_at_a_failed_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
