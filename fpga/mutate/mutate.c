/*
 * mutate: the RTL with small faults in it, of which a port chooses one.
 *
 *	mutate [--number N] [--seed N] [--also FILE]... DIRECTORY FILE...
 *
 * Writes the files anew into DIRECTORY: each module and each instance gets a
 * port `mutant'; with 0 there, all is as it was, with a number from 1 it has
 * that fault.  Prints the faults: number, file, line, kind, and the statement
 * with [what stood there -> what stands there now], tabs between.  N of them
 * are chosen by the seed and by their text, so that a change of one line does
 * not choose others; 0: all.  What is --also
 * of the design gets the port, and no faults.
 */
#include <config.h>

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

/* In a place, words from..to-1 become before + (text or they) + after. */
struct mutant {
	const struct source *s;
	size_t place;
	size_t from, to;
	const char *before, *text, *after;
	size_t text_n;
	const char *kind;
	char *says;	/* see print_fault() */
	uint64_t order; /* the lowest are chosen */
	unsigned id;	/* 0: not chosen */
	bool gone;	/* the statement is left out */
};

static struct source *files;
static size_t nfiles;
static struct mutant *mutants;
static size_t nmutants;

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("mutate: out of memory\n", stderr);
		exit(4);
	}
	return p;
}

/* ---- what the faults are ---- */

static struct mutant *
fault(const struct source *s, size_t place, size_t from, size_t to,
    const char *kind, const char *text, size_t text_n)
{
	struct mutant *m;

	if ((nmutants & (nmutants - 1)) == 0)
		mutants = must(realloc(mutants,
		    (nmutants == 0 ? 1 : 2 * nmutants) * sizeof(*mutants)));
	m = &mutants[nmutants++];
	memset(m, 0, sizeof(*m));
	m->s = s;
	m->place = place;
	m->from = from;
	m->to = to;
	m->kind = kind;
	m->before = m->after = "";
	m->text = text;
	m->text_n = text_n;
	return m;
}

static void
instead(const struct source *s, size_t place, size_t at, const char *kind,
    const char *text)
{
	fault(s, place, at, at + 1, kind, text, strlen(text));
}

static void
operators(const struct source *s, size_t place, size_t at)
{
	static const char *const pairs[][3] = {{"==", "!=", "compare"},
	    {"!=", "==", "compare"}, {"<", "<=", "compare"},
	    {"<=", "<", "compare"}, {">", ">=", "compare"},
	    {">=", ">", "compare"}, {"&&", "||", "logic"},
	    {"||", "&&", "logic"}, {"&", "|", "logic"}, {"|", "&", "logic"},
	    {"^", "|", "logic"}, {"!", "", "logic"}, {"~", "", "logic"},
	    {"+", "-", "arithmetic"}, {"-", "+", "arithmetic"},
	    {"<<", ">>", "arithmetic"}};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (source_is(s, at, pairs[i][0]))
			instead(s, place, at, pairs[i][2], pairs[i][1]);
}

static void
numbers(const struct source *s, size_t place, size_t at)
{
	const struct word *w = &s->word[at];
	static const char *const pairs[][2] = {{"'0", "'1"}, {"'1", "'0"},
	    {"1'b0", "1'b1"}, {"1'b1", "1'b0"}, {"4'd0", "4'd1"},
	    {"16'd1", "16'd2"}, {"1", "0"}, {"2", "1"}};
	size_t i;

	if (w->kind != WORD_NUMBER || source_is(s, at + 1, "'"))
		return;
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (source_is(s, at, pairs[i][0]))
			instead(s, place, at, "number", pairs[i][1]);
}

/* What is asked in front of a `?' at this word. */
static void
choice(const struct source *s, size_t place, size_t at)
{
	size_t from = at;
	int depth = 0;

	while (from > s->place[place].from) {
		size_t w = from - 1;

		if (source_is(s, w, ")") || source_is(s, w, "]") ||
		    source_is(s, w, "}"))
			depth++;
		else if (source_is(s, w, "(") || source_is(s, w, "[") ||
			 source_is(s, w, "{"))
			depth--;
		if (depth < 0 || (depth == 0 && (source_is(s, w, ",") ||
						    source_is(s, w, "?") ||
						    source_is(s, w, ":"))))
			break;
		from = w;
	}
	if (from == at)
		return;
	fault(s, place, from, at, "choice", NULL, 0)->before = "!(";
	mutants[nmutants - 1].after = ")";
}

static bool
same_type(const struct source *s, const struct name *a, const struct name *b)
{
	size_t i;

	if (a->type_n != b->type_n || a->scope != b->scope)
		return false;
	for (i = 0; i < a->type_n; i++)
		if (!source_same(s, a->type + i, b->type + i))
			return false;
	return true;
}

static bool
same_prefix(const struct source *s, size_t a, size_t b)
{
	const struct word *v = &s->word[a], *w = &s->word[b];
	const char *u = memchr(v->at, '_', v->n);
	size_t n = u != NULL ? (size_t)(u - v->at) : 0;

	return n > 0 && n < w->n && memcmp(v->at, w->at, n + 1) == 0;
}

static bool
may_stand(const struct source *s, const struct name *is, const struct name *c)
{
	if (is->constant)
		return c->constant && same_prefix(s, is->at, c->at);
	if (is->enumerator)
		return c->enumerator && c->scope == is->scope;
	if (is->field)
		return c->field && same_type(s, is, c);
	return !c->field && !c->enumerator && !c->constant &&
	       (c->kept || (is->input && c->input)) && same_type(s, is, c);
}

/* The next name, round about, that may stand for this one. */
static void
another(const struct source *s, size_t place, size_t at,
    const struct source *of, size_t is)
{
	size_t k;

	for (k = 1; k < of->nname; k++) {
		const struct name *c = &of->name[(is + k) % of->nname];

		if (may_stand(of, &of->name[is], c)) {
			const struct word *w = &of->word[c->at];

			fault(s, place, at, at + 1, "name", w->at, w->n);
			return;
		}
	}
}

static bool
same_text(const struct source *a, size_t i, const struct source *b, size_t j)
{
	const struct word *v = &a->word[i], *w = &b->word[j];

	return v->n == w->n && memcmp(v->at, w->at, w->n) == 0;
}

static void
names(const struct source *s, size_t place, size_t at)
{
	bool field = source_is(s, at - 1, ".");
	bool constant = source_is(s, at - 1, "::");
	size_t f, k;

	if (s->word[at].kind != WORD_NAME || source_is(s, at + 1, "::") ||
	    source_is(s, at + 1, "'"))
		return;
	for (f = 0; f < nfiles; f++) {
		const struct source *of = &files[f];

		if (!constant && of != s)
			continue;
		for (k = 0; k < of->nname; k++)
			if (of->name[k].constant == constant &&
			    of->name[k].field == field &&
			    same_text(s, at, of, of->name[k].at)) {
				another(s, place, at, of, k);
				return;
			}
	}
}

/* Behind the width of a cast that begins at this word, or this word. */
static size_t
past_width(const struct source *s, size_t at)
{
	size_t i = at;
	int depth = 0;

	if (!source_is(s, at, "("))
		return at;
	do {
		depth += source_is(s, i, "(");
		depth -= source_is(s, i, ")");
		i++;
	} while (depth > 0);
	return source_is(s, i, "'") ? i : at;
}

static void
faults_of(const struct source *s, size_t place)
{
	const struct place *p = &s->place[place];
	int inside = 0;
	size_t i;

	if (p->condition) {
		fault(s, place, p->from, p->to, "condition", NULL, 0)->before =
		    "!(";
		mutants[nmutants - 1].after = ")";
		fault(s, place, p->from, p->to, "condition", "1'b1", 4);
		fault(s, place, p->from, p->to, "condition", "1'b0", 4);
	}
	if (p->may_go)
		fault(s, place, p->from, p->to, "left out", NULL, 0)->gone =
		    true;
	for (i = p->from; i < p->to; i++) {
		i = past_width(s, i);
		inside += source_is(s, i, "[");
		inside -= source_is(s, i, "]");
		if (inside > 0) /* what selects bits has to be constant */
			continue;
		operators(s, place, i);
		numbers(s, place, i);
		names(s, place, i);
		if (source_is(s, i, "?"))
			choice(s, place, i);
	}
}

/* ---- which of them ---- */

static void
put_words(FILE *f, const struct source *s, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++)
		fprintf(f, "%s%.*s",
		    i > from && s->word[i].pre != s->word[i].at ? " " : "",
		    (int)s->word[i].n, s->word[i].at);
}

/* The words of the place with the fault. */
static void
put_fault(FILE *f, const struct mutant *m)
{
	const struct place *p = &m->s->place[m->place];

	put_words(f, m->s, p->from, m->from);
	fprintf(f, " %s", m->before);
	if (m->text != NULL)
		fprintf(f, "%.*s", (int)m->text_n, m->text);
	else
		put_words(f, m->s, m->from, m->to);
	fprintf(f, "%s ", m->after);
	put_words(f, m->s, m->to, p->to);
}

static char *
told(const struct mutant *m)
{
	const struct place *p = &m->s->place[m->place];
	char *text = NULL;
	size_t n;
	FILE *f = must(open_memstream(&text, &n));

	if (m->gone) {
		fputs("[", f);
		put_words(f, m->s, p->begin, p->to);
		fputs(" -> ]", f);
	} else {
		fputs(p->condition ? "if (" : "", f);
		put_words(f, m->s, p->begin, m->from);
		fputs(m->from > p->begin ? " [" : "[", f);
		put_words(f, m->s, m->from, m->to);
		fprintf(f, " -> %s", m->before);
		if (m->text != NULL)
			fprintf(f, "%.*s", (int)m->text_n, m->text);
		else
			put_words(f, m->s, m->from, m->to);
		fprintf(f, "%s]", m->after);
		fputs(m->to < p->to ? " " : "", f);
		put_words(f, m->s, m->to, p->to);
		fputs(p->condition ? ")" : "", f);
	}
	fclose(f);
	return text;
}

static uint64_t
hash(const char *s, uint64_t h)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	h ^= h >> 32;
	return h * 0x9e3779b97f4a7c15u;
}

static int
by_order(const void *a, const void *b)
{
	const struct mutant *const *m = a, *const *n = b;

	return (*m)->order < (*n)->order ? -1 : (*m)->order > (*n)->order;
}

static void
choose(size_t n, uint64_t seed)
{
	struct mutant **by = must(calloc(nmutants + 1, sizeof(*by)));
	size_t i, k;
	unsigned id = 0;

	for (i = 0; i < nmutants; i++) {
		struct mutant *m = &mutants[i];
		uint64_t same = 0;

		by[i] = m;
		m->says = told(m);
		for (k = 0; k < i; k++)
			same += strcmp(mutants[k].says, m->says) == 0;
		m->order = hash(m->says,
		    hash(m->s->file, (seed + 1) * 0xbf58476d1ce4e5b9u + same));
	}
	qsort(by, nmutants, sizeof(*by), by_order);
	for (i = 0; i < nmutants && (i < n || n == 0); i++)
		by[i]->id = 1;
	for (i = 0; i < nmutants; i++)
		if (mutants[i].id != 0)
			mutants[i].id = ++id;
	free(by);
}

/* ---- the files anew ---- */

static void
put_word(FILE *f, const struct source *s, size_t i)
{
	const struct word *w = &s->word[i];

	fwrite(w->pre, 1, (size_t)(w->at - w->pre) + w->n, f);
}

static void
put_place(FILE *f, const struct source *s, size_t place)
{
	const struct place *p = &s->place[place];
	size_t i, n = 0;

	for (i = 0; i < nmutants; i++) {
		const struct mutant *m = &mutants[i];

		if (m->s != s || m->place != place || m->id == 0 || m->gone)
			continue;
		fprintf(
		    f, "%s mutant == 16'd%u ? (", n++ > 0 ? "" : " (", m->id);
		put_fault(f, m);
		fprintf(f, ") :");
	}
	for (i = p->from; i < p->to; i++)
		put_word(f, s, i);
	fputs(n > 0 ? ")" : "", f);
}

static const struct mutant *
left_out(const struct source *s, size_t place)
{
	size_t i;

	for (i = 0; i < nmutants; i++)
		if (mutants[i].s == s && mutants[i].place == place &&
		    mutants[i].gone && mutants[i].id != 0)
			return &mutants[i];
	return NULL;
}

static void
put_source(FILE *f, const struct source *s)
{
	size_t i, place = 0, door = 0;
	const struct mutant *out = NULL;

	for (i = 0; i < s->nword; i++) {
		if (place < s->nplace && i == s->place[place].begin &&
		    (out = left_out(s, place)) != NULL)
			fprintf(f, " begin if (mutant != 16'd%u) ", out->id);
		if (place < s->nplace && i == s->place[place].from) {
			put_place(f, s, place);
			i = s->place[place++].to;
		}
		put_word(f, s, i);
		if (out != NULL && source_is(s, i, ";")) {
			fputs(" end", f);
			out = NULL;
		}
		if (door < s->ndoor && i == s->door[door])
			fputs(s->door_port[door++]
				  ? "\n\tinput logic [15:0] mutant,"
				  : ".mutant, ",
			    f);
	}
}

static void
write_out(const char *directory, const struct source *s)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, s->file);
	f = fopen(path, "w");
	if (f == NULL) {
		perror(path);
		exit(4);
	}
	put_source(f, s);
	if (ferror(f) || fclose(f) != 0) {
		perror(path);
		exit(4);
	}
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"number", required_argument, NULL, 'n'},
	    {"seed", required_argument, NULL, 's'},
	    {"also", required_argument, NULL, 'a'}, {NULL, 0, NULL, 0}};
	size_t number = 0, i, k;
	uint64_t seed = 1;
	int c;

	files = must(calloc((size_t)argc, sizeof(*files)));
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (c == 'n') {
			number = strtoul(optarg, NULL, 10);
		} else if (c == 's') {
			seed = strtoull(optarg, NULL, 10);
		} else if (c == 'a') {
			source_read(&files[nfiles], optarg);
			files[nfiles++].whole = true;
		} else {
			return 2;
		}
	if (optind + 2 > argc) {
		fputs("mutate: a directory and files are expected\n", stderr);
		return 2;
	}
	for (i = (size_t)optind + 1; i < (size_t)argc; i++)
		source_read(&files[nfiles++], argv[i]);
	for (i = 0; i < nfiles; i++)
		for (k = 0; !files[i].whole && k < files[i].nplace; k++)
			faults_of(&files[i], k);
	choose(number, seed);
	for (i = 0; i < nfiles; i++)
		write_out(argv[optind], &files[i]);
	for (i = 0; i < nmutants; i++) {
		const struct mutant *m = &mutants[i];

		if (m->id != 0)
			printf("%u\t%s\t%d\t%s\t%s\n", m->id, m->s->file,
			    m->s->word[m->from].line, m->kind, m->says);
		free(m->says);
	}
	for (i = 0; i < nfiles; i++)
		source_free(&files[i]);
	free(files);
	free(mutants);
	return 0;
}
