/*
 * What a submission's `src` is: an address to be fetched, or a file to be opened here.
 *
 * Sentences fit a label: they do not name the file, whoever shows them does.
 */
#ifndef SP_CHILD_PHOTO_PATH_H
#define SP_CHILD_PHOTO_PATH_H

#include <smallpress/status.h>

#include <stdbool.h>
#include <stdint.h>

/*
 * Tells an http or https address from a path. SP_BAD_DATA for all other addresses (file://, ftp://,
 * data:, …) and for an empty text. A name with a colon in it is a path.
 */
SP_MUST_CHECK enum sp_status sp_photo_path_or_address(const char *source, bool *address,
                                                      struct sp_err *err);

/*
 * Opens an ordinary file to be read, never waiting for it (a named pipe would never open). A
 * relative path starts at the open folder. SP_IO or SP_BAD_DATA with the reason; SP_TOO_BIG over
 * bytes_max. An empty file is refused here too: files of /proc claim to be, and are more.
 */
SP_MUST_CHECK enum sp_status sp_photo_path_open(int folder, const char *path, uint64_t bytes_max,
                                                int *fd, struct sp_err *err);

#endif
