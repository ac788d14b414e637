// SPDX-License-Identifier: GPL-2.0-or-later
/* A folder of its own for a test. */
#ifndef DUAN_TESTS_TEMP_DIR_H
#define DUAN_TESTS_TEMP_DIR_H

#include <stddef.h>

/* Makes a new folder under $TMPDIR or /tmp; fails the test if it cannot. To be freed by
 * temp_dir_remove. */
char *temp_dir_make(void);
void temp_dir_remove(char *dir);
/* The path of a name inside, until temp_dir_remove. */
const char *temp_dir_path(const char *dir, const char *name);

/* The folder of a test or a group that needs one and nothing else: set up and torn down by these, which leave *state
 * alone. */
extern char *temp_dir;
int temp_dir_set_up(void **state);
int temp_dir_tear_down(void **state);
/* The path of a name inside. */
const char *temp_dir_in(const char *name);

/* Copies a folder of plain files. */
void temp_dir_copy(const char *from, const char *to);
/* Reads a whole file, with a NUL behind its n bytes; the caller frees. Writes one. */
char *temp_dir_read(const char *path, size_t *n);
void temp_dir_write(const char *path, const char *bytes, size_t n);

#endif
