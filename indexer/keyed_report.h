// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports that come as values under keys: lines of jsonl, objects of a JSON file, rows of a csv.
 *
 * Four keys are ours: "text", "id" (a string or a number; the line's number where it is missing, empty or null),
 * "title", and "date", anything date.h reads. "year" is the date where there is no other. What else there is becomes the
 * report's fields, "year", too. Each passage stands on the line of its record.
 *
 * jsonl is a format of ours, and its keys are to be called so. Tables and JSON are made by others:
 *   标题,发布日期,来源          no column of text: the text is the row, a cell a line
 *   高铁站改造,2024-05-06,日报  标题: 高铁站改造 / 发布日期: 2024-05-06 / 来源: 日报
 * and 标题 is the title, 发布日期 the date, 来源 a field. */
#ifndef DUAN_INDEXER_KEYED_REPORT_H
#define DUAN_INDEXER_KEYED_REPORT_H

#include <jansson.h>

#include "common/buf.h"
#include "indexer/passage.h"
#include "indexer/reader.h"

/* What of its fields a record may have, as JSON; the path and metadata.csv have the rest (FIELDS_BYTES_MAX). */
enum { RECORD_FIELDS_BYTES_MAX = 32 * 1024 };

struct keyed_reports {
    const struct report_sink *sink;
    struct passage_splitter *splitter;
    struct buf title, lines;
    uint32_t line;   /* of the record at hand; the caller sets it */
    char number[32]; /* an id that is a number */
    char stuffed[STUFFED_BYTES_MAX];
};

/* max_bytes: of a record. Release *k whatever comes back. */
enum status keyed_reports_open(
    struct keyed_reports *k, const struct report_sink *sink, size_t max_bytes, struct error *err);
void keyed_reports_close(struct keyed_reports *k);

/* Gives out the report of an object with our keys. What cannot be one is a fault, and so are fields that find no room,
 * without which it is given out. */
enum status keyed_reports_take(struct keyed_reports *k, const json_t *object, struct error *err);

/* The same of an object whose keys others named: 正文, 内容, content … are "text", and so on. Where none is, the text is
 * all of it, "key: value" a line; an empty object is no report. Changes the object. */
enum status keyed_reports_take_any(struct keyed_reports *k, json_t *object, struct error *err);

/* Our key that others call name[0..n), in either case: "title" for 标题. NULL for none. */
const char *keyed_report_name(const char *name, size_t n);

enum status keyed_reports_fault(struct keyed_reports *k, const char *what, struct error *err);

#endif
