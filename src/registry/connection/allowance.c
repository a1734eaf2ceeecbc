/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "registry/connection/allowance.h"

#include "base/clock.h"
#include "base/patience.h"
#include "registry/connection/client_state.h"

#include <inttypes.h>

uint64_t
allowance_ms(uint64_t size, const struct client_config *config)
{
    static const uint64_t LONGEST_S = UINT64_C(1) << 50;
    uint64_t slowest = patience.slowest;
    uint64_t share = config->limit_rate / config->sessions / 4 + 1;
    uint64_t rate = config->limit_rate > 0 && share < slowest ? share : slowest;

    uint64_t seconds = size / rate;

    return patience.grace_ms + (seconds < LONGEST_S ? seconds : LONGEST_S) * 1000;
}

void
allowance_begin(struct allowance *a, struct session *s, uint64_t allowed_ms)
{
    *a = (struct allowance){.session = s,
                            .outer = s->allowance,
                            .began = clock_ms(),
                            .paused_ms = s->paused_ms,
                            .allowed_ms = allowed_ms};
    s->allowance = a;
}

void
allowance_end(struct allowance *a)
{
    if (a->session)
        a->session->allowance = a->outer;
    a->session = NULL;
}

static uint64_t
left_of(const struct allowance *a, uint64_t now)
{
    uint64_t spent = now - a->began - (a->session->paused_ms - a->paused_ms);

    return spent < a->allowed_ms ? a->allowed_ms - spent : 0;
}

/* The tightest allowance, or NULL without one. */
static const struct allowance *
find_tightest(const struct session *s, uint64_t now)
{
    const struct allowance *tightest = s->allowance;

    for (const struct allowance *a = tightest; a; a = a->outer) {
        if (left_of(a, now) < left_of(tightest, now))
            tightest = a;
    }
    return tightest;
}

uint64_t
allowance_left_ms(const struct session *s)
{
    uint64_t now = clock_ms();
    const struct allowance *tightest = find_tightest(s, now);

    return tightest ? left_of(tightest, now) : UINT64_MAX;
}

int
allowance_error(const struct session *s, struct err *err)
{
    const struct allowance *tightest = find_tightest(s, clock_ms());

    return err_wrap(err, "time limit of %" PRIu64 " s exceeded",
                    tightest ? tightest->allowed_ms / 1000 : 0);
}
