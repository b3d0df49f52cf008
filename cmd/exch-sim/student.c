/*
 * Student's t (student.h).
 */
#include <config.h>

#include <math.h>

#include "exch-sim/student.h"

/*
 * Of 1 to 20 degrees, from the closed form of the distribution function
 * (Abramowitz and Stegun 26.7.3 and 26.7.4) by bisection.
 */
static const double few[] = {12.706205, 4.302653, 3.182446, 2.776445, 2.570582,
    2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985, 2.178813,
    2.160369, 2.144787, 2.131450, 2.119905, 2.109816, 2.100922, 2.093024,
    2.085963};

/*
 * Beyond, from the normal quantile by the expansion 26.7.5 of the same, whose
 * error is below 3e-7 there.
 */
double
sim_student(uint64_t df)
{
	const double z = 1.959963984540054, z2 = z * z;
	const double g1 = z * (z2 + 1) / 4;
	const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
	const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
	const double g4 =
	    z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) /
	    92160;
	double n = (double)df;

	if (df <= EXCH_ARRAY_LEN(few))
		return few[df - 1];
	return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

void
sim_sample_add(struct sim_sample *s, double v)
{
	double off = v - s->mean;

	s->n++;
	s->mean += off / (double)s->n;
	s->squares += off * (v - s->mean);
}

bool
sim_sample_half(const struct sim_sample *s, double *half)
{
	double n = (double)s->n;

	if (s->n < 2)
		return false;
	*half = sim_student(s->n - 1) * sqrt(s->squares / (n - 1) / n);
	return true;
}
