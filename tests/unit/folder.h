/* A folder of its own for each test, which begins in it and leaves nothing behind. */
#ifndef TESTS_UNIT_FOLDER_H
#define TESTS_UNIT_FOLDER_H

#include "tests/unit/unit.h"

#include <dirent.h>
#include <unistd.h>

static char folder[32];

static int
enter_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/sealift-unit-XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static size_t
count_files(void)
{
    DIR *dir = opendir(".");
    size_t n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2; /* . and .. */
}

static int
leave_folder(void **state)
{
    DIR *dir = opendir(".");
    struct dirent *entry;

    (void)state;
    while (dir && (entry = readdir(dir))) {
        if (unlink(entry->d_name) < 0)
            rmdir(entry->d_name);
    }
    closedir(dir);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

#endif
