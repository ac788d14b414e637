// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/folded_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/utf8.h"
#include "tests/temp_dir.h"
#include "tokenizer/folded_text.h"

static uint64_t random_state;

void random_seed(void)
{
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
}

size_t random_below(size_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(random_state >> 33) % n;
}

const char *corpora_path(void)
{
    const char *corpora = getenv("CORPORA");
    return corpora ? corpora : "../shared/corpora";
}

static bool fold_into(struct buf *out, const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char c;
    char bytes[UTF8_MAX_BYTES];
    for (folded_text_init(&t, text, n); folded_text_next(&t, &c);)
        if (!buf_append(out, bytes, utf8_encode(c.cp ? c.cp : ' ', bytes)))
            return false;
    return buf_append_byte(out, '\0');
}

static bool fold_all(struct folded_index *f)
{
    struct error err;
    struct buf all;
    buf_init(&all, (size_t)1 << 30);
    f->n = (size_t)index_n_stored(f->ix);
    f->starts = calloc(f->n + 1, sizeof *f->starts);
    f->dates = calloc(f->n + 1, sizeof *f->dates);
    bool ok = f->starts && f->dates;
    for (size_t i = 0; ok && i < f->n; i++) {
        struct stored_passage p;
        struct stored_report r;
        f->starts[i] = all.len;
        ok = index_passage(f->ix, 0, (uint32_t)i + 1, &p, &err) == STATUS_OK &&
             fold_into(&all, p.passage.text, p.passage.text_len) &&
             index_report_of(f->ix, 0, (uint32_t)i + 1, &r, &err) == STATUS_OK;
        f->dates[i] = ok ? r.report.date : 0;
    }
    if (f->starts)
        f->starts[f->n] = all.len;
    f->text = all.data;
    return ok;
}

bool folded_index_open(struct folded_index *f, const char *paths)
{
    char command[8192];
    struct error err;
    const char *duan = getenv("DUAN");
    *f = (struct folded_index){.dir = temp_dir_make()};
    snprintf(command, sizeof command, "'%s' index -q -i '%s' %s 2>/dev/null",
        duan ? duan : "build/duan", temp_dir_path(f->dir, "r.duan"), paths);
    return system(command) == 0 &&
           index_open(temp_dir_path(f->dir, "r.duan"), &f->ix, &err) == STATUS_OK &&
           index_manifest(f->ix)->n_segments == 1 && fold_all(f);
}

void folded_index_close(struct folded_index *f)
{
    index_close(f->ix);
    temp_dir_remove(f->dir);
    free(f->text);
    free(f->starts);
    free(f->dates);
}

const char *folded_index_text(const struct folded_index *f, size_t i, size_t *n)
{
    *n = f->starts[i + 1] - 1 - f->starts[i];
    return f->text + f->starts[i];
}

/* Not so 会 大, of 大会 大楼: alone it is letter-spaced. */
static bool is_folded(const char *piece)
{
    struct buf folded;
    buf_init(&folded, 2 * PIECE_MAX);
    bool is_same = fold_into(&folded, piece, strlen(piece)) && strcmp(folded.data, piece) == 0;
    buf_release(&folded);
    return is_same;
}

bool folded_index_draw(
    const struct folded_index *f, size_t max_chars, bool only_han, char piece[PIECE_MAX])
{
    size_t n_text, n = 0;
    const char *text = folded_index_text(f, random_below(f->n), &n_text);
    if (n_text == 0)
        return false;
    size_t at = utf8_floor(text, n_text, random_below(n_text)),
           wanted = 1 + random_below(max_chars);
    uint32_t cp = 0, first = 0;
    for (size_t c = 0; c < wanted && at + n < n_text && n + UTF8_MAX_BYTES < PIECE_MAX; c++) {
        size_t len = utf8_step(text + at + n, n_text - at - n, &cp);
        if (only_han && fold_char(cp).kind != CHAR_HAN)
            break;
        first = c == 0 ? cp : first;
        n += len;
    }
    memcpy(piece, text + at, n);
    piece[n] = '\0';
    return n > 0 && fold_char(first).kind != CHAR_SPACE && piece[n - 1] != ' ' && is_folded(piece);
}

void quote_piece(const char *piece, char out[2 * PIECE_MAX + 3])
{
    *out++ = '"';
    for (; *piece; piece++) {
        if (*piece == '"' || *piece == '\\')
            *out++ = '\\';
        *out++ = *piece;
    }
    *out++ = '"';
    *out = '\0';
}
