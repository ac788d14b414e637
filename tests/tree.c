// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "common/hash.h"
#include "tests/temp_dir.h"

enum { OPEN_FOLDERS = 16, CHILD_BYTES = PATH_MAX + NAME_MAX + 2 };

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

void tree_remove(const char *path)
{
    nftw(path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void tree_copy(const char *from, const char *to)
{
    char a[CHILD_BYTES], b[CHILD_BYTES];
    DIR *d = opendir(from);
    assert_non_null(d);
    assert_int_equal(mkdir(to, 0777), 0);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(a, sizeof a, "%s/%s", from, e->d_name);
        snprintf(b, sizeof b, "%s/%s", to, e->d_name);
        if (is_folder(a)) {
            tree_copy(a, b);
            continue;
        }
        size_t n;
        char *bytes = temp_dir_read(a, &n);
        temp_dir_write(b, bytes, n);
        free(bytes);
    }
    closedir(d);
}

uint64_t tree_hash(const char *path)
{
    uint64_t sum = 0;
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        char child[CHILD_BYTES];
        uint64_t size, hash;
        struct error err;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(child, sizeof child, "%s/%s", path, e->d_name);
        if (is_folder(child))
            hash = tree_hash(child);
        else
            assert_int_equal(file_hash(child, &size, &hash, &err), STATUS_OK);
        sum += (hash_bytes(child, strlen(child)) ^ hash) * 0x9E3779B97F4A7C15u;
    }
    if (d)
        closedir(d);
    return sum;
}
