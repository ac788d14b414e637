// SPDX-License-Identifier: GPL-2.0-or-later
/* A page of the web saved with all that belongs to it in one file (MHTML, RFC 2557), as browsers and Word save it, often
 * under the name of a Word file: a multipart message whose first HTML part is the page.
 *
 *     MIME-Version: 1.0
 *     Content-Type: multipart/related; boundary="=_x"
 *
 *     --=_x
 *     Content-Type: text/html; charset="gb2312"
 *     Content-Transfer-Encoding: quoted-printable */
#ifndef DUAN_EXTRACT_MHTML_H
#define DUAN_EXTRACT_MHTML_H

#include "common/buf.h"
#include "extract/document.h"

/* Puts the page's bytes into *page, in the encoding they have; that, not the message's, is to be told from them. STATUS_BAD_INPUT
 * where there is no page. */
enum status mhtml_page(const struct document_input *in, struct buf *page, struct error *err);

#endif
