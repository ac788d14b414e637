// SPDX-License-Identifier: GPL-2.0-or-later
/* Folds each line of standard input as duan does, for the plain scan that its counts are held
 * against: `id<TAB>text` in, `id<TAB>folded text` out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "tokenizer/folded_text.h"

static void put_folded(const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char c;
    folded_text_init(&t, text, n);
    while (folded_text_next(&t, &c)) {
        char bytes[4];
        fwrite(bytes, 1, utf8_encode(c.cp, bytes), stdout);
    }
    putchar('\n');
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t got;
    while ((got = getline(&line, &cap, stdin)) > 0) {
        size_t n = (size_t)got - (line[got - 1] == '\n');
        const char *tab = memchr(line, '\t', n);
        size_t id_len = tab ? (size_t)(tab - line) + 1 : 0;
        fwrite(line, 1, id_len, stdout);
        put_folded(line + id_len, n - id_len);
    }
    free(line);
    return fflush(stdout) == 0 ? 0 : 2;
}
