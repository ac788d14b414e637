// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers there are. Each is a document_parser (document.h); linked into duan-extract alone. */
#ifndef DUAN_EXTRACT_PARSERS_H
#define DUAN_EXTRACT_PARSERS_H

#include "extract/document.h"
#include "extract/kind.h"

/* NULL for a kind that has none (DOCUMENT_ARCHIVE is streamed: archive.h). */
document_parser *parser_of(enum document_kind kind);

enum status parse_html(
    const struct document_input *in, const struct document_sink *sink, struct error *err);

#endif
