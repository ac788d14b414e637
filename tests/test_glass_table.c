// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of known content, judged by xapian-check. The content is not a database's: table by table,
 * xapian-check looks at the tree alone (order, sums, separators, each block once). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/file.h"
#include "store/glass_pack.h"
#include "store/glass_table.h"
#include "store/glass_version.h"
#include "tests/temp_dir.h"

/* Runs a shell command; its exit status. Output goes to 'log' in temp_dir. */
static int run(const char *fmt, const char *a, const char *b)
{
    char command[512], whole[700];
    snprintf(command, sizeof command, fmt, a, b);
    snprintf(whole, sizeof whole, "%s >'%s/log' 2>&1", command, temp_dir);
    int status = system(whole);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has_xapian_check(void)
{
    return system("command -v xapian-check >/dev/null") == 0;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* What a table of documents' data is given: n entries under docids, tags of sizes from tag_min to
 * tag_max. */
struct shape {
    uint32_t block_size;
    uint32_t n;
    size_t tag_min, tag_max;
};

static struct glass_root write_docdata(struct shape shape, uint64_t seed)
{
    struct error err;
    struct glass_table *t;
    struct glass_root root;
    assert_int_equal(
        glass_table_open(temp_dir_in("docdata.glass"), shape.block_size, &t, &err), STATUS_OK);
    uint8_t *tag = malloc(shape.tag_max + 1);
    for (uint32_t docid = 1; docid <= shape.n; docid++) {
        uint8_t key[GLASS_SORTED_MAX];
        size_t n = shape.tag_min + next_random(&seed) % (shape.tag_max - shape.tag_min + 1);
        for (size_t i = 0; i < n; i++)
            tag[i] = (uint8_t)next_random(&seed);
        size_t key_len = (size_t)(glass_pack_sorted(key, docid) - key);
        assert_int_equal(glass_table_add(t, key, key_len, tag, n, &err), STATUS_OK);
    }
    assert_int_equal(glass_table_finish(t, &root, NULL, &err), STATUS_OK);
    glass_table_close(t);
    free(tag);
    return root;
}

/* A posting table that holds the lengths of n documents of length 1 and of nothing else. */
static struct glass_root write_lengths(uint32_t block_size, uint32_t n)
{
    struct error err;
    struct glass_table *t;
    struct glass_root root;
    assert_int_equal(
        glass_table_open(temp_dir_in("postlist.glass"), block_size, &t, &err), STATUS_OK);
    for (uint32_t first = 1; first <= n; first += 1000) {
        uint8_t key[16] = {0, 0xe0}, tag[4000], *end = tag;
        uint32_t last = first + 999 < n ? first + 999 : n;
        if (first == 1) {
            memset(end, 0, 3);
            end += 3;
        }
        *end++ = last == n ? '1' : '0';
        end = glass_pack_uint(end, last - first);
        for (uint32_t docid = first; docid <= last; docid++) {
            if (docid > first)
                *end++ = 0;
            *end++ = 0;
        }
        uint8_t *key_end = first == 1 ? key + 2 : glass_pack_sorted(key + 2, first);
        assert_int_equal(
            glass_table_add(t, key, (size_t)(key_end - key), tag, (size_t)(end - tag), &err),
            STATUS_OK);
    }
    assert_int_equal(glass_table_finish(t, &root, NULL, &err), STATUS_OK);
    glass_table_close(t);
    return root;
}

static void write_database(struct shape shape, uint64_t seed)
{
    struct error err;
    struct glass_version v = {.n_docs = shape.n};
    v.roots[GLASS_DOCDATA] = write_docdata(shape, seed);
    v.roots[GLASS_POSTLIST] = write_lengths(shape.block_size, shape.n);
    assert_int_equal(glass_version_write(temp_dir, &v, &err), STATUS_OK);
}

static void check_shape(struct shape shape)
{
    if (!has_xapian_check())
        skip();
    write_database(shape, 88172645463325252u + shape.n);
    int failed = run("xapian-check '%s'%s", temp_dir, "");
    if (failed)
        (void)!run("cat '%s/log' 1>&2%s", temp_dir, "");
    assert_int_equal(failed, 0);
}

#define SHAPE_TEST(name, ...)                                                                      \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        check_shape((struct shape){__VA_ARGS__});                                                  \
    }

SHAPE_TEST(glass_table__of_one_entry_is_sound, 8192, 1, 5, 5)
SHAPE_TEST(glass_table__of_one_leaf_is_sound, 8192, 100, 1, 30)
SHAPE_TEST(glass_table__of_many_leaves_is_sound, 8192, 20000, 1, 60)
SHAPE_TEST(glass_table__cuts_long_tags_into_parts, 8192, 300, 5000, 40000)
SHAPE_TEST(glass_table__fills_items_to_the_limit, 8192, 500, 2030, 2050)
SHAPE_TEST(glass_table__grows_deep_in_small_blocks, 2048, 60000, 300, 500)
SHAPE_TEST(glass_table__takes_the_largest_blocks, 65536, 2000, 100, 20000)

static void glass_table__refuses_keys_out_of_order(void **state)
{
    (void)state;
    struct error err;
    struct glass_table *t;
    const char *path = temp_dir_in("t.glass");
    uint8_t long_key[GLASS_KEY_MAX + 1] = {'z'};
    assert_int_equal(glass_table_open(path, 8192, &t, &err), STATUS_OK);
    assert_int_equal(glass_table_add(t, "b", 1, "x", 1, &err), STATUS_OK);
    assert_int_equal(glass_table_add(t, "b", 1, "x", 1, &err), STATUS_INTERNAL);
    assert_int_equal(glass_table_add(t, "a", 1, "x", 1, &err), STATUS_INTERNAL);
    assert_int_equal(glass_table_add(t, "", 0, "x", 1, &err), STATUS_INTERNAL);
    assert_int_equal(glass_table_add(t, long_key, sizeof long_key, "x", 1, &err), STATUS_INTERNAL);
    assert_int_equal(glass_table_add(t, "b\0", 2, "x", 1, &err), STATUS_OK);
    glass_table_close(t);
}

static void glass_table__does_not_overwrite_a_file(void **state)
{
    (void)state;
    struct error err;
    struct glass_table *t;
    const char *path = temp_dir_in("t.glass");
    assert_int_equal(glass_table_open(path, 8192, &t, &err), STATUS_OK);
    glass_table_close(t);
    assert_int_equal(glass_table_open(path, 8192, &t, &err), STATUS_IO);
    assert_int_equal(glass_table_open(path, 8000, &t, &err), STATUS_INTERNAL);
}

static void glass_table__knows_its_file_without_reading_it(void **state)
{
    (void)state;
    struct error err;
    struct glass_table *t;
    struct glass_root root;
    struct file_sums sums;
    const char *path = temp_dir_in("docdata.glass");
    uint64_t size, hash;
    assert_int_equal(glass_table_open(path, CHECKSUM_PIECE, &t, &err), STATUS_OK);
    for (uint32_t docid = 1; docid <= 5000; docid++) {
        uint8_t key[GLASS_SORTED_MAX], tag[500];
        memset(tag, (int)(docid % 251), sizeof tag);
        size_t n = (size_t)(glass_pack_sorted(key, docid) - key);
        assert_int_equal(glass_table_add(t, key, n, tag, docid % sizeof tag, &err), STATUS_OK);
    }
    assert_int_equal(glass_table_finish(t, &root, &sums, &err), STATUS_OK);
    glass_table_close(t);
    assert_int_equal(file_hash(path, &size, &hash, &err), STATUS_OK);
    assert_int_equal(sums.size, size);
    assert_int_equal(sums.hash, hash);
    assert_int_equal(sums.pieces.len, 4 * root.n_blocks);
    struct buf bytes, read;
    buf_init(&bytes, SIZE_MAX);
    buf_init(&read, SIZE_MAX);
    assert_int_equal(file_read(path, &bytes, &err), STATUS_OK);
    for (size_t at = 0; at < bytes.len; at += CHECKSUM_PIECE)
        assert_true(checksum_append(&read, bytes.data + at, CHECKSUM_PIECE));
    assert_int_equal(read.len, sums.pieces.len);
    assert_memory_equal(read.data, sums.pieces.data, read.len);
    buf_release(&bytes);
    buf_release(&read);
    file_sums_release(&sums);
}

static void glass_version__knows_its_own_stamp_and_no_other(void **state)
{
    (void)state;
    struct error err;
    struct glass_version v = {.n_docs = 0};
    const char *path = temp_dir_in("iamglass");
    assert_false(glass_version_is_known(temp_dir));
    assert_int_equal(glass_version_write(temp_dir, &v, &err), STATUS_OK);
    assert_true(glass_version_is_known(temp_dir));
    FILE *file = fopen(path, "r+");
    fseek(file, 15, SEEK_SET);
    fputc(0x6f, file);
    fclose(file);
    assert_false(glass_version_is_known(temp_dir));
}

static void glass_pack__keeps_the_order_of_numbers(void **state)
{
    (void)state;
    static const uint32_t v[] = {0, 1, 255, 256, 0x7fff, 0x8000, 0x3fffff, 0x400000, 1 << 24,
        0x1fffffff, 0x20000000, 0xfffffffe, 0xffffffff};
    uint8_t last[8] = {0}, now[8];
    size_t last_len = 0;
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        size_t n = (size_t)(glass_pack_sorted(now, v[i]) - now);
        assert_true(now[0] != 0xff);
        if (i)
            assert_true(memcmp(last, now, last_len < n ? last_len : n) < 0);
        memcpy(last, now, n);
        last_len = n;
    }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_dir_set_up, temp_dir_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(glass_table__of_one_entry_is_sound),
        IN_FOLDER(glass_table__of_one_leaf_is_sound),
        IN_FOLDER(glass_table__of_many_leaves_is_sound),
        IN_FOLDER(glass_table__cuts_long_tags_into_parts),
        IN_FOLDER(glass_table__fills_items_to_the_limit),
        IN_FOLDER(glass_table__grows_deep_in_small_blocks),
        IN_FOLDER(glass_table__takes_the_largest_blocks),
        IN_FOLDER(glass_table__refuses_keys_out_of_order),
        IN_FOLDER(glass_table__does_not_overwrite_a_file),
        IN_FOLDER(glass_table__knows_its_file_without_reading_it),
        IN_FOLDER(glass_version__knows_its_own_stamp_and_no_other),
        cmocka_unit_test(glass_pack__keeps_the_order_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
