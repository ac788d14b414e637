// SPDX-License-Identifier: GPL-2.0-or-later
/* The command `duan tokens`: what the analyzer makes of a text. */
#ifndef DUAN_TOKENIZER_TOKENS_COMMAND_H
#define DUAN_TOKENIZER_TOKENS_COMMAND_H

/* Prints the tokens of its argument, or of standard input, as `term<TAB>start<TAB>end` a line.
 * argv[0] is the command's name. Returns the process's exit code: 0, 1 when there is no token, 2
 * after an error. */
int tokens_command(int argc, char **argv);

#endif
