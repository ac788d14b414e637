// SPDX-License-Identifier: GPL-2.0-or-later
/* Office files whose container is whole and whose parts are anything: first byte the format, then each part as
 * 1 name 2 content. With a first byte of 128 and more the rest is the file as it is. */
#include <archive.h>
#include <archive_entry.h>

#include "tests/fuzz/blocks.h"

enum { PARTS_MAX = 24, ZIP_OVERHEAD = 2048 };

static document_parser *const parsers[] = {
    parse_docx, parse_odf, parse_epub, parse_pptx, parse_xlsx};

static void put_part(struct archive *a, const uint8_t *part, size_t n)
{
    char name[64];
    const uint8_t *text = memchr(part, 2, n);
    size_t n_name = text ? (size_t)(text - part) : n, n_text = text ? n - n_name - 1 : 0;
    if (!n_name || n_name >= sizeof name || memchr(part, 0, n_name))
        return;
    memcpy(name, part, n_name);
    name[n_name] = '\0';
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, name);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, (la_int64_t)n_text);
    if (archive_write_header(a, e) == ARCHIVE_OK && n_text)
        MUST(archive_write_data(a, text + 1, n_text) == (la_ssize_t)n_text);
    archive_entry_free(e);
}

/* The caller frees. */
static char *zip_of(struct fuzz_input *in, size_t *n)
{
    size_t room = in->n + PARTS_MAX * ZIP_OVERHEAD;
    char *bytes = malloc(room);
    struct archive *a = archive_write_new();
    MUST(bytes && a && archive_write_set_format_zip(a) == ARCHIVE_OK);
    archive_write_set_options(a, "zip:compression=store");
    MUST(archive_write_open_memory(a, bytes, room, n) == ARCHIVE_OK);
    for (int i = 0; in->n && i < PARTS_MAX; i++) {
        const uint8_t *next = memchr(in->at, 1, in->n);
        size_t part = next ? (size_t)(next - in->at) : in->n;
        put_part(a, in->at, part);
        in->at += part + (next != NULL);
        in->n -= part + (next != NULL);
    }
    MUST(archive_write_close(a) == ARCHIVE_OK);
    archive_write_free(a);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t what = fuzz_byte(&in);
    struct seen_blocks seen;
    size_t n = in.n;
    char *zip = what < 128 ? zip_of(&in, &n) : fuzz_copy(in.at, in.n);
    char *bytes = fuzz_copy(zip, n);
    parse_blocks(parsers[what % 5], bytes, n, ENCODING_UNKNOWN, &seen);
    free(bytes);
    free(zip);
    return 0;
}
