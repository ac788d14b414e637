// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/write_command.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "common/message.h"

uint64_t write_command_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > WRITE_THREADS_MAX ? WRITE_THREADS_MAX : (uint64_t)n;
}

static volatile sig_atomic_t stop_asked;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

void write_command_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* nobody reading our notes is no reason to lose an index */
    signal(SIGXFSZ, SIG_IGN); /* write(2) says it instead */
}

bool write_command_is_stopped(void *arg)
{
    (void)arg;
    return stop_asked != 0;
}

void write_command_put_merge(const struct merge_counts *n, double seconds)
{
    fprintf(stderr,
        tr("merged: segments %llu to %d, dead sources dropped %llu, files %.1f MB to %.1f MB, "
           "%.1f s\n"),
        (unsigned long long)n->n_merged, n->n_sources ? 1 : 0,
        (unsigned long long)n->n_dead_sources, (double)n->n_bytes_before / 1e6,
        (double)n->n_bytes_after / 1e6, seconds);
}
