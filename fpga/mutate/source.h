/*
 * The RTL as the mutants see it: words, and the places among them where
 * something else might stand.  Knows just as much of SystemVerilog as
 * fpga/rtl uses; what it does not know it passes over.
 */
#ifndef EXCH_FPGA_SOURCE_H
#define EXCH_FPGA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum word_kind {
	WORD_END,
	WORD_NAME,
	WORD_NUMBER,
	WORD_OTHER,
};

struct word {
	const char *pre; /* blanks and comments before it begin here */
	const char *at;
	size_t n;
	enum word_kind kind;
	int line;
};

/* What is computed: the right side of an assignment, or a condition. */
struct place {
	size_t from, to;     /* words of it; `to' is behind them */
	size_t begin, after; /* of its statement */
	bool condition;
	bool may_go; /* its statement can be left out */
};

/* A name, and what it is declared as, up to its own place. */
struct name {
	size_t at;	     /* word */
	size_t type, type_n; /* words of the type */
	size_t scope;	     /* its module, or the type it is a part of */
	bool field, enumerator;
	bool constant; /* of a package */
	bool input;
	bool kept; /* a register: never part of a loop */
};

struct source {
	const char *file; /* without directories */
	bool whole;	  /* no fault is to be in it */
	char *text;
	struct word *word;
	size_t nword;
	struct place *place;
	size_t nplace;
	struct name *name;
	size_t nname;
	/* Words behind which the number of the mutant is to come in. */
	size_t *door;
	bool *door_port; /* as a port, not as a connection */
	size_t ndoor;
};

/* Ends the program with a message when the file cannot be read. */
void source_read(struct source *s, const char *path);
void source_free(struct source *s);
bool source_is(const struct source *s, size_t word, const char *text);
bool source_same(const struct source *s, size_t a, size_t b);

#endif
