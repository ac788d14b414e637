// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/message.h"
#include "common/utf8.h"

/* snprintf may have cut the text inside a character: takes the stump off. */
static void end_at_character(char *message)
{
    size_t n = strlen(message);
    if (n == ERROR_MESSAGE_MAX - 1)
        message[utf8_floor(message, n, n)] = '\0';
}

/* Appends ": " and the text to a message of n characters, as much as fits. A long path in the message must not hide what is
 * wrong with it: where both are too long, the message is cut, but for a half of the room. */
static void append_after_colon(struct error *err, int n, const char *text)
{
    static const char ellipsis[] = "\u2026";
    const char *colon = tr(": ");
    const size_t n_colon = strlen(colon), wanted = strlen(text) + n_colon;
    size_t at = n < 0 ? 0 : (size_t)n, room = sizeof err->message - 1;
    size_t left = wanted < room / 2 ? room - wanted : room / 2;
    if (at > left) {
        at = utf8_floor(err->message, room, left - sizeof ellipsis);
        memcpy(err->message + at, ellipsis, sizeof ellipsis - 1);
        at += sizeof ellipsis - 1;
    }
    if (at + n_colon < room)
        snprintf(err->message + at, room + 1 - at, "%s%s", colon, text);
    end_at_character(err->message);
}

enum status error_set(struct error *err, enum status s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->message, sizeof err->message, tr(fmt), ap);
    va_end(ap);
    end_at_character(err->message);
    return err->status = s;
}

enum status error_context(struct error *err, enum status s, const char *fmt, ...)
{
    char inner[ERROR_MESSAGE_MAX];
    memcpy(inner, err->message, sizeof inner);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->message, sizeof err->message, tr(fmt), ap);
    va_end(ap);
    append_after_colon(err, n, inner);
    return err->status = s;
}

enum status error_no_memory(struct error *err)
{
    return error_set(err, STATUS_NO_MEMORY, "out of memory");
}

enum status error_errno(struct error *err, const char *fmt, ...)
{
    int cause = errno;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->message, sizeof err->message, tr(fmt), ap);
    va_end(ap);
    append_after_colon(err, n, message_errno(cause));
    switch (cause) {
    case ENOENT:
    case ENOTDIR:
        return err->status = STATUS_MISSING;
    case ENOMEM:
        return err->status = STATUS_NO_MEMORY;
    default:
        return err->status = STATUS_IO;
    }
}
