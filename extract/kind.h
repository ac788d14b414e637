// SPDX-License-Identifier: GPL-2.0-or-later
/* Which foreign formats there are, and what the first bytes of a file say of it.
 *
 * Names lie: reports are saved as .doc that are HTML, and as .txt that are Word. So content decides. What a zip
 * holds (a Word file, a book, or files) only its directory tells; that is looked at in the child (main.c), which
 * answers with the kind it found. */
#ifndef DUAN_EXTRACT_KIND_H
#define DUAN_EXTRACT_KIND_H

#include <stdbool.h>
#include <stddef.h>

enum document_kind {
    DOCUMENT_NONE, /* not foreign: text, or nothing we can read */
    DOCUMENT_HTML, /* or MHTML, a page with its pictures in one file */
    DOCUMENT_PDF,
    DOCUMENT_DOC,
    DOCUMENT_RTF,
    DOCUMENT_DOCX, /* or Word 2003 XML, or flat (flat_opc.h) */
    DOCUMENT_PPTX, /* or flat */
    DOCUMENT_XLSX, /* or Excel 2003 XML */
    DOCUMENT_ODF,  /* text, sheets and slides; or flat, in one XML */
    DOCUMENT_EPUB,
    DOCUMENT_ARCHIVE, /* zip, tar, 7z; one file under gzip, xz, bzip2 or zstd */
    DOCUMENT_KINDS,
};

/* "html", "pdf" …, "none". */
const char *document_kind_name(enum document_kind kind);

/* Judges the head of a file. Zip is DOCUMENT_ARCHIVE here, OLE2 DOCUMENT_DOC. HTML is known by its first tag, behind
 * a BOM, white space, comments and an XML declaration; a text with a tag further down is no HTML. Word and Excel 2003 XML, flat
 * OpenDocument and flat OPC are known by their first tag likewise. */
enum document_kind document_sniff(const char *bytes, size_t n);
/* Is it a Word or PowerPoint file in one XML (flat_opc.h)? Its elements are of this namespace. */
#define FLAT_OPC_NAMESPACE "http://schemas.microsoft.com/office/2006/xmlPackage"
bool document_is_flat_opc(const char *bytes, size_t n);
/* Is it a message of several parts (mhtml.h)? DOCUMENT_HTML is. */
bool document_is_mhtml(const char *bytes, size_t n);

/* What a zip holds, by the names of its members in their order: feed each to document_zip_kind with the kind known so far
 * (DOCUMENT_ARCHIVE at first). */
enum document_kind document_zip_kind(enum document_kind so_far, const char *member);

#endif
