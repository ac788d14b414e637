// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/terminal.h"
#include "common/utf8.h"

enum { BAR_CELLS = 20, REDRAW_NS = 100000000 };

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void progress_init(struct progress *p, uint64_t total, bool quiet)
{
    *p = (struct progress){.is_on = !quiet && terminal_is(STDERR_FILENO),
        .total = total,
        .started_ns = monotonic_ns(),
        .now_ns = monotonic_ns};
}

double progress_seconds(const struct progress *p)
{
    return (double)(p->now_ns() - p->started_ns) / 1e9;
}

/* The end of the name that fits into `columns`, as an offset. */
static size_t shortened(const char *name, size_t n, size_t columns)
{
    size_t start = 0;
    while (start < n && text_columns(name + start, n - start) > columns) {
        uint32_t cp;
        start += utf8_step(name + start, n - start, &cp);
    }
    return start;
}

static void draw(const struct progress *p, const char *name, size_t name_len)
{
    double seconds = progress_seconds(p), rate = seconds > 0 ? (double)p->done / seconds : 0;
    char head[128];
    int n;
    if (p->total) {
        double part = p->done < p->total ? (double)p->done / (double)p->total : 1;
        double left = rate > 0 && p->done < p->total ? (double)(p->total - p->done) / rate : 0;
        char bar[BAR_CELLS + 1];
        for (int i = 0; i < BAR_CELLS; i++)
            bar[i] = i < (int)(part * BAR_CELLS) ? '#' : '.';
        bar[BAR_CELLS] = '\0';
        n = snprintf(head, sizeof head, "[%s] %3.0f%%  %.1f MB/s  %d:%02d  ", bar, part * 100,
            rate / 1e6, (int)left / 60, (int)left % 60);
    } else {
        n = snprintf(head, sizeof head, "%.1f MB  %.1f MB/s  ", (double)p->done / 1e6, rate / 1e6);
    }
    size_t columns = terminal_columns(STDERR_FILENO) - 1,
           used = (size_t)n < columns ? (size_t)n : columns;
    size_t start = shortened(name, name_len, columns - used);
    fprintf(stderr, "\r\033[K%.*s", (int)used, head);
    put_text(stderr, name + start, name_len - start);
    fflush(stderr);
}

void progress_add(struct progress *p, uint64_t n, const char *name, size_t name_len)
{
    p->done += n;
    if (!p->is_on)
        return;
    int64_t now = p->now_ns();
    if (p->is_drawn && now - p->drawn_ns < REDRAW_NS)
        return;
    p->drawn_ns = now;
    p->is_drawn = true;
    draw(p, name, name_len);
}

void progress_clear(struct progress *p)
{
    if (p->is_on && p->is_drawn)
        fputs("\r\033[K", stderr);
    p->is_drawn = false;
}
