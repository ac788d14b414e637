// SPDX-License-Identifier: GPL-2.0-or-later
/* The language of messages: English in the source, Chinese from a checked-in catalogue.
 *
 * Not gettext, because setlocale(3) of a bare Debian or container knows no zh_CN, and gettext then
 * stays silent; the catalogue (common/message_zh.c) is a sorted table and needs nothing installed.
 * Chinese is taken when the first of DUAN_LANG, LC_ALL, LC_MESSAGES, LANG that is set and not empty
 * starts with "zh". A test holds each translation to the conversions (%s, %zu …) of its original.
 */
#ifndef DUAN_COMMON_MESSAGE_H
#define DUAN_COMMON_MESSAGE_H

#include <stddef.h>

/* Chooses the language from the environment; called once at start. English before that. */
void message_init(void);

/* The text in the reader's language; the text itself where the catalogue has none. */
const char *tr(const char *text) __attribute__((format_arg(1)));

/* The meaning of an errno in the reader's language. */
const char *message_errno(int cause);

/* The catalogue: pairs sorted by strcmp of the English side. */
struct message_pair {
    const char *english, *chinese;
};
extern const struct message_pair message_zh[];
extern const size_t n_message_zh;

#endif
