// SPDX-License-Identifier: GPL-2.0-or-later
/* A manifest of any JSON, under a checksum that fits: refused, or within its limits and written again as the same. */
#include "common/hash.h"
#include "store/manifest_text.h"
#include "tests/fuzz/fuzz.h"

static void check_segment(const struct manifest_segment *s, const char *last_name)
{
    MUST(s->name[0] && strlen(s->name) < sizeof s->name && !strchr(s->name, '/'));
    MUST(!last_name || strcmp(last_name, s->name) != 0);
    MUST(s->n_dead <= s->stats.n_sources && s->n_dead_reports <= s->stats.n_reports);
    MUST(s->n_dead_passages <= s->stats.n_passages && s->n_files <= 8);
    for (size_t i = 0; i < s->n_dead; i++)
        MUST(s->dead[i] > (i ? s->dead[i - 1] : 0) && manifest_is_dead(s, s->dead[i]));
    for (size_t i = 0; i < s->n_files; i++)
        MUST(s->files[i].name[0] && !strchr(s->files[i].name, '/') &&
             strcmp(s->files[i].name, "..") != 0);
}

static void check_manifest(const struct manifest *m)
{
    struct buf text, again_text;
    struct manifest again;
    struct error err;
    MUST(m->n_segments <= MANIFEST_SEGMENTS_MAX && m->n_failures <= MANIFEST_FAILURES_MAX);
    MUST(m->n_failures_all >= m->n_failures);
    for (size_t i = 0; i < m->n_segments; i++)
        check_segment(&m->segments[i], i ? m->segments[i - 1].name : NULL);
    buf_init(&text, MANIFEST_BYTES_MAX);
    buf_init(&again_text, MANIFEST_BYTES_MAX);
    MUST(manifest_encode(m, &text, &err) == STATUS_OK);
    MUST(manifest_decode(text.data, text.len, &again, &err) == STATUS_OK);
    MUST(manifest_encode(&again, &again_text, &err) == STATUS_OK);
    MUST(text.len == again_text.len && memcmp(text.data, again_text.data, text.len) == 0);
    manifest_release(&again);
    buf_release(&text);
    buf_release(&again_text);
}

static void decode(const char *text, size_t n)
{
    struct manifest m;
    struct error err = {.message = ""};
    enum status s = manifest_decode(text, n, &m, &err);
    if (s == STATUS_OK) {
        check_manifest(&m);
    } else {
        MUST(s == STATUS_FOREIGN || s == STATUS_NEWER || s == STATUS_CORRUPT);
        MUST(err.status == s && err.message[0] && m.n_segments == 0);
    }
    manifest_release(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char tail[32], *text = calloc(size + sizeof tail, 1);
    MUST(text);
    if (size)
        memcpy(text, data, size);
    decode(text, size);
    int n = snprintf(tail, sizeof tail, "\n%016llx\n", (unsigned long long)hash_bytes(data, size));
    memcpy(text + size, tail, (size_t)n);
    char *exact = fuzz_copy(text, size + (size_t)n);
    decode(exact, size + (size_t)n);
    free(exact);
    free(text);
    return 0;
}
