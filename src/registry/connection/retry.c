/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/retry.h"

#include "io/crypto/hash.h"
#include "registry/connection/allowance.h"
#include "registry/connection/session.h"

bool
retry_is_useful(const struct err *err)
{
    return err->kind == ERR_NETWORK && !err->reason;
}

void
retry_forget(struct retry *retry)
{
    retry->failures = 0;
}

/* Doubled each time, plus or minus a quarter so that workers spread out. */
static uint64_t
pause_ms(unsigned failures, uint64_t ms)
{
    enum { LONGEST_MS = 30 * 1000 };
    unsigned char dice = 128;

    for (unsigned i = 1; i < failures && ms < LONGEST_MS; i++)
        ms *= 2;
    if (ms > LONGEST_MS)
        ms = LONGEST_MS;
    if (random_bytes(&dice, 1, err_ignored()) < 0)
        dice = 128;
    return ms - ms / 4 + ms / 2 * dice / 255;
}

/* The state of the host that failed. */
struct host_standing {
    bool has_answered; /* at least once */
    bool is_silent;
    uint64_t served;
};

static struct host_standing
look_at_host(const struct session *s)
{
    struct client *c = s->client;
    struct host_standing standing = {.has_answered = true};

    if (!s->host)
        return standing;
    pthread_mutex_lock(&c->lock);
    standing = (struct host_standing){s->host->has_answered, s->host->is_silent,
                                      s->host->served};
    pthread_mutex_unlock(&c->lock);
    return standing;
}

/* With --keep-going, all the retries must not be repeated for each object. */
static void
give_up_host(struct session *s, const struct err *err)
{
    struct client *c = s->client;

    if (!s->host)
        return;
    pthread_mutex_lock(&c->lock);
    if (!s->host->has_answered && !s->host->is_silent) {
        s->host->is_silent = true;
        s->host->silence = *err;
    }
    pthread_mutex_unlock(&c->lock);
}

static int
asks_too_much(int64_t seconds, struct err *err)
{
    struct err inner = *err;

    err_set(err, inner.kind, "%s, with a Retry-After of %lld seconds", inner.msg,
            (long long)seconds);
    return err_hint(err, "try again later; waits of up to %d seconds are respected",
                    THROTTLE_WAIT_MAX_S);
}

int
retry_wait(struct session *s, struct retry *retry, struct err *err)
{
    enum { PAUSE_MS = 500, FIRST_PAUSE_MS = 250 };
    const struct client_config *config = &s->client->config;
    struct host_standing host = look_at_host(s);
    unsigned most = host.has_answered ? config->retries : config->first_retries;
    uint64_t ms;

    if (cancel_wanted(&config->run->cancel))
        return cancel_error(err);
    if (!retry_is_useful(err) || host.is_silent)
        return -1;
    if (allowance_left_ms(s) == 0)
        return allowance_error(s, err);
    if (s->retry_after > THROTTLE_WAIT_MAX_S)
        return asks_too_much(s->retry_after, err);
    if (!s->is_throttled || host.served == retry->served)
        retry->failures++;
    retry->served = host.served;
    if (retry->failures > most) {
        if (most > 0)
            err_wrap(err, "gave up after %u tries", retry->failures);
        give_up_host(s, err);
        return -1;
    }
    if (s->is_throttled) { /* it waits for its turn, like all other requests */
        ms = 0;
        events_debug(&config->run->events, "%s: %s; waiting", retry->what, err->msg);
    } else {
        ms = pause_ms(retry->failures, host.has_answered ? PAUSE_MS : FIRST_PAUSE_MS);
        events_debug(&config->run->events, "%s: %s; trying again in %.1f s", retry->what,
                     err->msg, (double)ms / 1000);
    }
    *err = (struct err)ERR_INIT;
    return session_pause(s, ms, err);
}
