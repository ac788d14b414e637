// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands, run in this process, with their n-th call of a kind failing (tests/failures.h): each ends with the right
 * answer, or with exit status 2 and a message; no descriptor stays open, and under AddressSanitizer nothing leaks. A run that
 * writes leaves an index that is whole and answers as before or as after, and the next one makes it right.
 * Of each kind of each command $FAILURES (12) are tried, spread evenly from a random one on, or all: FAILURES=all. SEED makes a
 * run again, $ONLY is a pattern for the names of the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/message.h"
#include "store/champions.h"
#include "tests/failing_command.h"
#include "tests/temp_dir.h"
#include "tests/tree.h"

enum { OUT_BYTES = FAILING_OUT_BYTES, COURSES_MAX = 4096 };

static char *dir;
static char texts[PATH_MAX], ix[PATH_MAX], kept[PATH_MAX], queries[PATH_MAX], qrels[PATH_MAX];
static long n_wanted, n_tried;
static unsigned seed;

/* ---- trying each failure ---- */

static const int causes[N_FAILING] = {[FAILING_MEMORY] = ENOMEM,
    [FAILING_OPEN] = EMFILE,
    [FAILING_READ] = EIO,
    [FAILING_STAT] = EIO,
    [FAILING_WRITE] = ENOSPC,
    [FAILING_SYNC] = EIO,
    [FAILING_NAME] = EIO,
    [FAILING_THREAD] = EAGAIN};

/* Calls `try` for those failures of a command that shall be tried, each alone and with all behind it. */
static void each_failure(const char *line, long n_calls, enum failing kind,
    void (*try)(const char *line, enum failing kind, long nth, bool is_lasting))
{
    long step = n_wanted && n_calls > n_wanted ? n_calls / n_wanted : 1;
    long first = 1 + (long)(seed % (unsigned long)step);
    for (long nth = first; nth <= n_calls; nth += step)
        for (int is_lasting = 0; is_lasting < 2; is_lasting++, n_tried++)
            try(line, kind, nth, is_lasting);
}

static const char *place(enum failing kind, long nth, bool is_lasting)
{
    static char text[100];
    snprintf(text, sizeof text, "%s call %ld%s", failing_names[kind], nth,
        is_lasting ? " and all behind it" : "");
    return text;
}

/* ---- those that read ---- */

static struct result right, seen;

static void try_reading(const char *line, enum failing kind, long nth, bool is_lasting)
{
    run_failing(line, kind, nth, is_lasting, causes[kind], &seen);
    bool is_right = seen.status == right.status && strcmp(seen.out, right.out) == 0;
    bool is_refused = seen.status == 2 && (seen.err[0] || strncmp(line, "check", 5) == 0);
    if (!is_right && !is_refused)
        fail_msg("%s: %s: exit %d: %s\n%s", line, place(kind, nth, is_lasting), seen.status,
            seen.err, seen.out);
    if (strncmp(line, "check", 5) == 0 && strstr(seen.out, "restore it"))
        fail_msg("%s: %s: nothing is damaged: %s", line, place(kind, nth, is_lasting), seen.out);
}

static void reading(const char *format, ...)
{
    char line[FAILING_LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (int kind = 0; kind < N_FAILING; kind++) {
        long n_calls = run_failing(line, (enum failing)kind, 0, false, 0, &right);
        if (right.status == 2)
            fail_msg("%s: %s", line, right.err);
        each_failure(line, n_calls, (enum failing)kind, try_reading);
    }
}

static void searches__are_right_or_refused(void **state)
{
    (void)state;
    reading("search -i %s 营商环境", kept);
    reading("search -i %s 如何申请养老补贴", kept);
    reading("search -i %s --count \"加装电梯\"", kept);
    reading("search -i %s --json (电梯 OR 环境) -title:报告", kept);
    reading("search -i %s --group --sort -date 第1*段", kept);
    reading("search -i %s year:2020..2024 id:j3 OR 环境 NEAR/8 持续", kept);
    reading("search -i %s --partial --raw -n 1 --offset 1 审批", kept);
    reading("search -i %s --batch %s --trec -n 5", kept, queries);
    reading("search -i %s 没有这样的词语", kept);
}

static void other_readers__are_right_or_refused(void **state)
{
    (void)state;
    reading("show -i %s %s/甲.txt", kept, texts);
    reading("show -i %s --json --context 1 j1#1", kept);
    reading("info -i %s", kept);
    reading("check -i %s", kept);
    reading("tokens 优化营商环境");
    reading("eval -i %s --queries %s --qrels %s", kept, queries, qrels);
}

/* The other engine, which DUAN_ENGINE asks for. */
static void searches_by_xapian__are_right_or_refused(void **state)
{
    (void)state;
    setenv("DUAN_ENGINE", "xapian", 1);
    reading("search -i %s 营商环境", kept);
    reading("search -i %s --count 加装电梯 -审批 OR year:2024", kept);
    unsetenv("DUAN_ENGINE");
}

/* ---- champion lists ---- */

/* A segment with a character common enough to have one. */
static void build_common(void)
{
    enum { LINES = CHAMPIONS_DF_MIN + 10 };
    static struct result result;
    char path[PATH_MAX + 16], line[FAILING_LINE_BYTES];
    snprintf(path, sizeof path, "%s/common.tsv", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < LINES; i++)
        fprintf(file, "%d\t市%s\n", i, i % 1000 ? "" : "市营商");
    assert_int_equal(fclose(file), 0);
    snprintf(line, sizeof line, "index -q --threads 1 -i %s/common %s", dir, path);
    run_rightly(line, &result);
}

static void write_champions(const struct char_counter *chars, enum failing kind)
{
    char place[PATH_MAX + 32], path[PATH_MAX + 48];
    struct error err;
    long n_calls = 0;
    snprintf(place, sizeof place, "%s/common/seg-000001", dir);
    snprintf(path, sizeof path, "%s/champions", place);
    for (long nth = 0; nth <= n_calls; nth++) {
        long n_before = n_descriptors();
        remove(path);
        failures_begin(kind, nth, false, causes[kind]);
        enum status s = champions_write(place, chars, 1, &err);
        n_calls = failures_end();
        assert_int_equal(n_descriptors(), n_before);
        if (s == STATUS_OK)
            assert_int_equal(access(path, F_OK), 0);
        else if (nth == 0 || !err.message[0])
            fail_msg("%s call %ld: status %d, '%s'", failing_names[kind], nth, s, err.message);
        n_tried += nth > 0;
    }
}

static void champions__are_written_and_found_or_refused(void **state)
{
    (void)state;
    struct char_counter chars;
    struct error err;
    build_common();
    reading("search -i %s/common 市", dir);
    reading("search -i %s/common -n 500 市", dir);
    assert_int_equal(char_counter_init(&chars, &err), STATUS_OK);
    for (int i = 0; i < CHAMPIONS_DF_MIN; i++) {
        char_counter_add(&chars, 0x5E02);
        char_counter_end_passage(&chars);
    }
    for (int kind = 0; kind < N_FAILING; kind++)
        write_champions(&chars, (enum failing)kind);
    char_counter_release(&chars);
}

/* ---- those that write ---- */

/* What it answers now: counts, since scores and order follow from how reports are spread over segments. */
static void ask(char answers[OUT_BYTES])
{
    static const char *const words[] = {"营商环境", "加装电梯", "新增内容", "将被删去", "审批"};
    static struct result got;
    char line[PATH_MAX * 2];
    size_t n = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        snprintf(line, sizeof line, "search -i %s --count %s", ix, words[i]);
        run_failing(line, FAILING_MEMORY, 0, false, 0, &got);
        n += (size_t)snprintf(answers + n, OUT_BYTES - n, "%d %s%s", got.status, got.out,
            got.status == 2 ? got.err : "");
    }
}

static bool has_before; /* is there an index in `kept` to begin with? */
static char before[OUT_BYTES], after[OUT_BYTES], now[OUT_BYTES];

static void put_index(void)
{
    tree_remove(ix);
    if (has_before)
        tree_copy(kept, ix);
}

/* What follows depends on what a failure left and on what was said of it: each is judged once. */
static struct course {
    uint64_t tree;
    bool is_done, may_differ;
} courses[COURSES_MAX];
static size_t n_courses;

static bool was_judged(const struct course *c)
{
    for (size_t i = 0; i < n_courses; i++)
        if (courses[i].tree == c->tree && courses[i].is_done == c->is_done &&
            courses[i].may_differ == c->may_differ)
            return true;
    return false;
}

/* The index as it is now is whole, answers rightly, and so it does after another run, which ends well. */
static void judge(const char *line, const char *where, bool may_differ)
{
    static struct result checked;
    char check_line[PATH_MAX * 2];
    snprintf(check_line, sizeof check_line, "check -i %s", ix);
    run_failing(check_line, FAILING_MEMORY, 0, false, 0, &checked);
    ask(now);
    bool is_index = checked.status == 0;
    if (!is_index && (has_before || checked.out[0] || seen.status == 0))
        fail_msg("%s: %s: exit %d, %s: then check says: %s%s", line, where, seen.status, seen.err,
            checked.out, checked.err);
    if (strcmp(now, after) != 0 && !may_differ &&
        (seen.status == 0 || (has_before && strcmp(now, before) != 0)))
        fail_msg("%s: %s: exit %d, %s: then answers\n%s", line, where, seen.status, seen.err, now);
    run_rightly(line, &checked);
    ask(now);
    assert_string_equal(now, after);
}

static void try_writing(const char *line, enum failing kind, long nth, bool is_lasting)
{
    put_index();
    run_failing(line, kind, nth, is_lasting, causes[kind], &seen);
    if (seen.status != 0 && (seen.status != 2 || !seen.err[0]))
        fail_msg(
            "%s: %s: exit %d, '%s'", line, place(kind, nth, is_lasting), seen.status, seen.err);
    if (kind == FAILING_STAT && strstr(seen.err, "neither a file"))
        fail_msg("%s: %s: it was not seen what that is: %s", line, place(kind, nth, is_lasting),
            seen.err);
    /* A text that could not be read is left out, and the run says so. */
    bool may_differ = strncmp(seen.err, texts, strlen(texts)) == 0 && seen.status == 2;
    const struct course course = {tree_hash(ix), seen.status == 0, may_differ};
    if (was_judged(&course))
        return;
    judge(line, place(kind, nth, is_lasting), may_differ);
    if (n_courses < COURSES_MAX)
        courses[n_courses++] = course;
}

static void writing(bool has_index, const char *line)
{
    static struct result result;
    has_before = has_index;
    n_courses = 0;
    put_index();
    ask(before);
    run_rightly(line, &result);
    ask(after);
    for (int kind = 0; kind < N_FAILING; kind++) {
        put_index();
        long n_calls = run_failing(line, (enum failing)kind, 0, false, 0, &result);
        each_failure(line, n_calls, (enum failing)kind, try_writing);
    }
}

static void a_first_build__is_done_or_refused(void **state)
{
    (void)state;
    char line[FAILING_LINE_BYTES];
    snprintf(line, sizeof line, "index -q --threads 1 -i %s %s", ix, texts);
    writing(false, line);
}

static void an_update__leaves_before_or_after(void **state)
{
    (void)state;
    char line[FAILING_LINE_BYTES];
    snprintf(line, sizeof line, "index -q --threads 1 -i %s %s", ix, texts);
    writing(true, line);
}

/* On several threads the n-th call is now this one, now that; what must hold is the same. */
static void an_update_on_threads__leaves_before_or_after(void **state)
{
    (void)state;
    char line[FAILING_LINE_BYTES];
    snprintf(line, sizeof line, "index -q --threads 3 -i %s %s", ix, texts);
    writing(true, line);
}

static void a_merge_on_threads__leaves_before_or_after(void **state)
{
    (void)state;
    char line[PATH_MAX * 2];
    snprintf(line, sizeof line, "merge -q --threads 3 -i %s", ix);
    writing(true, line);
}

static void a_build_by_xapian__is_done_or_refused(void **state)
{
    (void)state;
    char line[FAILING_LINE_BYTES];
    snprintf(line, sizeof line, "index -q --builder api --threads 1 -i %s %s", ix, texts);
    writing(true, line);
}

static void a_merge__leaves_before_or_after(void **state)
{
    (void)state;
    char line[PATH_MAX * 2];
    snprintf(line, sizeof line, "merge -q --threads 1 -i %s", ix);
    writing(true, line);
}

/* ---- what there is ---- */

static void put(const char *name, const char *text)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%s", texts, name);
    temp_dir_write(path, text, strlen(text));
}

static void put_report(const char *name, int n_lines, const char *more)
{
    static char text[1 << 14];
    size_t n = (size_t)snprintf(
        text, sizeof text, "%s市2024年政府工作报告\n\n一、优化营商环境\n%s\n", name, more);
    for (int i = 0; i < n_lines; i++)
        n += (size_t)snprintf(text + n, sizeof text - n,
            "第%d段：营商环境持续优化，审批时间压缩%d天；支持加装电梯。\n\n", i, i * 7 % 31);
    put(name, text);
}

/* Three segments, one of them with a report that is gone; then texts that are newer. */
static int set_up(void **state)
{
    (void)state;
    static struct result result;
    char line[FAILING_LINE_BYTES];
    dir = temp_dir_make();
    snprintf(texts, sizeof texts, "%s/texts", dir);
    snprintf(ix, sizeof ix, "%s/ix", dir);
    snprintf(kept, sizeof kept, "%s/kept", dir);
    snprintf(queries, sizeof queries, "%s/queries.tsv", dir);
    snprintf(qrels, sizeof qrels, "%s/qrels", dir);
    static const char *const lines = "1\t营商环境\n2\t加装电梯 审批\n";
    temp_dir_write(queries, lines, strlen(lines));
    temp_dir_write(qrels, "1 0 1#1 1\n2 0 2#1 1\n", 20);
    assert_int_equal(mkdir(texts, 0777), 0);
    put_report("甲.txt", 20, "");
    put_report("乙.md", 3, "此段将被删去。");
    put("录.jsonl",
        "{\"id\":\"j1\",\"title\":\"记录\",\"date\":\"2024-03-01\",\"text\":\"支持加装电梯。\"}\n"
        "{\"id\":\"j3\",\"title\":\"记录三\",\"level\":3,\"text\":\"审批。\\n\\n营商环境。\"}\n");
    put("行.tsv", "1\t营商环境\n2\t加装电梯\n");
    put("表.csv", "id,标题,正文\nc1,甲,审批从快\nc2,乙,\"营商,环境\"\n");
    snprintf(line, sizeof line, "index -q --threads 1 -i %s %s", kept, texts);
    run_rightly(line, &result);
    put_report("丙.txt", 5, "");
    run_rightly(line, &result);
    put_report("丙.txt", 6, "");
    run_rightly(line, &result);
    snprintf(line, sizeof line, "%s/乙.md", texts);
    remove(line);
    put_report("丁.txt", 4, "此段是新增内容。");
    put_report("甲.txt", 21, "此段也是新增内容。");
    return 0;
}

static void remove_dir(void)
{
    if (dir)
        temp_dir_remove(dir);
}

static int tear_down(void **state)
{
    (void)state;
    printf("%ld failures, seed %u\n", n_tried, seed);
    return 0;
}

int main(void)
{
    const char *wanted = getenv("FAILURES"), *given = getenv("SEED");
    n_wanted = !wanted ? 12 : atol(wanted); /* 0, as of "all": all */
    seed = given ? (unsigned)atol(given) : (unsigned)time(NULL);
    setenv("DUAN_LANG", "en", 1);
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0); /* each run syncs */
    message_init();
    atexit(remove_dir);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches__are_right_or_refused),
        cmocka_unit_test(other_readers__are_right_or_refused),
        cmocka_unit_test(searches_by_xapian__are_right_or_refused),
        cmocka_unit_test(champions__are_written_and_found_or_refused),
        cmocka_unit_test(a_first_build__is_done_or_refused),
        cmocka_unit_test(an_update__leaves_before_or_after),
        cmocka_unit_test(a_build_by_xapian__is_done_or_refused),
        cmocka_unit_test(a_merge__leaves_before_or_after),
        cmocka_unit_test(an_update_on_threads__leaves_before_or_after),
        cmocka_unit_test(a_merge_on_threads__leaves_before_or_after),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests_name("failures", tests, set_up, tear_down);
}
