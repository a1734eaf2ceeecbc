/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "base/clock.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 9999-12-31T23:59:59Z: the last second with a four-digit year. */
static const uint64_t LAST_SECOND = UINT64_C(253402300799);

uint64_t
clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t
clock_now(void)
{
    return (uint64_t)time(NULL);
}

int
clock_source_date(uint64_t *out, struct err *err)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");

    if (!text)
        return 0;
    if (text_u64(text, strlen(text), LAST_SECOND, out) < 0)
        return err_set(err, ERR_USAGE, "SOURCE_DATE_EPOCH is not a number of seconds");
    return 1;
}

int
clock_epoch(uint64_t *out, struct err *err)
{
    int set = clock_source_date(out, err);

    if (set == 0)
        *out = clock_now();
    return set < 0 ? -1 : 0;
}

int
clock_member_mtime(uint64_t *out, struct err *err)
{
    int set = clock_source_date(out, err);

    if (set == 0)
        *out = 0;
    return set < 0 ? -1 : 0;
}

void
clock_format(char out[CLOCK_TEXT_MAX], uint64_t epoch)
{
    time_t t = (time_t)(epoch < LAST_SECOND ? epoch : LAST_SECOND);
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* Replace each digit by '0', which leaves the shape. */
static bool
has_shape(const char *text)
{
    static const char shape[] = "0000-00-00T00:00:00Z";

    if (strlen(text) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if ((text_is_digit(text[i]) ? '0' : text[i]) != shape[i])
            return false;
    }
    return true;
}

static int
field(const char *text, size_t digits)
{
    int n = 0;

    while (digits-- > 0)
        n = n * 10 + (*text++ - '0');
    return n;
}

int
clock_parse(const char *text, uint64_t *epoch)
{
    char again[CLOCK_TEXT_MAX];
    struct tm tm = {0};
    time_t t;

    if (!has_shape(text))
        return -1;
    tm.tm_year = field(text, 4) - 1900;
    tm.tm_mon = field(text + 5, 2) - 1;
    tm.tm_mday = field(text + 8, 2);
    tm.tm_hour = field(text + 11, 2);
    tm.tm_min = field(text + 14, 2);
    tm.tm_sec = field(text + 17, 2);
    t = timegm(&tm);
    if (t < 0)
        return -1;
    clock_format(again, (uint64_t)t); /* 31 February was normalised to 3 March */
    if (strcmp(again, text) != 0)
        return -1;
    *epoch = (uint64_t)t;
    return 0;
}
