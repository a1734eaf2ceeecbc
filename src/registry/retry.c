#include "config.h"
#include "registry/retry.h"

#include "io/hash.h"

bool
retry_is_useful(const struct err *err)
{
    return err->kind == ERR_NETWORK && !err->reason;
}

/* Half a second, doubled each time, give or take a quarter so that workers part. */
static uint64_t
pause_ms(unsigned failures)
{
    enum { FIRST_MS = 500, LONGEST_MS = 30 * 1000 };
    uint64_t ms = FIRST_MS;
    struct err ignored = ERR_INIT;
    unsigned char dice = 128;

    for (unsigned i = 1; i < failures && ms < LONGEST_MS; i++)
        ms *= 2;
    if (ms > LONGEST_MS)
        ms = LONGEST_MS;
    if (random_bytes(&dice, 1, &ignored) < 0)
        dice = 128;
    return ms - ms / 4 + ms / 2 * dice / 255;
}

int
retry_wait(struct session *s, struct retry *retry, struct err *err)
{
    enum { TRIES = 5, WAIT_MAX_S = 300 };
    const struct client_config *config = &s->client->config;
    int64_t asked = s->retry_after;
    uint64_t ms;

    if (cancel_wanted(config->cancel))
        return cancel_error(err);
    if (!retry_is_useful(err))
        return -1;
    if (asked > WAIT_MAX_S)
        return err_hint(err, "the server asks to wait %lld seconds", (long long)asked);
    if (++retry->failures >= TRIES)
        return err_wrap(err, "gave up after %d tries", TRIES);
    ms = asked > 0 ? (uint64_t)asked * 1000 : pause_ms(retry->failures);
    events_debug(config->events, "%s: %s; trying again in %.1f s", retry->what, err->msg,
                 (double)ms / 1000);
    *err = (struct err)ERR_INIT;
    s->retry_after = -1;
    return cancel_sleep(config->cancel, ms, err);
}
