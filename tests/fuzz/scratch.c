// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/fuzz/scratch.h"

#include <unistd.h>

#include "common/file.h"

static char dir[1024];

static void remove_dir(void)
{
    struct error ignored;
    file_remove_tree(dir, &ignored);
}

const char *scratch_dir(void)
{
    const char *stated = getenv("TMPDIR");
    if (*dir)
        return dir;
    snprintf(dir, sizeof dir, "%s/duan-fuzz-XXXXXX",
        stated ? stated : (access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"));
    MUST(mkdtemp(dir));
    atexit(remove_dir);
    return dir;
}

const char *scratch_path(const char *name)
{
    static char paths[4][2048];
    static unsigned n;
    char *path = paths[n++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_dir(), name);
    return path;
}

void scratch_remove(const char *name)
{
    struct error err;
    MUST(file_remove_tree(scratch_path(name), &err) == STATUS_OK);
}

char *scratch_read(const char *path, size_t *n)
{
    struct buf bytes;
    struct error err;
    buf_init(&bytes, 1 << 26);
    MUST(file_read(path, &bytes, &err) == STATUS_OK);
    *n = bytes.len;
    return bytes.data;
}

void scratch_write(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    MUST(file && (n == 0 || fwrite(bytes, n, 1, file) == 1));
    MUST(fclose(file) == 0);
}

/* ---- indexes ---- */

struct index_writer *scratch_index_begin(const char *name)
{
    static const struct builder_options options = {BUILDER_AUTO, 16 << 20, 1};
    struct index_writer *w;
    struct error err;
    MUST(index_writer_open(scratch_path(name), &options, &w, &err) == STATUS_OK);
    return w;
}

void scratch_report_begin(
    struct index_writer *w, struct source *source, const char *path, uint32_t date)
{
    *source = (struct source){.path = path,
        .path_len = strlen(path),
        .encoding = ENCODING_UTF8,
        .certainty = 99,
        .size = 7};
    struct report r = {.title = "公报",
        .title_len = strlen("公报"),
        .id = "",
        .fields = "",
        .stuffed = "",
        .date = date};
    struct error err;
    MUST(index_writer_begin_source(w, source, &err) == STATUS_OK);
    MUST(index_writer_begin_report(w, &r, &err) == STATUS_OK);
}

void scratch_passage(struct index_writer *w, const char *text, size_t n, uint32_t number)
{
    const struct passage p = {.text = text, .text_len = n, .number = number, .line = number};
    struct error err;
    MUST(index_writer_add_passage(w, &p, &err) == STATUS_OK);
}

void scratch_report_end(struct index_writer *w, const struct source *source)
{
    struct error err;
    MUST(index_writer_end_source(w, source, &err) == STATUS_OK);
}

void scratch_index_end(struct index_writer *w)
{
    struct error err;
    MUST(index_writer_commit(w, &err) == STATUS_OK);
    index_writer_close(w);
}
