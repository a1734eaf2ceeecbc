/* SPDX-License-Identifier: Apache-2.0 */
/* user_folder.h - where the files of a user are, by the XDG base directory specification.
 *
 * Layer: io.
 */
#ifndef IO_FILE_USER_FOLDER_H
#define IO_FILE_USER_FOLDER_H

/*
 * VARIABLE/rest, or HOME/below_home/rest where the variable is not set.  Values that are
 * relative or NULL count as not set.  The caller frees the path.  NULL: neither is set.
 */
char *user_folder_path(const char *variable, const char *home, const char *below_home,
                       const char *rest);

#endif
