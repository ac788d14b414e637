// SPDX-License-Identifier: GPL-2.0-or-later
/* Excel 2003 XML: parse_xlsx hands it over. */
#ifndef DUAN_EXTRACT_XLS_XML_H
#define DUAN_EXTRACT_XLS_XML_H

#include "extract/document.h"

enum status parse_xls_xml(
    const struct document_input *in, const struct document_sink *sink, struct error *err);

#endif
