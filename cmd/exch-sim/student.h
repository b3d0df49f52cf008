/*
 * Means of samples and how sure they are: Student's t.
 */
#ifndef EXCH_CMD_SIM_STUDENT_H
#define EXCH_CMD_SIM_STUDENT_H

#include "base/types.h"

/* Zeros are an empty one.  Welford's sums. */
struct sim_sample {
	uint64_t n;
	double mean;
	double squares;
};

void sim_sample_add(struct sim_sample *s, double v);
/* Half the width of the 95 % interval; false: of fewer than two. */
bool sim_sample_half(const struct sim_sample *s, double *half);

/* The 0.975 quantile of Student's t of so many degrees of freedom, > 0. */
double sim_student(uint64_t df);

#endif
