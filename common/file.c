// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hash.h"

enum { CHUNK_BYTES = 64 * 1024 };

enum status file_join(const char *dir, const char *name, char path[PATH_MAX], struct error *err)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);
    return n < 0 || n >= PATH_MAX ? error_set(err, STATUS_BAD_INPUT, "path too long: '%s'", dir)
                                  : STATUS_OK;
}

/* Opens a regular file for reading; *fd is set on success only. */
static enum status open_regular(const char *path, int *fd, struct stat *st, struct error *err)
{
    int f = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (f < 0)
        return error_errno(err, "cannot open '%s'", path);
    enum status s = STATUS_OK;
    if (fstat(f, st) != 0)
        s = error_errno(err, "cannot read '%s'", path);
    else if (!S_ISREG(st->st_mode))
        s = error_set(err, STATUS_BAD_INPUT, "'%s' is not a regular file", path);
    if (s == STATUS_OK)
        *fd = f;
    else
        close(f);
    return s;
}

static ssize_t read_again(int fd, void *bytes, size_t n)
{
    ssize_t got;
    do
        got = read(fd, bytes, n);
    while (got < 0 && errno == EINTR);
    return got;
}

static enum status too_long(const char *path, size_t max, struct error *err)
{
    return error_set(err, STATUS_BAD_INPUT, "'%s' is longer than %zu bytes", path, max);
}

/* The size told by stat is only a hint: the file may change while it is read. */
static enum status read_all(
    int fd, const char *path, size_t size, struct buf *out, struct error *err)
{
    if (size > out->max)
        return too_long(path, out->max, err);
    if (!buf_reserve(out, size))
        return error_no_memory(err);
    for (;;) {
        char one;
        bool is_full = out->len == out->cap;
        ssize_t got = read_again(
            fd, is_full ? &one : out->data + out->len, is_full ? 1 : out->cap - out->len);
        if (got < 0)
            return error_errno(err, "cannot read '%s'", path);
        if (got == 0)
            return STATUS_OK;
        if (!is_full)
            out->len += (size_t)got;
        else if (out->len == out->max)
            return too_long(path, out->max, err);
        else if (!buf_append_byte(out, one))
            return error_no_memory(err);
    }
}

enum status file_read(const char *path, struct buf *out, struct error *err)
{
    int fd;
    struct stat st;
    buf_clear(out);
    enum status s = open_regular(path, &fd, &st, err);
    if (s != STATUS_OK)
        return s;
    s = read_all(fd, path, (size_t)st.st_size, out, err);
    close(fd);
    if (s != STATUS_OK)
        buf_clear(out);
    return s;
}

static enum status hash_all(
    int fd, const char *path, struct hash_stream *h, uint64_t *size, struct error *err)
{
    char chunk[CHUNK_BYTES];
    ssize_t got;
    *size = 0;
    while ((got = read_again(fd, chunk, sizeof chunk)) > 0) {
        hash_stream_feed(h, chunk, (size_t)got);
        *size += (uint64_t)got;
    }
    return got == 0 ? STATUS_OK : error_errno(err, "cannot read '%s'", path);
}

enum status file_hash(const char *path, uint64_t *size, uint64_t *hash, struct error *err)
{
    int fd;
    struct stat st;
    enum status s = open_regular(path, &fd, &st, err);
    if (s != STATUS_OK)
        return s;
    struct hash_stream *h = hash_stream_open();
    s = h ? hash_all(fd, path, h, size, err) : error_no_memory(err);
    if (s == STATUS_OK)
        *hash = hash_stream_value(h);
    hash_stream_close(h);
    close(fd);
    return s;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t put = write(fd, bytes, n);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        }
    }
    return true;
}

static enum status make_file(
    const char *path, const void *bytes, size_t n, bool is_synced, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return error_errno(err, "cannot write '%s'", path);
    enum status s = STATUS_OK;
    if (!write_all(fd, bytes, n) || (is_synced && fsync(fd) != 0))
        s = error_errno(err, "cannot write '%s'", path);
    if (close(fd) != 0 && s == STATUS_OK)
        s = error_errno(err, "cannot write '%s'", path);
    return s;
}

enum status file_write_new(const char *path, const void *bytes, size_t n, struct error *err)
{
    return make_file(path, bytes, n, false, err);
}

static enum status sync_parent(const char *path, struct error *err)
{
    char dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash)
        return file_sync_folder(".", err);
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    memcpy(dir, path, n); /* shorter than the temporary path, which fitted */
    dir[n] = '\0';
    return file_sync_folder(dir, err);
}

enum status file_write_atomically(const char *path, const void *bytes, size_t n, struct error *err)
{
    char temporary[PATH_MAX];
    int len = snprintf(temporary, sizeof temporary, "%s.tmp", path);
    if (len < 0 || len >= PATH_MAX)
        return error_set(err, STATUS_BAD_INPUT, "path too long: '%s'", path);
    unlink(temporary); /* left by a killed process, it may be anything */
    enum status s = make_file(temporary, bytes, n, true, err);
    if (s == STATUS_OK && rename(temporary, path) != 0)
        s = error_errno(err, "cannot write '%s'", path);
    if (s == STATUS_OK)
        return sync_parent(path, err);
    unlink(temporary);
    return s;
}

enum status file_sync_folder(const char *dir, struct error *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot open '%s'", dir);
    /* EINVAL: a file system that cannot sync folders has nothing more to give. */
    enum status s = STATUS_OK;
    if (fsync(fd) != 0 && errno != EINVAL)
        s = error_errno(err, "cannot write '%s'", dir);
    close(fd);
    return s;
}

enum status file_next_name(DIR *d, const char *dir, const char **name, struct error *err)
{
    struct dirent *e;
    do {
        errno = 0;
        e = readdir(d);
    } while (e && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
    *name = e ? e->d_name : NULL;
    return e || errno == 0 ? STATUS_OK : error_errno(err, "cannot read '%s'", dir);
}

static enum status sync_file(int folder, const char *dir, const char *name, struct error *err)
{
    struct stat st;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return error_errno(err, "cannot open '%s/%s'", dir, name);
    enum status s = STATUS_OK;
    if (fstat(fd, &st) != 0 || (S_ISREG(st.st_mode) && fsync(fd) != 0))
        s = error_errno(err, "cannot sync '%s/%s'", dir, name);
    close(fd);
    return s;
}

enum status file_sync_files(const char *dir, struct error *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    enum status s;
    const char *name;
    while ((s = file_next_name(d, dir, &name, err)) == STATUS_OK && name)
        if (name[0] != '.' && (s = sync_file(dirfd(d), dir, name, err)) != STATUS_OK)
            break;
    closedir(d);
    return s == STATUS_OK ? file_sync_folder(dir, err) : s;
}

static enum status remove_at(
    int folder, const char *name, const char *path, int depth, struct error *err);

static enum status remove_entries(DIR *d, const char *path, int depth, struct error *err)
{
    enum status s;
    const char *name;
    while ((s = file_next_name(d, path, &name, err)) == STATUS_OK && name)
        if ((s = remove_at(dirfd(d), name, path, depth + 1, err)) != STATUS_OK)
            break;
    return s;
}

/* path is the tree's root, for messages. */
static enum status remove_folder(
    int folder, const char *name, const char *path, int depth, struct error *err)
{
    if (depth >= FILE_TREE_DEPTH_MAX)
        return error_set(err, STATUS_BAD_INPUT, "'%s' is nested deeper than %d folders", path,
            FILE_TREE_DEPTH_MAX);
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot remove '%s'", path);
    DIR *d = fdopendir(fd);
    if (!d) {
        close(fd);
        return error_errno(err, "cannot remove '%s'", path);
    }
    enum status s = remove_entries(d, path, depth, err);
    closedir(d);
    if (s == STATUS_OK && unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        s = error_errno(err, "cannot remove '%s'", path);
    return s;
}

static enum status remove_at(
    int folder, const char *name, const char *path, int depth, struct error *err)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? STATUS_OK : error_errno(err, "cannot remove '%s'", path);
    if (S_ISDIR(st.st_mode))
        return remove_folder(folder, name, path, depth, err);
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
        return error_errno(err, "cannot remove '%s'", path);
    return STATUS_OK;
}

enum status file_remove_tree(const char *path, struct error *err)
{
    return remove_at(AT_FDCWD, path, path, 0, err);
}
