/*
 * risk/gate_image: what stands before a state, so that only the program that
 * wrote it reads on.
 */
#include <config.h>

#include <string.h>

#include "base/image.h"
#include "risk/gate.h"
#include "tap.h"

static unsigned char bytes[4096];
static size_t written, at;

static int
put(void *arg, void *p, size_t n)
{
	(void)arg;
	memcpy(bytes + written, p, n);
	written += n;
	return 0;
}

static int
get(void *arg, void *p, size_t n)
{
	(void)arg;
	if (n > written - at)
		return EXCH_ERR_CUT;
	memcpy(p, bytes + at, n);
	at += n;
	return 0;
}

static int
read_again(void)
{
	struct exch_image im = {.reading = true, .move = get};

	at = 0;
	exch_risk_gate_layout(&im);
	return im.err;
}

int
main(void)
{
	struct exch_image im = {.move = put};
	bool others = true;

	exch_risk_gate_layout(&im);
	tap_ok(im.err == 0 && written > 0, "a layout is written");
	tap_ok(read_again() == 0 && at == written, "and is its own");
	for (size_t i = 0; i < written; i++) {
		bytes[i] ^= 1;
		others = others && read_again() == EXCH_ERR_VERSION;
		bytes[i] ^= 1;
	}
	tap_ok(others, "one that differs in any byte is another program's");
	written -= 8;
	tap_ok(read_again() != 0, "one that is cut is none");
	return tap_done();
}
