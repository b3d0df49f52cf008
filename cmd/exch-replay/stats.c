/*
 * What -v tells at the end: what was read, what went wrong on the way, and
 * how the displayed day became orders.  Lines without a count are left
 * out.
 */
#include <config.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "exch-replay/tool.h"
#include "rec/schema.h"

static void
line(const char *what, uint64_t n)
{
	if (n != 0)
		fprintf(stderr, "  %-28s %12" PRIu64 "\n", what, n);
}

static void
messages(const struct exch_feed_stats *st)
{
	char what[32];

	line("bytes", st->bytes);
	line("lines", st->lines);
	line("packets", st->packets);
	line("packets of others", st->packets_other);
	line("packets cut by the capture", st->packets_cut);
	line("packets malformed", st->packets_bad);
	line("fragments", st->fragments);
	line("datagrams incomplete", st->fragments_lost);
	line("sessions", st->sessions);
	line("heartbeats", st->heartbeats);
	line("end-of-session packets", st->ends);
	line("gaps", st->gaps);
	line("messages in gaps", st->gap_messages);
	line("duplicates", st->duplicates);
	line("reordered packets", st->reordered);
	line("messages too late", st->late);
	line("conflicting duplicates", st->conflicts);
	line("messages", st->messages);
	for (unsigned i = 0; i < 256; i++) {
		if (i > 32 && i < 127)
			snprintf(what, sizeof(what), "messages %c", (int)i);
		else
			snprintf(what, sizeof(what), "messages 0x%02x", i);
		line(what, st->by_type[i]);
	}
	for (unsigned i = 0; i < 256; i++) {
		snprintf(what, sizeof(what), "messages 0x%02x", i);
		line(what, st->by_code[i]);
	}
	line("messages of unknown type", st->messages_unknown);
	line("messages malformed", st->messages_bad);
}

/* "233.252.0.1:26400", "[ff15::1]:26400" */
static void
feed_line(const struct tool *t, const struct exch_feed_line *l)
{
	char host[INET6_ADDRSTRLEN];

	if (inet_ntop(l->family == 4 ? AF_INET : AF_INET6, l->addr, host,
		sizeof(host)) == NULL)
		return;
	fprintf(stderr,
	    l->family == 4 ? "%s: line %s:%u\n" : "%s: line [%s]:%u\n",
	    t->cli.tool, host, l->port);
	line("its packets", l->packets);
	line("its messages", l->messages);
	line("messages it was first with", l->first);
	line("messages that were there", l->messages - l->first);
	line("its gaps", l->gaps);
	line("messages in its gaps", l->passed);
	line("packets behind later ones", l->back);
	line("  by messages, at most", l->depth);
	if (l->sessions > 1)
		line("its sessions", l->sessions);
}

/* One line has nothing to be compared with. */
static void
feed_lines(const struct tool *t)
{
	if (t->st.nlines > 1)
		for (unsigned i = 0; i < t->st.nlines; i++)
			feed_line(t, &t->st.line[i]);
}

static void
join_line(const char *tool, const char *name, const struct exch_join_line *l)
{
	fprintf(stderr, "%s: %s\n", tool, name);
	line("packets", l->packets);
	line("messages", l->messages);
	line("messages it was first with", l->first);
	line("messages that were there", l->again);
	line("gaps", l->gaps);
	line("messages in its gaps", l->passed);
	line("  filled from the other line", l->filled);
}

static void
joined(const char *tool, const struct exch_join *of,
    const struct exch_join_stats *j)
{
	for (unsigned i = 0; i < of->nlines; i++)
		join_line(tool, of->group[i].name, &j->line[i]);
	if (of->snapshot != NULL) {
		fprintf(stderr, "%s: %s\n", tool, of->snapshot);
		line("attempts at a snapshot", j->attempts);
		line("messages of it", j->snapshot);
	}
	if (of->ask == NULL)
		return;
	join_line(tool, of->ask, &j->answers);
	line("requests", j->requests);
	line("answered that it is gone", j->refused);
	line("packets put off", j->dropped);
}

static void
aggressors(const struct exch_replay_stats *r)
{
	char what[48];

	line("commands", r->commands);
	line("aggressors put back", r->aggressors);
	line("remainders joined", r->remainders);
	line("groups of executions", r->groups);
	line("groups derived exactly", r->groups_exact);
	line("executions", r->executions);
	line("executions imposed", r->imposed);
	for (unsigned i = 0; i < EXCH_ARRAY_LEN(r->cause); i++) {
		const char *word = exch_word_of(exch_words_cause, (uint16_t)i);

		snprintf(what, sizeof(what), "  imposed: %s",
		    word != NULL ? word : "other");
		line(what, r->cause[i]);
	}
	line("orders displayed late", r->late);
	line("orders displayed crossed", r->crossed_adds);
	line("prints at another price", r->price_gaps);
	line("prints of hidden orders", r->hidden);
	line("auctions", r->crosses);
	line("fills of auctions", r->cross_fills);
	line("references to unknown orders", r->unknown_refs);
	line("references to their heirs", r->lost_refs);
}

void
stats_print(const struct tool *t)
{
	if (t->cli.verbose == 0)
		return;
	joined(t->cli.tool, &t->join, &t->joined);
	joined(t->cli.tool, &t->spare, &t->spared);
	feed_lines(t);
	fprintf(stderr, "%s: read\n", t->cli.tool);
	messages(&t->st);
	line("left out before --from", t->before);
	line("reports of malformed input", t->troubles);
	if (t->spare.nlines > 0) {
		fprintf(stderr, "%s: read of the backup\n", t->cli.tool);
		messages(&t->spare_st);
	}
	if (t->replay == NULL)
		return;
	fprintf(stderr, "%s: replayed\n", t->cli.tool);
	aggressors(exch_replay_stats(t->replay));
}
