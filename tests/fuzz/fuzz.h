// SPDX-License-Identifier: GPL-2.0-or-later
/* A fuzz target: a function that any bytes may be given to, and what must hold whatever they are.
 *
 * Each fuzz_*.c here defines the one function below. `make fuzz` links it with clang's libFuzzer, which
 * invents the bytes; `make check` links it with replay.c, which gives it those of seeds.py and of found/.
 * The first bytes mostly choose what is done, the rest is the text it is done to. */
#ifndef DUAN_TESTS_FUZZ_H
#define DUAN_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process unless it holds: the fuzzer keeps the input. */
#define MUST(holds)                                                                                \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

struct fuzz_input {
    const uint8_t *at;
    size_t n;
};

/* 0 where nothing is left. */
static inline uint8_t fuzz_byte(struct fuzz_input *in)
{
    if (!in->n)
        return 0;
    in->n--;
    return *in->at++;
}

/* A copy of n bytes in memory of just that size, so that one byte read past the end is seen. Freed by the
 * caller. */
static inline char *fuzz_copy(const void *bytes, size_t n)
{
    char *copy = calloc(n ? n : 1, 1);
    MUST(copy);
    if (n)
        memcpy(copy, bytes, n);
    return copy;
}

#endif
