// SPDX-License-Identifier: GPL-2.0-or-later
/* Sources in a foreign format: their text comes in blocks from duan-extract (extract/client.h) and becomes a report.
 *
 * The decoded text of such a report is its blocks, one a line; headings are those that the document states, and for the rest the
 * grammar of plain text (heading.h) decides. The title that a page states of itself counts where it is HTML; elsewhere
 * (a Word file's title is too often that of the file it was made from) where the text has it too. */
#ifndef DUAN_INDEXER_DOCUMENT_H
#define DUAN_INDEXER_DOCUMENT_H

#include "extract/client.h"
#include "indexer/reader.h"

enum { DOCUMENT_COPY_MAX = 256 << 20 }; /* of a document that comes out of an archive or a pipe */

/* Is the input (input_detect done) for a parser, by what was asked for and by its bytes? */
bool document_is_wanted(const struct input *in, enum source_format asked);

/* Begins to read the input (input_detect done) and says what it is; what of the encoding is known goes to the input. */
enum status document_open(struct extractor *ex, struct input *in, enum document_kind stated,
    enum encoding encoding, enum document_kind *kind, struct error *err);

/* Reads the document begun last, no archive, into sink. A document without text is STATUS_BAD_INPUT. */
enum status document_read(struct extractor *ex, enum document_kind kind,
    const struct reader_options *options, const struct report_sink *sink, struct error *err);

/* What the passages of that kind have for a place. */
enum place_unit document_place_unit(enum document_kind kind);

/* Reads the archive begun last: hands each member, not yet looked at, to take, which may read of it what it likes. The name is
 * borrowed for the call. */
typedef enum status member_taker(
    void *arg, const char *name, size_t n, struct input *in, struct error *err);
enum status document_each_member(
    struct extractor *ex, member_taker *take, void *arg, struct error *err);

#endif
