#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "runs.h"
#include "undisturbed.h"

void
run_start(struct life *l, const struct runs *all, unsigned i,
    struct place *here, const struct place *before)
{
	char dir[16], from[64], serve[64];
	const char *argv[32], **a = argv;

	if (here->net != NULL) {
		*a++ = "ip";
		*a++ = "netns";
		*a++ = "exec";
		*a++ = here->net;
	}
	*a++ = "exch-match";
	if (here->card != NULL) {
		*a++ = "--engine";
		*a++ = "fpga";
		*a++ = "--card";
		*a++ = here->card;
	}
	snprintf(dir, sizeof(dir), "j%u", all->link ? i : 0);
	if (all->link || before == NULL) {
		*a++ = "--journal";
		*a++ = dir;
	}
	if (all->link) {
		if (here->host == NULL)
			here->host = "127.0.0.1";
		if (here->port == 0)
			here->port = free_port();
		snprintf(serve, sizeof(serve), "%s:%u", here->host, here->port);
		*a++ = "--serve";
		*a++ = serve;
	}
	if (all->sync != NULL) {
		*a++ = "--standby-sync";
		*a++ = all->sync;
	}
	if (all->lease != NULL) {
		*a++ = "--lease";
		*a++ = all->lease;
	}
	if (before != NULL) {
		if (all->link)
			snprintf(from, sizeof(from), "%s:%u", before->host,
			    before->port);
		*a++ = "--standby";
		*a++ = all->link ? from : dir;
	}
	if (all->output != NULL) {
		*a++ = "-o";
		*a++ = all->output;
	}
	*a++ = "-v";
	if (all->input != NULL)
		*a++ = all->input;
	*a = NULL;
	life_start(l, argv, all->input != NULL ? NULL : all->feed);
}

void
runs_clean(void)
{
	if (system("rm -rf j[0-9]* out.xst lease told") != 0)
		die("rm");
}
