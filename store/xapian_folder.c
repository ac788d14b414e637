// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/xapian_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"

/* The first bytes of a file, as many as there are; -1 with errno. */
static ssize_t read_head(const char *path, char *bytes, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t got = read(fd, bytes, n);
    int cause = errno;
    close(fd);
    errno = cause;
    return got;
}

enum status xapian_folder_check(const char *dir, struct error *err)
{
    static const char magic[] = "\x0f\x0dXapian Glass";
    char head[sizeof magic - 1], version[PATH_MAX], postlist[PATH_MAX];
    struct stat st;
    if (file_join(dir, "iamglass", version, err) != STATUS_OK ||
        file_join(dir, "postlist.glass", postlist, err) != STATUS_OK)
        return err->status;
    if (stat(dir, &st) != 0)
        return error_errno(err, "cannot open database '%s'", dir);
    if (!S_ISDIR(st.st_mode))
        return error_set(err, STATUS_FOREIGN, "'%s' is not a database", dir);
    ssize_t got = read_head(version, head, sizeof head);
    if (got < 0)
        return error_errno(err, "cannot open database '%s'", dir);
    if (got == (ssize_t)sizeof head && memcmp(head, magic, sizeof head) != 0)
        return error_set(err, STATUS_FOREIGN, "'%s' is not a glass database", dir);
    if (got != (ssize_t)sizeof head || access(postlist, F_OK) != 0)
        return error_set(err, STATUS_CORRUPT, "database '%s' is not whole", dir);
    return STATUS_OK;
}

static bool is_good_news(const char *line, size_t n)
{
    static const char *const good[] = {"structure checked OK", "Not present.", "Lazily created"};
    if (n == 0 || line[n - 1] == ':')
        return true;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (memmem(line, n, good[i], strlen(good[i])))
            return true;
    return false;
}

const char *xapian_first_complaint(const char *report, size_t n, size_t *len)
{
    static const char unknown[] = "unknown";
    for (const char *line = report, *end = report + n; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        *len = (size_t)((newline ? newline : end) - line);
        if (!is_good_news(line, *len))
            return line;
        line += *len + 1;
    }
    *len = sizeof unknown - 1;
    return unknown;
}
