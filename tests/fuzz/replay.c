// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives a fuzz target the files of folders, once each: so `make check` runs what the fuzzer starts from, and
 * what it once found, with any compiler. Folders are arguments, else $FUZZ_SEEDS/NAME and tests/fuzz/found/NAME
 * for the program fuzz_NAME. Says at last what tests/run counts. */
#include <dirent.h>

#include "common/file.h"
#include "tests/fuzz/fuzz.h"

enum { SEED_BYTES_MAX = 1 << 24 };

static size_t replay_file(const char *path)
{
    struct buf bytes;
    struct error err;
    buf_init(&bytes, SEED_BYTES_MAX);
    if (file_read(path, &bytes, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(2);
    }
    fprintf(stderr, "%s\n", path); /* before: the last line says where it ended */
    char *copy = fuzz_copy(bytes.data, bytes.len);
    LLVMFuzzerTestOneInput((const uint8_t *)copy, bytes.len);
    free(copy);
    buf_release(&bytes);
    return 1;
}

/* A folder that is not there holds nothing. */
static size_t replay_folder(const char *path)
{
    char name[4096];
    size_t n = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.' &&
            snprintf(name, sizeof name, "%s/%s", path, entry->d_name) < (int)sizeof name)
            n += replay_file(name);
    if (dir)
        closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    const char *seeds = getenv("FUZZ_SEEDS"), *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    char path[4096];
    size_t n = 0;
    for (int i = 1; i < argc; i++)
        n += replay_folder(argv[i]);
    if (argc == 1 && strncmp(name, "fuzz_", 5) == 0) {
        snprintf(path, sizeof path, "%s/%s", seeds ? seeds : "build/fuzz-seeds", name + 5);
        n += replay_folder(path);
        MUST(n > 0);
        snprintf(path, sizeof path, "tests/fuzz/found/%s", name + 5);
        n += replay_folder(path);
    }
    printf("[  PASSED  ] %zu test(s).\n", n);
    return 0;
}
