// SPDX-License-Identifier: GPL-2.0-or-later
/* A reader beside the writer of concurrency.py: opens the index again and again, reads all that is alive, and holds some of
 * what it opened to read it once more when the writer has long gone on.
 *
 *     concurrent_reader INDEX SHARED SECONDS SEED      (SECONDS 0: once)
 *
 * Run g of the writer changes the reports that torture_touches names, or removes them: so what an index holds after run g
 * follows from g, and an open index must hold just that, for a g between the run that was committed before the open and the
 * one that had begun after it. SHARED holds these two numbers. Each passage says `rep07 ver000012 par3 of5`; report 0 is
 * changed by each run and gives g. Prints `opens N reads N`; on any fault says which, and ends with 1. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "store/index.h"

enum { REPORTS = 40, HOLD_MS = 1500 };

struct shared {
    uint64_t committed, begun; /* runs */
};

struct reader {
    const char *dir;
    const struct shared *shared;
    uint64_t seed, n_opens, n_reads;
};

/* A report as a snapshot holds it; ver -1: not there. */
struct seen {
    int64_t ver;
};

/* ---- the plan, as concurrency.py has it ---- */

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

static uint64_t plan(unsigned report, int64_t run)
{
    return mix((uint64_t)run * 1000 + report);
}

static bool is_touched(unsigned report, int64_t run)
{
    return report == 0 || run == 0 || plan(report, run) % 4 == 0;
}

/* The version that a report has after a run, -1: it is removed. */
static int64_t version_after(unsigned report, int64_t run)
{
    while (!is_touched(report, run))
        run--;
    return report != 0 && run != 0 && plan(report, run) / 256 % 5 == 0 ? -1 : run;
}

static unsigned paragraphs(unsigned report, int64_t version)
{
    return 2 + (unsigned)(plan(report, version) / 65536 % 6);
}

/* ---- reading ---- */

static _Noreturn void fail(const char *what, const char *detail)
{
    printf("%s: %s\n", what, detail);
    exit(1);
}

static void check_passage(struct index *ix, uint32_t segment, const struct report *r, uint32_t i,
    unsigned *report, int64_t *version)
{
    struct stored_passage p;
    struct error err;
    char text[256];
    unsigned id, part, of;
    int64_t ver;
    if (index_passage(ix, segment, r->first_docid + i, &p, &err) != STATUS_OK)
        fail("a passage cannot be read", err.message);
    size_t n = p.passage.text_len < sizeof text - 1 ? p.passage.text_len : sizeof text - 1;
    memcpy(text, p.passage.text, n);
    text[n] = '\0';
    const char *mark = strstr(text, "rep");
    if (!mark || sscanf(mark, "rep%u ver%" SCNd64 " par%u of%u", &id, &ver, &part, &of) != 4 ||
        id >= REPORTS)
        fail("a passage without its mark", text);
    if (i == 0) {
        *report = id;
        *version = ver;
    }
    if (id != *report || ver != *version)
        fail("two versions in one report", text);
    if (part != i || of != paragraphs(id, ver) || r->n_passages != of + 1)
        fail("half a report", text);
}

static void read_all(struct reader *reader, struct index *ix, struct seen seen[REPORTS])
{
    struct index_cursor c;
    struct report r;
    struct error err;
    uint32_t segment;
    bool has_more;
    for (unsigned i = 0; i < REPORTS; i++)
        seen[i].ver = -1;
    index_cursor_init(&c, ix);
    while (index_next_report(&c, &r, &segment, &has_more, &err) == STATUS_OK && has_more) {
        unsigned report = 0;
        int64_t version = 0;
        for (uint32_t i = 0; i < r.n_passages; i++)
            check_passage(ix, segment, &r, i, &report, &version);
        if (r.n_passages == 0 || seen[report].ver >= 0)
            fail("a report twice, or empty", index_dir(ix));
        seen[report].ver = version;
        reader->n_reads++;
    }
    if (has_more)
        fail("the reports cannot be walked", err.message);
    index_cursor_release(&c);
}

static void check_snapshot(const struct seen seen[REPORTS], uint64_t low, uint64_t high)
{
    char what[128];
    int64_t run = seen[0].ver;
    snprintf(
        what, sizeof what, "run %" PRId64 ", expected %" PRIu64 " to %" PRIu64, run, low, high);
    if (run < (int64_t)low || run > (int64_t)high)
        fail("a lost update", what);
    for (unsigned i = 0; i < REPORTS; i++) {
        if (seen[i].ver == version_after(i, run))
            continue;
        snprintf(what, sizeof what,
            "report %u: version %" PRId64 " instead of %" PRId64 " after run %" PRId64, i,
            seen[i].ver, version_after(i, run), run);
        fail("a mixture of runs", what);
    }
}

static void sleep_ms(unsigned ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

static void look(struct reader *reader, bool is_held)
{
    struct seen seen[REPORTS], again[REPORTS];
    struct index *ix;
    struct error err;
    uint64_t low = __atomic_load_n(&reader->shared->committed, __ATOMIC_SEQ_CST);
    if (index_open(reader->dir, &ix, &err) != STATUS_OK)
        fail("the index cannot be opened", err.message);
    uint64_t high = __atomic_load_n(&reader->shared->begun, __ATOMIC_SEQ_CST);
    reader->n_opens++;
    if (is_held && reader->seed % 8 < 4) /* some read nothing before the segments are gone */
        sleep_ms((unsigned)(reader->seed / 8 % HOLD_MS));
    read_all(reader, ix, seen);
    check_snapshot(seen, low, high);
    if (is_held) {
        sleep_ms((unsigned)(reader->seed / 8 % HOLD_MS));
        read_all(reader, ix, again);
        if (memcmp(seen, again, sizeof seen) != 0)
            fail("an open index", "changed");
    }
    index_close(ix);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    int fd = open(argv[2], O_RDONLY);
    struct shared *shared =
        fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *shared, PROT_READ, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED)
        fail("cannot read", argv[2]);
    struct reader reader = {argv[1], shared, strtoull(argv[4], NULL, 10), 0, 0};
    time_t end = time(NULL) + atoi(argv[3]);
    do {
        reader.seed = mix(reader.seed);
        look(&reader, atoi(argv[3]) > 0 && reader.seed / 16384 % 4 == 0);
    } while (time(NULL) < end);
    printf("opens %" PRIu64 " reads %" PRIu64 "\n", reader.n_opens, reader.n_reads);
    return 0;
}
