// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/parsers.h"

document_parser *parser_of(enum document_kind kind)
{
    static document_parser *const parsers[DOCUMENT_KINDS] = {
        [DOCUMENT_HTML] = parse_html,
    };
    return parsers[kind];
}
