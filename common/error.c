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
    if (n >= 0 && n < ERROR_MESSAGE_MAX)
        snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", inner);
    end_at_character(err->message);
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
    if (n >= 0 && n < ERROR_MESSAGE_MAX)
        snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", message_errno(cause));
    end_at_character(err->message);
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
