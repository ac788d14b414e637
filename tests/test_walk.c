// SPDX-License-Identifier: GPL-2.0-or-later
/* The walk over a small tree with everything in it that can stand in a folder; rendered as one
 * string. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <unistd.h>

#include <cmocka.h>

#include "indexer/walk.h"
#include "tests/temp_dir.h"

struct render {
    char text[8192];
    size_t n;
    const char *root;
    int stop_after; /* files; 0: never */
};

static void put(struct render *r, const char *mark, const char *shown, const char *what)
{
    size_t root = strlen(r->root), folder = (size_t)(strrchr(r->root, '/') - r->root);
    shown += strncmp(shown, r->root, root) == 0 ? root : folder; /* a name of it was decoded */
    r->n += (size_t)snprintf(
        r->text + r->n, sizeof r->text - r->n, "%s%s%s%s ", mark, shown, *what ? "=" : "", what);
}

static enum status put_file(void *arg, const struct walk_file *f, struct error *err)
{
    struct render *r = arg;
    (void)err;
    assert_int_equal(f->path[0], '/');
    assert_int_equal(strlen(f->path), f->path_len);
    put(r, f->is_named ? "named:" : "", f->shown, "");
    r->stop_after--;
    return STATUS_OK;
}

static enum status put_fault(void *arg, const char *shown, const char *what, struct error *err)
{
    (void)err;
    put(arg, "!", shown, what);
    return STATUS_OK;
}

static enum status put_unread(void *arg, const char *path, size_t n, struct error *err)
{
    (void)err;
    assert_int_equal(strlen(path), n);
    put(arg, "?", path, "");
    return STATUS_OK;
}

static bool is_stopped(void *arg)
{
    return ((struct render *)arg)->stop_after == 0;
}

struct walked {
    struct render render;
    struct walk_counts counts;
    bool is_complete;
    enum status status;
};

static struct walked walk_of(const char *given, const char *excluded, int stop_after)
{
    struct walked w = {.render = {.root = given, .stop_after = stop_after ? stop_after : -1}};
    const struct walk_callbacks callbacks = {
        &w.render, put_file, put_fault, put_unread, is_stopped, excluded};
    struct error err;
    struct walk_root root;
    assert_int_equal(walk_root_open(given, &root, &err), STATUS_OK);
    w.status = walk(&root, &callbacks, &w.counts, &w.is_complete, &err);
    walk_root_release(&root);
    if (w.render.n)
        w.render.text[w.render.n - 1] = '\0';
    return w;
}

static void make_file(const char *dir, const char *name)
{
    temp_dir_write(temp_dir_path(dir, name), "x", 1);
}

static void make_folder(const char *dir, const char *name)
{
    assert_int_equal(mkdir(temp_dir_path(dir, name), 0755), 0);
}

static void walk__sorts_and_skips_what_is_hidden(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, "b");
    make_folder(dir, ".git");
    make_file(dir, ".git/x");
    make_file(dir, "b/2");
    make_file(dir, "b/10");
    make_file(dir, "c");
    make_file(dir, "B");
    make_file(dir, "云陵");
    make_file(dir, ".hidden");
    struct walked w = walk_of(dir, NULL, 0);
    assert_int_equal(w.status, STATUS_OK);
    assert_string_equal(w.render.text, "/B /b/10 /b/2 /c /云陵");
    assert_int_equal(w.counts.n_hidden, 2);
    assert_int_equal(w.counts.n_files, 5);
    assert_true(w.is_complete);
    temp_dir_remove(dir);
}

static void walk__follows_no_link_it_meets(void **state)
{
    (void)state;
    char *dir = temp_dir_make(), *other = temp_dir_make();
    make_file(dir, "a");
    make_file(other, "out");
    make_folder(dir, "f");
    assert_int_equal(symlink("a", temp_dir_path(dir, "inner")), 0);
    assert_int_equal(symlink(temp_dir_path(other, "out"), temp_dir_path(dir, "outer")), 0);
    assert_int_equal(symlink("..", temp_dir_path(dir, "f/loop")), 0);
    assert_int_equal(symlink("nowhere", temp_dir_path(dir, "dangling")), 0);
    assert_int_equal(symlink("self", temp_dir_path(dir, "self")), 0);
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(w.render.text, "/a");
    assert_int_equal(w.counts.n_links, 5);
    assert_true(w.is_complete);
    w = walk_of(temp_dir_path(dir, "outer"), NULL, 0);
    assert_string_equal(w.render.text, "named:");
    w = walk_of(temp_dir_path(dir, "f/loop"), NULL, 0);
    assert_string_equal(w.render.text, "/a");
    temp_dir_remove(other);
    temp_dir_remove(dir);
}

static void walk__reports_what_is_neither_file_nor_folder(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_file(dir, "a");
    assert_int_equal(mkfifo(temp_dir_path(dir, "fifo"), 0600), 0);
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(w.render.text, "/a !/fifo=neither a file nor a folder");
    assert_int_equal(w.counts.n_failed, 1);
    w = walk_of(temp_dir_path(dir, "fifo"), NULL, 0);
    assert_string_equal(w.render.text, "!=neither a file nor a folder");
    temp_dir_remove(dir);
}

static void walk__reports_a_name_that_is_not_utf8_and_gives_the_file(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_file(dir, "b\xFF");
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(w.render.text, "!/b\xFF=the name is not UTF-8 /b\xFF");
    assert_int_equal(w.counts.n_odd_names, 1);
    assert_int_equal(w.counts.n_failed, 0);
    temp_dir_remove(dir);
}

/* 报告 in GBK, 報告 in Big5 */
#define GBK_NAME "\xB1\xA8\xB8\xE6"
#define BIG5_NAME "\xB3\xF8\xA7\x69"

static void walk__decodes_names(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, GBK_NAME);
    make_file(dir, GBK_NAME "/" BIG5_NAME);
    make_file(dir, GBK_NAME "/a");
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(w.render.text, "/报告/a /报告/報告");
    w = walk_of(temp_dir_path(dir, GBK_NAME), NULL, 0);
    assert_string_equal(w.render.text, "/报告/a /报告/報告");
    w = walk_of(dir, temp_dir_path(dir, GBK_NAME), 0);
    assert_string_equal(w.render.text, "");
    assert_int_equal(w.counts.n_odd_names, 0);
    temp_dir_remove(dir);
}

static void walk__leaves_a_name_whose_text_is_anothers(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, GBK_NAME);
    make_folder(dir, "报告");
    make_file(dir, GBK_NAME "/a");
    make_file(dir, "报告/b");
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(
        w.render.text, "!/" GBK_NAME "=the name is not UTF-8 /" GBK_NAME "/a /报告/b");
    w = walk_of(temp_dir_path(dir, GBK_NAME), NULL, 0);
    assert_string_equal(w.render.text, "/a");
    struct walk_root root;
    struct error err;
    assert_int_equal(walk_root_open(temp_dir_path(dir, GBK_NAME), &root, &err), STATUS_OK);
    assert_string_equal(root.path, root.disk_path);
    walk_root_release(&root);
    temp_dir_remove(dir);
}

static void walk__is_not_complete_below_a_folder_without_permission(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, "closed");
    make_file(dir, "z");
    assert_int_equal(chmod(temp_dir_path(dir, "closed"), 0), 0);
    bool is_root = geteuid() == 0; /* who may read every folder */
    if (is_root) {
        assert_int_equal(chmod(dir, 0755), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    struct walked w = walk_of(dir, NULL, 0);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_string_equal(w.render.text, "?/closed !/closed=Permission denied /z");
    assert_false(w.is_complete);
    chmod(temp_dir_path(dir, "closed"), 0700);
    temp_dir_remove(dir);
}

static void walk__bounds_depth(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    char path[PATH_MAX];
    size_t n = (size_t)snprintf(path, sizeof path, "%s", dir);
    for (int i = 0; i < WALK_DEPTH_MAX + 2; i++) {
        n += (size_t)snprintf(path + n, sizeof path - n, "/d");
        assert_int_equal(mkdir(path, 0755), 0);
    }
    struct walked w = walk_of(dir, NULL, 0);
    assert_int_equal(w.status, STATUS_OK);
    assert_int_equal(w.counts.n_failed, 1);
    assert_false(w.is_complete);
    assert_non_null(strstr(w.render.text, "too many folders within each other"));
    temp_dir_remove(dir);
}

static void walk__leaves_the_index_out(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, "r.duan");
    make_file(dir, "r.duan/manifest");
    make_file(dir, "a");
    char *excluded = realpath(temp_dir_path(dir, "r.duan"), NULL);
    struct walked w = walk_of(dir, excluded, 0);
    assert_string_equal(w.render.text, "/a");
    free(excluded);
    temp_dir_remove(dir);
}

static void walk__leaves_any_other_index_out_that_it_meets(void **state)
{
    static const char start[] = "{\"duan\":\"manifest\",\"format\":9";
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, "old");
    make_folder(dir, "poem");
    make_folder(dir, "queue");
    make_file(dir, "old/lock");
    make_file(dir, "poem/manifest");
    temp_dir_write(temp_dir_path(dir, "old/manifest"), start, strlen(start));
    assert_int_equal(mkfifo(temp_dir_path(dir, "queue/manifest"), 0644), 0);
    struct walked w = walk_of(dir, NULL, 0);
    assert_string_equal(
        w.render.text, "/poem/manifest !/queue/manifest=neither a file nor a folder");
    assert_int_equal(w.counts.n_indexes, 1);
    assert_true(w.is_complete);
    w = walk_of(temp_dir_path(dir, "old"), NULL, 0); /* it was asked for */
    assert_string_equal(w.render.text, "/lock /manifest");
    temp_dir_remove(dir);
}

static void walk__takes_a_file_and_a_hidden_root(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_folder(dir, ".reports");
    make_file(dir, ".reports/a");
    struct walked w = walk_of(temp_dir_path(dir, ".reports/a"), NULL, 0);
    assert_string_equal(w.render.text, "named:");
    w = walk_of(temp_dir_path(dir, ".reports"), NULL, 0);
    assert_string_equal(w.render.text, "/a");
    temp_dir_remove(dir);
}

static void walk__stops_when_asked(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    make_file(dir, "a");
    make_file(dir, "b");
    make_file(dir, "c");
    struct walked w = walk_of(dir, NULL, 2);
    assert_int_equal(w.status, STATUS_INTERRUPTED);
    assert_string_equal(w.render.text, "/a /b");
    assert_false(w.is_complete);
    temp_dir_remove(dir);
}

static void walk_root_open__names_a_missing_root(void **state)
{
    (void)state;
    struct error err;
    struct walk_root root;
    assert_int_equal(walk_root_open("/nowhere/at/all", &root, &err), STATUS_MISSING);
    assert_string_equal(err.message, "No such file or directory");
}

static void path_is_below__compares_whole_names(void **state)
{
    (void)state;
    assert_true(path_is_below("/a/b/c", 6, "/a/b"));
    assert_true(path_is_below("/a/b", 4, "/a/b/"));
    assert_false(path_is_below("/a/bc", 5, "/a/b"));
    assert_true(path_is_below("/a", 2, "/"));
    assert_false(path_is_below("-", 1, "/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walk__sorts_and_skips_what_is_hidden),
        cmocka_unit_test(walk__follows_no_link_it_meets),
        cmocka_unit_test(walk__reports_what_is_neither_file_nor_folder),
        cmocka_unit_test(walk__reports_a_name_that_is_not_utf8_and_gives_the_file),
        cmocka_unit_test(walk__decodes_names),
        cmocka_unit_test(walk__leaves_a_name_whose_text_is_anothers),
        cmocka_unit_test(walk__is_not_complete_below_a_folder_without_permission),
        cmocka_unit_test(walk__bounds_depth),
        cmocka_unit_test(walk__leaves_the_index_out),
        cmocka_unit_test(walk__leaves_any_other_index_out_that_it_meets),
        cmocka_unit_test(walk__takes_a_file_and_a_hidden_root),
        cmocka_unit_test(walk__stops_when_asked),
        cmocka_unit_test(walk_root_open__names_a_missing_root),
        cmocka_unit_test(path_is_below__compares_whole_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
