// SPDX-License-Identifier: GPL-2.0-or-later
/* Archives of any bytes: the names that come out are UTF-8 and lead nowhere, data belongs to a member, and what a zip
 * holds is told. First byte: 0 the bytes as they are, else a tar whose first member has them for a name. */
#include "common/utf8.h"
#include "extract/archive.h"
#include "extract/wire.h"
#include "tests/fuzz/fuzz.h"

enum { TAR_BLOCK = 512, TAR_NAME = 100 };

struct seen_members {
    size_t n, n_bytes;
};

static enum status see_member(void *arg, const char *name, size_t n, struct error *err)
{
    struct seen_members *seen = arg;
    (void)err;
    seen->n++;
    if (n == 0) /* the one file under a compressor */
        return STATUS_OK;
    MUST(n <= WIRE_NAME_MAX && utf8_valid(name, n) == n && !memchr(name, '\0', n));
    for (size_t at = 0; at < n;) {
        const char *slash = memchr(name + at, '/', n - at);
        size_t len = slash ? (size_t)(slash - name) - at : n - at;
        MUST(len > 0 && !(len == 1 && name[at] == '.') &&
             !(len == 2 && memcmp(name + at, "..", 2) == 0));
        MUST(!slash || at + len + 1 < n);
        at += len + 1;
    }
    return STATUS_OK;
}

static enum status see_data(void *arg, const char *bytes, size_t n, struct error *err)
{
    struct seen_members *seen = arg;
    (void)err;
    MUST(seen->n > 0 && bytes && n <= WIRE_DATA_MAX);
    seen->n_bytes += n;
    return STATUS_OK;
}

static enum status see_fault(void *arg, const char *why, struct error *err)
{
    struct seen_members *seen = arg;
    (void)err;
    MUST(seen->n > 0 && why && *why);
    return STATUS_OK;
}

static void read_members(const char *bytes, size_t n)
{
    const struct document_input in = {bytes, n, ENCODING_UNKNOWN};
    struct seen_members seen = {0, 0};
    const struct archive_sink sink = {&seen, see_member, see_data, see_fault};
    struct error err = {.message = ""};
    enum status s = archive_read_members(&in, &sink, &err);
    MUST(s == STATUS_OK || (s == STATUS_BAD_INPUT && err.message[0]));
    MUST(seen.n_bytes <= ARCHIVE_FREE_BYTES + WIRE_DATA_MAX);
    MUST(archive_look_inside(&in) < DOCUMENT_KINDS);
}

/* A tar of one empty file of that name. */
static void read_named(const uint8_t *name, size_t n)
{
    static char tar[3 * TAR_BLOCK];
    unsigned sum = 0;
    memset(tar, 0, sizeof tar);
    memcpy(tar, name, n < TAR_NAME ? n : TAR_NAME);
    memcpy(tar + 100, "0000644\0000000000\0000000000\00000000000000\00000000000000", 48);
    memset(tar + 148, ' ', 8);
    tar[156] = '0';
    memcpy(tar + 257, "ustar\00000", 8);
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)tar[i];
    snprintf(tar + 148, 8, "%06o", sum);
    tar[155] = ' ';
    read_members(tar, sizeof tar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    if (fuzz_byte(&in) && in.n) {
        read_named(in.at, in.n);
        return 0;
    }
    char *bytes = fuzz_copy(in.at, in.n);
    read_members(bytes, in.n);
    free(bytes);
    return 0;
}
