// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/hash.h"
#include "tests/temp_dir.h"

static struct error err;

static void hash_bytes__is_xxh3(void **state)
{
    (void)state;
    /* The value that XXH3's specification gives for no input and seed 0. */
    assert_true(hash_bytes("", 0) == 0x2D06800538D394C2);
}

static void hash_stream_value__does_not_depend_on_the_cuts(void **state)
{
    (void)state;
    char bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    struct hash_stream *h = hash_stream_open();
    assert_non_null(h);
    for (size_t at = 0, n = 1; at < sizeof bytes; at += n, n = n * 2 + 1)
        hash_stream_feed(h, bytes + at, n < sizeof bytes - at ? n : sizeof bytes - at);
    assert_true(hash_stream_value(h) == hash_bytes(bytes, sizeof bytes));
    hash_stream_close(h);
}

static void file_read__takes_a_file_as_long_as_the_maximum(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    temp_dir_write(temp_dir_in("a"), "12345", 5);
    assert_int_equal(file_read(temp_dir_in("a"), &b, &err), STATUS_OK);
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "12345", 5);
    buf_release(&b);
}

static void file_read__refuses_a_longer_one(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    temp_dir_write(temp_dir_in("a"), "123456", 6);
    assert_int_equal(file_read(temp_dir_in("a"), &b, &err), STATUS_BAD_INPUT);
    assert_int_equal(b.len, 0);
    buf_release(&b);
}

static void file_read__of_an_empty_file_is_empty(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    temp_dir_write(temp_dir_in("a"), "", 0);
    assert_int_equal(file_read(temp_dir_in("a"), &b, &err), STATUS_OK);
    assert_int_equal(b.len, 0);
    buf_release(&b);
}

static void file_read__does_not_wait_for_a_fifo(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 5);
    assert_int_equal(mkfifo(temp_dir_in("fifo"), 0600), 0);
    assert_int_equal(file_read(temp_dir_in("fifo"), &b, &err), STATUS_BAD_INPUT);
    assert_int_equal(file_read(temp_dir, &b, &err), STATUS_BAD_INPUT);
    assert_int_equal(file_read(temp_dir_in("none"), &b, &err), STATUS_MISSING);
    buf_release(&b);
}

static void file_read__reads_what_stat_does_not_announce(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 16);
    assert_int_equal(file_read("/proc/self/stat", &b, &err), STATUS_OK);
    assert_true(b.len > 10);
    buf_release(&b);
}

static void file_hash__is_the_hash_of_the_bytes(void **state)
{
    (void)state;
    uint64_t size, hash;
    size_t n = 150000;
    char *bytes = calloc(1, n);
    temp_dir_write(temp_dir_in("a"), bytes, n);
    assert_int_equal(file_hash(temp_dir_in("a"), &size, &hash, &err), STATUS_OK);
    assert_true(size == n && hash == hash_bytes(bytes, n));
    free(bytes);
    assert_int_equal(file_hash(temp_dir_in("none"), &size, &hash, &err), STATUS_MISSING);
}

static void file_write_atomically__replaces_and_leaves_nothing_beside(void **state)
{
    (void)state;
    size_t n;
    temp_dir_write(temp_dir_in("a"), "old", 3);
    temp_dir_write(temp_dir_in("a.tmp"), "left by a killed process", 24);
    assert_int_equal(file_write_atomically(temp_dir_in("a"), "new one", 7, &err), STATUS_OK);
    char *bytes = temp_dir_read(temp_dir_in("a"), &n);
    assert_int_equal(n, 7);
    assert_memory_equal(bytes, "new one", 7);
    free(bytes);
    assert_int_not_equal(access(temp_dir_in("a.tmp"), F_OK), 0);
}

static void file_write_atomically__fails_without_a_trace(void **state)
{
    (void)state;
    assert_int_equal(mkdir(temp_dir_in("a"), 0777), 0);
    temp_dir_write(temp_dir_in("a/b"), "", 0);
    assert_int_equal(file_write_atomically(temp_dir_in("a"), "x", 1, &err), STATUS_IO);
    assert_int_not_equal(access(temp_dir_in("a.tmp"), F_OK), 0);
    assert_int_equal(file_write_atomically(temp_dir_in("none/a"), "x", 1, &err), STATUS_MISSING);
}

static void file_remove_tree__does_not_follow_links(void **state)
{
    (void)state;
    assert_int_equal(mkdir(temp_dir_in("keep"), 0777), 0);
    temp_dir_write(temp_dir_in("keep/file"), "x", 1);
    assert_int_equal(mkdir(temp_dir_in("tree"), 0777), 0);
    assert_int_equal(mkdir(temp_dir_in("tree/sub"), 0777), 0);
    temp_dir_write(temp_dir_in("tree/sub/.hidden"), "x", 1);
    assert_int_equal(symlink("../../keep", temp_dir_in("tree/sub/link")), 0);
    assert_int_equal(symlink("keep", temp_dir_in("link")), 0);
    assert_int_equal(file_remove_tree(temp_dir_in("tree"), &err), STATUS_OK);
    assert_int_equal(file_remove_tree(temp_dir_in("link"), &err), STATUS_OK);
    assert_int_not_equal(access(temp_dir_in("tree"), F_OK), 0);
    assert_int_equal(access(temp_dir_in("keep/file"), F_OK), 0);
    assert_int_equal(file_remove_tree(temp_dir_in("tree"), &err), STATUS_OK);
}

static void file_remove_tree__refuses_what_is_nested_too_deep(void **state)
{
    (void)state;
    char path[1024];
    int n = snprintf(path, sizeof path, "%s", temp_dir_in("deep"));
    for (int i = 0; i <= FILE_TREE_DEPTH_MAX; i++) {
        assert_int_equal(mkdir(path, 0777), 0);
        n += snprintf(path + n, sizeof path - (size_t)n, "/d");
    }
    assert_int_equal(file_remove_tree(temp_dir_in("deep"), &err), STATUS_BAD_INPUT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, temp_dir_set_up, temp_dir_tear_down)

static void file_join__takes_what_fits_a_path(void **state)
{
    (void)state;
    char dir[PATH_MAX], path[PATH_MAX];
    memset(dir, 'd', sizeof dir);
    dir[PATH_MAX - 3] = '\0';
    assert_int_equal(file_join(dir, "x", path, &err), STATUS_OK);
    assert_int_equal(strlen(path), PATH_MAX - 1);
    assert_string_equal(path + PATH_MAX - 3, "/x");
    assert_int_equal(file_join(dir, "xy", path, &err), STATUS_BAD_INPUT);
    assert_non_null(strstr(err.message, "path too long"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_join__takes_what_fits_a_path),
        TEST(hash_bytes__is_xxh3),
        TEST(hash_stream_value__does_not_depend_on_the_cuts),
        TEST(file_read__takes_a_file_as_long_as_the_maximum),
        TEST(file_read__refuses_a_longer_one),
        TEST(file_read__of_an_empty_file_is_empty),
        TEST(file_read__does_not_wait_for_a_fifo),
        TEST(file_read__reads_what_stat_does_not_announce),
        TEST(file_hash__is_the_hash_of_the_bytes),
        TEST(file_write_atomically__replaces_and_leaves_nothing_beside),
        TEST(file_write_atomically__fails_without_a_trace),
        TEST(file_remove_tree__does_not_follow_links),
        TEST(file_remove_tree__refuses_what_is_nested_too_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
