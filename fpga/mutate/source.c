#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

static void *
grown(void *p, size_t n, size_t size)
{
	/* Doubled whenever n is a power of two. */
	if ((n & (n - 1)) != 0)
		return p;
	p = realloc(p, (n == 0 ? 1 : 2 * n) * size);
	if (p == NULL) {
		fputs("mutate: out of memory\n", stderr);
		exit(4);
	}
	return p;
}

bool
source_is(const struct source *s, size_t word, const char *text)
{
	const struct word *w = &s->word[word];

	return w->n == strlen(text) && memcmp(w->at, text, w->n) == 0;
}

bool
source_same(const struct source *s, size_t a, size_t b)
{
	const struct word *v = &s->word[a], *w = &s->word[b];

	return v->n == w->n && memcmp(v->at, w->at, w->n) == 0;
}

/* ---- words ---- */

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* A line for the preprocessor, and not what a macro stands for. */
static bool
directive(const char *p)
{
	static const char *const names[] = {"include", "define", "ifdef",
	    "ifndef", "else", "endif", "default_nettype"};
	size_t i, n;

	for (i = 0; *p == '`' && i < sizeof(names) / sizeof(*names); i++) {
		n = strlen(names[i]);
		if (strncmp(p + 1, names[i], n) == 0 && !in_name(p[1 + n]))
			return true;
	}
	return false;
}

/* Blanks, comments, directives and attributes. */
static const char *
over(const char *p, int *line)
{
	for (;;) {
		const char *end = NULL;

		if (*p == '\n')
			++*line;
		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if ((p[0] == '/' && p[1] == '/') || directive(p))
			p += strcspn(p, "\n");
		else if (p[0] == '/' && p[1] == '*')
			end = strstr(p + 2, "*/");
		else if (p[0] == '(' && p[1] == '*' && p[2] != ')')
			end = strstr(p + 2, "*)");
		else
			return p;
		if (end != NULL)
			for (; p < end + 2; p++)
				*line += *p == '\n';
	}
}

static size_t
length(const char *p, enum word_kind *kind)
{
	static const char *const ops[] = {"<<<", ">>>", "===", "!==", "&&",
	    "||", "==", "!=", "<=", ">=", "<<", ">>", "+:", "-:", "::", "++",
	    "--", "'0", "'1", NULL};
	const char *q = p;
	size_t i;

	if (isdigit((unsigned char)*p)) {
		*kind = WORD_NUMBER;
		q += strspn(q, "0123456789_");
		if (*q == '\'' && strchr("bdhos", q[1]) != NULL)
			for (q += 2; in_name(*q);)
				q++;
		return (size_t)(q - p);
	}
	if (*p == '`') {
		*kind = WORD_OTHER;
		for (q++; in_name(*q);)
			q++;
		return (size_t)(q - p);
	}
	if (in_name(*p)) {
		*kind = WORD_NAME;
		while (in_name(*q))
			q++;
		return (size_t)(q - p);
	}
	*kind = WORD_OTHER;
	if (*p == '"')
		return strcspn(p + 1, "\"") + 2;
	for (i = 0; ops[i] != NULL; i++)
		if (strncmp(p, ops[i], strlen(ops[i])) == 0) {
			if (*p == '\'')
				*kind = WORD_NUMBER;
			return strlen(ops[i]);
		}
	return 1;
}

static void
cut(struct source *s)
{
	const char *p = s->text;
	int line = 1;

	for (;;) {
		struct word w = {.pre = p};

		w.at = p = over(p, &line);
		w.line = line;
		if (*p != '\0')
			w.n = length(p, &w.kind);
		p += w.n;
		s->word = grown(s->word, s->nword, sizeof(w));
		s->word[s->nword++] = w;
		if (w.kind == WORD_END)
			return;
	}
}

/* ---- sentences ---- */

struct parser {
	struct source *s;
	size_t at;
	size_t scope;	 /* grows with each module and type */
	bool clocked;	 /* in an always_ff */
	unsigned within; /* ifs and cases that are open */
	/* Names that this block has set whatever the conditions. */
	size_t set[64], nset;
};

static bool
is(const struct parser *p, const char *text)
{
	return source_is(p->s, p->at, text);
}

static bool
ended(const struct parser *p)
{
	return p->s->word[p->at].kind == WORD_END;
}

/* To the next of these words in these brackets, or to the end of them. */
static void
until(struct parser *p, const char *a, const char *b)
{
	int depth = 0;

	for (; !ended(p); p->at++) {
		bool closes = is(p, ")") || is(p, "]") || is(p, "}");

		if (depth == 0 && (closes || is(p, a) || is(p, b)))
			return;
		if (is(p, "(") || is(p, "[") || is(p, "{"))
			depth++;
		else if (closes)
			depth--;
	}
}

static void
past(struct parser *p, const char *text)
{
	until(p, text, text);
	p->at += !ended(p);
}

static struct place *
place(struct parser *p, size_t from, size_t begin)
{
	struct source *s = p->s;
	struct place *e;

	s->place = grown(s->place, s->nplace, sizeof(*s->place));
	e = &s->place[s->nplace++];
	memset(e, 0, sizeof(*e));
	e->from = from;
	e->to = p->at;
	e->begin = begin;
	e->after = p->at + 1;
	return e;
}

static bool
set_before(const struct parser *p, size_t name)
{
	size_t i;

	for (i = 0; i < p->nset; i++)
		if (source_same(p->s, p->set[i], name))
			return true;
	return false;
}

/* NAME... = or <= what it becomes; */
static void
assignment(struct parser *p, bool may_go)
{
	size_t begin = p->at, from, i;
	struct place *e;

	until(p, "=", "<=");
	for (i = begin; p->clocked && i < p->at; i++) {
		size_t k;

		for (k = 0; k < p->s->nname; k++)
			if (source_same(p->s, p->s->name[k].at, i))
				p->s->name[k].kept = true;
	}
	from = ++p->at;
	until(p, ";", ";");
	e = place(p, from, begin);
	e->may_go =
	    may_go && (p->clocked || (p->within > 0 && set_before(p, begin)));
	if (!p->clocked && p->within == 0 && p->nset < 64)
		p->set[p->nset++] = begin;
	p->at++;
}

static void statement(struct parser *p);

/* (WHAT IS ASKED) */
static void
condition(struct parser *p)
{
	size_t from = ++p->at;

	until(p, ")", ")");
	place(p, from, from)->condition = true;
	p->at++;
}

static void
cases(struct parser *p)
{
	past(p, ")");
	p->within++;
	while (!ended(p) && !is(p, "endcase")) {
		past(p, ":");
		statement(p);
	}
	p->within--;
	p->at++;
}

static void
statement(struct parser *p)
{
	if (is(p, "begin")) {
		p->at++;
		while (!ended(p) && !is(p, "end"))
			statement(p);
		p->at++;
	} else if (is(p, "if")) {
		p->at++;
		condition(p);
		p->within++;
		statement(p);
		if (is(p, "else")) {
			p->at++;
			statement(p);
		}
		p->within--;
	} else if (is(p, "unique")) {
		p->at++;
		statement(p);
	} else if (is(p, "case")) {
		p->at += 2;
		cases(p);
	} else if (is(p, "for")) {
		p->at += 2;
		past(p, ")");
		statement(p);
	} else if (is(p, ";")) {
		p->at++;
	} else {
		assignment(p, true);
	}
}

static void
block(struct parser *p)
{
	p->clocked = is(p, "always_ff");
	p->nset = 0;
	p->at++;
	if (p->clocked) {
		p->at += 2;
		past(p, ")");
	}
	statement(p);
	p->clocked = false;
}

/* ---- declarations ---- */

static struct name *
name(struct parser *p, size_t at, size_t type, size_t type_n)
{
	struct source *s = p->s;
	struct name *e;

	s->name = grown(s->name, s->nname, sizeof(*s->name));
	e = &s->name[s->nname++];
	memset(e, 0, sizeof(*e));
	e->at = at;
	e->type = type;
	e->type_n = type_n;
	e->scope = p->scope;
	return e;
}

/* TYPE NAME [= VALUE], NAME, ... up to ; or the bracket that closes. */
static void
declaration(struct parser *p, bool field, bool input)
{
	size_t type = p->at, type_n;

	p->at++;
	while (is(p, "[")) {
		p->at++;
		past(p, "]");
	}
	type_n = p->at - type;
	while (p->s->word[p->at].kind == WORD_NAME) {
		struct name *e = name(p, p->at++, type, type_n);

		e->field = field;
		e->input = input;
		if (is(p, "[")) /* a table: not a value */
			p->s->nname--;
		until(p, ",", ";");
		if (!is(p, ",") || is(p, ";"))
			break;
		p->at++;
		if (is(p, "input") || is(p, "output"))
			break;
	}
}

static void
type(struct parser *p)
{
	p->scope++;
	p->at++;
	if (is(p, "enum")) {
		past(p, "[");
		past(p, "]");
		for (p->at++; !ended(p) && !is(p, "}"); p->at++)
			if (p->s->word[p->at].kind == WORD_NAME)
				name(p, p->at, 0, 0)->enumerator = true;
	} else {
		past(p, "packed");
		for (p->at++; !ended(p) && !is(p, "}"); p->at++)
			declaration(p, true, false);
	}
	past(p, ";");
}

static void
door(struct parser *p, bool port)
{
	struct source *s = p->s;

	s->door = grown(s->door, s->ndoor, sizeof(*s->door));
	s->door_port = grown(s->door_port, s->ndoor, sizeof(*s->door_port));
	s->door[s->ndoor] = p->at;
	s->door_port[s->ndoor++] = port;
}

/* module NAME #(...) (PORTS); or exch_NAME #(...) NAME (CONNECTIONS); */
static void
ports(struct parser *p, bool module)
{
	p->at += 1 + module;
	if (is(p, "#")) {
		p->at += 2;
		past(p, ")");
	}
	p->at += !module;
	door(p, module);
	for (p->at++; module && !ended(p) && !is(p, ")");) {
		bool input = is(p, "input");

		p->at++;
		if (is(p, "logic"))
			declaration(p, false, input);
	}
	past(p, ";");
}

static void
item(struct parser *p)
{
	if (is(p, "module")) {
		p->scope++;
		ports(p, true);
	} else if (strncmp(p->s->word[p->at].at, "exch_", 5) == 0) {
		ports(p, false);
	} else if (is(p, "always_ff") || is(p, "always_comb")) {
		block(p);
	} else if (is(p, "assign")) {
		p->at++;
		assignment(p, false);
	} else if (is(p, "typedef")) {
		type(p);
	} else if (is(p, "logic")) {
		declaration(p, false, false);
		past(p, ";");
	} else if (is(p, "function")) {
		past(p, ";");
		assignment(p, false);
		past(p, "endfunction");
	} else if (is(p, "localparam")) {
		p->at++;
		if (is(p, "logic")) {
			declaration(p, false, false);
			p->s->name[p->s->nname - 1].constant = true;
		}
		past(p, ";");
	} else if (is(p, "endmodule") || is(p, "endpackage")) {
		p->at++;
	} else {
		past(p, ";");
	}
}

/* ---- a file ---- */

void
source_read(struct source *s, const char *path)
{
	FILE *f = fopen(path, "r");
	const char *slash = strrchr(path, '/');
	struct parser p = {.s = s};
	size_t n = 0;
	int c;

	memset(s, 0, sizeof(*s));
	s->file = slash != NULL ? slash + 1 : path;
	if (f == NULL) {
		perror(path);
		exit(3);
	}
	while ((c = getc(f)) != EOF) {
		s->text = grown(s->text, n, 1);
		s->text[n++] = (char)c;
	}
	s->text = grown(s->text, n, 1);
	s->text[n] = '\0';
	fclose(f);
	cut(s);
	while (!ended(&p))
		item(&p);
}

void
source_free(struct source *s)
{
	free(s->text);
	free(s->word);
	free(s->place);
	free(s->name);
	free(s->door);
	free(s->door_port);
}
