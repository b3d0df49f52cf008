/*
 * From an older version of the schema to ours, in one transaction: what
 * counts gets what it lacks, and what is made from it is made again where its
 * form has changed.
 */
#include <config.h>

#include "store/priv.h"

/* One from each version to the next. */
static const struct {
	const char *sql; /* of what counts, or NULL */
	bool rebuild;	 /* rows of records have another form */
} steps[] = {
    /* 1: nothing could be purged. */
    {"ALTER TABLE streams ADD COLUMN purged INTEGER NOT NULL DEFAULT 0", false},
    /*
     * 2: an order that a gate had held and given again had two rows.  Days
     * that were added up with them are added up again.
     */
    {"DELETE FROM rollups WHERE stream IN"
     " (SELECT stream FROM streams WHERE purged = 0)",
	true},
    /* 3: prices at the end of a stream were records of no known type. */
    {NULL, true},
};
_Static_assert(EXCH_ARRAY_LEN(steps) == EXCH_STORE_VERSION - 1,
    "a step for each older version");

static int
migrate(struct exch_store *s, struct exch_diag *d)
{
	bool rebuild = false;
	int err = 0;

	for (size_t i = (size_t)s->version - 1;
	     i < EXCH_ARRAY_LEN(steps) && err == 0; i++) {
		if (steps[i].sql != NULL)
			err = exch_sql_exec(s->sql, steps[i].sql, d);
		rebuild |= steps[i].rebuild;
	}
	s->version = EXCH_STORE_VERSION;
	if (err != 0)
		return err;
	return rebuild ? exch_rebuild_all(s, d) : exch_rebuild_views(s, d);
}

int
exch_store_migrate(struct exch_store *s, int64_t *from, struct exch_diag *d)
{
	int err = exch_sql_exec(s->sql, "BEGIN IMMEDIATE", d);

	/* Another program may have been faster. */
	if (err == 0)
		err = exch_schema_check(s->sql, &s->version, d);
	*from = s->version;
	if (err == 0 && s->version < EXCH_STORE_VERSION)
		err = migrate(s, d);
	return exch_store_commit(s, err, d);
}
