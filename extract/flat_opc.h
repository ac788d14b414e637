// SPDX-License-Identifier: GPL-2.0-or-later
/* Flat OPC: a Word, Excel or PowerPoint file whose parts stand one behind the other in one XML, as Office saves it under
 * "XML Document" ([MS-XMLPKG] calls it a package: <pkg:package><pkg:part pkg:name="/word/document.xml">…). It is made into
 * the zip that the parsers of those formats read. */
#ifndef DUAN_EXTRACT_FLAT_OPC_H
#define DUAN_EXTRACT_FLAT_OPC_H

#include "extract/document.h"
#include "extract/zip_members.h"

/* Opens the zip of an office file, which for a flat one is made in *bytes, to be released whatever happens: of its parts that
 * are XML; pictures are left out. STATUS_BAD_INPUT for XML that is not well formed or declares entities. */
enum status flat_opc_open(
    const struct document_input *in, struct zip *z, struct buf *bytes, struct error *err);

#endif
