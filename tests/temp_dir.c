// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/temp_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tree.h"

static char *paths[1000];
static size_t n_paths;

char *temp_dir_make(void)
{
    const char *base = getenv("TMPDIR");
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/duan-test-XXXXXX", base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    char *dir = strdup(path);
    assert_non_null(dir);
    return dir;
}

void temp_dir_remove(char *dir)
{
    tree_remove(dir);
    free(dir);
    while (n_paths)
        free(paths[--n_paths]);
}

const char *temp_dir_path(const char *dir, const char *name)
{
    assert_true(n_paths < sizeof paths / sizeof *paths);
    char *path = malloc(PATH_MAX);
    assert_non_null(path);
    paths[n_paths++] = path;
    assert_true(snprintf(path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX);
    return path;
}

char *temp_dir;

int temp_dir_set_up(void **state)
{
    (void)state;
    temp_dir = temp_dir_make();
    return 0;
}

int temp_dir_tear_down(void **state)
{
    (void)state;
    temp_dir_remove(temp_dir);
    return 0;
}

const char *temp_dir_in(const char *name)
{
    return temp_dir_path(temp_dir, name);
}

char *temp_dir_read(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    *n = (size_t)ftell(f);
    rewind(f);
    char *bytes = malloc(*n + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *n, f), *n);
    bytes[*n] = '\0';
    fclose(f);
    return bytes;
}

void temp_dir_write(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

void temp_dir_copy(const char *from, const char *to)
{
    assert_int_equal(mkdir(to, 0777), 0);
    DIR *d = opendir(from);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        size_t n;
        if (e->d_name[0] == '.')
            continue;
        char *bytes = temp_dir_read(temp_dir_path(from, e->d_name), &n);
        temp_dir_write(temp_dir_path(to, e->d_name), bytes, n);
        free(bytes);
    }
    closedir(d);
}
