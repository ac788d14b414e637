// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"

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

enum status folder_sync(const char *dir, struct error *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return error_errno(err, "cannot open '%s'", dir);
    enum status s;
    const char *name;
    while ((s = file_next_name(d, dir, &name, err)) == STATUS_OK && name)
        if (name[0] != '.' && (s = sync_file(dirfd(d), dir, name, err)) != STATUS_OK)
            break;
    if (s == STATUS_OK && fsync(dirfd(d)) != 0)
        s = error_errno(err, "cannot sync '%s'", dir);
    closedir(d);
    return s;
}
