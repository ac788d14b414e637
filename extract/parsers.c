// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/parsers.h"

document_parser *parser_of(enum document_kind kind)
{
    static document_parser *const parsers[DOCUMENT_KINDS] = {
        [DOCUMENT_HTML] = parse_html,
        [DOCUMENT_PDF] = parse_pdf,
        [DOCUMENT_DOCX] = parse_docx,
        [DOCUMENT_PPTX] = parse_pptx,
        [DOCUMENT_XLSX] = parse_xlsx,
        [DOCUMENT_ODF] = parse_odf,
        [DOCUMENT_EPUB] = parse_epub,
        [DOCUMENT_RTF] = parse_rtf,
        [DOCUMENT_DOC] = parse_doc,
    };
    return parsers[kind];
}
