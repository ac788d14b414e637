// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers there are. Each is a document_parser (document.h); linked into duan-extract alone. */
#ifndef DUAN_EXTRACT_PARSERS_H
#define DUAN_EXTRACT_PARSERS_H

#include "extract/document.h"
#include "extract/kind.h"

/* NULL for a kind that has none (DOCUMENT_ARCHIVE is streamed: archive.h). */
document_parser *parser_of(enum document_kind kind);

document_parser parse_html, parse_pdf, parse_docx, parse_odf, parse_epub, parse_pptx, parse_xlsx,
    parse_rtf, parse_doc;

#endif
