// SPDX-License-Identifier: GPL-2.0-or-later
/* What `duan index` makes of a folder does not depend on the number of threads: neither the bytes of the index nor what
 * is said, in which order, nor what is counted. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "indexer/update.h"
#include "tests/temp_dir.h"

enum { N_TEXTS = 90, FOLDER_FILES = 12, LONG_BYTES = 300 * 1024 };

struct threads_world {
    char *dir;
    const char *in;
};

static int set_up(void **state)
{
    struct threads_world *w = calloc(1, sizeof *w);
    w->dir = temp_dir_make();
    w->in = temp_dir_path(w->dir, "in");
    assert_int_equal(mkdir(w->in, 0755), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct threads_world *w = *state;
    temp_dir_remove(w->dir);
    free(w);
    return 0;
}

/* ---- a folder with something of everything ---- */

static uint32_t below(uint64_t *state, uint32_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

static void put_text(struct buf *out, uint64_t *state, size_t n_bytes)
{
    static const char *const parts[] = {"云陵市", "营商环境", "工作报告", "经济", "发展", "，",
        "。\n", "2023年", "會(huì )議", "第一条　", "一、", "\n\n", "建设", "民生", "（一）",
        "GDP"};
    while (out->len < n_bytes)
        buf_append_str(out, parts[below(state, sizeof parts / sizeof *parts)]);
}

static void put_file(struct threads_world *w, const char *name, const struct buf *text)
{
    char path[256];
    snprintf(path, sizeof path, "in/%s", name);
    temp_dir_write(temp_dir_path(w->dir, path), text->data ? text->data : "", text->len);
}

static void put_texts(struct threads_world *w, uint64_t seed)
{
    static const char *const endings[] = {"txt", "md", "txt", "tsv", "jsonl", "txt"};
    char name[64], path[64];
    for (unsigned i = 0; i < N_TEXTS; i++) {
        struct buf text;
        uint64_t state = seed + i;
        buf_init(&text, SIZE_MAX);
        const char *ending = endings[i % 6];
        if (strcmp(ending, "tsv") == 0)
            buf_append_str(&text, "a\t第一行\nno tab\nb\t第三行，云陵市\n");
        else if (strcmp(ending, "jsonl") == 0)
            buf_append_str(&text, "{\"text\":\"云陵市工作报告\"}\n{\"text\":\n{\"id\":7}\n");
        else
            put_text(&text, &state, i % 30 == 2 ? LONG_BYTES : 20 + below(&state, 4000));
        snprintf(path, sizeof path, "in/%u", i / FOLDER_FILES);
        assert_true(mkdir(temp_dir_path(w->dir, path), 0755) == 0 || errno == EEXIST);
        snprintf(name, sizeof name, "%u/%03u.%s", i / FOLDER_FILES, i, ending);
        put_file(w, name, &text);
        buf_release(&text);
    }
}

static void put_bytes(struct threads_world *w, const char *name, const char *bytes, size_t n)
{
    struct buf text = {.data = (char *)(uintptr_t)bytes, .len = n};
    put_file(w, name, &text);
}

static void put_others(struct threads_world *w)
{
    static const char html[] =
        "<html><head><title>云陵市</title></head><body><p>营商环境</p></body></html>";
    static const char table[] = "file,place\n000.txt,云陵\nnone.txt,南溪\n";
    put_bytes(w, "0/page.html", html, sizeof html - 1);
    put_bytes(w, "0/metadata.csv", table, sizeof table - 1);
    put_bytes(w, "1/binary.txt", "\0\1\2\3\0\0\0\0\0\0\0\0", 12);
    put_bytes(w, "1/broken.zip", "PK\3\4broken", 10);
    put_bytes(w, "2/empty.txt", "", 0);
    put_bytes(w, "2/wrong.docx", "PK\3\4wrong", 9);
    put_bytes(w, "3/picture.png", "\x89PNG\r\n\x1a\n\0\0\0\0", 12);
}

/* ---- what comes of it ---- */

struct heard {
    struct buf text; /* everything the run said and counted, then the files of the index */
    int stop_after;  /* files; -1: never */
};

static void on_fault(void *arg, const char *path, uint32_t line, const char *what)
{
    struct heard *h = arg;
    assert_true(buf_printf(&h->text, "%s:%u: %s\n", path, line, what));
}

static void on_event(void *arg, const char *path, enum update_event event)
{
    struct heard *h = arg;
    assert_true(buf_printf(&h->text, "%d %s\n", (int)event, path));
    h->stop_after -= h->stop_after > 0;
}

static bool is_stopped(void *arg)
{
    const struct heard *h = arg;
    return h->stop_after == 0;
}

static void put_counts(struct buf *out, const struct update_counts *c)
{
    const uint64_t counts[] = {c->is_interrupted, c->n_added, c->n_changed, c->n_removed,
        c->n_unchanged, c->n_failed, c->n_bad_lines, c->n_reports, c->n_passages, c->n_bytes_read,
        c->n_kinds};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        assert_true(buf_printf(out, "%llu ", (unsigned long long)counts[i]));
}

static void put_segments(struct buf *out, const char *index)
{
    static const char *const names[] = {"docdata.glass", "postlist.glass", "iamglass", "checksums"};
    char path[512];
    for (unsigned segment = 1; segment < 4; segment++) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            size_t n;
            snprintf(path, sizeof path, "%s/seg-%06u/%s", index, segment, names[i]);
            if (access(path, F_OK) != 0)
                continue;
            char *bytes = temp_dir_read(path, &n);
            assert_true(buf_printf(out, "%u/%s ", segment, names[i]) && buf_append(out, bytes, n));
            free(bytes);
        }
    }
}

/* Runs, and gives all that came of it. */
static struct buf run(struct threads_world *w, unsigned n_threads, size_t memory, int stop_after)
{
    char name[32];
    struct heard h = {.stop_after = stop_after};
    struct update_counts counts;
    struct error err = {.message = ""};
    buf_init(&h.text, SIZE_MAX);
    snprintf(name, sizeof name, "%u-%u.duan", n_threads, (unsigned)(memory >> 20));
    const char *index = temp_dir_path(w->dir, name);
    const struct update_options options = {.memory_bytes = memory,
        .n_threads = n_threads,
        .listener = {&h, on_fault, NULL, on_event, is_stopped}};
    if (update_run(index, &w->in, 1, &options, &counts, &err) != STATUS_OK)
        fail_msg("%u threads: %s", n_threads, err.message);
    put_counts(&h.text, &counts);
    put_segments(&h.text, index);
    return h.text;
}

static void assert_same(struct buf *one, struct buf *other, unsigned n_threads)
{
    if (one->len != other->len || memcmp(one->data, other->data, one->len) != 0)
        fail_msg("%u threads make a difference:\n%.2000s\n-- not --\n%.2000s", n_threads,
            other->data, one->data);
    buf_release(other);
}

static void assert_same_with_any(struct threads_world *w, int stop_after)
{
    struct buf one = run(w, 1, 64 << 20, stop_after), other;
    for (unsigned n_threads = 2; n_threads <= 4; n_threads++) {
        other = run(w, n_threads, 64 << 20, stop_after);
        assert_same(&one, &other, n_threads);
    }
    other = run(w, 2, 32 << 20, stop_after); /* more files are too long to be read ahead */
    assert_same(&one, &other, 2);
    buf_release(&one);
}

static void update_run__makes_the_same_of_new_and_changed_files_with_any_threads(void **state)
{
    struct threads_world *w = *state;
    put_texts(w, 1);
    put_others(w);
    assert_same_with_any(w, -1);
    put_texts(w, 2); /* other texts, and other lengths */
    assert_int_equal(unlink(temp_dir_path(w->dir, "in/0/page.html")), 0);
    assert_int_equal(unlink(temp_dir_path(w->dir, "in/5/060.txt")), 0);
    put_bytes(w, "4/new.txt", "云陵", 6);
    assert_same_with_any(w, -1);
}

static void update_run__keeps_the_same_when_interrupted_with_any_threads(void **state)
{
    struct threads_world *w = *state;
    put_texts(w, 3);
    assert_same_with_any(w, 25);
    assert_same_with_any(w, -1); /* what is left */
}

/* What an archive that was read no longer holds goes, though the run is stopped before it could see what vanished: the next
 * one finds the archive unchanged. */
static void update_run__drops_the_gone_members_of_an_archive_when_interrupted(void **state)
{
    struct threads_world *w = *state;
    char command[1024];
    put_bytes(w, "b.txt", "养老", 6);
    put_bytes(w, "x.txt", "云陵", 6);
    put_bytes(w, "y.txt", "南溪", 6);
    snprintf(command, sizeof command, "cd '%s' && tar cf a.tar x.txt y.txt", w->in);
    assert_int_equal(system(command), 0);
    for (unsigned n_threads = 1; n_threads <= 2; n_threads++) {
        struct buf text = run(w, n_threads, 64 << 20, -1);
        buf_release(&text);
    }
    put_bytes(w, "x.txt", "新的", 6);
    snprintf(command, sizeof command, "cd '%s' && tar cf a.tar x.txt", w->in);
    assert_int_equal(system(command), 0);
    for (unsigned n_threads = 1; n_threads <= 2; n_threads++) {
        struct buf text = run(w, n_threads, 64 << 20, 1); /* until the changed member is in */
        assert_non_null(strstr(text.data, "a.tar!/y.txt\n1 0 1 1 "));
        buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            update_run__makes_the_same_of_new_and_changed_files_with_any_threads, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            update_run__keeps_the_same_when_interrupted_with_any_threads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            update_run__drops_the_gone_members_of_an_archive_when_interrupted, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
