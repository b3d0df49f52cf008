/* What the files of gate_limit.c share of its day. */
#ifndef EXCH_TESTS_PROP_GATE_LIMIT_DAY_H
#define EXCH_TESTS_PROP_GATE_LIMIT_DAY_H

#include "prop/gate_limit.h"

/* ---- gate_limit.c ---- */

uint64_t below(uint64_t n);
/* The head of a record, whose rest is zeros. */
void *head(void *r, uint8_t type, size_t size, uint32_t instr);
#define HEAD(r, type, instr) head(&(r), type, sizeof(r), instr)
void judge(const void *r, struct exch_judged *v);
/* The matcher cancels what is open of the account, or all (0), there. */
uint64_t cancel_all(uint32_t account, uint32_t instr);
/* It does what the gate gives by itself. */
void take_own(void);
extern uint64_t differ;

/* ---- gate_limit_said.c ---- */

void said_begin(void);
/* A limit of the account, or of its group, is another one. */
void say_limit(uint32_t a);
/* A switch is pulled or, if one is, perhaps released. */
void say_kill(uint32_t a);

#endif
