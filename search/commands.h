// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of this folder; each takes what main takes, argv[0] being its name, and returns an
 * exit status. */
#ifndef DUAN_SEARCH_COMMANDS_H
#define DUAN_SEARCH_COMMANDS_H

int search_command(int argc, char **argv);
int show_command(int argc, char **argv);
int info_command(int argc, char **argv);
int check_command(int argc, char **argv);
int eval_command(int argc, char **argv);

#endif
