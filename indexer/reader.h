// SPDX-License-Identifier: GPL-2.0-or-later
/* From one input to reports and passages: what the formats have in common.
 *
 *   text, markdown   the whole source is one report, cut into passages (passage.h)
 *   tsv              `id<TAB>text`: each line a report of one passage; a text of more than
 *                    PASSAGE_BYTES_MAX is cut
 *   jsonl            an object a line: "text" (required), "id", "title", "date"; what else there is
 *                    becomes the report's fields ("year", too, which stands in for a missing date).
 *                    The text is cut like plain text
 *   csv              a table with a header row: each row a report, what its columns are told by
 *                    their names (keyed_report.h)
 *   json             an object or an array of objects: likewise
 *   foreign          HTML, PDF, Word …: read by document.h
 *
 * A line of these that is not what it should be is a fault (`path:line: what`), skipped, and
 * reading goes on; so is one longer than max_line_bytes. */
#ifndef DUAN_INDEXER_READER_H
#define DUAN_INDEXER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "extract/kind.h"
#include "indexer/input.h"
#include "store/record.h"

enum source_format {
    FORMAT_AUTO,
    FORMAT_TEXT,
    FORMAT_MARKDOWN,
    FORMAT_TSV,
    FORMAT_JSONL,
    FORMAT_CSV,
    FORMAT_JSON,
    FORMAT_FOREIGN, /* FORMAT_FOREIGN + k is document_kind k; itself it is none */
};

/* For --format: the names that may be given, NULL at the end, and which format the i-th is. */
extern const char *const source_format_names[];
static inline enum source_format source_format_named(int i)
{
    return (enum source_format)(i < FORMAT_FOREIGN ? i : i + 1);
}

static inline enum source_format source_format_of_kind(enum document_kind kind)
{
    return (enum source_format)(FORMAT_FOREIGN + (int)kind);
}

/* DOCUMENT_NONE for a format of text. */
static inline enum document_kind source_format_kind(enum source_format format)
{
    return format > FORMAT_FOREIGN ? (enum document_kind)(format - FORMAT_FOREIGN) : DOCUMENT_NONE;
}

/* What the ending of a name says: .tsv, .csv, .json, .jsonl .ndjson, .md .markdown, else text. Never
 * FORMAT_AUTO. */
enum source_format source_format_of(const char *name, size_t n);

/* The format of a text, by what was asked for and by its name. */
static inline enum source_format source_format_for(
    enum source_format asked, const char *name, size_t n)
{
    return asked == FORMAT_AUTO ? source_format_of(name, n) : asked;
}

enum {
    LINE_BYTES_LIMIT = 64 << 20
}; /* no line of tsv or jsonl may be longer, whatever the memory */

/* Where reports and passages go. Anything but STATUS_OK ends the reading and is returned. */
struct report_sink {
    void *arg;
    enum status (*report)(void *arg, struct report *r, struct error *err);
    enum status (*passage)(void *arg, const struct passage *p, struct error *err);
    /* A bad line. */
    enum status (*fault)(void *arg, uint32_t line, const char *what, struct error *err);
    /* Called once for each chunk read: ends the reading, for progress and interruption. NULL is
     * allowed. */
    enum status (*tick)(void *arg, struct error *err);
};

struct reader_options {
    enum source_format format; /* not FORMAT_AUTO */
    const char *name;          /* of the source, for titles and dates */
    size_t name_len;
    size_t max_line_bytes; /* of a record */
};

/* Reads the whole input (input_detect done) into sink. A text source without a character has no
 * report. */
enum status reader_run(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);

/* The formats; reader_run chooses. */
enum status read_text(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);
enum status read_tsv(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);
enum status read_jsonl(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);
enum status read_csv(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);
enum status read_json(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err);

/* Hands each line without its end to take, and too long ones to the sink's fault. The bytes are
 * borrowed for the call. */
typedef enum status line_taker(
    void *arg, const char *line, size_t n, uint32_t number, struct error *err);
enum status reader_each_line(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, line_taker *take, void *arg, struct error *err);

#endif
