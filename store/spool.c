// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/file.h"

enum status spool_open(struct spool *s, const char *dir, struct error *err)
{
    char path[PATH_MAX];
    *s = (struct spool){0};
    if (file_join(dir, "spool-XXXXXX", path, err) != STATUS_OK)
        return err->status;
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot make a temporary file in '%s'", dir);
    unlink(path);
    s->file = fdopen(fd, "w+b");
    if (!s->file) {
        close(fd);
        return error_no_memory(err);
    }
    return STATUS_OK;
}

void spool_close(struct spool *s)
{
    if (s->file)
        fclose(s->file);
    *s = (struct spool){0};
}

enum status spool_write(struct spool *s, const char *bytes, size_t n, struct error *err)
{
    if (n && fwrite(bytes, 1, n, s->file) != n)
        return error_errno(err, "cannot write a temporary file");
    s->size += n;
    return STATUS_OK;
}

enum status spool_seek(struct spool *s, uint64_t offset, struct error *err)
{
    if (fseeko(s->file, (off_t)offset, SEEK_SET) != 0)
        return error_errno(err, "cannot write a temporary file");
    return STATUS_OK;
}

enum status spool_read(struct spool *s, size_t n, struct buf *out, struct error *err)
{
    buf_clear(out);
    if (!buf_reserve(out, n))
        return error_no_memory(err);
    errno = EIO; /* of a file that is shorter than it was */
    if (n && fread(out->data, 1, n, s->file) != n)
        return error_errno(err, "cannot read a temporary file");
    out->len = n;
    return STATUS_OK;
}

enum status spool_read_at(
    struct spool *s, uint64_t offset, size_t n, struct buf *out, struct error *err)
{
    enum status status = spool_seek(s, offset, err);
    return status == STATUS_OK ? spool_read(s, n, out, err) : status;
}
