// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields that stand in a path: a regular expression (PCRE2) whose named groups are their names.
 *
 *   (?<year>\d{4})年(?<place>.+?)政府工作报告
 *
 * gives /云陵/2023年云陵市政府工作报告.txt the fields year 2023 and place 云陵市. It is looked for anywhere in the
 * absolute path, as UTF-8 (bytes that are not match nothing), with limits on steps and memory. */
#ifndef DUAN_INDEXER_FIELD_PATTERN_H
#define DUAN_INDEXER_FIELD_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct field_pattern;

/* Takes one field, borrowed for the call; false ends the matching with STATUS_NO_MEMORY. */
typedef bool field_taker(
    void *arg, const char *name, size_t name_len, const char *value, size_t value_len);

/* STATUS_BAD_INPUT points at the place ("--fields:7: missing closing parenthesis", counted in characters from 1); also
 * for a pattern without a named group, and for a group whose name no query could use. */
enum status field_pattern_open(const char *pattern, struct field_pattern **out, struct error *err);
void field_pattern_close(struct field_pattern *p);
/* Of the text that it was opened with. */
uint64_t field_pattern_hash(const struct field_pattern *p);

/* *is_match says whether the pattern fits; each named group that took part and is not empty goes to take, of groups with
 * one name the first. STATUS_BAD_INPUT where a limit was passed. */
enum status field_pattern_match(struct field_pattern *p, const char *path, size_t n,
    field_taker *take, void *arg, bool *is_match, struct error *err);

/* May a field be called so? Letters and Han characters, behind the first also digits _ - and . ; not the names that a
 * query knows already, but for year, title and date. */
bool field_name_is_good(const char *name, size_t n);

#endif
